"""Delivery of webhooks from the queue to an HTTP server in this process."""

from __future__ import annotations

import base64
import gzip
import importlib.util
import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from jenkins_platform.functions import webhook_delivery

from harness.servers.web import Answer, Call, Site

BODY = b'{"ref": "refs/heads/main", "text": "\xc3\xbc"}'
HEADERS = {"content-type": "application/json", "x-github-event": "push"}


class Jenkins(Site):
    """Records webhooks. Answers with one status, or with those of some paths."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.calls: list[Call] = []
        self.status, self.statuses = 200, dict[str, int]()
        self.headers = dict[str, str]()

    def answer(self, call: Call) -> Answer:
        self.calls.append(call)
        return Answer(self.statuses.get(call.path, self.status), headers=self.headers)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Jenkins, str]]:
    site = Jenkins()
    with site.served("127.0.0.1") as url:
        yield site, url


@pytest.fixture
def jenkins(server: tuple[Jenkins, str], monkeypatch: pytest.MonkeyPatch) -> Jenkins:
    site, url = server
    monkeypatch.setenv("JENKINS_URL", f"{url}/")
    site.forget()
    return site


def record(path: str = "/github-webhook/", body: bytes = BODY, number: int = 1) -> dict[str, str]:
    """A message as Lambda passes it on."""
    webhook = {"path": path, "headers": HEADERS, "body": base64.b64encode(body).decode()}
    message = base64.b64encode(gzip.compress(json.dumps(webhook).encode())).decode()
    return {"messageId": f"message-{number}", "body": message}


def deliver(*records: dict[str, str]) -> list[str]:
    """The messages that must be delivered again."""
    found = webhook_delivery.handler({"Records": list(records)}, None)
    assert found.keys() == {"batchItemFailures"}
    assert all(failure.keys() == {"itemIdentifier"} for failure in found["batchItemFailures"])
    return [failure["itemIdentifier"] for failure in found["batchItemFailures"]]


@pytest.mark.parametrize("body", [BODY, b"payload=%7B%7D", b"", bytes(range(256))])
def test_a_webhook_arrives_as_it_was_received(jenkins: Jenkins, body: bytes) -> None:
    assert deliver(record(body=body)) == []
    (call,) = jenkins.calls
    assert (call.method, call.path, call.body) == ("POST", "/github-webhook/", body)
    got = {name.lower(): value for name, value in call.headers.items()}
    assert {name: got[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize(
    ("end", "path"),
    [
        ("", "/github-webhook/"),
        ("/", "/github-webhook/"),
        ("/tools/jenkins", "/tools/jenkins/github-webhook/"),
        ("/tools/jenkins/", "/tools/jenkins/github-webhook/"),
    ],
)
def test_a_webhook_is_delivered_below_the_url_of_jenkins(
    jenkins: Jenkins,
    server: tuple[Jenkins, str],
    monkeypatch: pytest.MonkeyPatch,
    end: str,
    path: str,
) -> None:
    monkeypatch.setenv("JENKINS_URL", server[1] + end)
    assert deliver(record()) == []
    assert [call.path for call in jenkins.calls] == [path]


@pytest.mark.parametrize("status", [200, 201, 204])
def test_what_jenkins_accepts_leaves_the_queue(
    jenkins: Jenkins, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    jenkins.status = status
    assert deliver(record()) == []
    assert capsys.readouterr().out == f"/github-webhook/: {status}\n"


@pytest.mark.parametrize("status", [302, 400, 403, 404, 499])
def test_what_jenkins_rejects_is_not_delivered_again(
    jenkins: Jenkins, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    jenkins.status, jenkins.headers = status, {"Location": "/login"}
    assert deliver(record()) == []
    assert [call.path for call in jenkins.calls] == ["/github-webhook/"], "no redirect is followed"
    assert capsys.readouterr().out == f"/github-webhook/: Jenkins answers {status}\n"


@pytest.mark.parametrize("status", [500, 502, 503, 599])
def test_a_webhook_stays_while_jenkins_starts(
    jenkins: Jenkins, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    jenkins.status = status
    assert deliver(record()) == ["message-1"]
    assert capsys.readouterr().out == f"/github-webhook/: Jenkins answers {status}\n"


def test_webhooks_stay_while_jenkins_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Jenkins().served("127.0.0.1") as url:
        pass
    monkeypatch.setenv("JENKINS_URL", url)
    assert deliver(record(), record(number=2)) == ["message-1", "message-2"]
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("/github-webhook/: Jenkins does not answer (") for line in lines)


def test_only_the_messages_that_failed_are_delivered_again(jenkins: Jenkins) -> None:
    jenkins.statuses = {"/b": 503, "/c": 404, "/d": 500}
    records = [record(f"/{name}", number=ord(name)) for name in "abcde"]
    assert deliver(*records) == [f"message-{ord('b')}", f"message-{ord('d')}"]
    assert [call.path for call in jenkins.calls] == ["/a", "/b", "/c", "/d", "/e"]


@pytest.mark.parametrize("status", [200, 404])
def test_the_query_is_delivered_and_not_logged(
    jenkins: Jenkins, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    jenkins.status = status
    path = "/bitbucket-scmsource-hook/notify"
    deliver(record(f"{path}?server_url=https%3A%2F%2Fgit.example.com"))
    assert [call.path for call in jenkins.calls] == [
        f"{path}?server_url=https%3A%2F%2Fgit.example.com"
    ]
    printed = capsys.readouterr().out
    assert printed.startswith(f"{path}: ")
    assert "git.example.com" not in printed


def test_no_proxy_is_asked(jenkins: Jenkins, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a function is read when Lambda loads it."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    spec = importlib.util.spec_from_file_location("loaded", webhook_delivery.__file__)
    assert spec
    assert spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    assert loaded.handler({"Records": [record()]}, None) == {"batchItemFailures": []}
    assert len(jenkins.calls) == 1


def test_one_webhook_may_take_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JENKINS_URL", "http://jenkins.internal")
    asked: list[Any] = []

    def time_out(request: urllib.request.Request, timeout: float) -> None:
        asked.append((request.full_url, timeout))
        raise TimeoutError("timed out")

    monkeypatch.setattr(webhook_delivery._jenkins, "open", time_out)
    assert deliver(record()) == ["message-1"]
    assert asked == [("http://jenkins.internal/github-webhook/", 10)]


def test_a_message_that_is_no_webhook_is_an_error() -> None:
    with pytest.raises(gzip.BadGzipFile):
        deliver({"messageId": "1", "body": base64.b64encode(b"no webhook").decode()})
