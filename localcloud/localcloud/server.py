"""The long-running process of the embedded cloud: emulated AWS plus the providers."""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import os
import select
import signal
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import grpc
from botocore.retries import standard
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import provider_pb2_grpc

from .cloud import KEPT_FILE, OWNER_VARIABLE, RUN_FILE
from .emulator import Emulator
from .providers import table
from .providers.aws import AwsPackage
from .providers.docker import Delivery, DockerPackage
from .providers.protocol import Package
from .providers.random import RandomPackage
from .providers.servicer import Servicer


def serve_package(package: Package) -> tuple[grpc.Server, int]:
    """Listen for the engine on a free local port."""
    server = grpc.server(
        ThreadPoolExecutor(max_workers=32, thread_name_prefix=package.name),
        options=_GRPC_CHANNEL_OPTIONS,
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(package), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def _delivery(tasks_run: bool) -> Delivery:
    """What becomes of images. ``LOCALCLOUD_PUSH``: a registry answers at ECR's address."""
    if tasks_run:
        return Delivery.KEPT
    return Delivery.PUSHED if os.environ.get("LOCALCLOUD_PUSH") == "true" else Delivery.RECORDED


def _end_with(owner: int) -> None:
    """Ask this process to stop when another one has ended, in whatever way."""
    with contextlib.suppress(ProcessLookupError):  # it has ended already
        select.select([os.pidfd_open(owner)], [], [])
    os.kill(os.getpid(), signal.SIGTERM)


def main(folder: Path) -> None:
    """Serve until SIGTERM, or the end of the process that ``LOCALCLOUD_OWNER`` names.

    ``run.json`` in ``folder`` has the addresses.
    """
    # An emulator on this machine is ready again at once: retries need not wait for seconds.
    standard.ExponentialBackoff = functools.partial(standard.ExponentialBackoff, max_backoff=0.2)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    session = uuid.uuid4().hex
    emulator = Emulator(session)
    emulator.serve()
    emulator.run_tasks(folder)
    packages: list[Package] = [
        AwsPackage(emulator.endpoint, table.load(), version("pulumi-aws"), emulator.recorder),
        RandomPackage(version("pulumi-random")),
        DockerPackage(version("pulumi-docker"), _delivery(emulator.runner is not None)),
    ]
    servers = {package.name: serve_package(package) for package in packages}
    run = {
        "pid": os.getpid(),
        "session": session,
        "endpoint": emulator.endpoint,
        "providers": {name: port for name, (_, port) in servers.items()},
    }
    partial = folder / f"{RUN_FILE}.partial"
    partial.write_text(json.dumps(run))
    partial.rename(folder / RUN_FILE)
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _stop)
        if owner := os.environ.get(OWNER_VARIABLE):
            threading.Thread(target=_end_with, args=(int(owner),), daemon=True).start()
        # A signal that the kernel hands to another thread does not interrupt a wait without an end.
        while True:
            time.sleep(1)
    except _Stopped:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
    for server, _ in servers.values():
        server.stop(grace=1)
    try:
        kept = emulator.stop()
        (folder / KEPT_FILE).write_text(json.dumps(kept))
    except Exception:
        logging.exception("not everything was removed")
    finally:
        # Threads that still wait for a container or a client must not keep the process.
        os._exit(0)


class _Stopped(BaseException):
    """The process was asked to stop."""


def _stop(*_: object) -> None:
    # An exception and not an event: a handler must not take a lock that the main thread may hold.
    raise _Stopped


if __name__ == "__main__":
    main(Path(sys.argv[1]))
