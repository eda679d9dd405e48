"""What the embedded cloud shows of a container that ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from localcloud.runner import container_state


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
