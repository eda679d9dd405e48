"""The process of the embedded cloud: one for a folder, and gone when it is said to be."""

from __future__ import annotations

import json
import os
import signal
import socketserver
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from jenkins_platform_cli.pulumi_cli.golang import exclusive
from localcloud.cloud import LocalCloud

pytestmark = pytest.mark.long

START = "import sys; from pathlib import Path; from localcloud.cloud import LocalCloud;"


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return ") Z " not in Path(f"/proc/{pid}/stat").read_text()


def test_two_that_start_at_once_find_the_same_cloud(tmp_path: Path) -> None:
    program = f"{START} print(LocalCloud.start(Path(sys.argv[1])).pid)"

    def start(_: int) -> str:
        command = [sys.executable, "-c", program, str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(start, range(2))
    cloud = LocalCloud.find(tmp_path)
    assert cloud
    cloud.stop()
    assert first == second == str(cloud.pid)
    assert not alive(cloud.pid)


def test_the_folder_has_one_lock_which_the_command_may_hold_already(tmp_path: Path) -> None:
    with exclusive(tmp_path):
        LocalCloud.start(tmp_path).stop()
    assert [file.name for file in tmp_path.glob("*lock*")] == ["lock"]


def test_stopped_is_stopped_even_where_the_process_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("localcloud.cloud._STOP_SECONDS", 1)
    cloud = LocalCloud.start(tmp_path)
    os.kill(cloud.pid, signal.SIGSTOP)
    cloud.stop()
    assert not alive(cloud.pid)
    assert LocalCloud.find(tmp_path) is None


def test_a_signal_at_any_time_ends_the_process(tmp_path: Path) -> None:
    for number, pause in enumerate((0.0, 0.001, 0.01)):
        cloud = LocalCloud.start(tmp_path / str(number))
        time.sleep(pause)
        cloud.stop()
        assert not alive(cloud.pid)


def test_a_signal_that_another_thread_gets_ends_the_process_too(tmp_path: Path) -> None:
    program = f"{START} print(LocalCloud.start(Path(sys.argv[1])).pid)"
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    pid = int(done.stdout)
    others = [int(task.name) for task in Path(f"/proc/{pid}/task").iterdir()]
    # With the ID of a thread, Linux prefers this thread to the main one.
    os.kill(max(others), signal.SIGTERM)
    wait_for_the_end_of(pid)


def test_a_cloud_ends_with_its_owner_however_that_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with subprocess.Popen(["sleep", "600"]) as owner:
        monkeypatch.setenv("LOCALCLOUD_OWNER", str(owner.pid))
        # A command that starts it, and ends itself.
        program = f"{START} print(LocalCloud.start(Path(sys.argv[1])).pid)"
        command = [sys.executable, "-c", program, str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        pid = int(done.stdout)
        assert alive(pid)
        owner.kill()
    wait_for_the_end_of(pid)
    assert LocalCloud.find(tmp_path) is None


def wait_for_the_end_of(pid: int) -> None:
    deadline = time.monotonic() + 60
    while alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)


class _Engine(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class _Answers(BaseHTTPRequestHandler):
    """What a Docker Engine without anything in it answers."""

    def log_message(self, *_: object) -> None: ...

    def address_string(self) -> str:
        return ""

    def do_GET(self) -> None:
        kind = self.path.partition("?")[0].rpartition("/")[2]
        about = {
            "_ping": "OK",
            "version": {"ApiVersion": "1.41"},
            "info": {"NCPU": 2},
            "volumes": {"Volumes": []},
        }
        self._say(about.get(kind, []))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._say({"Name": "volume"})

    def _say(self, content: object) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())


def test_a_cloud_ends_where_its_engine_has_ended_before(tmp_path: Path) -> None:
    address = tmp_path / "docker.sock"
    with _Engine(str(address), _Answers) as engine:
        threading.Thread(target=engine.serve_forever, daemon=True).start()
        program = f"{START} c = LocalCloud.start(Path(sys.argv[1]), docker='unix://{address}');"
        command = [sys.executable, "-c", f"{program} print(c.pid, c.runs_tasks)", str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        engine.shutdown()
    address.unlink()
    pid, runs_tasks = done.stdout.split()
    assert runs_tasks == "True"
    os.kill(int(pid), signal.SIGTERM)
    wait_for_the_end_of(int(pid))
    assert "not everything was removed" in (tmp_path / "cloud.log").read_text()


def test_without_an_engine_nothing_runs_and_the_reason_is_said(tmp_path: Path) -> None:
    cloud = LocalCloud.start(tmp_path, docker=f"unix://{tmp_path}/no.sock")
    try:
        assert not cloud.runs_tasks
        assert cloud.why_nothing_runs == f"no Docker Engine answers at unix://{tmp_path}/no.sock"
        assert cloud.tasks() == []
        assert cloud.load_balancers() == {}
    finally:
        cloud.stop()
