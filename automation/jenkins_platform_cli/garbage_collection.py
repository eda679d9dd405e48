"""How often Python looks for garbage in a program that registers a platform."""

from __future__ import annotations

import atexit
import gc


def collect_seldom() -> None:
    """A platform makes some 100,000 objects that live as long as the program: at Python's own
    threshold of 700, a third of the program's time goes into looking through them."""
    gc.set_threshold(50_000, 20, 100)
    atexit.register(gc.freeze)  # nor need they be looked through at the end
