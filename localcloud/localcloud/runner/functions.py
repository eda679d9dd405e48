"""Lambda functions in Python, each call in a process of its own on this machine."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import uuid
import zipfile
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from moto.awslambda.models import lambda_backends

from .clients import Clients
from .metrics import Metrics
from .sessions import Sessions

_PROGRAM = Path(__file__).parent / "function_process.py"


class FunctionFailedError(Exception):
    """A function that raised, or took too long; the message is the payload that Lambda answers."""


class Functions:
    """Calls functions of the emulated Lambda with the credentials of their roles.

    Only Python runs, with the Python of this process; other runtimes are an error that says so.
    """

    def __init__(self, clients: Clients, sessions: Sessions, metrics: Metrics) -> None:
        self._clients, self._sessions, self._metrics = clients, sessions, metrics
        self._folder = Path(tempfile.mkdtemp(prefix="localcloud-functions-"))
        self._groups: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()
        self._processes: set[subprocess.Popen[bytes]] = set()

    def remember(self, region: str, path: str, request: dict[str, Any]) -> None:
        """Take from a request that makes or changes a function where it logs."""
        found = re.search(r"/functions/([^/]+)/configuration", path)
        name = found[1] if found else request.get("FunctionName", "")
        if group := (request.get("LoggingConfig") or {}).get("LogGroup"):
            self._groups[region, name.rsplit(":", 1)[-1]] = group

    def invoke_arn(self, arn: str, event: Any) -> Any:
        """Call a function by its ARN.

        Raises:
            FunctionFailedError: it failed.
        """
        _, _, _, region, account, _, name, *_ = arn.split(":")
        return self.invoke(account, region, name, event)

    def invoke(self, account: str, region: str, name: str, event: Any) -> Any:
        """Call a function; what it returns.

        Raises:
            FunctionFailedError: it failed.
        """
        function = lambda_backends[account][region].get_function(name)
        about = function.get_configuration()
        request_id = str(uuid.uuid4())
        if not about.get("Runtime", "").startswith("python"):
            raise FunctionFailedError(
                _error(
                    "LocalcloudError", f"{about.get('Runtime')} does not run on the embedded cloud"
                )
            )
        started = time.monotonic()
        code = self._unpacked(about["CodeSha256"], function.code_bytes)
        process = subprocess.Popen(
            [sys.executable, str(_PROGRAM), about["Handler"]],
            cwd=code,
            env=self._environment(region, about, request_id),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        with self._lock:
            self._processes.add(process)
        result = Path(self._folder) / request_id
        payload = json.dumps({"event": event, "result": str(result)}).encode()
        try:
            printed, _ = process.communicate(payload, timeout=int(about.get("Timeout") or 3))
            answer = json.loads(result.read_text()) if result.exists() else None
        except subprocess.TimeoutExpired:
            process.kill()
            printed, _ = process.communicate()
            text = f"{request_id} Task timed out after {about.get('Timeout')}.00 seconds"
            answer = {"error": {"errorType": "Sandbox.Timedout", "errorMessage": text}}
        finally:
            with self._lock:
                self._processes.discard(process)
            result.unlink(missing_ok=True)
        milliseconds = (time.monotonic() - started) * 1000
        self._log(region, about, request_id, printed.decode("utf-8", "replace"), milliseconds)
        failed = answer is None or "error" in answer
        counts = {"Invocations": 1, "Errors": int(failed)}
        self._metrics.add(region, "AWS/Lambda", {"FunctionName": about["FunctionName"]}, counts)
        if answer is None:
            raise FunctionFailedError(_error("Runtime.ExitError", "the process ended"))
        if "error" in answer:
            raise FunctionFailedError(json.dumps(answer["error"]))
        return answer["value"]

    def close(self) -> None:
        with self._lock:
            for process in self._processes:
                process.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _unpacked(self, digest: str, content: bytes) -> Path:
        folder = self._folder / digest.replace("/", "_")
        with self._lock:
            if not folder.exists():
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    archive.extractall(folder)
        return folder

    def _environment(self, region: str, about: dict[str, Any], request_id: str) -> dict[str, str]:
        given = self._sessions.credentials(region, about["Role"], about["FunctionName"])
        return {
            "PATH": os.environ.get("PATH", ""),
            "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
            "AWS_SESSION_TOKEN": given["SessionToken"],
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_ENDPOINT_URL": self._clients.endpoint,
            "AWS_LAMBDA_FUNCTION_NAME": about["FunctionName"],
            "AWS_LAMBDA_REQUEST_ID": request_id,
            "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
            **((about.get("Environment") or {}).get("Variables") or {}),
        }

    def _log(
        self,
        region: str,
        about: dict[str, Any],
        request_id: str,
        printed: str,
        milliseconds: float,
    ) -> None:
        name = about["FunctionName"]
        group = self._groups.get((region, name), f"/aws/lambda/{name}")
        stream = (
            f"{time.strftime('%Y/%m/%d', time.gmtime())}/[$LATEST]{request_id.replace('-', '')}"
        )
        lines = [
            f"START RequestId: {request_id} Version: $LATEST",
            *printed.splitlines(),
            f"END RequestId: {request_id}",
            f"REPORT RequestId: {request_id} Duration: {milliseconds:.2f} ms",
        ]
        now = int(time.time() * 1000)
        logs = self._clients.get("logs", region)
        try:
            logs.create_log_stream(logGroupName=group, logStreamName=stream)
            logs.put_log_events(
                logGroupName=group,
                logStreamName=stream,
                logEvents=[{"timestamp": now, "message": line} for line in lines if line],
            )
            self._metrics.count_lines(region, group, lines)
        except (ClientError, BotoCoreError):
            pass  # a function without a log group runs all the same


def _error(kind: str, message: str) -> str:
    return json.dumps({"errorType": kind, "errorMessage": message})
