"""How often Python collects garbage in a program that registers a platform."""

from __future__ import annotations

import atexit
import gc


def collect_rarely() -> None:
    """A platform creates about 100,000 objects that live as long as the program: with Python's
    default threshold of 700, scanning them takes a third of the program's time."""
    gc.set_threshold(50_000, 20, 100)
    atexit.register(gc.freeze)  # skips the collection at exit
