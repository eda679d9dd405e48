"""Whether there is space for the state, if it is in a folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

_MIB = 50
"""Much more than the state of a platform with a thousand agent templates, backups included."""
_BACKEND = "PULUMI_BACKEND_URL"


def problem(environment: Mapping[str, str]) -> str | None:
    """The error if the disk of the state is nearly full: Pulumi's file backend would leave an
    unreadable checkpoint and an unreadable backup of it.

    Args:
        environment: Variables of the workspace, besides those of this process.
    """
    backend = environment.get(_BACKEND, "") or os.environ.get(_BACKEND, "")
    if not backend.startswith("file://"):
        return None
    folder = Path(backend.removeprefix("file://").partition("?")[0]).expanduser()
    free = shutil.disk_usage(folder).free // 2**20 if folder.exists() else _MIB
    if free >= _MIB:
        return None
    return (
        f"The disk of the state ({folder}) has {free} MiB free; at least {_MIB} MiB are "
        "required to write it safely. Nothing was changed. Free some space and try again."
    )
