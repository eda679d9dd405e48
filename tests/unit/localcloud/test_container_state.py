"""Conditions of `dependsOn`, the health of a task and ends of containers, from what Docker says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from localcloud.runner import container_state
from localcloud.runner.container_state import satisfies, task_health
from localcloud.runner.preparation import StartError

RUNNING: dict[str, Any] = {"Status": "running"}
HEALTHY: dict[str, Any] = {"Status": "running", "Health": {"Status": "healthy"}}
ENDED: dict[str, Any] = {"Status": "exited", "ExitCode": 0}
FAILED: dict[str, Any] = {"Status": "exited", "ExitCode": 3}


@pytest.mark.parametrize(
    ("state", "condition", "expected"),
    [
        (RUNNING, "START", True),
        (RUNNING, "HEALTHY", False),
        (HEALTHY, "HEALTHY", True),
        (RUNNING, "COMPLETE", False),
        (FAILED, "COMPLETE", True),
        (RUNNING, "SUCCESS", False),
        (ENDED, "SUCCESS", True),
    ],
)
def test_a_condition_is_satisfied_by_these_states(
    state: dict[str, Any], condition: str, expected: bool
) -> None:
    assert satisfies(state, "setup", condition) is expected


@pytest.mark.parametrize(("state", "condition"), [(FAILED, "SUCCESS"), (ENDED, "HEALTHY")])
def test_a_task_does_not_start_if_a_condition_can_no_longer_be_satisfied(
    state: dict[str, Any], condition: str
) -> None:
    with pytest.raises(StartError, match="container setup"):
        satisfies(state, "setup", condition)


@pytest.mark.parametrize(
    ("containers", "expected"),
    [
        ([], "UNKNOWN"),
        (["HEALTHY"], "HEALTHY"),
        (["HEALTHY", "UNKNOWN"], "UNKNOWN"),
        (["UNKNOWN", "UNHEALTHY"], "UNHEALTHY"),
    ],
)
def test_the_worst_container_decides_the_health_of_a_task(
    containers: list[str], expected: str
) -> None:
    assert task_health(containers) == expected


class Container:
    """A container whose states Docker reports one after the other."""

    def __init__(self, *states: dict[str, Any]) -> None:
        self._states: Iterator[dict[str, Any]] = iter(states)
        self.attrs: dict[str, Any] = {}

    def reload(self) -> None:
        self.attrs = {"State": {"Status": "exited", **next(self._states)}}


@pytest.mark.parametrize(
    "states",
    [
        [{"ExitCode": 137, "OOMKilled": True}],
        [{"ExitCode": 137, "OOMKilled": False}, {"ExitCode": 137, "OOMKilled": True}],
    ],
)
def test_a_lack_of_memory_is_shown_even_if_docker_reports_it_after_the_end(
    states: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container_state.time, "sleep", lambda _: None)
    shown: dict[str, Any] = {}
    container_state.read(Container(*states), shown)  # type: ignore[arg-type]
    assert shown["exitCode"] == 137
    assert shown["reason"] == "OutOfMemoryError: Container killed due to memory usage"


def test_other_ends_have_no_reason() -> None:
    shown: dict[str, Any] = {}
    container_state.read(Container({"ExitCode": 1, "OOMKilled": False}), shown)  # type: ignore[arg-type]
    assert shown == {"lastStatus": "STOPPED", "exitCode": 1}
