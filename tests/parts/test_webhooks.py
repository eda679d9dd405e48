"""Webhooks over HTTP: verified, kept in a queue of moto, delivered to a stand-in for Jenkins."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import boto3
import pytest
from jenkins_platform.functions import webhook_delivery, webhook_receiver
from moto import mock_aws

from harness.servers.web import Answer, Call, Site

SECRET, TOKEN = "s3cr3t", "t0ken"
BODY = b'{"ref": "refs/heads/main", "text": "\xc3\xbc"}'
FORM = b"payload=%7B%22ref%22%3A%22x%22%7D"


class FunctionUrl(Site):
    """Calls the function for each request as a function URL does (payload format 2.0)."""

    def answer(self, call: Call) -> Answer:
        path, _, query = call.path.partition("?")
        event = {
            "rawPath": path,
            "rawQueryString": query,
            "headers": {name.lower(): value for name, value in call.headers.items()},
            "requestContext": {"http": {"method": call.method, "sourceIp": "203.0.113.1"}},
            "body": base64.b64encode(call.body).decode(),
            "isBase64Encoded": True,
        }
        found = webhook_receiver.handler(event, None)
        return Answer(found["statusCode"], found["body"].encode(), found["headers"])


class Jenkins(Site):
    """Records webhooks, and accepts them."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def answer(self, call: Call) -> Answer:
        self.calls.append(call)
        return Answer()


class Endpoint:
    """The function behind a URL, and its queue."""

    def __init__(self, url: str, queue: str) -> None:
        self.url, self.queue, self.sqs = url, queue, boto3.client("sqs")

    def post(self, path: str, body: bytes = BODY, method: str = "POST", **headers: str) -> int:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, body, given, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def github(self, body: bytes = BODY, secret: str = SECRET, **headers: str) -> int:
        signature = signed(body, secret)
        return self.post("/github-webhook/", body, X_Hub_Signature_256=signature, **headers)

    def waiting(self) -> list[dict[str, str]]:
        """The messages as Lambda passes them on."""
        found = self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
        return [{"messageId": m["MessageId"], "body": m["Body"]} for m in found.get("Messages", [])]


def signed(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(key, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    webhook_receiver._secrets.clear()
    with mock_aws():
        yield


@pytest.fixture
def endpoint(account: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    secrets = boto3.client("secretsmanager")
    hooks = secrets.create_secret(Name="hooks", SecretString=json.dumps({"gitlab": TOKEN}))["ARN"]
    github = secrets.create_secret(Name="github", SecretString=f"{SECRET}\n")["ARN"]
    boto3.client("ssm").put_parameter(Name="/bitbucket", Value=SECRET, Type="SecureString")
    arns = {
        "github": github,
        "gitlab": f"{hooks}:gitlab::",
        "bitbucket": "arn:aws:ssm:eu-central-1:123456789012:parameter/bitbucket",
    }
    queue = boto3.client("sqs").create_queue(QueueName="webhooks")["QueueUrl"]
    monkeypatch.setenv("SECRETS", json.dumps(arns))
    monkeypatch.setenv("QUEUE_URL", queue)
    with FunctionUrl().served("127.0.0.1") as url:
        yield Endpoint(url, queue)


def deliver(endpoint: Endpoint, jenkins: Jenkins, patch: pytest.MonkeyPatch) -> list[str]:
    """Deliver what waits; the messages that stay in the queue."""
    records = endpoint.waiting()
    with jenkins.served("127.0.0.1") as url:
        patch.setenv("JENKINS_URL", f"{url}/")
        failures = webhook_delivery.handler({"Records": records}, None)["batchItemFailures"]
    assert {f["itemIdentifier"] for f in failures} <= {r["messageId"] for r in records}
    return [f["itemIdentifier"] for f in failures]


@pytest.mark.parametrize("body", [BODY, FORM, b"", bytes(range(256))])
def test_a_signed_webhook_reaches_jenkins_byte_by_byte(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    headers = {"X_GitHub_Event": "push", "Content_Type": "application/json", "Cookie": "a=b"}
    assert endpoint.github(body, **headers) == 202
    jenkins = Jenkins()
    assert deliver(endpoint, jenkins, monkeypatch) == []
    (call,) = jenkins.calls
    assert (call.method, call.path, call.body) == ("POST", "/github-webhook/", body)
    got = {name.lower(): value for name, value in call.headers.items()}
    assert got["x-github-event"] == "push"
    assert got["content-type"] == "application/json"
    assert got["x-hub-signature-256"] == signed(body), "Jenkins can verify it again"
    assert "cookie" not in got


def test_each_source_is_verified_in_its_way(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "/bitbucket-scmsource-hook/notify?server_url=https%3A%2F%2Fgit.example.com"
    assert endpoint.post("/gitlab-webhook/post", X_Gitlab_Token=TOKEN, X_Gitlab_Event="P") == 202
    assert endpoint.post("/gitlab-systemhook/post", X_Gitlab_Token=TOKEN) == 202
    bitbucket = {"X_Event_Key": "repo:push", "X_Request_Id": "1", "X_Request_UUID": "2"}
    assert endpoint.post(query, X_Hub_Signature=signed(BODY), **bitbucket) == 202
    assert endpoint.post("/github-webhook", X_Hub_Signature_256=signed(BODY)) == 202
    jenkins = Jenkins()
    assert deliver(endpoint, jenkins, monkeypatch) == []
    assert sorted(call.path for call in jenkins.calls) == [
        query,
        *("/github-webhook/", "/gitlab-systemhook/post", "/gitlab-webhook/post"),
    ]
    for call in jenkins.calls:
        assert TOKEN not in str(call.headers)
        if call.path == query:
            got = {name.lower(): value for name, value in call.headers.items()}
            assert [got[f"x-{name}"] for name in ("event-key", "request-id", "request-uuid")] == [
                *("repo:push", "1", "2")
            ]


def test_a_secret_is_never_in_the_queue(endpoint: Endpoint) -> None:
    endpoint.post("/gitlab-webhook/post", X_Gitlab_Token=TOKEN)
    endpoint.github()
    for record in endpoint.waiting():
        kept = gzip.decompress(base64.b64decode(record["body"])).decode()
        assert TOKEN not in kept
        assert SECRET not in kept


def test_a_large_webhook_is_kept_if_it_fits_compressed(endpoint: Endpoint) -> None:
    large = json.dumps([{"commit": number, "files": ["src/main.py"]} for number in range(30_000)])
    assert len(large) > 1_000_000
    assert endpoint.github(large.encode()) == 202
    noise = b"".join(hashlib.sha256(str(n).encode()).digest() for n in range(10_000))
    assert endpoint.github(noise) == 413
    assert len(endpoint.waiting()) == 1


def test_a_rotated_secret_takes_effect(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    assert endpoint.github() == 202
    arn = json.loads(webhook_receiver.os.environ["SECRETS"])["github"]
    boto3.client("secretsmanager").put_secret_value(SecretId=arn, SecretString="new")
    monkeypatch.setattr(webhook_receiver, "_SECRET_SECONDS", -1)
    assert endpoint.github() == 401
    assert endpoint.github(secret="new") == 202
