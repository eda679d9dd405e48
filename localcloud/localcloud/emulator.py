"""AWS as moto plays it, behind one local HTTP port, with a switch to make calls fail.

Under ``/localcloud/`` the emulator answers about itself: ``health``, ``recorded`` (the calls
that moto cannot take) and ``faults`` (what shall fail next); ``reset`` empties it.
"""

from __future__ import annotations

import fnmatch
import json
import random
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from . import moto_patches, moto_speed
from .providers.accounts import OPERATION_HEADER
from .providers.recorder import Recorder
from .runner.docker_host import connect
from .runner.gate import INSIDE, Gate
from .runner.runner import Runner


@dataclass
class Fault:
    """Make operations fail or wait before moto sees them.

    Args:
        operation: Name of the operation, such as ``CreateService``; ``*`` and ``?`` match.
        code: AWS error code of the answer. Empty: the call is only slowed down.
        status: HTTP status of the answer. 5xx and throttling codes are retried by botocore.
        share: Share of the matching calls that is hit, 0 to 1.
        times: Maximum number of calls that are hit; -1 for no limit.
        delay: Seconds that a hit call waits first.
    """

    operation: str
    code: str = "LocalcloudFault"
    status: int = 400
    share: float = 1.0
    times: int = -1
    delay: float = 0.0
    hits: int = 0


@dataclass
class Faults:
    """The faults in force, and the source of chance for their shares."""

    active: list[Fault] = field(default_factory=list)
    seed: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _random: random.Random = field(default_factory=lambda: random.Random(0))

    def replace(self, faults: list[dict[str, Any]], seed: int) -> None:
        with self._lock:
            self.active, self._random = [Fault(**f) for f in faults], random.Random(seed)

    def hit(self, operation: str) -> Fault | None:
        with self._lock:
            for fault in self.active:
                if fault.times == fault.hits or not fnmatch.fnmatch(operation, fault.operation):
                    continue
                if self._random.random() < fault.share:
                    fault.hits += 1
                    return fault
        return None


class Emulator:
    """The HTTP server. Nothing of it is written to disk."""

    def __init__(self, session: str, port: int = 0) -> None:
        self.session = session
        self.runner: Runner | None = None
        self.why_nothing_runs = "it was not asked to"
        self.recorder = Recorder()
        self.faults = Faults()
        moto_patches.apply()
        moto_speed.apply()
        self._moto = DomainDispatcherApplication(_moto_app)
        self._gate: Gate | None = None
        self._server: BaseWSGIServer = make_server(
            "127.0.0.1", port, self, threaded=True, request_handler=_Quiet
        )
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"

    def serve(self) -> None:
        """Start answering, in a separate thread."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def run_tasks(self, home: Path) -> None:
        """Run what is only described otherwise, where a Docker Engine answers.

        Args:
            home: The cloud's folder.
        """
        host, self.why_nothing_runs = connect(self.session, str(home))
        if host:
            host.remove_leftovers()
            self.runner = Runner(host, self.endpoint, self)
            self._gate = Gate(self._moto, self.runner, _aws_error)

    def stop(self) -> list[str]:
        """End it; names of Docker volumes that stay, see `Runner.close`."""
        kept = self.runner.close() if self.runner else []
        self._server.shutdown()
        self._server.server_close()
        return kept

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        request = Request(environ)
        if request.path.startswith("/localcloud/") and INSIDE not in environ:
            return self._about_itself(request)(environ, start_response)
        operation = request.headers.get(OPERATION_HEADER)  # only the providers send it
        fault = self.faults.hit(operation) if operation else None
        if fault:
            time.sleep(fault.delay)
            if fault.code:
                text = "refused by the embedded cloud"
                refusal = _aws_error(fault.code, fault.status, text, environ)
                return refusal(environ, start_response)
        try:
            answer: Iterable[bytes] = (self._gate or self._moto)(environ, start_response)
        except NotImplementedError as error:
            return _aws_error("NotImplemented", 501, str(error), environ)(environ, start_response)
        return answer

    def _about_itself(self, request: Request) -> Response:
        topic = request.path.removeprefix("/localcloud/")
        if topic == "health":
            runs = {"runs_tasks": bool(self.runner), "reason": self.why_nothing_runs}
            return _json({"session": self.session, **runs})
        if self.runner and (answer := self.runner.about(topic, request)):
            return answer
        if topic == "recorded":
            return _json(self.recorder.entries())
        if topic == "reset" and request.method == "POST":
            if self.runner:
                self.runner.reset()
            moto_api_backend.reset()
            self.recorder.clear()
            return _json({})
        if topic == "faults":
            if request.method == "POST":
                body = request.get_json()
                self.faults.replace(body["faults"], body.get("seed", 0))
            return _json([asdict(fault) for fault in self.faults.active])
        return Response("not found", status=404)


def _json(value: Any) -> Response:
    return Response(json.dumps(value, default=str), mimetype="application/json")


def _moto_app(service: str) -> Any:
    """moto's application for one service, with its exceptions let through."""
    app = create_backend_app(service)  # type: ignore[arg-type]
    app.config["PROPAGATE_EXCEPTIONS"] = True
    return app


def _aws_error(code: str, status: int, message: str, environ: dict[str, Any]) -> Response:
    """An error in the wire format of the service that was called."""
    scope = environ.get("HTTP_AUTHORIZATION", "")
    if "/s3/" in scope and code.startswith("Throttling"):
        # As S3 throttles; the answer to a HEAD has no body.
        code, status = "SlowDown", 503
    headers = {"x-amzn-ErrorType": code}
    query = "x-www-form-urlencoded" in environ.get("CONTENT_TYPE", "")
    if not query and "/s3/" not in scope and "/route53/" not in scope:
        body = json.dumps({"__type": code, "message": message})
        return Response(body, status, headers, mimetype="application/json")
    error = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    if "/ec2/" in scope:
        error = f"<Response><Errors>{error}</Errors></Response>"
    elif "/s3/" not in scope:
        error = f"<ErrorResponse>{error}</ErrorResponse>"
    return Response(error, status, headers, mimetype="text/xml")


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: Any) -> None: ...
