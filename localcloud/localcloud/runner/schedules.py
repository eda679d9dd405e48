"""Schedules of EventBridge, and rules with a schedule."""

from __future__ import annotations


class Schedules:
    """Calls what is due."""

    def changed(self, region: str) -> None: ...

    def close(self) -> None: ...

    def advance(self, seconds: float) -> list[str]:
        return []
