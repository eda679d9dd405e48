"""Operations of the engine whose results are read from its events."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pulumi import automation as auto

Operation = Literal["up", "preview", "refresh", "preview_refresh", "destroy"]


def run(stack: auto.Stack, operation: Operation, **options: Any) -> None:
    """Run one operation and return when the engine ends; ``on_event`` receives the results.

    The Automation API calls the CLI up to three more times after each operation, for the outputs
    and the history. Both are in the events, and the calls take as long as an operation without
    changes.

    Args:
        options: Those of the Automation API's method of this name.

    Raises:
        CommandError: the operation failed.
    """
    getattr(_OneCall(stack), operation)(**options)


class _OneCall(auto.Stack):
    """A stack that skips the calls after an operation; its results are discarded by `run`."""

    def __init__(self, stack: auto.Stack) -> None:
        # Not the parent's: that would select the stack again, by another call.
        self.name, self.workspace, self._mode = stack.name, stack.workspace, stack._mode

    def outputs(self) -> auto.OutputMap:
        return {}

    def info(self, show_secrets: bool = True) -> auto.UpdateSummary:
        return auto.UpdateSummary("update", datetime.min, "", {}, {}, "unknown")
