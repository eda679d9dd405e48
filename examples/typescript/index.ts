// A Jenkins whose release agents can write to a bucket of this project.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { JenkinsPlatform } from "@jenkins-platform/aws";

const bucket = new aws.s3.Bucket("releases");
new aws.s3.BucketPublicAccessBlock("releases-private", {
    bucket: bucket.bucket,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
});
new aws.s3.BucketServerSideEncryptionConfiguration("releases-encrypted", {
    bucket: bucket.bucket,
    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
});
new aws.s3.BucketPolicy("releases-only-with-tls", {
    bucket: bucket.bucket,
    policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
            {
                Effect: "Deny",
                Principal: "*",
                Action: "s3:*",
                Resource: [bucket.arn, pulumi.interpolate`${bucket.arn}/*`],
                Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
        ],
    }),
});

const jenkins = new JenkinsPlatform("jenkins", {
    agents: [
        { name: "build", capacity: "spot", cpu: 1024, memoryMib: 2048 },
        {
            name: "release",
            policyStatements: [
                { actions: ["s3:PutObject"], resources: [pulumi.interpolate`${bucket.arn}/*`] },
            ],
        },
    ],
    tags: { team: "build" },
});

// Builds can reach a database of this project: its security group admits the agents.
const database = new aws.ec2.SecurityGroup("database", {
    vpcId: jenkins.vpcId,
    description: "Test database",
});
new aws.vpc.SecurityGroupIngressRule("database-from-agents", {
    securityGroupId: database.id,
    referencedSecurityGroupId: jenkins.agentSecurityGroupId,
    ipProtocol: "tcp",
    fromPort: 5432,
    toPort: 5432,
});

export const jenkinsUrl = jenkins.url;
export const labels = jenkins.agentLabels;
export const releases = bucket.bucket;
