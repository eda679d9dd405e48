"""The Docker daemon of templates with ``docker``: a privileged sidecar, reached by a socket.

The daemon is privileged because a rootless one needs capabilities and devices that ECS grants to
privileged containers only. What this gives a build is limited by the instance, which runs one build
at a time and only those of this template. The daemon listens on no port: only containers of the
task can mount its socket.
"""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from ..base.container import log_configuration
from ..settings.agents import AgentTemplate

CONTAINER = "docker"
IMAGE = "docker:28.5.1-dind"
FOLDER = "/run/jenkins-docker"
"""Socket, client and client configuration, in the daemon's container and in the agent's."""
_SOCKET = f"unix://{FOLDER}/docker.sock"
_RUN, _DATA, _WORKSPACE = "docker-run", "docker-data", "docker-workspace"
_GROUP = 1000
"""Group of the user ``jenkins`` in the official agent image."""
_AGENT_PATH = "/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""PATH of the official agent image."""


def environment(template: AgentTemplate) -> dict[str, str]:
    """Variables of the agent's container: builds and Testcontainers find daemon and client."""
    if not template.docker:
        return {}
    found = {
        "DOCKER_CONFIG": f"{FOLDER}/config",
        "DOCKER_HOST": _SOCKET,
        # Published ports: the daemon shares the agent's network.
        "TESTCONTAINERS_HOST_OVERRIDE": "localhost",
        "TESTCONTAINERS_DOCKER_SOCKET_OVERRIDE": f"{FOLDER}/docker.sock",
    }
    if template.image is None:
        found["PATH"] = f"{FOLDER}/bin:{_AGENT_PATH}"
    return found


def mount_points(template: AgentTemplate) -> list[dict[str, Any]]:
    """Mount points of the agent's container, and the daemon's. The workspace has the same path in
    both, so that builds can mount it into containers."""
    if not template.docker:
        return []
    paths = {_RUN: FOLDER, _WORKSPACE: template.work_folder}
    return [
        {"sourceVolume": volume, "containerPath": path, "readOnly": False}
        for volume, path in paths.items()
    ]


def volumes(template: AgentTemplate) -> list[aws.ecs.TaskDefinitionVolumeArgsDict]:
    """Volumes of the task, which end with it, but the cache."""
    if not template.docker:
        return []
    data: aws.ecs.TaskDefinitionVolumeArgsDict = {"name": _DATA}
    if template.host.docker_cache:
        data["docker_volume_configuration"] = {
            "scope": "shared",
            "autoprovision": True,
            "driver": "local",
        }
    return [{"name": _RUN}, {"name": _WORKSPACE}, data]


def container(
    template: AgentTemplate, log_group: pulumi.Input[str], region: pulumi.Input[str]
) -> dict[str, Any]:
    """The sidecar. It also hands its client and plugins, which are static programs, to the
    agent."""
    owned = f"{FOLDER}/config {template.work_folder}"
    plugins = '{"cliPluginsExtraDirs": ["' + FOLDER + '/cli-plugins"]}'
    script = " && ".join(
        [
            f"mkdir -p {FOLDER}/bin {FOLDER}/config",
            f"cp /usr/local/bin/docker {FOLDER}/bin/",
            f"cp -r /usr/local/libexec/docker/cli-plugins {FOLDER}/",
            f"echo '{plugins}' > {FOLDER}/config/config.json",
            f"chown -R {_GROUP}:{_GROUP} {owned}",
            f"exec dockerd-entrypoint.sh dockerd --host={_SOCKET} --group={_GROUP}",
        ]
    )
    return {
        "name": CONTAINER,
        "image": template.host.docker_image or IMAGE,
        "essential": False,
        "privileged": True,
        "entryPoint": ["sh", "-c"],
        "command": [script],
        "mountPoints": [
            *mount_points(template),
            {"sourceVolume": _DATA, "containerPath": "/var/lib/docker", "readOnly": False},
        ],
        "healthCheck": {
            "command": ["CMD", "docker", "--host", _SOCKET, "info"],
            "interval": 5,
            "timeout": 5,
            "retries": 10,
            "startPeriod": 30,
        },
        "logConfiguration": log_configuration(log_group, region, f"{template.name}-{CONTAINER}"),
    }
