"""A running Jenkins, asked by HTTP as a user would."""

from __future__ import annotations

import base64
import json
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from http.cookiejar import CookieJar
from typing import Any
from xml.sax.saxutils import escape

_REQUEST_SECONDS = 30
_LOOK_SECONDS = 0.5
_THIS_MACHINE = ("127.0.0.1", "localhost")
_FREESTYLE = """<?xml version='1.1' encoding='UTF-8'?>
<project>
  <assignedNode>{label}</assignedNode>
  <canRoam>false</canRoam>
  <builders><hudson.tasks.Shell><command>{script}</command></hudson.tasks.Shell></builders>
</project>
"""


class JenkinsError(RuntimeError):
    """Jenkins does not answer, or not as asked."""


@dataclass(frozen=True)
class Build:
    """What became of a build.

    Attributes:
        result: In Jenkins's words, such as ``SUCCESS``; ``""`` where it did not end in time.
        agent: Name of the agent; empty where none came.
        seconds: From the request to the end, waiting included.
        log: What it printed, or why it has not begun.
    """

    result: str
    agent: str
    seconds: float
    log: str


class JenkinsApi:
    """Jenkins at a URL, for one user.

    Args:
        url: Its address as seen from here.
        user: Name of a user; empty for unauthenticated requests.
        password: The user's password or API token.
    """

    def __init__(self, url: str, user: str = "", password: str = "") -> None:
        self.url = url.rstrip("/")
        self._headers = {}
        if user:
            pair = base64.b64encode(f"{user}:{password}".encode()).decode()
            self._headers["Authorization"] = f"Basic {pair}"
        # Jenkins ties the crumb to the session.
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        tls = [_tls(url)] if self.url.startswith("https:") else []
        self._opener = urllib.request.build_opener(cookies, _NoRedirects(), *tls)
        self._crumb: dict[str, str] = {}

    def status(self, path: str) -> int:
        """Status that a path answers with; 0 where nothing does."""
        try:
            return self._open(path).status
        except JenkinsError as error:
            cause = error.__cause__
            return cause.code if isinstance(cause, urllib.error.HTTPError) else 0

    def get(self, path: str) -> Any:
        """What the API answers.

        Raises:
            JenkinsError: with the status.
        """
        return json.loads(self.text(path))

    def text(self, path: str) -> str:
        return self._open(path).read().decode(errors="replace")

    def post(self, path: str, body: str = "", kind: str = "application/xml") -> str:
        """Post to a path; the address that the answer names.

        Raises:
            JenkinsError: with the status.
        """
        if not self._crumb:
            crumb = self.get("/crumbIssuer/api/json")
            self._crumb = {crumb["crumbRequestField"]: crumb["crumb"]}
        headers = {**self._crumb, "Content-Type": kind}
        return self._open(path, body.encode(), headers).headers.get("Location") or ""

    def start(self, job: str, label: str, script: str) -> str:
        """Make a job with one shell step and start it; the path of its place in the queue."""
        config = _FREESTYLE.format(label=escape(label), script=escape(script))
        self.post(f"/createItem?{urllib.parse.urlencode({'name': job})}", config)
        place = self.post(f"/job/{urllib.parse.quote(job)}/build")
        own = urllib.parse.urlsplit(self.url).path
        return urllib.parse.urlsplit(place).path.removeprefix(own).rstrip("/")

    def finish(self, job: str, place: str, started: float, deadline: float) -> Build:
        """Wait for a build of `start`, and delete its job.

        Args:
            started: When it was started, by ``time.monotonic``.
            deadline: When to stop waiting.
        """
        path, number, why = f"/job/{urllib.parse.quote(job)}", None, ""
        found: dict[str, Any] = {}
        while time.monotonic() < deadline and found.get("building", True):
            time.sleep(_LOOK_SECONDS)
            try:
                if number is None:
                    item = self.get(f"{place}/api/json")
                    number = (item.get("executable") or {}).get("number")
                    why = item.get("why") or why
                if number is not None:
                    found = self.get(f"{path}/{number}/api/json")
            except JenkinsError as error:
                why = str(error)  # A machine that is busy with agents may not answer in time.
        seconds = round(time.monotonic() - started, 1)
        log = why if number is None else self.text(f"{path}/{number}/consoleText")
        self.post(f"{path}/doDelete")
        return Build(found.get("result") or "", found.get("builtOn") or "", seconds, log)

    def _open(
        self, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> HTTPResponse:
        request = urllib.request.Request(  # noqa: S310  the URL is the load balancer's
            self.url + path, body, {**self._headers, **(headers or {})}
        )
        try:
            answer: HTTPResponse = self._opener.open(request, timeout=_REQUEST_SECONDS)
        except urllib.error.HTTPError as error:
            if body is not None and error.code in (302, 303):
                return error  # type: ignore[return-value]  # where Jenkins would show what it did
            raise JenkinsError(f"{self.url}{path}: {error}") from error
        except (OSError, HTTPException) as error:
            raise JenkinsError(f"{self.url}{path}: {error}") from error
        return answer


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The address behind a redirect is Jenkins's public one, which may not be reachable."""

    def redirect_request(self, *_: Any) -> None:
        """None: the answer is an error like others."""


def _tls(url: str) -> urllib.request.HTTPSHandler:
    """The embedded cloud's certificates are for other names than this machine's; those of other
    machines are verified."""
    context = ssl.create_default_context()
    if urllib.parse.urlsplit(url).hostname in _THIS_MACHINE:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return urllib.request.HTTPSHandler(context=context)
