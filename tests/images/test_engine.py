"""The Docker daemon of the tests leaves nothing on the machine, however a test run ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.docker.tasks import wait_until

pytestmark = pytest.mark.long

PROGRAM = """
import time
from harness.docker.engine import Engine
with Engine.running() as engine:
    network = engine.client.networks.create("left")
    print(engine.folder, (engine.folder / "pid").read_text(), f"br-{network.id[:12]}", flush=True)
    time.sleep(600)
"""


def test_a_killed_run_leaves_no_daemon_and_no_network() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as run:
        assert run.stdout
        folder, daemon, bridge = run.stdout.readline().split()
        interface = Path("/sys/class/net") / bridge
        assert interface.exists()
        run.kill()
    wait_until(lambda: not Path(f"/proc/{daemon}").exists())
    wait_until(lambda: not interface.exists())
    # The next run removes its folder.
    assert Path(folder).exists()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as run:
        assert run.stdout
        _, _, bridge = run.stdout.readline().split()
        assert not Path(folder).exists()
        run.kill()
    wait_until(lambda: not (Path("/sys/class/net") / bridge).exists())
