"""The documents that commands print with ``--json``: their types, one for each command.

``docs/command.md`` and ``docs/command.schema.json`` are generated from them. Until version 1.0 a
minor version may add keys; a key is removed or renamed only with a line in the changelog.
"""

from __future__ import annotations

from typing import Any

from . import costs, recovery, running, stacks

ANSWERS: dict[str, Any] = {
    "agents": list[running.Agent],
    "check": list[stacks.Finding],
    "cost": costs.Cost,
    "destroy": stacks.Operation,
    "drift": stacks.Operation,
    "exec": running.Executed,
    "init": stacks.Initialized,
    "interrupt": list[running.Task],
    "local stop": stacks.Stopped,
    "logs": running.LogEvent,
    "open": running.Opened,
    "outputs": dict[str, Any],
    "password": running.Secret,
    "preview": stacks.Operation,
    "prices refresh": list[costs.PriceReading],
    "recovery-points": list[recovery.RecoveryPoint],
    "refresh": stacks.Operation,
    "rehearse": list[stacks.RehearsalCheck],
    "render": dict[str, Any],
    "restore": recovery.Restored,
    "restore-drill": list[recovery.RestoreDrill],
    "rotate-password": stacks.Operation,
    "show": running.Shown,
    "sleep": running.WorkingHours,
    "spot": running.SpotCapacity,
    "unlock": stacks.Unlocked,
    "unprotect": list[str],
    "up": stacks.Operation,
    "wake": running.WorkingHours,
}
"""Type of the document of each command. `logs` prints one document per line."""
