"""The time of the embedded cloud, which can be moved forward."""

from __future__ import annotations

import time


class Clock:
    """Real time plus what it was moved forward by."""

    def __init__(self) -> None:
        self._moved = 0.0

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._moved

    def advance(self, seconds: float) -> None:
        """Move it forward; negative values do nothing."""
        self._moved += max(seconds, 0)

    def reset(self) -> None:
        self._moved = 0.0
