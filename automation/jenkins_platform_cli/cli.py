"""The ``jenkins-platform`` command.

Exit codes: 0 done, 1 error, 2 bad input, 3 changes or drift found.
"""

from __future__ import annotations

from .app import app

# Each module registers its commands with the application.
from .commands import (  # noqa: F401
    agents,
    check,
    cost,
    execute,
    init,
    interrupt,
    local,
    logs,
    open_jenkins,
    prices,
    rehearse,
    render,
    restore,
    rotate_password,
    show,
    sleep_wake,
    spot,
    stack_operations,
)
from .garbage_collection import collect_rarely
from .output import survive_broken_pipes


def main() -> None:
    """Entry point of the command."""
    collect_rarely()
    survive_broken_pipes()
    app()
