"""The ``jenkins-platform`` command.

Exit codes: 0 done, 1 error, 2 bad input, 3 changes or drift found.
"""

from __future__ import annotations

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
from .garbage import collect_seldom


def main() -> None:
    """Entry point of the command."""
    collect_seldom()
    app()
