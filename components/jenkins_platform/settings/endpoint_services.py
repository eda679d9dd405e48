"""The AWS services that tasks call. Without a NAT gateway each requires an interface endpoint.

Independent of Pulumi. No endpoint is required for

- ``ecs-agent``, ``ecs-telemetry``: only EC2 instances call them;
- ``elasticfilesystem``: mounts use the mount targets in the VPC;
- ``kms``: Secrets Manager, S3 and EFS call it on behalf of the caller; only signatures need it;
- ``servicediscovery``: ECS registers the controller, and agents only use DNS;
- ``monitoring``: Container Insights metrics are collected outside of the task's network;
- ``s3``: image layers and the configuration use the free gateway endpoint.

Sources: the documentation of ECS, ECR, Secrets Manager and EFS on interface endpoints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import Settings
from .facts.regions import partition

ALWAYS = {
    "ecr.api": "Fargate authenticates to the registry and requests manifests and layers",
    "ecr.dkr": "images are pulled, and pushed by Kaniko",
    "ecs": "the amazon-ecs plugin starts, monitors and stops agents",
    "logs": "the log driver of every container writes to CloudWatch Logs",
    "secretsmanager": "the controller's task reads the administrator's password",
}
LAMBDA = "the controller reports missing Spot capacity to the circuit breaker"
KMS = "builds sign images"
EVENTS = "the controller reports failed builds"
SSM = "secrets or certificates are or may be SSM parameters"
SSM_MESSAGES = "ECS Exec is enabled for the controller or for a template"
SESSIONS = "Session Manager is enabled for instances"
STS = "builds assume roles"
INSTANCES = {
    "ecs-agent": "the ECS agent of instances receives its tasks",
    "ecs-telemetry": "the ECS agent of instances reports metrics",
}
CHINESE_NAMES = frozenset(
    {
        *("account", "application-autoscaling", "athena", "autoscaling", "backup", "batch"),
        *("cassandra", "cloudcontrolapi", "cloudformation", "dms", "ebs", "ec2", "ecr.api"),
        *("ecr.dkr", "eks", "elasticache", "elasticbeanstalk", "elasticfilesystem", "execute-api"),
        *("fsx", "imagebuilder", "kinesis-streams", "lambda", "license-manager", "monitoring"),
        *("rds", "redshift", "redshift-data", "s3", "sagemaker.api", "sagemaker.runtime"),
        *("securityhub", "servicecatalog", "sqs", "states", "sts", "synthetics", "transfer"),
        *("workspaces", "xray"),
    }
)
"""Services whose endpoints in China have names that start with ``cn.com.amazonaws``, as the AWS CDK
lists them."""
ASKED_FOR = "network.endpoint_services lists it"


_PRIVATE_REGISTRY = re.compile(r"\d{12}\.dkr\.ecr\.")
"""Start of image references to private ECR registries; public ECR has no endpoint."""


def unreachable_images(settings: Settings) -> Iterator[tuple[str, str]]:
    """Image references that no endpoint reaches, each with its input."""
    if not settings.network.only_endpoints:
        return
    images = settings.images
    given = {
        f"images.{role}.existing": getattr(getattr(images, role), "existing", None)
        for role in type(images).model_fields
    }
    for index, template in enumerate(settings.agents):
        given[f"agents[{index}].image"] = template.image
        for number, sidecar in enumerate(template.sidecars):
            given[f"agents[{index}].sidecars[{number}].image"] = sidecar.image
        if template.docker:
            key = f"agents[{index}].instances.docker_image"
            given[key] = template.host.docker_image or "docker"
    for key, image in given.items():
        if isinstance(image, str) and not _PRIVATE_REGISTRY.match(image):
            yield key, image


def full_name(service: str, region: str) -> str:
    """The name of a service's endpoint in a region."""
    china = partition(region) == "aws-cn" and service in CHINESE_NAMES
    return f"{'cn.' if china else ''}com.amazonaws.{region}.{service}"


def interface_services(settings: Settings) -> dict[str, str]:
    """Services to create an interface endpoint for, each with the reason. None in an existing
    VPC, which provides its own egress."""
    network, agents = settings.network, settings.agents
    found: dict[str, str] = {}
    if network.only_endpoints:
        found.update(ALWAYS)
        if settings.agent_cloud.spot_circuit_breaker.enabled:
            found["lambda"] = LAMBDA
        if settings.monitoring.reports_builds:
            found["events"] = EVENTS
        if settings.images.signing_key_arn is not None and any(t.builds_images for t in agents):
            found["kms"] = KMS
        realm = settings.sign_in.realm
        secrets: list[object] = [
            *(arn for t in agents for arn in t.secrets.values()),
            *(arn for t in agents for s in t.sidecars for arn in s.secrets.values()),
            *settings.jenkins.secrets.values(),
            *network.ca_certificate_arns,
            (realm.secret_arn if realm else None) or "",
            *(arn for s in settings.jenkins.sources.values() for arn in s.secret_arns),
        ]
        # An output may be of either service, and without the endpoint tasks could not start.
        if any(not isinstance(arn, str) or ":ssm:" in arn for arn in secrets):
            found["ssm"] = SSM
        if settings.controller.enable_execute_command or any(
            t.enable_execute_command for t in agents
        ):
            found["ssmmessages"] = SSM_MESSAGES
        created = [t for t in agents if t.created_provider is not None]
        if created:
            found.update(INSTANCES)
        if any(t.host.session_manager for t in created):
            found.setdefault("ssm", SESSIONS)
            found.setdefault("ssmmessages", SESSIONS)
        actions = [a for t in agents for s in t.policy_statements for a in s.actions]
        assumes = any(t.assumable_role_arns for t in agents) or settings.jenkins.job_identity
        if assumes or any(a.startswith("sts:") for a in actions):
            found["sts"] = STS
    for service in network.endpoint_services:
        found.setdefault(service, ASKED_FOR)
    return dict(sorted(found.items()))
