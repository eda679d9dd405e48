"""Stands before the emulated AWS: answers calls about what runs, and judges who calls."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from werkzeug.wrappers import Request, Response

from .errors import RefusedError
from .functions import FunctionFailedError

if TYPE_CHECKING:
    from .runner import Runner

INSIDE = "localcloud.inside"
"""In the environment of a request that came out of a container."""
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_CREDENTIAL = re.compile(r"Credential=([^/,]+)/\d+/([^/]+)/([^/]+)/")
_INVOKE = re.compile(r"^/2015-03-31/functions/([^/]+)/invocations/?$")
_log = logging.getLogger(__name__)


class Call:
    """A request to AWS: which service, where, what, and by whom.

    Attributes:
        operation: Name of the operation, where the protocol says it outside of the path.
        key: Access key id; empty for unsigned requests.
    """

    def __init__(self, environ: dict[str, Any]) -> None:
        self.request = Request(environ)
        self.body = self.request.get_data()
        environ["wsgi.input"] = io.BytesIO(self.body)
        signed = self.request.headers.get("Authorization", "")
        if not signed and "X-Amz-Credential" in self.request.args:
            signed = f"Credential={unquote(self.request.args['X-Amz-Credential'])}/"
        found = _CREDENTIAL.search(signed)
        self.key, self.region, self.service = found.groups() if found else ("", "", "")
        self.operation = self.request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        self.form: dict[str, str] = {}
        if "x-www-form-urlencoded" in self.request.headers.get("Content-Type", ""):
            form = parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)
            self.form = {k: v[0] for k, v in form.items()}
            self.operation = self.form.get("Action", self.operation)

    def json(self) -> dict[str, Any]:
        parsed = json.loads(self.body or b"{}")
        return parsed if isinstance(parsed, dict) else {}


class Gate:
    """A WSGI application before that of the emulator."""

    def __init__(
        self, emulator: Application, runner: Runner, refuse: Callable[..., Response]
    ) -> None:
        self._emulator, self._runner, self._refuse = emulator, runner, refuse

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        call = Call(environ)
        try:
            self._runner.guard.check(call, inside=bool(environ.get(INSIDE)))
            answer = self._answer(call, environ)
        except RefusedError as error:
            answer = self._refuse(error.code, error.status, str(error), environ)
        if answer is not None:
            return answer(environ, start_response)
        return self._emulator(environ, start_response)

    def _answer(self, call: Call, environ: dict[str, Any]) -> Response | None:
        """An answer of ours; None where the emulator answers alone."""
        runner = self._runner
        if call.service == "ecs":
            return self._ecs(call, environ)
        if call.service == "lambda" and call.request.method == "POST":
            found = _INVOKE.match(unquote(call.request.path))
            if found:
                return self._invoke(call, found[1])
        if call.service == "lambda" and call.request.method in ("POST", "PUT"):
            # moto forgets where a function logs.
            runner.functions.remember(call.region, call.request.path, call.json())
        if call.service == "elasticloadbalancing" and not call.operation.startswith("Describe"):
            answer = Response.from_app(self._emulator, environ)
            runner.balancers.changed(call.region)
            return answer
        if call.service in ("scheduler", "events") and call.request.method != "GET":
            answer = Response.from_app(self._emulator, environ)
            runner.schedules.changed(call.region)
            return answer
        if call.service == "ec2" and "SecurityGroup" in call.operation:
            answer = Response.from_app(self._emulator, environ)
            if not call.operation.startswith("Describe"):
                runner.later(lambda: runner.security_groups.changed(call.region))
            return answer
        if call.service == "sts" and call.operation == "AssumeRole":
            return self._assume(call, environ)
        return None

    def _ecs(self, call: Call, environ: dict[str, Any]) -> Response | None:
        ecs, request = self._runner.ecs, call.json()
        answer = ecs.answer(call.operation, call.region, request)
        if answer is None and ecs.completes(call.operation):
            plain = Response.from_app(self._emulator, environ)
            if plain.status_code != 200:
                return plain
            answer = ecs.complete(call.operation, call.region, request, plain.get_json(force=True))
        if answer is None:
            return None
        return Response(json.dumps(answer), mimetype="application/x-amz-json-1.1")

    def _invoke(self, call: Call, name: str) -> Response:
        payload = json.loads(call.body) if call.body else {}
        short, region = name.rsplit(":", 1)[-1], call.region
        account = name.split(":")[4] if name.startswith("arn:") else self._runner.account(call.key)
        functions = self._runner.functions
        if call.request.headers.get("X-Amz-Invocation-Type") == "Event":
            self._runner.later(lambda: functions.invoke(account, region, short, payload))
            return Response(b"", 202)
        try:
            value = functions.invoke(account, region, short, payload)
            return Response(json.dumps(value), 200, mimetype="application/json")
        except FunctionFailedError as error:
            headers = {"X-Amz-Function-Error": "Unhandled"}
            return Response(str(error), 200, headers, mimetype="application/json")

    def _assume(self, call: Call, environ: dict[str, Any]) -> Response:
        """A role that is taken with credentials from here is judged by its own policies."""
        answer = Response.from_app(self._emulator, environ)
        if answer.status_code == 200 and self._runner.sessions.principal(call.key):
            found = re.search(r"<AccessKeyId>([^<]+)<", answer.get_data(as_text=True))
            if found:
                session = call.form.get("RoleSessionName", "")
                self._runner.sessions.add(found[1], call.form["RoleArn"], session)
        return answer
