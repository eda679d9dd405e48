"""The wake page: its responses, and the protection of its button."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from jenkins_platform.functions import wake_page


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the page asks of the other function, which says that Jenkins sleeps."""
    found: list[str] = []

    def ask(action: str) -> dict[str, str]:
        found.append(action)
        return {"state": "asleep"}

    monkeypatch.setattr(wake_page, "_ask", ask)
    return found


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
    assert (shown["statusCode"], shown["headers"]["Retry-After"]) == (503, "300")
    assert "<h1>Jenkins is asleep</h1>" in shown["body"]
    assert "default-src 'none'" in shown["headers"]["Content-Security-Policy"]
    assert shown["headers"]["Cache-Control"] == "no-store"
    assert asked == ["settle"]


@pytest.mark.parametrize(
    "event",
    [
        request(),
        request(accept="application/json"),
        request("POST", "/github-webhook/", "{}", accept="text/html"),
    ],
)
def test_programs_do_not_wake_the_controller(asked: list[str], event: dict[str, Any]) -> None:
    assert (answer(event)["statusCode"], asked) == (503, [])


def test_button_wakes_the_controller(asked: list[str]) -> None:
    token, cookie = button()
    pressed = request("POST", wake_page.PATH, f"token={token}", cookie=cookie.split(";")[0])
    assert answer(pressed)["statusCode"] == 303
    encoded = base64.b64encode(pressed["body"].encode()).decode()
    assert answer({**pressed, "body": encoded, "isBase64Encoded": True})["statusCode"] == 303
    assert asked == ["settle", "wake", "wake"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"cookie": "other=1"},
        {"cookie": f"{wake_page.COOKIE}=forged"},
        {"origin": "https://evil.example.com"},
        {"sec_fetch_site": "cross-site"},
    ],
)
def test_cross_site_requests_are_refused(asked: list[str], wrong: dict[str, str]) -> None:
    token, cookie = button()
    right = {"cookie": cookie.split(";")[0], "origin": "https://ci.example.com"}
    pressed = request("POST", wake_page.PATH, f"token={token}", **{**right, **wrong})
    assert answer(pressed)["statusCode"] == 403
    assert asked == ["settle"]


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


def test_page_reloads_while_waking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wake_page, "_ask", lambda action: {"state": "waking"})
    shown = answer(request(accept="text/html"))
    assert 'http-equiv="refresh" content="10"' in shown["body"]
    assert "<button>" not in shown["body"]
