"""Ctrl-C during an operation of the engine."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .progress import Reporter
from .signals import handled


@contextmanager
def interruptible(reporter: Reporter) -> Iterator[None]:
    """Leave Ctrl-C to the engine, which receives it too, finishes the operations in progress and
    saves the state. The program runs in this process, which must live until then."""

    def on_interrupt(*_: Any) -> None:
        reporter.say("Cancelling: finishing operations in progress. Ctrl-C again to stop at once.")

    with handled(signal.SIGINT, on_interrupt):
        yield
