"""Engine and program are killed at a random moment; the next run completes the operation.

``KILLS=25 pytest tests/engine/test_kills.py`` kills more often than by default, ``KILLS_SEED``
changes the moments.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from dataclasses import dataclass, field

import pytest
from localcloud.cloud import LocalCloud

from harness.aws.inventory import HOLDERS, inventory, orphans
from harness.stacks.user import User

pytestmark = pytest.mark.long

KILLS = int(os.environ.get("KILLS", "3"))
OPERATIONS = ("up", "update", "destroy")


@dataclass
class Tally:
    """Results of the kills."""

    interrupted: int = 0
    recovered: int = 0
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(OPERATIONS, 12.0))


def kill(user: User, tally: Tally, operation: str, share: float) -> None:
    """Run an operation and kill it after a share of its usual duration."""
    started = time.monotonic()
    process = user.start(
        "destroy" if operation == "destroy" else "up", "--stack", "local", "--cloud", "local"
    )
    try:
        process.communicate(timeout=share * tally.seconds[operation])
        tally.seconds[operation] = time.monotonic() - started
    except subprocess.TimeoutExpired:
        tally.interrupted += 1
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def settled(cloud: LocalCloud) -> dict[str, set[str]]:
    """The inventory once calls in progress have ended; providers outlive the engine."""
    last = inventory(cloud)
    while (now := inventory(cloud)) != last:
        last = now
    return now


def test_the_next_run_completes_a_killed_one(user: User) -> None:
    chance = random.Random(int(os.environ.get("KILLS_SEED", "7")))
    tally = Tally()
    for number in range(KILLS):
        operation = OPERATIONS[number % len(OPERATIONS)]
        if operation == "up":
            if running := LocalCloud.find(user.folder / ".localcloud"):
                running.stop()
            LocalCloud.start(user.folder / ".localcloud")
        if operation == "update":
            user.set(tags={"round": str(number)})
        kill(user, tally, operation, chance.uniform(0.2, 1.0))
        held = {k: v for k, v in settled(user.cloud).items() if k in HOLDERS}
        user.local("unlock")
        up = user.local("up")
        where = f"kill {number} of {operation}"
        assert up.returncode == 0, f"{where}: {up.stdout[-3000:]}{up.stderr[-2000:]}"
        tally.recovered += "looking for unfinished resources" in up.stdout
        found = inventory(user.cloud)
        (state,) = (user.folder / ".localcloud" / "state").rglob("stacks/**/local.json")
        assert orphans(found, state.read_text()) == [], where
        if operation != "destroy":
            assert {k: found[k] for k in held if held[k] - found[k]} == {}, where
        same = user.local("preview")
        assert (same.returncode, same.stdout.splitlines()[-1]) == (0, "No change."), where
    print(f"{KILLS} kills, {tally.interrupted} interrupted operations, {tally.recovered} recovered")
    assert tally.interrupted
