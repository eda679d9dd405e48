"""The container definitions and volumes of an agent's task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from ..base import java_options
from ..base.container import log_configuration
from ..inputs import Architecture, Connection
from ..settings.agents import AgentTemplate
from ..settings.agents.containers import Sidecar, Volume
from . import docker_daemon

CONTAINER = "agent"
"""Name of the container that runs the Jenkins agent in every agent task."""
VOLUMES_CONTAINER = "volumes"
"""Name of the container that prepares the volumes."""
STOP_SECONDS = 120
"""Fargate's maximum: the time for cleaning up after a Spot interruption."""
CPU_ARCHITECTURES = {Architecture.X86_64: "X86_64", Architecture.ARM64: "ARM64"}


class Variables(NamedTuple):
    """Variables of a container.

    Attributes:
        environment: Values by name.
        secrets: ARNs of secrets and parameters by name.
    """

    environment: Mapping[str, pulumi.Input[str]]
    secrets: Mapping[str, pulumi.Input[str]]


def containers(
    template: AgentTemplate,
    image: pulumi.Input[str],
    defaults: Variables,
    log_group: pulumi.Input[str],
    region: pulumi.Input[str],
    connection: Connection,
) -> list[dict[str, Any]]:
    """The agent's container and its sidecars, in a stable order.

    ``defaults`` are the platform's, which those of the template override.
    """
    options = [f"-XX:MaxRAMPercentage={template.heap_percentage:g}", *template.java_options]
    if template.on_instances:
        # There the limit of the task is outside of the container, where Java does not see it.
        options.insert(0, f"-XX:MaxRAM={template.memory_mib}m")
    environment: dict[str, pulumi.Input[str]]
    usual = java_options.KANIKO_DEFAULTS if template.builds_images else ()
    existing = template.environment.get(java_options.JDK, " ".join(usual))
    java = java_options.agent_variables(options, existing)
    docker = docker_daemon.environment(template)
    environment = {**defaults.environment, **docker, **template.environment, **java}
    if connection is Connection.WEB_SOCKET:
        environment["JENKINS_WEB_SOCKET"] = "true"
    agent: dict[str, Any] = {
        "name": CONTAINER,
        "image": image,
        "essential": True,
        "environment": _pairs(environment, "value"),
        "linuxParameters": {"initProcessEnabled": template.init_process},
        "mountPoints": [
            *_mount_points(template.volumes, read_only=True),
            *docker_daemon.mount_points(template),
        ],
        "logConfiguration": log_configuration(log_group, region, template.name),
        "stopTimeout": STOP_SECONDS,
    }
    if template.gpu:
        agent["resourceRequirements"] = [{"type": "GPU", "value": str(template.gpu)}]
    secrets = {**defaults.secrets, **template.secrets}
    if secrets:
        agent["secrets"] = _pairs(secrets, "valueFrom")
    agent |= _repository_credentials(template.image_credentials_arn)
    if template.user is not None:
        agent["user"] = template.user
    others = sorted(template.sidecars, key=lambda sidecar: sidecar.name)
    found = [agent, *(_sidecar(s, template, log_group, region) for s in others)]
    if template.docker:
        agent["dependsOn"] = [{"containerName": docker_daemon.CONTAINER, "condition": "HEALTHY"}]
        found.append(docker_daemon.container(template, log_group, region))
    if template.prepared_volumes:
        for container in found:
            ended = {"containerName": VOLUMES_CONTAINER, "condition": "SUCCESS"}
            container.setdefault("dependsOn", []).append(ended)
        found.append(_preparation(template, image, log_group, region))
    return found


def _preparation(
    template: AgentTemplate,
    image: pulumi.Input[str],
    log_group: pulumi.Input[str],
    region: pulumi.Input[str],
) -> dict[str, Any]:
    """A container that makes empty volumes writable for the users of the others, and ends. ECS
    creates volumes that the image does not declare with mode 0755 for root (Amazon ECS Developer
    Guide, "Use bind mounts with Amazon ECS"), and so is the root of a new file system."""
    # A file system whose policy does not let root change it stays as it is.
    script = 'for v; do [ -n "$(ls -A "$v")" ] || chmod 1777 "$v"; done; exit 0'
    return {
        "name": VOLUMES_CONTAINER,
        "image": image,
        "essential": False,
        "user": "0",
        "entryPoint": ["/bin/sh", "-c", script, "sh"],
        "command": [volume.container_path for volume in template.prepared_volumes],
        "environment": [],
        "mountPoints": _mount_points(template.prepared_volumes, read_only=False),
        "logConfiguration": log_configuration(log_group, region, template.name),
        **_repository_credentials(template.image_credentials_arn),
    }


def _sidecar(
    sidecar: Sidecar,
    template: AgentTemplate,
    log_group: pulumi.Input[str],
    region: pulumi.Input[str],
) -> dict[str, Any]:
    container: dict[str, Any] = {
        "name": sidecar.name,
        "image": sidecar.image,
        # A sidecar that exits must not stop the build; the agent's exit stops the task.
        "essential": False,
        "environment": _pairs(sidecar.environment, "value"),
        "mountPoints": _mount_points(template.volumes, read_only=False),
        "logConfiguration": log_configuration(log_group, region, f"{template.name}-{sidecar.name}"),
    }
    container |= _repository_credentials(sidecar.image_credentials_arn)
    if sidecar.command:
        container["command"] = list(sidecar.command)
    if sidecar.secrets:
        container["secrets"] = _pairs(sidecar.secrets, "valueFrom")
    if sidecar.memory_mib is not None:
        container["memory"] = sidecar.memory_mib
    return container


def _repository_credentials(arn: pulumi.Input[str] | None) -> dict[str, Any]:
    return {} if arn is None else {"repositoryCredentials": {"credentialsParameter": arn}}


def _pairs(values: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    return [{"name": name, key: value} for name, value in sorted(values.items())]


def _mount_points(volumes: Iterable[Volume], *, read_only: bool) -> list[dict[str, Any]]:
    return [
        {
            "sourceVolume": v.name,
            "containerPath": v.container_path,
            "readOnly": v.read_only and read_only,
        }
        for v in volumes
    ]


def volumes(
    template: AgentTemplate, home: pulumi.Input[str]
) -> list[aws.ecs.TaskDefinitionVolumeArgsDict]:
    """The volumes of the task; the platform's own home is never one of them."""
    return [
        *(_volume(v, template, home) for v in template.volumes),
        *docker_daemon.volumes(template),
    ]


def _volume(
    volume: Volume, template: AgentTemplate, home: pulumi.Input[str]
) -> aws.ecs.TaskDefinitionVolumeArgsDict:
    if volume.efs is None:
        return {"name": volume.name}
    file_system = pulumi.Output.all(volume.efs.file_system_id, home).apply(
        lambda ids: _not_home(template.name, volume.container_path, ids[0], ids[1])
    )
    mounted: aws.ecs.TaskDefinitionVolumeEfsVolumeConfigurationArgsDict = {
        "file_system_id": file_system,
        "transit_encryption": "ENABLED",
    }
    if volume.efs.access_point_id is not None:
        mounted["authorization_config"] = {
            "access_point_id": volume.efs.access_point_id,
            "iam": "ENABLED",
        }
    return {"name": volume.name, "efs_volume_configuration": mounted}


def _not_home(template: str, path: str, file_system: str, home: str) -> str:
    if file_system == home:
        raise pulumi.RunError(
            f"The volume {path} of the agent template '{template}' is the Jenkins home itself: "
            f"{home}. Agents never mount it; use a separate file system."
        )
    return file_system
