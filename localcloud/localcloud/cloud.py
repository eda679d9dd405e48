"""Start, find and stop the embedded cloud; the one object others talk to."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

import boto3
from filelock import FileLock

from .runner.docker_host import ENGINE_VARIABLE

REGION = "eu-central-1"
RUN_FILE = "run.json"
KEPT_FILE = "kept-volumes.json"
OWNER_VARIABLE = "LOCALCLOUD_OWNER"
"""ID of a process that a new cloud ends with. Without it a cloud runs until it is stopped."""
_START_SECONDS = 60
_STOP_SECONDS = 40
_MALLOC = {"MALLOC_ARENA_MAX": "2"}
"""By default the C library keeps a pool of memory for each of the many threads."""
_started: dict[int, subprocess.Popen[bytes]] = {}
"""Clouds that this process started: it must reap them, however they are stopped."""


@dataclass(frozen=True)
class LocalCloud:
    """A running embedded cloud.

    Attributes:
        folder: Where its run file and log are. Nothing of the emulated AWS is on disk.
        session: Changes at each start, that is, whenever the cloud is empty again.
        endpoint: URL of the emulated AWS.
    """

    folder: Path
    pid: int
    session: str
    endpoint: str
    providers: dict[str, int]

    @classmethod
    def find(cls, folder: Path) -> LocalCloud | None:
        """The cloud that runs in ``folder``; None where none answers."""
        try:
            run = json.loads((folder / RUN_FILE).read_text())
            cloud = cls(folder=folder, **run)
            alive = cloud._get("health")["session"] == cloud.session
        except (OSError, HTTPException, ValueError, KeyError, TypeError):
            return None
        return cloud if alive else None

    @classmethod
    def start(cls, folder: Path, docker: str = "") -> LocalCloud:
        """Start a cloud in ``folder``, or find the one that runs there.

        Args:
            docker: Address of the Docker Engine that runs tasks, such as ``unix:///…``; ``none``
                runs nothing. Default: ``LOCALCLOUD_DOCKER``, else what the Docker CLI would use.

        Raises:
            RuntimeError: the process did not come up; the message holds the end of its log.
        """
        folder.mkdir(parents=True, exist_ok=True)
        # Of two that start at once, the second finds what the first has started. The same lock as
        # the command's, which may hold it already.
        with FileLock(folder / "lock", is_singleton=True):
            return cls.find(folder) or cls._start(folder, docker)

    @classmethod
    def _start(cls, folder: Path, docker: str) -> LocalCloud:
        (folder / RUN_FILE).unlink(missing_ok=True)
        with (folder / "cloud.log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "localcloud.server", str(folder)],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env={**_MALLOC, **os.environ, **({ENGINE_VARIABLE: docker} if docker else {})},
                cwd=Path(__file__).parent.parent,
            )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            if running := cls.find(folder):
                _started[running.pid] = process
                return running
            time.sleep(0.05)
        process.kill()
        process.wait()
        end = (folder / "cloud.log").read_text()[-2000:]
        raise RuntimeError(f"The embedded cloud did not start. End of its log:\n{end}")

    def stop(self) -> list[str]:
        """End the process; everything in the emulated AWS is gone.

        Returns:
            Names of Docker volumes that stay, as the file systems on them were not deleted.

        Raises:
            RuntimeError: the process does not end.
        """
        kept_file = self.folder / KEPT_FILE
        kept_file.unlink(missing_ok=True)
        process = _started.pop(self.pid, None)
        for number, seconds in ((signal.SIGTERM, _STOP_SECONDS), (signal.SIGKILL, 5)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)
            if _ended(self.pid, process, seconds):
                (self.folder / RUN_FILE).unlink(missing_ok=True)
                kept: list[str] = json.loads(kept_file.read_text()) if kept_file.exists() else []
                return kept
        raise RuntimeError(f"The embedded cloud, process {self.pid}, does not end")

    @property
    def environment(self) -> dict[str, str]:
        """What the engine and the AWS SDKs need to work here and nowhere else."""
        ports = ",".join(f"{name}:{port}" for name, port in self.providers.items())
        return {
            "PULUMI_DEBUG_PROVIDERS": ports,
            # The providers are there already: do not look for them on the network.
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "localcloud",
            "AWS_SECRET_ACCESS_KEY": "localcloud",
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            # The engine collects its garbage less often: a third less CPU time when it starts.
            "GOGC": "400",
        }

    def client(self, service: str, region: str = REGION) -> Any:
        """A plain boto3 client that looks at the emulated AWS as anybody would."""
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id="localcloud",
            aws_secret_access_key="localcloud",
        )

    @property
    def runs_tasks(self) -> bool:
        """Whether tasks, functions, schedules and load balancers run."""
        return bool(self._get("health")["runs_tasks"])

    @property
    def why_nothing_runs(self) -> str:
        """The reason where they do not; else empty."""
        return str(self._get("health")["reason"])

    def tasks(self) -> list[dict[str, Any]]:
        """All tasks, stopped ones for an hour: ``arn``, ``cluster``, ``group``, ``family``,
        ``state``, ``health``, ``capacity``, ``address``, ``stop_code``, ``stop_reason``, ``tags``,
        ``containers`` and ``last_lines``. Empty where nothing runs."""
        found: list[dict[str, Any]] = self._get("tasks") if self.runs_tasks else []
        return found

    def load_balancers(self) -> dict[str, str]:
        """URL on this machine by DNS name of a load balancer. Empty where nothing runs."""
        found: dict[str, str] = self._get("urls") if self.runs_tasks else {}
        return found

    def url_of(self, dns_name: str) -> str:
        """URL on this machine of a load balancer; empty where it does not answer."""
        return self.load_balancers().get(dns_name, "")

    def interrupt(self, task_arn: str) -> bool:
        """Interrupt a Spot task as AWS does; False where there is no such task on Spot."""
        answer = self._post("interrupt", json.dumps({"task": task_arn}).encode())
        return bool(answer["interrupted"])

    def set_spot_capacity(self, available: bool) -> None:
        """Whether RunTask accepts tasks on Spot. Running tasks are not affected."""
        self._post("spot-capacity", json.dumps({"available": available}).encode())

    def advance(self, seconds: float) -> list[str]:
        """Move the clock of schedules and alarms forward, call once what became due in between, and
        evaluate alarms.

        Returns:
            ARNs of the schedules and rules that were called, in order of time.
        """
        answer = self._post("advance", json.dumps({"seconds": seconds}).encode())
        called: list[str] = answer["called"]
        return called

    def recorded(self) -> dict[str, list[dict[str, Any]]]:
        """The calls that the emulator could not take, by resource."""
        answer: dict[str, list[dict[str, Any]]] = self._get("recorded")
        return answer

    def set_faults(self, *faults: dict[str, Any], seed: int = 0) -> None:
        """Make calls fail from now on; no fault ends it. See `localcloud.emulator.Fault`."""
        body = json.dumps({"faults": faults, "seed": seed}).encode()
        self._post("faults", body)

    def reset(self) -> None:
        """Empty the emulated AWS and end all faults. Stacks are not updated."""
        self.set_faults()
        self._post("reset", b"")

    def faults(self) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = self._get("faults")
        return answer

    def _post(self, topic: str, body: bytes) -> Any:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.endpoint}/localcloud/{topic}", body, headers)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.loads(answer.read())

    def _get(self, topic: str) -> Any:
        with urllib.request.urlopen(f"{self.endpoint}/localcloud/{topic}", timeout=5) as answer:
            return json.loads(answer.read())


def _ended(pid: int, process: subprocess.Popen[bytes] | None, seconds: float) -> bool:
    """Whether a process ends in time. One that this process started is reaped."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process and process.poll() is not None:
            return True
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if not process and _is_zombie(pid):
            return True
        time.sleep(0.05)
    return False


def _is_zombie(pid: int) -> bool:
    """Whether a process has ended and waits for its parent, where that can be seen."""
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
