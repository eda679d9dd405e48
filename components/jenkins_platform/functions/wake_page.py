"""The page that the load balancer serves while the controller sleeps, with a button to wake it.

Only `working_hours` changes the service; this function can only invoke it.

Protection against cross-site request forgery: the form contains a token that must equal a cookie,
and the browser's origin headers, if present, must match the host.

Environment: ``WORKING_HOURS`` (name of that function) and ``PATH_PREFIX`` (of Jenkins, if it is
below a path).
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
from html import escape
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3

PATH = "/jenkins-platform/wake"
"""Path of the button, below that of Jenkins."""
COOKIE = "jenkins-platform-wake"
_RETRY_SECONDS = "300"
_STATUS = {
    200: "200 OK",
    303: "303 See Other",
    403: "403 Forbidden",
    503: "503 Service Unavailable",
}
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
{head}<style>
body {{ font-family: system-ui, sans-serif; max-width: 32rem; margin: 20vh auto; padding: 0 1rem }}
button {{ font: inherit; padding: .6rem 1.2rem }}
</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""
_ASLEEP = """<p>Jenkins sleeps outside of its working hours. Waking it takes a few minutes.</p>
<form method="post" action="{path}"><input type="hidden" name="token" value="{token}">
<button>Wake Jenkins</button></form>"""


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Respond to a request from the load balancer."""
    headers = {k.lower(): v for k, v in (event.get("headers") or {}).items()}
    if event["path"] == _path(PATH) and event["httpMethod"] == "POST":
        return _wake(event, headers)
    if event["httpMethod"] not in ("GET", "HEAD") or "text/html" not in headers.get("accept", ""):
        # Webhooks, agents and scripts do not wake the controller.
        return _answer(503, "Jenkins is asleep.\n", {"Content-Type": "text/plain; charset=utf-8"})
    # Each request also continues a pending change: the page disappears once Jenkins responds.
    state = _ask("settle")["state"]
    if state == "asleep":
        return _asleep(headers)
    return _page(503, f"Jenkins is {state}", "<p>This page reloads automatically.</p>", refresh=10)


def _wake(event: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        body = base64.b64decode(body).decode("utf-8", "replace")
    token = (parse_qs(body).get("token") or [""])[0]
    cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    known = (
        cookie is not None
        and bool(token)
        and hmac.compare_digest(cookie.value.encode(), token.encode())
    )
    origin = headers.get("origin")
    same = origin is None or urlsplit(origin).netloc == headers.get("host")
    if not known or not same or headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return _page(403, "Not from this page", f'<p><a href="{_path("/")}">Back</a></p>')
    _ask("wake")
    return _answer(303, "", {"Location": _path("/")})


def _path(path: str) -> str:
    """A path of Jenkins as browsers see it."""
    return os.environ.get("PATH_PREFIX", "") + path


def _asleep(headers: dict[str, str]) -> dict[str, Any]:
    token = secrets.token_urlsafe(24)
    # The load balancer sets X-Forwarded-Proto.
    secure = "; Secure" if headers.get("x-forwarded-proto") == "https" else ""
    path = _path(PATH)
    cookie = f"{COOKIE}={token}; Path={path}; Max-Age=3600; HttpOnly; SameSite=Strict{secure}"
    body = _ASLEEP.format(path=path, token=token)
    return _page(503, "Jenkins is asleep", body, {"Set-Cookie": cookie})


def _page(
    status: int, title: str, body: str, headers: dict[str, str] | None = None, refresh: int = 0
) -> dict[str, Any]:
    head = f'<meta http-equiv="refresh" content="{refresh}">\n' if refresh else ""
    text = _PAGE.format(title=escape(title), head=head, body=body)
    kind = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": _POLICY}
    return _answer(status, text, {**kind, **(headers or {})})


def _answer(status: int, body: str, headers: dict[str, str]) -> dict[str, Any]:
    always = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if status == 503:
        always["Retry-After"] = _RETRY_SECONDS
    return {
        "statusCode": status,
        "statusDescription": _STATUS[status],
        "isBase64Encoded": False,
        "headers": {**always, **headers},
        "body": body,
    }


def _ask(action: str) -> dict[str, Any]:
    """Invoke the other function and return its result.

    Raises:
        RuntimeError: The function failed.
    """
    answer = boto3.client("lambda").invoke(
        FunctionName=os.environ["WORKING_HOURS"], Payload=json.dumps({"action": action})
    )
    content = answer["Payload"].read()
    if "FunctionError" in answer:
        raise RuntimeError(f"{os.environ['WORKING_HOURS']}: {content.decode()}")
    result: dict[str, Any] = json.loads(content)
    return result
