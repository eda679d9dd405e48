"""A separate Docker daemon and registry for tests, in temporary folders.

The registry has the host name of ECR and a TLS certificate for it. The daemon runs in its own mount
namespace, where ``/etc`` is a copy with that name and certificate: images pushed to ECR's address
reach the registry, and the machine is not changed.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import docker.errors
import yaml
from docker.models.containers import Container

from harness.docker import bounded_runtime
from harness.servers import certificates

_START_SECONDS = 30
_STOP_SECONDS = 120
"""Time to end: the daemon waits 15 seconds for its containers, on a busy machine far longer."""
_HTTPS = 443
_PREFIX = "jenkins-platform-"
_MEMORY_FOR_IMAGES = 6 * 1024**3
"""The images need a third of this; the rest is for other programs."""


class NotStartedError(Exception):
    """A program that the tests need did not start; the message holds the end of its log."""


@contextmanager
def program(command: list[str], log: Path, ready: Callable[[], Any]) -> Iterator[None]:
    """A program that ends with the block, or when this process ends in any way.

    Raises:
        NotStartedError: it ended or took too long before ``ready()`` was true.
    """
    with (
        log.open("wb") as out,
        subprocess.Popen(
            # The kernel sends the signal when our process ends.
            ["setpriv", "--pdeathsig", "TERM", *command],
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
        ) as process,
    ):
        try:
            if not _comes_up(process, ready):
                raise NotStartedError(
                    f"{command[0]} did not start. End of its log:\n{log.read_text()[-3000:]}"
                )
            yield
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _comes_up(process: subprocess.Popen[bytes], ready: Callable[[], Any]) -> bool:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, docker.errors.DockerException):
            if ready():
                return True
        time.sleep(0.05)
    return False


@dataclass(frozen=True)
class Registry:
    """A running registry.

    Attributes:
        host: Its name, as in image references. The daemon resolves it, and so do containers with
            ``hosts`` as extra hosts.
        address: Address that it listens on, port 443.
        certificate: Its certificate, to be trusted.
        log: Its log file.
        hosts: The name and address, as in ``extra_hosts`` of a container.
    """

    host: str
    address: str
    certificate: Path
    log: Path

    @property
    def hosts(self) -> dict[str, str]:
        return {self.host: self.address}

    @classmethod
    @contextmanager
    def running(cls, host: str, user: str, password_hash: str) -> Iterator[Registry]:
        """Start a registry with one user.

        Args:
            password_hash: bcrypt hash of the user's password.

        Raises:
            NotStartedError: it did not start.
        """
        with temporary_folder() as folder:
            address = loopback_address()
            certificate, key = certificates.self_signed(host, folder)
            (folder / "htpasswd").write_text(f"{user}:{password_hash}\n")
            htpasswd = {"realm": host, "path": str(folder / "htpasswd")}
            settings = {
                "version": 0.1,
                "storage": {"filesystem": {"rootdirectory": str(folder / "images")}},
                "http": {
                    "addr": f"{address}:{_HTTPS}",
                    "tls": {"certificate": str(certificate), "key": str(key)},
                },
                "auth": {"htpasswd": htpasswd},
            }
            (folder / "config.yml").write_text(yaml.safe_dump(settings))
            command = [_sbin("docker-registry"), "serve", str(folder / "config.yml")]
            log = folder / "registry.log"
            with program(command, log, lambda: _connects(address)):
                yield cls(host, address, certificate, log)


@dataclass(frozen=True)
class Engine:
    """A running Docker daemon.

    Attributes:
        host: Its address, as in ``DOCKER_HOST``.
        client: A client of it.
        folder: A folder that is deleted with the daemon.
        log: Its log file.
    """

    host: str
    client: docker.DockerClient
    folder: Path
    log: Path

    @classmethod
    @contextmanager
    def running(cls, registry: Registry | None = None) -> Iterator[Engine]:
        """Start a daemon that resolves the registry; stop it and all its containers afterwards.

        Raises:
            NotStartedError: it did not start. That is a failure, never a reason to skip.
        """
        with temporary_folder() as folder:
            host = f"unix://{folder}/docker.sock"
            etc = _copy_of_etc(folder, registry)
            daemon = [
                _sbin("dockerd"),
                f"--data-root={folder}/data",
                f"--exec-root={folder}/exec",
                f"--pidfile={folder}/pid",
                f"--host={host}",
                # No bridge and no change to the machine's firewall: builds need no network,
                # and containers use the host's network or one that only reaches the host.
                "--bridge=none",
                "--iptables=false",
                "--ip6tables=false",
                "--ip-forward=false",
                *bounded_runtime.options(folder, _sbin("runc")),
            ]
            # The daemon's mounts are in the namespace too, and end with it.
            mounts = 'mount --bind "$0" /etc'
            if _free_memory() > _MEMORY_FOR_IMAGES:
                # Tens of thousands of short-lived files: on a disk that takes a minute.
                (folder / "data").mkdir()
                mounts += f" && mount -t tmpfs images {folder}/data"
            log = folder / "dockerd.log"
            command = ["unshare", "--mount", "--propagation=private", "sh", "-c"]
            run = f'{mounts} && exec "$@"'
            keeper = Path(__file__).with_name("daemon.sh")
            command += [run, str(etc), str(keeper), str(folder), str(os.getpid()), *daemon]
            with program(
                command,
                log,
                lambda: docker.DockerClient(base_url=host).ping(),
            ):
                client = docker.DockerClient(base_url=host, timeout=300)
                try:
                    yield cls(host, client, folder, log)
                finally:
                    for container in client.containers.list(all=True):
                        container.remove(force=True)
                    client.networks.prune()
                    client.close()

    def build(self, context: Path, tag: str, **arguments: str) -> None:
        """Build an image with the classic builder, as the embedded cloud's provider does.

        Raises:
            docker.errors.BuildError: with the log of the build.
        """
        self.client.images.build(path=str(context), tag=tag, buildargs=arguments, rm=True)

    def push(self, image: str, sign_in: dict[str, str]) -> None:
        for line in self.client.images.push(image, auth_config=sign_in, stream=True, decode=True):
            if "error" in line:
                raise docker.errors.APIError(line["error"])

    def output(self, image: str, *command: str, **options: Any) -> str:
        """Output of a program in an image; its failure is an error."""
        printed: bytes = self.client.containers.run(image, list(command), remove=True, **options)
        return printed.decode().strip()

    @contextmanager
    def container(self, image: str, *command: str, **options: Any) -> Iterator[Container]:
        """A running container that is removed after the block."""
        container = self.client.containers.run(image, list(command), detach=True, **options)
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
def temporary_folder() -> Iterator[Path]:
    """Short: the path of a socket has at most 107 characters. Deletes those of killed runs."""
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        owner = left.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy_of_etc(folder: Path, registry: Registry | None) -> Path:
    etc = folder / "etc"
    shutil.copytree("/etc", etc, symlinks=True)
    if registry:
        with (etc / "hosts").open("a") as hosts:
            hosts.write(f"{registry.address} {registry.host}\n")
        trusted = etc / "docker" / "certs.d" / registry.host
        trusted.mkdir(parents=True)
        shutil.copy(registry.certificate, trusted / "ca.crt")
    return etc


def _free_memory() -> int:
    """Bytes of available memory."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith("MemAvailable:")]
    return int(line.split()[1]) * 1024


def loopback_address() -> str:
    """A loopback address with a free HTTPS port."""
    while True:
        address = f"127.77.{random.randrange(256)}.{random.randrange(1, 255)}"
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind((address, _HTTPS))
            return address


def _connects(address: str) -> bool:
    socket.create_connection((address, _HTTPS), timeout=1).close()
    return True


def _sbin(name: str) -> str:
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    if found := shutil.which(name, path=path):
        return found
    raise NotStartedError(f"'{name}' is not installed")
