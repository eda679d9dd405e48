"""The wake page: its responses, and the protection of its button."""

from __future__ import annotations

import base64
import io
import json
import re
from typing import Any

import pytest
from jenkins_platform.functions import wake_page

from harness.aws.answered import AnsweredCalls, Request

INVOKE = "lambda:Invoke"
BUTTON = "/jenkins-platform/wake"
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
HTML = {
    **HEADERS,
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    ),
}


class WorkingHours:
    """The other function.

    Attributes:
        state: That it returns.
        asked: The actions of which it was asked.
    """

    def __init__(self, aws: AnsweredCalls) -> None:
        self.state = "asleep"
        self.asked: list[str] = []
        aws.serve(INVOKE, self._invoke)

    def _invoke(self, request: Request) -> dict[str, Any]:
        assert request.keys() == {"FunctionName", "Payload"}
        assert request["FunctionName"] == "jenkins-working-hours"
        event = json.loads(request["Payload"])
        assert event.keys() == {"action"}
        self.asked.append(event["action"])
        return {
            "StatusCode": 200,
            "Payload": io.BytesIO(json.dumps({"state": self.state}).encode()),
        }


@pytest.fixture
def hours(aws: AnsweredCalls, monkeypatch: pytest.MonkeyPatch) -> WorkingHours:
    monkeypatch.setenv("WORKING_HOURS", "jenkins-working-hours")
    monkeypatch.delenv("PATH_PREFIX", raising=False)
    return WorkingHours(aws)


@pytest.fixture
def asked(hours: WorkingHours) -> list[str]:
    """What the page asks of the other function, which says that Jenkins sleeps."""
    return hours.asked


def request(method: str = "GET", path: str = "/", body: str = "", **headers: str) -> dict[str, Any]:
    given = {k.replace("_", "-"): v for k, v in {"host": "ci.example.com", **headers}.items()}
    return {"path": path, "httpMethod": method, "headers": given, "body": body}


def answer(event: dict[str, Any]) -> dict[str, Any]:
    return wake_page.handler(event, None)


def button(**headers: str) -> tuple[str, str]:
    """The token and the cookie of a page that is shown."""
    shown = answer(request(accept="text/html", **headers))
    (token,) = re.findall(r'name="token" value="([^"]+)"', shown["body"])
    return token, shown["headers"]["Set-Cookie"]


def test_browsers_get_a_page_with_a_button(asked: list[str]) -> None:
    shown = answer(request(accept="text/html,*/*"))
    body, cookie = shown.pop("body"), shown["headers"].pop("Set-Cookie")
    assert shown == {
        "statusCode": 503,
        "statusDescription": "503 Service Unavailable",
        "isBase64Encoded": False,
        "headers": {**HTML, "Retry-After": "300"},
    }
    token = re.search(r'<input type="hidden" name="token" value="([\w-]{32})">', body)
    assert token
    assert cookie == (
        f"jenkins-platform-wake={token[1]}; Path={BUTTON}; Max-Age=3600; HttpOnly; SameSite=Strict"
    )
    assert f'<form method="post" action="{BUTTON}">' in body
    assert "<title>Jenkins is asleep</title>" in body
    assert "<h1>Jenkins is asleep</h1>" in body
    assert "<button>Wake Jenkins</button>" in body
    assert "refresh" not in body
    assert asked == ["settle"]


def test_each_page_has_its_own_token(asked: list[str]) -> None:
    assert button() != button()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_browser_may_ask_for_any_path(asked: list[str], method: str) -> None:
    shown = answer(request(method, "/job/web/", accept="text/html"))
    assert "<button>" in shown["body"]
    assert answer(request(method, BUTTON, accept="text/html"))["statusCode"] == 503
    assert asked == ["settle", "settle"]


@pytest.mark.parametrize(
    "event",
    [
        request(),
        request(accept="application/json"),
        request("POST", "/github-webhook/", "{}", accept="text/html"),
        request("POST", "/", "token=x", accept="text/html"),
        request("PUT", BUTTON, "token=x", accept="text/html"),
        {**request(), "headers": None},
    ],
)
def test_programs_do_not_wake_the_controller(asked: list[str], event: dict[str, Any]) -> None:
    assert answer(event) == {
        "statusCode": 503,
        "statusDescription": "503 Service Unavailable",
        "isBase64Encoded": False,
        "headers": {
            **HEADERS,
            "Content-Type": "text/plain; charset=utf-8",
            "Retry-After": "300",
        },
        "body": "Jenkins is asleep.\n",
    }
    assert asked == []


