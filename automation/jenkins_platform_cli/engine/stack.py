"""A stack that takes the engine's word for what an operation came to."""

from __future__ import annotations

from datetime import datetime

from pulumi import automation as auto
from pulumi.automation._stack import StackInitMode

__all__ = ["Stack", "StackInitMode"]

_UNASKED = auto.UpdateSummary("update", datetime.min, "", {}, {}, "unknown")


class Stack(auto.Stack):
    """As the Automation API's, but its operations end when the engine ends.

    The API's own ask the CLI three times more after each: twice for the outputs, once for the
    history. All of that is in the engine's events, and the three take as long as an operation that
    changes nothing.
    """

    def outputs(self) -> auto.OutputMap:
        """What operations ask for; empty. A user's question goes to the workspace."""
        return {}

    def info(self, show_secrets: bool = True) -> auto.UpdateSummary:
        return _UNASKED
