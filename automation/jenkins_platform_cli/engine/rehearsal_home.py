"""A copy of a Jenkins home for a rehearsal."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker.errors
from localcloud.runner.docker_host import FILE_SYSTEM_LABEL, DockerHost, connect

from . import local_jenkins, running_tasks
from .jenkins_api import JenkinsApi
from .session import Session

_STOP_SECONDS, _LOOK_SECONDS = 150, 0.5
# A Jenkins that uses the home may remove a file while it is copied, so a second attempt is made.
_COPY = r"""
find /to -mindepth 1 -delete
cp -a /from/. /to/ || cp -a /from/. /to/
chown -R 1000:1000 /to
cd /to
for file in jobs/*/config.xml; do [ ! -e "$file" ] || echo "job $(basename "${file%/*}")"; done
[ ! -e credentials.xml ] || sed -n 's:^ *<id>\(.*\)</id>:credential \1:p' credentials.xml
"""
_CREDENTIALS = "/credentials/store/system/api/json?tree=domains[credentials[id]]"


@dataclass(frozen=True)
class Contents:
    """What a home contains.

    Attributes:
        jobs: Names of jobs and folders at the top.
        credentials: IDs of Jenkins's own credentials, without those of folders.
    """

    jobs: tuple[str, ...]
    credentials: tuple[str, ...]

    def missing(self, jenkins: JenkinsApi) -> list[str]:
        """Jobs and credentials that a Jenkins does not have.

        Raises:
            JenkinsError: it does not answer.
        """
        jobs = {job["name"] for job in jenkins.get("/api/json")["jobs"]}
        domains = jenkins.get(_CREDENTIALS)["domains"].values()
        there = {c["id"] for domain in domains for c in domain["credentials"]}
        return [f"job {name}" for name in self.jobs if name not in jobs] + [
            f"credential {name}" for name in self.credentials if name not in there
        ]


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


def start_with(session: Session, home: str, outputs: Mapping[str, Any]) -> Contents:
    """Stop Jenkins, put a copy of a home in its place, and start it; what the home contains.

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
    contents = _copy(host, home, str(outputs["file_system_id"]))
    _scale(session, cluster, 1)
    local_jenkins.answering(session, cloud, outputs)
    return contents


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


def _copy(host: DockerHost, home: str, file_system: str) -> Contents:
    filters = {"label": f"{FILE_SYSTEM_LABEL}={file_system}"}
    (volume,) = host.client.volumes.list(filters=filters)
    source = str(Path(home).resolve()) if Path(home).is_dir() else home
    try:
        printed: bytes = host.client.containers.run(
            host.link_image,
            ["sh", "-ec", _COPY],
            remove=True,
            network_mode="none",
            volumes={
                source: {"bind": "/from", "mode": "ro"},
                str(volume.name): {"bind": "/to", "mode": "rw"},
            },
        )
    except docker.errors.DockerException as error:
        raise RuntimeError(f"--home {home} cannot be copied: {error}") from error
    found: dict[str, list[str]] = {"job": [], "credential": []}
    for line in printed.decode().splitlines():
        kind, _, name = line.partition(" ")
        found[kind].append(name)
    return Contents(tuple(found["job"]), tuple(found["credential"]))
