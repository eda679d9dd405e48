"""A copy of a Jenkins home for a rehearsal."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import docker.errors
from localcloud.runner.docker_host import FILE_SYSTEM_LABEL, DockerHost, connect

from . import local_jenkins, running_tasks
from .session import Session

_STOP_SECONDS, _LOOK_SECONDS = 150, 0.5
_COPY = "find /to -mindepth 1 -delete && cp -a /from/. /to/ && chown -R 1000:1000 /to"


def check(home: str) -> None:
    """See that a home is there before anything is started.

    Args:
        home: A folder, or the name of a Docker volume.

    Raises:
        FileNotFoundError: it is neither.
    """
    if Path(home).is_dir():
        return
    host, reason = connect("")
    try:
        if host:
            host.client.volumes.get(home)
            return
    except docker.errors.NotFound:
        reason = "no folder and no Docker volume has this name"
    raise FileNotFoundError(f"--home {home}: {reason}")


def start_with(session: Session, home: str, outputs: Mapping[str, Any]) -> None:
    """Stop Jenkins, put a copy of a home in its place, and start it.

    Args:
        outputs: The stack's outputs.

    Raises:
        RuntimeError: Jenkins does not stop, cannot be copied to, or does not start.
    """
    cloud, cluster = session.embedded_cloud, str(outputs["controller_cluster_arn"])
    host, reason = connect(cloud.session)
    if not host:
        raise RuntimeError(reason)
    _scale(session, cluster, 0)
    _copy(host, home, str(outputs["file_system_id"]))
    _scale(session, cluster, 1)
    local_jenkins.answering(session, cloud, outputs)


def _scale(session: Session, cluster: str, count: int) -> None:
    ecs = session.client("ecs")
    (service,) = ecs.list_services(cluster=cluster)["serviceArns"]
    ecs.update_service(cluster=cluster, service=service, desiredCount=count)
    deadline = time.monotonic() + _STOP_SECONDS
    while count == 0 and any(
        task.status != "STOPPED" for task in running_tasks.of_clusters(session.client, [cluster])
    ):
        if time.monotonic() > deadline:
            raise RuntimeError(f"Jenkins did not stop within {_STOP_SECONDS} s")
        time.sleep(_LOOK_SECONDS)


def _copy(host: DockerHost, home: str, file_system: str) -> None:
    filters = {"label": f"{FILE_SYSTEM_LABEL}={file_system}"}
    (volume,) = host.client.volumes.list(filters=filters)
    source = str(Path(home).resolve()) if Path(home).is_dir() else home
    try:
        host.client.containers.run(
            host.link_image,
            ["sh", "-c", _COPY],
            remove=True,
            network_mode="none",
            volumes={
                source: {"bind": "/from", "mode": "ro"},
                str(volume.name): {"bind": "/to", "mode": "rw"},
            },
        )
    except docker.errors.DockerException as error:
        raise RuntimeError(f"--home {home} cannot be copied: {error}") from error
