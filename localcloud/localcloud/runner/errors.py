"""Requests that AWS refuses."""

from __future__ import annotations


class RefusedError(Exception):
    """A request that AWS refuses.

    Attributes:
        code: AWS's error code.
        status: Status of the HTTP answer.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.status = code, status
