"""The ``jenkins-platform`` command.

Exit codes: 0 done, 1 error, 2 bad input, 3 changes or drift found.
"""

from __future__ import annotations

from .app import app

# Each module adds its commands to the application.
from .commands import (  # noqa: F401
    check,
    cost,
    init,
    interrupt,
    prices,
    rehearse,
    restore,
    rotate_password,
    show,
    sleep_wake,
    stack_operations,
)
from .garbage_collection import collect_seldom


def main() -> None:
    """Entry point of the command."""
    collect_seldom()
    app()
