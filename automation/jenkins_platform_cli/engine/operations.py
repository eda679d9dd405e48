"""Operations of the engine whose results are read from its events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from pulumi import automation as auto

Operation = Literal["up", "preview", "refresh", "preview_refresh", "destroy"]


def run(
    stack: auto.Stack,
    operation: Operation,
    on_event: Callable[[auto.EngineEvent], Any],
    **options: Any,
) -> None:
    """Run one operation and return when the engine ends.

    The Automation API calls the CLI up to three more times after each operation, for the outputs
    and the history. Both are in the events, and the calls take as long as an operation without
    changes.

    Args:
        on_event: Receives the results. What it raises is raised once the engine has ended: it runs
            in a thread of the Automation API, whose end would leave the engine waiting forever.
        options: Those of the Automation API's method of this name.

    Raises:
        CommandError: the operation failed.
    """
    failures: list[BaseException] = []

    def guarded(event: auto.EngineEvent) -> None:
        try:
            on_event(event)
        except BaseException as error:
            failures.append(error)

    getattr(_OneCall(stack), operation)(on_event=guarded, **options)
    if failures:
        raise failures[0]


class _OneCall(auto.Stack):
    """A stack that skips the calls after an operation; its results are discarded by `run`."""

    def __init__(self, stack: auto.Stack) -> None:
        # Not the parent's: that would select the stack again, by another call.
        self.name, self.workspace, self._mode = stack.name, stack.workspace, stack._mode

    def outputs(self) -> auto.OutputMap:
        return {}

    def info(self, show_secrets: bool = True) -> auto.UpdateSummary:
        return auto.UpdateSummary("update", datetime.min, "", {}, {}, "unknown")
