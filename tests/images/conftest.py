"""Fixtures of the image tests: a Docker daemon, a registry, and the images that a real ``up`` of
the platform builds and pushes on stand-in bases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from localcloud.cloud import LocalCloud

from harness.docker.engine import Engine, Registry
from harness.docker.platform_images import (
    REGISTRY,
    TOKEN_HASH,
    Built,
    as_built,
    make_bases,
    stack_of_images,
)
from harness.stacks.engine import environment


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.images)


@pytest.fixture(scope="session")
def registry() -> Iterator[Registry]:
    """A registry with the host name of ECR that accepts moto's token."""
    with Registry.running(REGISTRY, "AWS", TOKEN_HASH) as running:
        yield running


@pytest.fixture(scope="session")
def engine(registry: Registry) -> Iterator[Engine]:
    """A Docker daemon with the stand-in bases."""
    with Engine.running(registry) as running:
        make_bases(running)
        yield running


@pytest.fixture(scope="session")
def cloud(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """An embedded cloud whose docker provider builds on our daemon."""
    with environment(DOCKER_HOST=engine.host, LOCALCLOUD_PUSH="true"):
        running = LocalCloud.start(tmp_path_factory.mktemp("cloud"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def built(
    cloud: LocalCloud, engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Built]:
    """The platform with its own images, deployed by the real engine."""
    folder = tmp_path_factory.mktemp("built")
    with pytest.MonkeyPatch.context() as patch:
        stack = stack_of_images(cloud, folder, patch)
        try:
            stack.up()
            yield as_built(stack, engine, folder / "images")
        finally:
            stack.destroy()
