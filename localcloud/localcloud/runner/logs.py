"""The awslogs driver: what containers print reaches CloudWatch Logs, and never blocks them."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from datetime import datetime
from typing import Any

import docker.errors
from botocore.exceptions import BotoCoreError, ClientError
from docker.models.containers import Container

from .clients import Clients
from .metrics import Metrics

_BATCH_SECONDS = 0.3
_BATCH = 500
_QUEUED = 10_000


class LogError(Exception):
    """Nothing can be logged; worded as in AWS's stop reasons."""


class LogStream:
    """One stream of a log group, filled from a container.

    Raises:
        LogError: there is no such group.
    """

    def __init__(
        self, clients: Clients, metrics: Metrics, region: str, options: dict[str, str], name: str
    ) -> None:
        self._region, self._metrics = options.get("awslogs-region", region), metrics
        self._client = clients.get("logs", self._region)
        self.group = options["awslogs-group"]
        self.name = (
            f"{options['awslogs-stream-prefix']}/{name}"
            if options.get("awslogs-stream-prefix")
            else name
        )
        try:
            if options.get("awslogs-create-group") == "true":
                self._tolerant("create_log_group", logGroupName=self.group)
            self._tolerant("create_log_stream", logGroupName=self.group, logStreamName=self.name)
        except ClientError as error:
            raise LogError(
                "ResourceInitializationError: failed to validate logger args: create stream has"
                " been retried 1 times: failed to create Cloudwatch log stream: "
                f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
            ) from error
        self._lines: queue.Queue[dict[str, Any] | None] = queue.Queue(_QUEUED)
        self._threads: list[threading.Thread] = []

    def follow(self, container: Container) -> None:
        """Read a running container until it ends."""
        for action in (lambda: self._read(container), self._write):
            thread = threading.Thread(target=action, daemon=True, name=f"log {self.name}")
            thread.start()
            self._threads.append(thread)

    def finish(self) -> None:
        """Wait until all that an ended container printed is written."""
        for thread in self._threads:
            thread.join(5)

    def _read(self, container: Container) -> None:
        rest = last = b""
        # What is suppressed: the container is gone, or the engine.
        with contextlib.suppress(docker.errors.DockerException, OSError, ValueError):
            for part in container.logs(stream=True, follow=True, timestamps=True):
                *lines, rest = (rest + part).split(b"\n")
                for line in lines:
                    self._put(line)
                    last = line
        with contextlib.suppress(docker.errors.DockerException, OSError):
            # Docker's stream leaves out a last line that does not end.
            rest = rest or container.logs(timestamps=True, tail=1).rstrip(b"\n")
        if rest and rest != last:
            self._put(rest)
        self._lines.put(None)

    def _put(self, line: bytes) -> None:
        stamp, _, text = line.decode("utf-8", "replace").partition(" ")
        # Never blocking: what does not fit is lost, as on AWS.
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait({"timestamp": _milliseconds(stamp), "message": text})

    def _write(self) -> None:
        over = False
        while not over:
            batch: list[dict[str, Any]] = []
            deadline = time.monotonic() + _BATCH_SECONDS
            while len(batch) < _BATCH:
                try:
                    line = self._lines.get(timeout=max(deadline - time.monotonic(), 0.01))
                except queue.Empty:
                    break
                if line is None:
                    over = True
                    break
                if line["message"]:  # CloudWatch Logs takes no empty message
                    batch.append(line)
            if batch:
                try:
                    self._client.put_log_events(
                        logGroupName=self.group, logStreamName=self.name, logEvents=batch
                    )
                except (ClientError, BotoCoreError):
                    continue  # the group is gone
                lines = [line["message"] for line in batch]
                self._metrics.count_lines(self._region, self.group, lines)

    def _tolerant(self, operation: str, **request: str) -> None:
        with contextlib.suppress(self._client.exceptions.ResourceAlreadyExistsException):
            getattr(self._client, operation)(**request)


def _milliseconds(stamp: str) -> int:
    try:
        # Docker writes nanoseconds, which Python does not take.
        return int(datetime.fromisoformat(f"{stamp[:26]}+00:00").timestamp() * 1000)
    except ValueError:
        return int(time.time() * 1000)
