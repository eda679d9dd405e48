"""Conditions of `dependsOn` and the health of a task, from what Docker says."""

from __future__ import annotations

from typing import Any

import pytest
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
