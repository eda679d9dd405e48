"""A Jenkins whose release agents can write to a bucket of this project."""

import pulumi
import pulumi_aws as aws
from jenkins_platform import Capacity, JenkinsPlatform

releases = aws.s3.Bucket("releases")
aws.s3.BucketPublicAccessBlock(
    "releases-private",
    bucket=releases.bucket,
    block_public_acls=True,
    block_public_policy=True,
    ignore_public_acls=True,
    restrict_public_buckets=True,
)
aws.s3.BucketServerSideEncryptionConfiguration(
    "releases-encrypted",
    bucket=releases.bucket,
    rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
)
aws.s3.BucketPolicy(
    "releases-only-with-tls",
    bucket=releases.bucket,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [releases.arn, pulumi.Output.concat(releases.arn, "/*")],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                }
            ],
        }
    ),
)

jenkins = JenkinsPlatform(
    "jenkins",
    {
        "agents": [
            {"name": "build", "capacity": Capacity.SPOT, "cpu": 1024, "memory_mib": 2048},
            {
                "name": "release",
                "policy_statements": [
                    {
                        "actions": ["s3:PutObject"],
                        "resources": [pulumi.Output.concat(releases.arn, "/*")],
                    }
                ],
            },
        ],
        # Existing images, if the stack has any; otherwise they are built, which needs Docker.
        "images": pulumi.Config().get_object("images") or {},
        "tags": {"team": "build"},
    },
)

# Builds can reach a database of this project: its security group admits the agents.
database = aws.ec2.SecurityGroup("database", vpc_id=jenkins.vpc_id, description="Test database")
aws.vpc.SecurityGroupIngressRule(
    "database-from-agents",
    security_group_id=database.id,
    referenced_security_group_id=jenkins.agent_security_group_id,
    ip_protocol="tcp",
    from_port=5432,
    to_port=5432,
)

pulumi.export("jenkins_url", jenkins.url)
pulumi.export("labels", jenkins.agent_labels)
pulumi.export("releases", releases.bucket)
