"""Handlers of signals for a while."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def handled(number: int, handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """Handle a signal within a block; afterwards its handler is the one before."""
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)
