"""Fixtures of the engine tests: one embedded cloud a file, stacks in separate folders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from jenkins_platform_cli.pulumi_cli.toolchain import pulumi_cli
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.stacks.engine import Stack, platform_program
from harness.stacks.monitored import ARGS, MonitoredPlatform
from harness.stacks.user import User, project_user


class _Silent:
    def say(self, message: str) -> None: ...

    def advance(self, label: str, done: int, total: int) -> None: ...


@pytest.fixture(scope="session")
def pulumi_command() -> auto.PulumiCommand:
    """The Pulumi CLI; downloaded or built if it is missing."""
    return pulumi_cli(_Silent())


@pytest.fixture(scope="session")
def _process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """The process of an embedded cloud: starting one takes longer than most tests."""
    running = LocalCloud.start(tmp_path_factory.mktemp("cloud"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def cloud(_process: LocalCloud) -> Iterator[LocalCloud]:
    """An empty embedded cloud for the tests of one file."""
    yield _process
    _process.reset()


@pytest.fixture
def make_stack(
    cloud: LocalCloud, pulumi_command: auto.PulumiCommand, tmp_path: Path
) -> Iterator[Callable[..., Stack]]:
    """Makes stacks; the cloud is empty again after the test."""
    made: list[Stack] = []

    def make(program: Callable[[], None], name: str = "test", **options: object) -> Stack:
        folder = tmp_path / f"{len(made)}-{name}"
        made.append(Stack(cloud, folder, pulumi_command, program, name, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    cloud.reset()


@pytest.fixture(scope="module")
def monitored(
    cloud: LocalCloud,
    pulumi_command: auto.PulumiCommand,
    tmp_path_factory: pytest.TempPathFactory,
) -> MonitoredPlatform:
    folder = tmp_path_factory.mktemp("monitoring") / "monitoring"
    program = platform_program(ARGS)
    return MonitoredPlatform(cloud, Stack(cloud, folder, pulumi_command, program, "monitoring"))


@pytest.fixture
def user(tmp_path: Path) -> Iterator[User]:
    """A user of the command, with a separate embedded cloud."""
    with project_user(tmp_path) as found:
        yield found
