"""The ``jenkins-platform`` command.

Exit codes: 0 done, 1 error, 2 bad input, 3 changes or drift found.
"""

from __future__ import annotations

import atexit
import gc

# Each module adds its commands to the application.
from . import (  # noqa: F401
    bootstrap,
    cost,
    hours,
    inspection,
    operations,
    prices,
    restore,
    rotation,
    show,
)
from .app import app


def main() -> None:
    """Entry point of the command."""
    # A platform makes some 100,000 objects that live as long as the command: at Python's own
    # threshold of 700, a third of the program's time goes into looking through them.
    gc.set_threshold(50_000, 20, 100)
    atexit.register(gc.freeze)  # nor need they be looked through at the end
    app()
