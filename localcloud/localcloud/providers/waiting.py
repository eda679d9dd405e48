"""Waiting for what the emulated AWS does in its own time; the engine can end it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from .protocol import ProviderError

T = TypeVar("T")
_PAUSE_SECONDS = 0.3
_cancelled_at = 0.0


def cancel() -> None:
    """End all current waits."""
    global _cancelled_at
    _cancelled_at = time.monotonic()


def until(found: Callable[[], T | None], what: str, seconds: float) -> T:
    """Ask again and again until there is an answer.

    Raises:
        ProviderError: it took longer, or was cancelled.
    """
    began = time.monotonic()
    while time.monotonic() < began + seconds:
        if (answer := found()) is not None:
            return answer
        if _cancelled_at > began:
            raise ProviderError(f"waiting for {what} was cancelled")
        time.sleep(_PAUSE_SECONDS)
    raise ProviderError(f"{what}: not within {seconds:.0f} seconds")
