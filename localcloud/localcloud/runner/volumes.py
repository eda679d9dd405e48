"""Docker volumes for the volumes of tasks: of a task alone, or of a file system that stays."""

from __future__ import annotations

from typing import Any

from .clients import Clients
from .docker_host import FILE_SYSTEM_LABEL, TASK_LABEL, DockerHost

_DEFAULT_MODE = 0o755
Owner = tuple[int, int, int]


class VolumeError(Exception):
    """A volume that cannot be mounted; worded as in AWS's stop reasons."""


class Volumes:
    """Makes the volumes of a task."""

    def __init__(self, host: DockerHost, clients: Clients) -> None:
        self._host, self._clients = host, clients

    def make(
        self, task: str, region: str, definition: dict[str, Any]
    ) -> tuple[dict[str, str], dict[str, Owner]]:
        """Docker volume by the name in the task definition; and owners of Docker volumes.

        Raises:
            VolumeError: a file system or its access point is not there.
        """
        names: dict[str, str] = {}
        owners: dict[str, Owner] = {}
        for volume in definition.get("volumes", []):
            efs = volume.get("efsVolumeConfiguration")
            if efs:
                name, owner = self._of_file_system(region, efs)
                owners |= {name: owner} if owner else {}
            else:
                name = f"{self._host.prefix}-{task.rsplit('/', 1)[-1][:12]}-{volume['name']}"
                labels = {**self._host.labels, TASK_LABEL: task}
                self._host.client.volumes.create(name, labels=labels)
            names[volume["name"]] = name
        return names, owners

    def remove(self, task: str) -> None:
        """Remove the volumes of a task that is over."""
        only = {"label": f"{TASK_LABEL}={task}"}
        for volume in self._host.client.volumes.list(filters=only):
            volume.remove(force=True)

    def _of_file_system(self, region: str, efs: dict[str, Any]) -> tuple[str, Owner | None]:
        client, file_system = self._clients.get("efs", region), efs["fileSystemId"]
        point = (efs.get("authorizationConfig") or {}).get("accessPointId")
        folder = efs.get("rootDirectory") or "/"
        owner: Owner | None = None
        try:
            client.describe_file_systems(FileSystemId=file_system)
            if point:
                found = client.describe_access_points(AccessPointId=point)["AccessPoints"][0]
                created = (found.get("RootDirectory") or {}).get("CreationInfo")
                folder = point
                if created:
                    mode = int(created["Permissions"], 8)
                    owner = int(created["OwnerUid"]), int(created["OwnerGid"]), mode
        except Exception as error:
            raise VolumeError(
                f"ResourceInitializationError: failed to invoke EFS utils commands to set up EFS"
                f" volumes: {error}"
            ) from error
        end = "".join(c if c.isalnum() or c == "-" else "_" for c in folder.strip("/")) or "root"
        name = f"localcloud-{self._host.home}-{file_system}-{end}"
        labels = {**self._host.labels, FILE_SYSTEM_LABEL: file_system}
        self._host.client.volumes.create(name, labels=labels)
        return name, owner
