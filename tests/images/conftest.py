"""Fixtures of the image tests: a Docker daemon, a registry, and the images that a real ``up`` of
the platform builds and pushes on stand-in bases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jenkins_platform_cli.engine.jenkins_api import JenkinsApi
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
from harness.docker.user import administrator
from harness.stacks.engine import environment
from harness.stacks.user import User


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.images)


@pytest.fixture(scope="module")
def up(user: User) -> dict[str, Any]:
    """What `up` says to the user of a file, which is a fixture of that file."""
    return dict(user.document("up"))


@pytest.fixture(scope="module")
def admin(user: User, up: dict[str, Any]) -> JenkinsApi:
    """Jenkins, for its administrator."""
    return administrator(user, up)


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
