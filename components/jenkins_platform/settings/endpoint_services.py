"""Which AWS services the tasks call. Without a NAT gateway each needs an interface endpoint.

Pure: settings in, names of services with the reason for each out. No endpoint is needed for

- ``ecs-agent``, ``ecs-telemetry``: only container instances on EC2 call them, not Fargate tasks;
- ``elasticfilesystem``: a mount goes to the mount targets in the VPC, by their DNS name;
- ``kms``: Secrets Manager, S3 and EFS call it themselves, on behalf of the caller;
- ``servicediscovery``: ECS registers the controller, and agents only ask DNS;
- ``monitoring``: Container Insights are collected outside of the task's network;
- ``s3``: image layers and the configuration come by the free gateway endpoint.

Facts of the ECS, ECR, Secrets Manager and EFS documentation on interface endpoints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..inputs import NatStrategy
from . import Settings

ALWAYS = {
    "ecr.api": "Fargate asks for an image's manifest and layers, and signs in to the registry",
    "ecr.dkr": "the registry itself: images are pulled, and pushed by Kaniko",
    "ecs": "the amazon-ecs plugin starts, watches and stops agents",
    "logs": "the log driver of every container writes to CloudWatch Logs",
    "secretsmanager": "the controller's task gets the administrator's password from there",
}
SSM = "templates have secrets that are, or may be, parameters of SSM"
SSM_MESSAGES = "ECS Exec is on for the controller or for a template"
STS = "builds assume roles"
ASKED_FOR = "network.endpoint_services names it"


_PRIVATE_REGISTRY = re.compile(r"\d{12}\.dkr\.ecr\.")
"""How references to images in ECR start; its public registry has no endpoint."""


def only_endpoints(settings: Settings) -> bool:
    """Whether endpoints are the tasks' only way out of a VPC that is made."""
    return not settings.network.existing and settings.network.nat is NatStrategy.NONE


def unreachable_images(settings: Settings) -> Iterator[tuple[str, str]]:
    """Images that no endpoint leads to: the input that names each, and the reference."""
    if not only_endpoints(settings):
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
    for key, image in given.items():
        if isinstance(image, str) and not _PRIVATE_REGISTRY.match(image):
            yield key, image


def interface_services(settings: Settings) -> dict[str, str]:
    """Services that get an interface endpoint, each with the reason.

    An adopted VPC gets none: it has its own ways out.
    """
    network, agents = settings.network, settings.agents
    found: dict[str, str] = {}
    if only_endpoints(settings):
        found.update(ALWAYS)
        secrets = [t.secrets for t in agents] + [s.secrets for t in agents for s in t.sidecars]
        # What is known late may be of either service; a task that cannot start is the worse end.
        if any(
            not isinstance(arn, str) or ":ssm:" in arn for arns in secrets for arn in arns.values()
        ):
            found["ssm"] = SSM
        if settings.controller.enable_execute_command or any(
            t.enable_execute_command for t in agents
        ):
            found["ssmmessages"] = SSM_MESSAGES
        actions = [a for t in agents for s in t.policy_statements for a in s.actions]
        if any(t.assumable_role_arns for t in agents) or any(a.startswith("sts:") for a in actions):
            found["sts"] = STS
    for service in network.endpoint_services:
        found.setdefault(service, ASKED_FOR)
    return dict(sorted(found.items()))
