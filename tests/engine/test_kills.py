"""A run that is killed: engine and program at once, at a random moment. The next one goes on.

``KILLS=25 pytest tests/engine/test_kills.py`` kills more often than the suite has time for, and
``KILLS_SEED`` chooses other moments.
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

from tests.support.inventory import HOLDERS, inventory, orphans
from tests.support.user import User

pytestmark = pytest.mark.long

KILLS = int(os.environ.get("KILLS", "3"))
OPERATIONS = ("up", "update", "destroy")


@dataclass
class Tally:
    """What the kills came to."""

    in_the_middle: int = 0
    mended: int = 0
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(OPERATIONS, 12.0))


def kill(user: User, tally: Tally, operation: str, share: float) -> None:
    """Run an operation and kill it when a share of the time is over that it usually takes."""
    started = time.monotonic()
    process = user.start(
        "destroy" if operation == "destroy" else "up", "--stack", "local", "--cloud", "local"
    )
    try:
        process.communicate(timeout=share * tally.seconds[operation])
        tally.seconds[operation] = time.monotonic() - started
    except subprocess.TimeoutExpired:  # the moment has come
        tally.in_the_middle += 1
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def settled(cloud: LocalCloud) -> dict[str, set[str]]:
    """The inventory once the calls that were under way have ended; providers outlive the engine."""
    last = inventory(cloud)
    while (now := inventory(cloud)) != last:
        last = now
    return now


def test_a_killed_run_is_finished_by_the_next_one(user: User) -> None:
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
        tally.mended += "looking for what it left unfinished" in up.stdout
        there = inventory(user.cloud)
        (state,) = (user.folder / ".localcloud" / "state").rglob("stacks/**/local.json")
        assert orphans(there, state.read_text()) == [], where
        if operation != "destroy":
            assert {k: there[k] for k in held if held[k] - there[k]} == {}, where
        same = user.local("preview")
        assert (same.returncode, same.stdout.splitlines()[-1]) == (0, "No change."), where
    print(f"{KILLS} kills, {tally.in_the_middle} in the middle, {tally.mended} mended")
    assert tally.in_the_middle
