"""What tasks are made with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .clients import Clients
from .docker_host import DockerHost
from .metadata import MetadataServer
from .metrics import Metrics
from .network import Networks, Ports
from .security_groups import SecurityGroups
from .sessions import Sessions
from .volumes import Volumes


@dataclass(frozen=True)
class Parts:
    """The parts that all tasks share.

    Attributes:
        ports: Where the link of a task in a region and VPC forwards to.
        endpoint_names: Names of AWS's endpoints as a region's tasks call them.
    """

    host: DockerHost
    clients: Clients
    networks: Networks
    volumes: Volumes
    metadata: MetadataServer
    metrics: Metrics
    security_groups: SecurityGroups
    sessions: Sessions
    ports: Callable[[str, str], Ports]
    endpoint_names: Callable[[str], list[str]]
