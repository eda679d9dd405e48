"""Rules for tasks and services."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from pulumi_policy import Policy

from .rule import Properties, configured_rule, rule, stack_rule

TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
SERVICE = "aws:ecs/service:Service"
LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
_SECRET_NAME = re.compile(r"PASSWORD|PASSWD|SECRET|TOKEN|PRIVATE_KEY|ACCESS_KEY", re.IGNORECASE)
_SWITCH = re.compile(r"true|false|\d*")
"""Values that are not secrets, whatever the name."""
_TAGGED = re.compile(r":(?!latest$)[\w.-]+$")
_TAG = re.compile(r":[\w.-]+$")
_ECR = ("*.dkr.ecr.*.amazonaws.com*", "*.dkr-ecr.*.on.aws/*")


def _containers(props: Properties) -> list[dict[str, Any]]:
    text = props.get("containerDefinitions")
    return json.loads(text) if isinstance(text, str) else []


def _plain_secrets(props: Properties) -> Iterator[str]:
    for container in _containers(props):
        for variable in container.get("environment") or []:
            value = str(variable.get("value") or "")
            if _SECRET_NAME.search(variable["name"]) and not _SWITCH.fullmatch(value):
                yield (
                    f"container '{container['name']}' has {variable['name']} in plain text. "
                    "Pass it with `secrets`"
                )


def _privileged(props: Properties) -> Iterator[str]:
    containers = _containers(props)
    for container in containers:
        if container.get("privileged") and not _docker_daemon(container):
            yield f"container '{container['name']}' is privileged"
    if any(_docker_daemon(c) for c in containers) and props.get("networkMode") != "awsvpc":
        yield "has a Docker daemon in the network of its instance. Set networkMode to awsvpc"


def _docker_daemon(container: dict[str, Any]) -> bool:
    """Whether a container is a sidecar that is a Docker daemon, the only kind that may be
    privileged."""
    return container["name"] == "docker" and container.get("essential") is False


def _instance_metadata(props: Properties) -> Iterator[str]:
    options = props.get("metadataOptions") or {}
    if options.get("httpTokens") != "required":
        yield "allows version 1 of the metadata service. Set metadataOptions.httpTokens to required"
    if int(options.get("httpPutResponseHopLimit") or 2) > 1:
        yield (
            "lets containers reach the metadata service. Set "
            "metadataOptions.httpPutResponseHopLimit to 1"
        )
    if props.get("keyName"):
        yield "allows SSH with a key pair. Remove keyName and use Session Manager"


def _encrypted_disks(props: Properties) -> Iterator[str]:
    disks = [d["ebs"] for d in props.get("blockDeviceMappings") or [] if d.get("ebs")]
    if not disks:
        yield "does not encrypt the disk of the image. Set blockDeviceMappings with ebs.encrypted"
    for disk in disks:
        if str(disk.get("encrypted", "")).lower() != "true":
            yield "has a disk that is not encrypted. Set ebs.encrypted to true"


def _drained(props: Properties) -> Iterator[str]:
    provider = props.get("autoScalingGroupProvider")
    if provider is not None and provider.get("managedDraining", "ENABLED") != "ENABLED":
        yield "terminates instances with running tasks. Set managedDraining to ENABLED"


def _logged(props: Properties) -> Iterator[str]:
    for container in _containers(props):
        if not container.get("logConfiguration"):
            yield f"container '{container['name']}' has no log configuration. Set logConfiguration"


def _named_image(props: Properties) -> Iterator[str]:
    for container in _containers(props):
        image = str(container.get("image", ""))
        if "@sha256:" not in image and not _TAGGED.search(image):
            yield f"image '{image}' can change. Reference it by digest or by a specific tag"


def _image_by_digest(props: Properties, config: Properties) -> Iterator[str]:
    for container in _containers(props):
        image = str(container.get("image", ""))
        name, _, digest = image.partition("@")
        repository = _TAG.sub("", name)
        if not digest and any(fnmatchcase(repository, p) for p in config["repositories"]):
            yield (
                f"image '{image}' is not named by digest, so that it need not be the one that was "
                "signed. Use <repository>@sha256:<digest>"
            )


def _mounts_with_tls(props: Properties) -> Iterator[str]:
    for volume in props.get("volumes") or []:
        efs = volume.get("efsVolumeConfiguration")
        if efs is not None and efs.get("transitEncryption") != "ENABLED":
            yield f"volume '{volume.get('name')}' is mounted without TLS"


def _separate_roles(props: Properties) -> Iterator[str]:
    task, execution = props.get("taskRoleArn"), props.get("executionRoleArn")
    if task and task == execution:
        yield "uses the same role as task role and execution role. Use separate roles"


def _single_writer(resources: list[Any]) -> Iterator[tuple[str, str]]:
    """A service whose task mounts a file system never runs two tasks during a deployment."""
    writers = {
        r.props.get("arn")
        for r in resources
        if r.resource_type == TASK_DEFINITION
        and any(v.get("efsVolumeConfiguration") for v in r.props.get("volumes") or [])
    }
    for resource in (r for r in resources if r.resource_type == SERVICE):
        props = resource.props
        if props.get("taskDefinition") not in writers or (props.get("desiredCount") or 0) > 1:
            continue
        if (
            props.get("deploymentMaximumPercent") != 100
            or props.get("deploymentMinimumHealthyPercent") != 0
        ):
            yield (
                "can run two tasks on one file system during a deployment. Set "
                "deploymentMaximumPercent to 100 and deploymentMinimumHealthyPercent to 0",
                resource.urn,
            )


POLICIES: list[Policy] = [
    rule("no-plain-secrets", "Secrets are references.", (TASK_DEFINITION,), _plain_secrets),
    rule(
        "no-privileged",
        "No container is privileged, except the sidecar of a Docker daemon.",
        (TASK_DEFINITION,),
        _privileged,
    ),
    rule(
        "instance-metadata",
        "Containers do not reach the metadata of instances, and there are no SSH keys.",
        (LAUNCH_TEMPLATE,),
        _instance_metadata,
    ),
    rule(
        "disks-encrypted", "Instances have encrypted disks.", (LAUNCH_TEMPLATE,), _encrypted_disks
    ),
    rule(
        "instances-drained",
        "Instances end their tasks before they are terminated.",
        ("aws:ecs/capacityProvider:CapacityProvider",),
        _drained,
    ),
    rule("containers-log", "Every container has a log configuration.", (TASK_DEFINITION,), _logged),
    rule(
        "images-named",
        "Images are referenced by digest or by a specific tag.",
        (TASK_DEFINITION,),
        _named_image,
    ),
    configured_rule(
        "images-by-digest",
        "Images of the given repositories are named by digest.",
        (TASK_DEFINITION,),
        _image_by_digest,
        {
            "repositories": {
                "description": "Patterns of repositories without tag. Default: those in ECR.",
                "type": "array",
                "items": {"type": "string"},
                "default": list(_ECR),
            }
        },
    ),
    rule("efs-mounted-with-tls", "NFS mounts use TLS.", (TASK_DEFINITION,), _mounts_with_tls),
    rule("separate-roles", "Task and execution roles differ.", (TASK_DEFINITION,), _separate_roles),
    stack_rule("single-writer", "Services with a file system have one writer.", _single_writer),
]
