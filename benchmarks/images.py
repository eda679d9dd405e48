"""How long images take to build, and the size of the layers on top of their bases.

    python -m benchmarks.images

Needs root and Debian's ``docker.io``, ``docker-registry`` and ``debootstrap``, as the image tests
do: a real Docker daemon and registry, our Dockerfiles on the stand-in bases of ``tests/images``,
and Kaniko's real executor in our Kaniko image. Times depend on the machine and exclude the network
between builder and registry; sizes are those of the layers that the Dockerfiles add.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from localcloud.cloud import LocalCloud
from rich.console import Console
from rich.table import Table

from harness.docker import kaniko as agents
from harness.docker import platform_images as images
from harness.docker.engine import Engine, Registry
from harness.servers.web import AgentController
from harness.stacks.engine import environment

MEGABYTE = 1_000_000


def seconds(step: Callable[[], object]) -> str:
    started = time.monotonic()
    step()
    return f"{time.monotonic() - started:.1f} s"


def main() -> None:
    table = Table("what", "first", "again", title="Images")
    console = Console()
    with (
        pytest.MonkeyPatch.context() as patch,
        tempfile.TemporaryDirectory() as folder,
        Registry.running(images.REGISTRY, "AWS", images.TOKEN_HASH) as registry,
        Engine.running(registry) as engine,
    ):
        console.print("Making the stand-in bases")
        images.make_bases(engine)
        with environment(DOCKER_HOST=engine.host):
            cloud = LocalCloud.start(Path(folder, "cloud"))
        try:
            stack = images.stack_of_images(cloud, Path(folder), patch)
            first = seconds(stack.up)
            table.add_row("up: three images built and pushed", first, seconds(stack.up))
            built = images.as_built(stack, engine, Path(folder, "images"))
            kaniko(table, console, built, engine, registry, cloud)
            sizes(table, built, engine)
            stack.destroy()
        finally:
            cloud.stop()
    console.print(table)


def kaniko(
    table: Table,
    console: Console,
    built: images.Built,
    engine: Engine,
    registry: Registry,
    cloud: LocalCloud,
) -> None:
    """A Dockerfile of three stages, first without and then with layers in the cache repository."""
    controller = AgentController()
    with agents.connected(built, engine, [registry], cloud, controller):
        agents.check_out(controller)

        def build(tag: str) -> None:
            run = agents.build(controller, f"kaniko --context stages --tag {tag}")
            console.print(f"Kaniko pushed {built.applications}@{run.digest}", soft_wrap=True)

        first = seconds(lambda: build("first"))
        table.add_row("Kaniko: three stages, pushed", first, seconds(lambda: build("again")))


def sizes(table: Table, built: images.Built, engine: Engine) -> None:
    """Layers over the base, unpacked."""
    for role, base in images.BASES.items():
        own = engine.client.images.get(built.references[role]).attrs["Size"]
        below = engine.client.images.get(images.base_of(base)).attrs["Size"]
        table.add_row(f"our layers: {role}", f"{(own - below) / MEGABYTE:.1f} MB", "")


if __name__ == "__main__":
    main()
