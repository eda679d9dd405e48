"""A task's network: one Docker network for each VPC, and in it a container that holds the address.

All containers of a task share the network of their *link*, as containers of an awsvpc task share
theirs. The link also brings AWS's addresses into it; see `link`.
"""

from __future__ import annotations

import contextlib
import io
import json
import secrets
import tarfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

import docker.errors
from docker.models.containers import Container
from docker.types import Mount

from . import firewall, link
from .containers import BUNDLE, STORE, TRUST_FOLDER
from .docker_host import TASK_LABEL, DockerHost
from .hub import Hub
from .tls import Authority

HTTP, HTTPS = 80, 443
_READY_SECONDS = 30
_PROGRAM, FIREWALL = "link.py", "firewall.py"
_ELSEWHERE = "host.docker.internal"
"""This machine's name in containers where the engine runs in a virtual machine."""
_BALANCERS = "127.77.0"
"""Addresses in a task's network that stand for load balancers: their last number counts."""


@dataclass(frozen=True)
class Ports:
    """Local ports that a link forwards to.

    Attributes:
        metadata: Task metadata and credentials.
        aws: AWS's endpoints, by TLS.
        balancers: By DNS name of a load balancer, the local port by the listener's port.
    """

    metadata: int
    aws: int
    balancers: dict[str, dict[int, int]] = field(default_factory=dict)

    @property
    def all(self) -> set[int]:
        return {self.metadata, self.aws, *(p for b in self.balancers.values() for p in b.values())}


@dataclass(frozen=True)
class Plan:
    """The link that one task needs.

    Attributes:
        task: ARN of the task.
        name: Name of the container.
        vpc: Id of the VPC.
        aliases: Names under which others in the VPC find the task.
        endpoints: Names of AWS that lead to the emulated AWS.
        container_ports: Ports that the task's containers listen on.
        owners: Volumes that get an owner: user, group and mode by name of the volume.
        ports: Where to forward to.
    """

    task: str
    name: str
    vpc: str
    aliases: list[str]
    endpoints: list[str]
    container_ports: list[int]
    owners: dict[str, tuple[int, int, int]]
    ports: Ports


@dataclass
class Link:
    """A running link.

    Attributes:
        container: The container.
        address: The task's address in the Docker network of its VPC.
        gateway: Address of this machine in that network.
        machine: The same, or this machine's name where the engine runs in a virtual machine.
        prefix: Length of that network's prefix.
        published: Port on this machine by port of the task.
    """

    container: Container
    address: str
    gateway: str
    machine: str
    prefix: int
    published: dict[int, int]
    token: str


