"""The Docker Engine that tasks run on, or why there is none."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from typing import Any

import docker
import docker.errors
from docker.models.images import Image
from docker.models.networks import Network

NONE = "none"
"""Setting: run nothing, even where an engine answers."""
FILE_SYSTEM_LABEL = "localcloud.file-system"
HOME_LABEL = "localcloud.home"
SESSION_LABEL = "localcloud.session"
TASK_LABEL = "localcloud.task"
ENGINE_VARIABLE, LINK_VARIABLE = "LOCALCLOUD_DOCKER", "LOCALCLOUD_LINK_IMAGE"
_LINK_IMAGE = "python:3.13-alpine"


class DockerHost:
    """A connection to a Docker Engine.

    Args:
        client: A client of it.
        session: The embedded cloud's session, a label of all that is made.
        home: The embedded cloud's folder, another label.

    Attributes:
        link_image: Image with a ``python3``, for the containers that hold a task's network.
    """

    def __init__(self, client: docker.DockerClient, session: str, home: str = "") -> None:
        self.client, self.session = client, session
        self.home = hashlib.sha256(home.encode()).hexdigest()[:8]
        self.link_image = os.environ.get(LINK_VARIABLE) or _LINK_IMAGE
        self.cpus = int(client.info()["NCPU"])

    @property
    def labels(self) -> dict[str, str]:
        return {SESSION_LABEL: self.session, HOME_LABEL: self.home}

    @property
    def prefix(self) -> str:
        """What all names begin with."""
        return f"localcloud-{self.session[:8]}"

    def image(self, reference: str) -> Image:
        """An image that is there, or pulled.

        Raises:
            docker.errors.DockerException: it cannot be pulled.
        """
        repository, tag = _split(reference)
        # What was built here and not pushed is known by its id.
        for name in (reference, tag) if tag.startswith("sha256:") else (reference,):
            with contextlib.suppress(docker.errors.ImageNotFound):
                return self.client.images.get(name)
        return self.client.images.pull(repository, tag=tag)

    def network(self, vpc: str) -> Network:
        """The network of a VPC; made with the first task in it."""
        name = f"{self.prefix}-{vpc}"
        found = [n for n in self.client.networks.list(names=[name]) if n.name == name]
        network = (
            found[0]
            if found
            else self.client.networks.create(name, driver="bridge", labels=self.labels)
        )
        network.reload()
        return network

    def clean_up(self, file_systems: set[str]) -> list[str]:
        """Remove all containers, networks and volumes of this session, but not the volumes of
        some file systems; the names of these."""
        mine = f"{SESSION_LABEL}={self.session}"
        return self._remove(mine, lambda labels: labels.get(FILE_SYSTEM_LABEL) in file_systems)

    def remove_leftovers(self) -> None:
        """Remove what a cloud of the same folder left that was killed, but no file system."""
        self._remove(f"{HOME_LABEL}={self.home}", lambda labels: FILE_SYSTEM_LABEL in labels)

    def _remove(self, label: str, keeps: Callable[[dict[str, str]], bool]) -> list[str]:
        only: Any = {"label": label}
        for container in self.client.containers.list(all=True, filters=only, ignore_removed=True):
            with contextlib.suppress(docker.errors.NotFound):
                container.remove(force=True, v=True)
        for network in self.client.networks.list(filters=only):
            with contextlib.suppress(docker.errors.NotFound):
                network.remove()
        kept = []
        for volume in self.client.volumes.list(filters=only):
            if keeps(volume.attrs["Labels"] or {}):
                kept.append(str(volume.name))
            else:
                with contextlib.suppress(docker.errors.NotFound):
                    volume.remove(force=True)
        return kept


def connect(session: str, home: str = "") -> tuple[DockerHost | None, str]:
    """The Docker Engine of ``LOCALCLOUD_DOCKER`` or ``DOCKER_HOST``, or the default one; else why
    there is none."""
    setting = os.environ.get(ENGINE_VARIABLE, "")
    if setting == NONE:
        return None, f"{ENGINE_VARIABLE} is '{NONE}'"
    try:
        client = docker.DockerClient(base_url=setting) if setting else docker.from_env()
        client.ping()
        return DockerHost(client, session, home), ""
    except (docker.errors.DockerException, OSError):
        address = setting or os.environ.get("DOCKER_HOST") or "its default address"
        return None, f"no Docker Engine answers at {address}"


def _split(reference: str) -> tuple[str, str]:
    """Repository, and tag or digest."""
    if "@" in reference:
        repository, _, digest = reference.partition("@")
        tagged = ":" in repository.rsplit("/", 1)[-1]
        return repository.rsplit(":", 1)[0] if tagged else repository, digest
    head, colon, tag = reference.rpartition(":")
    if colon and "/" not in tag:
        return head, tag
    return reference, "latest"
