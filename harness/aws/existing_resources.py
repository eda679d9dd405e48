"""Every existing resource that the platform can use, created by the program around it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pulumi_aws as aws

DOMAIN = "ci.example.com"
_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            }
        ],
    }
)
EXISTING_TYPES = {
    "aws:acm/certificate:Certificate",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/subnet:Subnet",
    "aws:efs/accessPoint:AccessPoint",
    "aws:efs/fileSystem:FileSystem",
    "aws:ec2/vpc:Vpc",
    "aws:iam/role:Role",
    "aws:kms/key:Key",
    "aws:sns/topic:Topic",
    "aws:wafv2/webAcl:WebAcl",
}
"""Types of which a platform with all these resources creates none."""


@dataclass(frozen=True)
class ExistingResources:
    """Existing resources of a team; every attribute is an output, unknown in a preview."""

    vpc: aws.ec2.Vpc
    private: list[aws.ec2.Subnet]
    public: list[aws.ec2.Subnet]
    groups: dict[str, aws.ec2.SecurityGroup]
    roles: dict[str, aws.iam.Role]
    logs: dict[str, aws.cloudwatch.LogGroup]
    key: aws.kms.Key
    topic: aws.sns.Topic
    certificate: aws.acm.Certificate
    zone: aws.route53.Zone
    firewall: aws.wafv2.WebAcl
    bucket: aws.s3.Bucket
    home: aws.efs.FileSystem
    repository: aws.ecr.Repository
    access_point: aws.efs.AccessPoint

    @classmethod
    def make(cls) -> ExistingResources:
        vpc = aws.ec2.Vpc("mine", cidr_block="10.1.0.0/16", enable_dns_hostnames=True)

        home = aws.efs.FileSystem("mine", encrypted=True)

        def subnet(kind: str, number: int) -> aws.ec2.Subnet:
            return aws.ec2.Subnet(
                f"mine-{kind}-{number}",
                vpc_id=vpc.id,
                cidr_block=f"10.1.{number}.0/24",
                availability_zone=f"eu-central-1{'ab'[number % 2]}",
            )

        return cls(
            vpc=vpc,
            private=[subnet("private", n) for n in (0, 1)],
            public=[subnet("public", n) for n in (2, 3)],
            groups={
                role: aws.ec2.SecurityGroup(f"mine-{role}", vpc_id=vpc.id)
                for role in ("load_balancer", "controller", "agents", "storage")
            },
            roles={
                role: aws.iam.Role(f"mine-{role}", assume_role_policy=_TRUST)
                for role in ("jenkins", "start", "build", "start-agents", "backup")
            },
            logs={role: aws.cloudwatch.LogGroup(f"mine-{role}") for role in ("jenkins", "agents")},
            key=aws.kms.Key("mine", enable_key_rotation=True),
            topic=aws.sns.Topic("mine"),
            certificate=aws.acm.Certificate("mine", domain_name=DOMAIN, validation_method="DNS"),
            zone=aws.route53.Zone("mine", name="example.com"),
            firewall=aws.wafv2.WebAcl(
                "mine",
                scope="REGIONAL",
                default_action={"allow": {}},
                visibility_config={
                    "cloudwatch_metrics_enabled": False,
                    "metric_name": "mine",
                    "sampled_requests_enabled": False,
                },
            ),
            bucket=aws.s3.Bucket("mine", force_destroy=True),
            home=home,
            repository=aws.ecr.Repository("mine", force_delete=True),
            access_point=aws.efs.AccessPoint("mine", file_system_id=home.id),
        )

    def args(self) -> dict[str, Any]:
        """Inputs of a platform that uses it all."""
        return {
            "network": {
                "existing": {
                    "vpc_id": self.vpc.id,
                    "private_subnet_ids": [s.id for s in self.private],
                    "public_subnet_ids": [s.id for s in self.public],
                }
            },
            "load_balancer": {
                "scheme": "internet-facing",
                "domain_name": DOMAIN,
                "zone_id": self.zone.zone_id,
                "certificate": {"existing": self.certificate.arn},
                "security_group_ids": [self.groups["load_balancer"].id],
                "web_acl": {"existing": self.firewall.arn},
                "access_logs": {"existing": self.bucket.bucket},
            },
            "controller": {
                "heap_percentage": 62.5,
                "enable_execute_command": True,
                "java_options": ["-Duser.timezone=UTC"],
                "task_role_arn": self.roles["jenkins"].arn,
                "execution_role_arn": self.roles["start"].arn,
                "security_group_id": self.groups["controller"].id,
                "log_group_name": self.logs["jenkins"].name,
            },
            "agent_cloud": {
                "reaper": {"enabled": False},
                "spot_circuit_breaker": {"enabled": False},
                "execution_role_arn": self.roles["start-agents"].arn,
                "security_group_id": self.groups["agents"].id,
                "log_group_name": self.logs["agents"].name,
            },
            "agents": [
                {
                    "name": "linux",
                    "cpu": 1024,
                    "memory_mib": 2048,
                    "capacity": "spot",
                    "environment": {"TEAM": "build"},
                    "image": "registry.example.com/agent:1",
                    "task_role_arn": self.roles["build"].arn,
                    "execution_role_arn": self.roles["start-agents"].arn,
                    "security_group_ids": [self.groups["agents"].id],
                }
            ],
            "storage": {
                "security_group_id": self.groups["storage"].id,
                "existing": {
                    "file_system_id": self.home.id,
                    "access_point_id": self.access_point.id,
                    "connect": True,
                },
            },
            "backup": {
                "encryption_key": {"existing": self.key.arn},
                "role_arn": self.roles["backup"].arn,
            },
            "images": {
                "controller": {"existing": "registry.example.com/jenkins:1"},
                "agent": {"existing": "registry.example.com/agent:1"},
                "kaniko": {"existing": "registry.example.com/kaniko:1"},
                "application_repositories": [],
                "application_repository_arns": [self.repository.arn],
            },
            "monitoring": {
                "topic": {"existing": self.topic.arn},
                "log_key": {"existing": self.key.arn},
            },
            "budget": {
                "monthly_usd": 100,
                "threshold_percents": [50, 100],
                "email_addresses": ["ops@example.com"],
            },
            "tags": {"team": "build"},
            "removal_policy": "destroy",
        }
