"""The Docker daemon of the tests leaves nothing on the machine, however a test run ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from harness.docker.tasks import wait_until

pytestmark = pytest.mark.long

PROGRAM = """
import io, tarfile, time
from harness.docker.engine import Engine, temporary_folder
contents = io.BytesIO()
with tarfile.open(fileobj=contents, mode="w") as image:
    for name in ("bin", "lib", "lib64"):
        link = tarfile.TarInfo(name)
        link.type, link.linkname = tarfile.SYMTYPE, f"usr/{name}"
        image.addfile(link)
with temporary_folder() as other, Engine.running() as engine:
    engine.client.api.import_image_from_data(contents.getvalue(), "mine", "1")
    network = engine.client.networks.create("left")
    container = engine.client.containers.run(
        "mine:1", ["sleep", "600"], detach=True, network="none", volumes=["/usr:/usr:ro"]
    )
    container.reload()
    processes = [(engine.folder / "pid").read_text(), container.attrs["State"]["Pid"]]
    print(engine.folder, other, f"/sys/class/net/br-{network.id[:12]}", flush=True, end=" ")
    print(*(f"/proc/{process}" for process in processes), flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("daemon_killed", [False, True])
def test_a_killed_run_leaves_no_container_no_network_and_no_folder(daemon_killed: bool) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as run:
        assert run.stdout
        left = [Path(name) for name in run.stdout.readline().split()]
        assert [path for path in left if not path.exists()] == []
        folder, _, _, daemon, _ = left
        run.kill()
        run.wait()
        if daemon_killed:
            os.kill(int(daemon.name), signal.SIGKILL)
    wait_until(lambda: not any(path.exists() for path in left))
    files = [path / "cmdline" for path in Path("/proc").glob("[0-9]*")]
    wait_until(lambda: not any(str(folder).encode() in read(file) for file in files))


def read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""
