"""A platform's life: up, no change, change, drift, failure, destroy."""

from __future__ import annotations

from collections.abc import Callable

from localcloud.cloud import LocalCloud
from tests.support.engine import Stack, platform_program

MakeStack = Callable[..., Stack]


def test_the_second_up_changes_nothing(make_stack: MakeStack) -> None:
    stack = make_stack(platform_program())
    stack.up()
    stack.up()
    assert stack.changes == {}
    stack.refresh()
    assert stack.changes == {}


def test_after_destroy_plain_boto3_finds_nothing(make_stack: MakeStack, cloud: LocalCloud) -> None:
    stack = make_stack(platform_program())
    stack.up()
    assert cloud.client("efs").describe_file_systems()["FileSystems"]
    stack.destroy()
    assert cloud.client("efs").describe_file_systems()["FileSystems"] == []
