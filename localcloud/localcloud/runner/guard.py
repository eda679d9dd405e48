"""Judges calls that are made with a task's or a function's credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .tasks import RefusedError

if TYPE_CHECKING:
    from .gate import Call
    from .runner import Runner


class Guard:
    """Says no where IAM would."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    def check(self, call: Call, *, inside: bool) -> None:
        """Let a call pass.

        Args:
            inside: Whether it came out of a container.

        Raises:
            RefusedError: it is denied.
        """
        principal = self._runner.sessions.principal(call.key)
        if principal is None and inside:
            raise RefusedError(
                "InvalidClientTokenId", "The security token included in the request is invalid."
            )