class Networks:
    """Makes links, and what they need once: networks, hubs and the volume with certificates.

    Args:
        host: The engine.
        authority: Signs AWS's names.
    """

    def __init__(self, host: DockerHost, authority: Authority) -> None:
        self._host = host
        self._files = {
            _PROGRAM: Path(link.__file__).read_bytes(),
            FIREWALL: Path(firewall.__file__).read_bytes(),
            BUNDLE: authority.bundle(),
            STORE: authority.trust_store(),
        }
        self._hubs: dict[str, tuple[str, Hub]] = {}
        self._allowed: dict[str, set[int]] = {}
        self._ready: dict[str, threading.Event] = {}
        self._lock = threading.Lock()
        self.trust_volume = f"{host.prefix}-trust"
        host.client.volumes.create(self.trust_volume, labels=host.labels)

    def link(self, plan: Plan) -> Link:
        """Make the link of a task.

        Raises:
            docker.errors.DockerException: the engine refuses it.
            RuntimeError: it does not reach this machine.
        """
        token = secrets.token_hex(16)
        with self._lock:
            network = self._host.network(plan.vpc)
            address, hub = self._hub(
                str(network.name), network.attrs["IPAM"]["Config"][0]["Gateway"]
            )
        self._allowed[token], self._ready[token] = plan.ports.all, threading.Event()
        listen, names = _listeners(plan)
        owners = [[f"/owned/{n}", *owner] for n, owner in plan.owners.items()]
        settings = {
            "host": address,
            "port": hub.port,
            "token": token,
            "listen": listen,
            "owners": owners,
        }
        names |= {_ELSEWHERE: "host-gateway"} if address == _ELSEWHERE else {}
        self._host.image(self._host.link_image)
        api = self._host.client.api
        made = api.create_container(
            self._host.link_image,
            ["python3", "-u", f"{TRUST_FOLDER}/{_PROGRAM}"],
            name=plan.name,
            user="0:0",
            entrypoint=[],
            environment={"LOCALCLOUD_LINK": json.dumps(settings)},
            labels={**self._host.labels, TASK_LABEL: plan.task},
            ports=plan.container_ports,
            host_config=api.create_host_config(
                extra_hosts=names,
                cap_add=["NET_ADMIN"],
                network_mode=network.name,
                port_bindings=dict.fromkeys(plan.container_ports, ("127.0.0.1",)),
                mounts=[
                    Mount(TRUST_FOLDER, self.trust_volume, type="volume", no_copy=True),
                    *(Mount(f"/owned/{n}", n, type="volume", no_copy=True) for n in plan.owners),
                ],
            ),
            networking_config={
                "EndpointsConfig": {
                    str(network.name): api.create_endpoint_config(aliases=plan.aliases)
                }
            },
        )
        container = self._host.client.containers.get(made["Id"])
        container.put_archive(TRUST_FOLDER, _archive(self._files))
        container.start()
        if not self._ready[token].wait(_READY_SECONDS):
            said = container.logs().decode("utf-8", "replace")[-500:]
            raise RuntimeError(
                f"the container that holds the task's network does not reach this machine at"
                f" {address}:{hub.port}; does a firewall stand between? {said}"
            )
        container.reload()
        seen = container.attrs["NetworkSettings"]
        published = {
            int(port.split("/")[0]): int(bound[0]["HostPort"])
            for port, bound in seen["Ports"].items()
            if bound
        }
        joined = seen["Networks"][network.name]
        return Link(
            container,
            joined["IPAddress"],
            joined["Gateway"],
            address,
            joined["IPPrefixLen"],
            published,
            token,
        )

    def unlink(self, task: Link) -> None:
        self._allowed.pop(task.token, None)
        self._ready.pop(task.token, None)
        with contextlib.suppress(docker.errors.NotFound):
            task.container.remove(force=True, v=True)

    def close(self) -> None:
        for _, hub in self._hubs.values():
            hub.close()

    def _hub(self, network: str, gateway: str) -> tuple[str, Hub]:
        """Name of this machine in a network, and who listens there."""
        if network not in self._hubs:
            try:
                self._hubs[network] = gateway, Hub(gateway, self._may_reach, self._is_ready)
            except OSError:  # the engine runs in a virtual machine
                self._hubs[network] = (
                    _ELSEWHERE,
                    Hub("127.0.0.1", self._may_reach, self._is_ready),
                )
        return self._hubs[network]

    def _may_reach(self, token: str, port: int) -> bool:
        return port in self._allowed.get(token, ())

    def _is_ready(self, token: str) -> None:
        if token in self._ready:
            self._ready[token].set()


def _listeners(plan: Plan) -> tuple[list[tuple[str, int, int]], dict[str, str]]:
    """Address, port and local port of each listener; and the addresses by name."""
    listen = [
        (link.AGENT_ADDRESS, HTTP, plan.ports.metadata),
        (link.AGENT_ADDRESS, HTTPS, plan.ports.aws),
    ]
    names = dict.fromkeys(plan.endpoints, link.AGENT_ADDRESS)
    for number, (name, listeners) in enumerate(sorted(plan.ports.balancers.items()), 1):
        names[name] = f"{_BALANCERS}.{number}"
        for port, local in listeners.items():
            # A container could not listen on its own port any more.
            if port not in plan.container_ports:
                listen.append((names[name], port, local))
    return listen, names


def _archive(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o644
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()