def test_button_wakes_the_controller(asked: list[str]) -> None:
    token, cookie = button()
    pressed = request("POST", wake_page.PATH, f"token={token}", cookie=cookie.split(";")[0])
    assert answer(pressed) == {
        "statusCode": 303,
        "statusDescription": "303 See Other",
        "isBase64Encoded": False,
        "headers": {**HEADERS, "Location": "/"},
        "body": "",
    }
    encoded = base64.b64encode(pressed["body"].encode()).decode()
    assert answer({**pressed, "body": encoded, "isBase64Encoded": True})["statusCode"] == 303
    assert asked == ["settle", "wake", "wake"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"cookie": "other=1"},
        {"cookie": ""},
        {"cookie": f"{wake_page.COOKIE}=forged"},
        {"origin": "https://evil.example.com"},
        {"origin": "https://ci.example.com:8443"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
    ],
)
def test_cross_site_requests_are_refused(asked: list[str], wrong: dict[str, str]) -> None:
    token, cookie = button()
    right = {"cookie": cookie.split(";")[0], "origin": "https://ci.example.com"}
    pressed = request("POST", wake_page.PATH, f"token={token}", **{**right, **wrong})
    refused = answer(pressed)
    assert (refused["statusCode"], refused["statusDescription"]) == (403, "403 Forbidden")
    assert refused["headers"] == HTML
    assert '<h1>Not from this page</h1>\n<p><a href="/">Back</a></p>\n' in refused["body"]
    assert asked == ["settle"]


@pytest.mark.parametrize(
    "right",
    [
        {},
        {"origin": "https://ci.example.com"},
        {"sec_fetch_site": "same-origin"},
        {"origin": "https://ci.example.com", "sec_fetch_site": "same-origin"},
    ],
)
def test_requests_of_the_page_are_accepted_with_and_without_headers_of_their_origin(
    asked: list[str], right: dict[str, str]
) -> None:
    token, cookie = button()
    pressed = request("POST", BUTTON, f"token={token}", cookie=cookie.split(";")[0], **right)
    pressed["headers"] = {name.title(): value for name, value in pressed["headers"].items()}
    assert (answer(pressed)["statusCode"], asked) == (303, ["settle", "wake"])


@pytest.mark.parametrize("body", ["", None, "other=x", "token="])
def test_a_body_without_the_token_is_refused(asked: list[str], body: str | None) -> None:
    _, cookie = button()
    pressed = {**request("POST", BUTTON, cookie=cookie.split(";")[0]), "body": body}
    assert (answer(pressed)["statusCode"], asked) == (403, ["settle"])


def test_bytes_that_are_no_text_are_refused(asked: list[str]) -> None:
    _, cookie = button()
    pressed = request("POST", BUTTON, cookie=cookie.split(";")[0])
    pressed |= {"body": base64.b64encode(b"token=\xff").decode(), "isBase64Encoded": True}
    assert (answer(pressed)["statusCode"], asked) == (403, ["settle"])


def test_empty_token_and_cookie_are_refused(asked: list[str]) -> None:
    pressed = request("POST", wake_page.PATH, "token=", cookie=f"{wake_page.COOKIE}=")
    assert (answer(pressed)["statusCode"], asked) == (403, [])


def test_page_and_button_are_below_the_path_of_jenkins(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH_PREFIX", "/tools/jenkins")
    shown = answer(request(path="/tools/jenkins/", accept="text/html"))["body"]
    assert '<form method="post" action="/tools/jenkins/jenkins-platform/wake">' in shown
    token, cookie = button()
    assert "; Path=/tools/jenkins/jenkins-platform/wake; " in cookie
    given = {"body": f"token={token}", "cookie": cookie.split(";")[0]}
    pressed = answer(request("POST", "/tools/jenkins/jenkins-platform/wake", **given))
    assert (pressed["statusCode"], pressed["headers"]["Location"]) == (303, "/tools/jenkins/")
    assert answer(request("POST", wake_page.PATH, **given))["statusCode"] == 503
    forged = answer(request("POST", "/tools/jenkins/jenkins-platform/wake", "token=x"))
    assert '<a href="/tools/jenkins/">Back</a>' in forged["body"]


def test_cookie_is_secure_over_https(asked: list[str]) -> None:
    assert "HttpOnly; SameSite=Strict" in button()[1]
    assert button(x_forwarded_proto="https")[1].endswith("; Secure")
    assert not button()[1].endswith("; Secure")


@pytest.mark.parametrize("state", ["awake", "waking", "falling asleep"])
def test_page_reloads_while_jenkins_is_not_asleep(hours: WorkingHours, state: str) -> None:
    hours.state = state
    shown = answer(request(accept="text/html"))
    assert shown["statusCode"] == 503
    assert shown["headers"] == {**HTML, "Retry-After": "300"}
    assert '\n<meta http-equiv="refresh" content="10">\n' in shown["body"]
    assert f"<h1>Jenkins is {state}</h1>" in shown["body"]
    assert "<p>This page reloads automatically.</p>" in shown["body"]
    assert "<button>" not in shown["body"]


def test_what_the_function_returns_is_shown_as_text(hours: WorkingHours) -> None:
    hours.state = "<b>ill</b>"
    body = answer(request(accept="text/html"))["body"]
    assert "<title>Jenkins is &lt;b&gt;ill&lt;/b&gt;</title>" in body


def test_a_failure_of_the_function_is_a_failure_of_the_page(
    aws: AnsweredCalls, hours: WorkingHours
) -> None:
    failed = {
        "FunctionError": "Unhandled",
        "Payload": io.BytesIO(b'{"errorMessage": "no service"}'),
    }
    aws.answer(INVOKE, failed)
    with pytest.raises(RuntimeError) as error:
        answer(request(accept="text/html"))
    assert str(error.value) == 'jenkins-working-hours: {"errorMessage": "no service"}'
