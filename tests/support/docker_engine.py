"""A Docker daemon and registries of the tests' own: in their own folders, gone after the run."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import yaml
from docker.models.containers import Container

_START_SECONDS = 30
_STOP_SECONDS = 30


class NotStartedError(Exception):
    """A program that the tests need did not come up; the message holds the end of its log."""


@contextmanager
def program(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program that ends with the block, and with this process however that ends."""
    with (
        log.open("wb") as out,
        subprocess.Popen(
            # The kernel sends the signal when our process is gone.
            ["setpriv", "--pdeathsig", "TERM", *command],
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_for(ready: Any, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until ``ready()`` is true.

    Raises:
        NotStartedError: the process ended, or took too long.
    """
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, docker.errors.DockerException):
            if ready():
                return
        time.sleep(0.05)
    name = Path(str(process.args[3])).name  # type: ignore[index]
    raise NotStartedError(f"{name} did not start. End of its log:\n{log.read_text()[-3000:]}")


def free_port(address: str = "127.0.0.1") -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Engine:
    """A running Docker daemon.

    Attributes:
        host: Its address, as in ``DOCKER_HOST``.
        client: A client of it.
        folder: A folder that goes when the daemon goes.
    """

    host: str
    client: docker.DockerClient
    folder: Path

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Engine]:
        """Start a daemon; stop it, its containers and its mounts afterwards.

        Raises:
            NotStartedError: it did not come up. That is a failure, never a reason to skip.
        """
        # Short: the path of a socket has 107 characters at the most.
        folder = Path(tempfile.mkdtemp(prefix="jenkins-platform-docker-"))
        host = f"unix://{folder}/docker.sock"
        log = folder / "dockerd.log"
        (folder / "daemon.json").write_text("{}")
        command = [
            _sbin("dockerd"),
            f"--config-file={folder}/daemon.json",
            f"--data-root={folder}/data",
            f"--exec-root={folder}/exec",
            f"--pidfile={folder}/pid",
            f"--host={host}",
            # No bridge of its own, no change to the machine's firewall: builds need no network,
            # and containers use the host's or one that only reaches the host.
            "--bridge=none",
            "--iptables=false",
            "--ip6tables=false",
            "--ip-forward=false",
        ]
        try:
            with program(command, log) as process:
                wait_for(lambda: docker.DockerClient(base_url=host).ping(), process, log)
                client = docker.DockerClient(base_url=host, timeout=120)
                try:
                    yield cls(host, client, folder)
                finally:
                    for container in client.containers.list(all=True):
                        container.remove(force=True)
                    for network in client.networks.list(filters={"type": "custom"}):
                        network.remove()
                    client.close()
        finally:
            _unmount_below(folder)
            shutil.rmtree(folder, ignore_errors=True)

    def build(self, context: Path, tag: str, **arguments: str) -> None:
        """Build an image with the classic builder, as the embedded cloud's provider does."""
        self.client.images.build(path=str(context), tag=tag, buildargs=arguments, rm=True)

    @contextmanager
    def container(self, image: str, **options: Any) -> Iterator[Container]:
        """A running container that is gone after the block."""
        container = self.client.containers.run(image, detach=True, **options)
        try:
            yield container
        finally:
            container.remove(force=True, v=True)

    @contextmanager
    def network(self, name: str) -> Iterator[str]:
        """A network between containers and this machine; the machine's address in it."""
        network = self.client.networks.create(name, driver="bridge")
        network.reload()
        try:
            yield network.attrs["IPAM"]["Config"][0]["Gateway"]
        finally:
            network.remove()


@contextmanager
def registry(
    folder: Path,
    address: str = "127.0.0.1",
    port: int = 0,
    users: str = "",
    certificate: Path | None = None,
    key: Path | None = None,
) -> Iterator[str]:
    """A registry that keeps its images in ``folder``; its host and port.

    Args:
        users: Lines of an htpasswd file with bcrypt hashes. Empty: nobody has to sign in.
        certificate: With ``key``: speak TLS.

    Raises:
        NotStartedError: it did not come up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port(address)
    http: dict[str, Any] = {"addr": f"{address}:{port}"}
    if certificate:
        http["tls"] = {"certificate": str(certificate), "key": str(key)}
    settings: dict[str, Any] = {
        "version": 0.1,
        "log": {"level": "info", "accesslog": {"disabled": False}},
        "storage": {"filesystem": {"rootdirectory": str(folder)}, "delete": {"enabled": True}},
        "http": http,
    }
    if users:
        (folder / "htpasswd").write_text(users)
        settings["auth"] = {"htpasswd": {"realm": "tests", "path": str(folder / "htpasswd")}}
    config, log = folder / f"config-{port}.yml", folder / f"registry-{port}.log"
    config.write_text(yaml.safe_dump(settings))
    with program([_sbin("docker-registry"), "serve", str(config)], log) as process:
        wait_for(lambda: _connects(address, port), process, log)
        yield f"{address}:{port}"


def _connects(address: str, port: int) -> bool:
    socket.create_connection((address, port), timeout=1).close()
    return True


def _sbin(name: str) -> str:
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    if found := shutil.which(name, path=path):
        return found
    raise NotStartedError(f"'{name}' is not installed")


def _unmount_below(folder: Path) -> None:
    """Unmount what a daemon left; deepest first."""
    mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for mount in sorted((m for m in mounts if m.startswith(f"{folder}/")), reverse=True):
        subprocess.run(["umount", "--lazy", mount], check=False)


def environment(container: Container) -> Mapping[str, str]:
    """The variables that an image or its run gave to a container."""
    pairs: list[str] = container.attrs["Config"]["Env"] or []
    return dict(pair.split("=", 1) for pair in pairs)
