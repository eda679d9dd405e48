"""Memory of the embedded cloud with the default platform, on Linux.

    python -m benchmarks.memory

Nothing runs there: no Docker Engine is used.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from localcloud.cloud import LocalCloud

from harness.inputs.lean import READY_IMAGES
from harness.stacks.user import User, project_user


def proportional_mib(pid: int) -> int:
    """Memory of a process in MiB, with its share of what it shares with others."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kib = next(line.split()[1] for line in lines if line.startswith("Pss:"))
    return round(int(kib) / 1024)


def _report(when: str, user: User) -> None:
    print(f"{when}: {proportional_mib(user.cloud.pid)} MiB", flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, project_user(Path(folder)) as user:
        user.patience_seconds = 600
        user.set(images=READY_IMAGES)
        LocalCloud.start(user.folder / ".localcloud", docker="none")
        _report("started", user)
        for command in ("up", "up", "destroy"):
            done = user.local(command)
            if done.returncode:
                raise SystemExit(done.stderr)
            _report(f"after {command}", user)


if __name__ == "__main__":
    main()
