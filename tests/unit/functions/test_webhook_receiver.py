"""The endpoint of webhooks: what it verifies, what it keeps, and what it refuses."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from jenkins_platform.functions import webhook_receiver

from harness.aws.answered import AnsweredCalls, Clock, Request, ServiceError

SECRET, TOKEN = "s3cr3t", "t0ken"
BODY = b'{"ref": "refs/heads/main", "text": "\xc3\xbc"}'
MANAGER = "arn:aws:secretsmanager:eu-central-1:123456789012:secret"
ARNS = {
    "github": f"{MANAGER}:github-AbCdEf",
    "gitlab": f"{MANAGER}:hooks-AbCdEf:gitlab::",
    "bitbucket": "arn:aws:ssm:eu-central-1:123456789012:parameter/bitbucket",
}
GITHUB, GITLAB = "/github-webhook/", "/gitlab-webhook/post"
BITBUCKET = "/bitbucket-scmsource-hook/notify"
READ, SEND, INVOKE = "secretsmanager:GetSecretValue", "sqs:SendMessage", "lambda:Invoke"
PARAMETER = "ssm:GetParameters"


class Secrets:
    """The secrets in AWS, by name; tests change them."""

    def __init__(self, aws: AnsweredCalls) -> None:
        self.values = {
            f"{MANAGER}:github-AbCdEf": f"{SECRET}\n",
            f"{MANAGER}:hooks-AbCdEf": json.dumps({"gitlab": TOKEN}),
            ARNS["bitbucket"]: SECRET,
        }
        aws.serve(READ, lambda asked: {"SecretString": self.values[asked["SecretId"]]})
        aws.serve(PARAMETER, self._parameters)

    def _parameters(self, asked: Request) -> dict[str, Any]:
        return {"Parameters": [{"Value": self.values[name]} for name in asked["Names"]]}


@pytest.fixture
def secrets(aws: AnsweredCalls, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Secrets:
    """What the function knows of, with a queue and without a schedule."""
    monkeypatch.setattr(webhook_receiver, "_secrets", {})
    monkeypatch.setenv("SECRETS", json.dumps(ARNS))
    monkeypatch.setenv("QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/123456789012/hooks")
    monkeypatch.delenv("WORKING_HOURS", raising=False)
    aws.serve(SEND, lambda asked: {"MessageId": "1"})
    return Secrets(aws)


def signed(body: bytes = BODY, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def event(path: str = GITHUB, method: str = "POST", body: bytes = BODY, **headers: str) -> Request:
    """A request to the function's URL, by default a webhook that GitHub has signed."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "rawPath": path,
        "rawQueryString": "",
        "headers": given or {"x-hub-signature-256": signed(body)},
        "requestContext": {"http": {"method": method, "sourceIp": "203.0.113.1"}},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }


def call(request: Request) -> int:
    """The status of the answer, whose text is checked."""
    answer = webhook_receiver.handler(request, None)
    status = answer.pop("statusCode")
    assert answer == {"headers": {"Content-Type": "text/plain"}, "body": f"{TEXTS[status]}\n"}
    return int(status)


TEXTS = {
    202: "accepted",
    401: "no valid signature",
    404: "not a webhook",
    405: "must be POST",
    413: "too large",
}


def kept(aws: AnsweredCalls) -> list[dict[str, Any]]:
    """The webhooks in the queue."""
    messages = []
    for request in aws.requests(SEND):
        message = gzip.decompress(base64.b64decode(request.pop("MessageBody")))
        assert request == {"QueueUrl": "https://sqs.eu-central-1.amazonaws.com/123456789012/hooks"}
        messages.append(json.loads(message))
    return messages


@pytest.mark.parametrize("body", [BODY, b"payload=%7B%7D", b"", bytes(range(256))])
def test_a_signed_webhook_is_kept_byte_by_byte(
    aws: AnsweredCalls, secrets: Secrets, body: bytes
) -> None:
    assert call(event(body=body)) == 202
    assert kept(aws) == [
        {
            "path": "/github-webhook/",
            "headers": {"x-hub-signature-256": signed(body)},
            "body": base64.b64encode(body).decode(),
        }
    ]
    assert [operation for operation, _ in aws.made] == [READ, SEND]


def test_a_body_may_come_as_text(aws: AnsweredCalls, secrets: Secrets) -> None:
    assert call({**event(), "body": BODY.decode(), "isBase64Encoded": False}) == 202
    without = {k: v for k, v in event(body=b"").items() if k not in ("body", "isBase64Encoded")}
    assert call(without) == 202
    assert [base64.b64decode(webhook["body"]) for webhook in kept(aws)] == [BODY, b""]


@pytest.mark.parametrize(
    ("path", "headers", "place"),
    [
        (GITHUB, {"x-hub-signature-256": signed()}, GITHUB),
        ("/github-webhook", {"x-hub-signature-256": signed()}, GITHUB),
        (GITLAB, {"x-gitlab-token": TOKEN}, GITLAB),
        ("/gitlab-systemhook/post", {"x-gitlab-token": TOKEN}, "/gitlab-systemhook/post"),
        (BITBUCKET, {"x-hub-signature": signed()}, BITBUCKET),
    ],
)
def test_each_source_is_verified_in_its_way(
    aws: AnsweredCalls, secrets: Secrets, path: str, headers: dict[str, str], place: str
) -> None:
    assert call(event(path, **headers)) == 202
    assert [webhook["path"] for webhook in kept(aws)] == [place]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (GITHUB, {"content-type": "application/json"}),
        (GITHUB, {"x-hub-signature-256": signed(secret="another secret")}),
        (GITHUB, {"x-hub-signature-256": signed(b"another body")}),
        (GITHUB, {"x-hub-signature-256": signed().removeprefix("sha256=")}),
        (GITHUB, {"x-hub-signature-256": signed().upper()}),
        (GITHUB, {"x-hub-signature-256": "sha256="}),
        (GITHUB, {"x-hub-signature-256": "sha256=ü"}),
        (GITHUB, {"x-hub-signature": signed()}),
        (GITHUB, {"x-gitlab-token": SECRET}),
        (GITLAB, {"content-type": "application/json"}),
        (GITLAB, {"x-gitlab-token": ""}),
        (GITLAB, {"x-gitlab-token": SECRET}),
        (GITLAB, {"x-gitlab-token": f"{TOKEN}x"}),
        (GITLAB, {"x-hub-signature-256": signed(secret=TOKEN)}),
        (BITBUCKET, {"x-hub-signature-256": signed()}),
        (BITBUCKET, {"x-hub-signature": signed(secret=TOKEN)}),
    ],
)
def test_a_webhook_without_a_valid_signature_is_rejected(
    aws: AnsweredCalls,
    secrets: Secrets,
    capsys: pytest.CaptureFixture[str],
    path: str,
    headers: dict[str, str],
) -> None:
    assert call(event(path, **headers)) == 401
    assert kept(aws) == []
    printed = capsys.readouterr().out
    assert printed == f"rejected: {path} from 203.0.113.1 without a valid signature\n"


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "/login", "/script", "/job/x/build", "/github-webhook/../script", "//script"),
        *("/github-webhook/x", "/gitlab-webhook/post/../../script", "/GitHub-Webhook/"),
        *("/github-webhook/%2e%2e/script", "/gitlab-webhook/", "/gitlab-webhook/post/"),
        *("/github-webhook//", "/bitbucket-scmsource-hook/notify/"),
    ],
)
def test_other_paths_do_not_exist(aws: AnsweredCalls, secrets: Secrets, path: str) -> None:
    for method in ("GET", "POST"):
        assert call(event(path, method)) == 404
    assert aws.made == [], "no secret is read"


def test_a_source_without_a_secret_does_not_exist(
    aws: AnsweredCalls, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRETS", json.dumps({"gitlab": ARNS["gitlab"]}))
    assert call(event()) == 404
    assert call(event(GITLAB, **{"x-gitlab-token": TOKEN})) == 202


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "DELETE", "post"])
def test_only_post_is_accepted(aws: AnsweredCalls, secrets: Secrets, method: str) -> None:
    assert call(event(method=method)) == 405
    assert aws.made == []


PASSED_ON = {
    "content-type": "application/json",
    "user-agent": "GitHub-Hookshot",
    "x-event-key": "repo:push",
    "x-hook-uuid": "1",
    "x-request-uuid": "2",
    "x-request-id": "3",
    "x-github-event": "push",
    "x-github-delivery": "4",
    "x-gitlab-event": "Push Hook",
    "x-hub-signature": "sha1=0",
    "x-hub-signature-256": signed(),
}


@pytest.mark.parametrize("change", [str, str.title, str.upper])
def test_headers_of_the_sources_are_kept_and_no_others(
    aws: AnsweredCalls, secrets: Secrets, change: Callable[[str], str]
) -> None:
    others = {"cookie": "a=b", "authorization": "Basic x", "x-forwarded-for": "x", "host": "x"}
    headers = {**others, **PASSED_ON, "x-gitlab-token": "x"}
    assert call(event(**{change(name): value for name, value in headers.items()})) == 202
    (webhook,) = kept(aws)
    assert webhook["headers"] == PASSED_ON


def test_the_token_of_gitlab_is_never_kept(aws: AnsweredCalls, secrets: Secrets) -> None:
    headers = {"X-Gitlab-Token": TOKEN, "X-Gitlab-Event": "Push Hook"}
    assert call(event(GITLAB, **headers)) == 202
    (webhook,) = kept(aws)
    assert webhook["headers"] == {"x-gitlab-event": "Push Hook"}
    assert TOKEN not in str(webhook)


def test_the_query_is_kept(aws: AnsweredCalls, secrets: Secrets) -> None:
    query = "server_url=https%3A%2F%2Fgit.example.com"
    call({**event(BITBUCKET, **{"x-hub-signature": signed()}), "rawQueryString": query})
    without = event()
    del without["rawQueryString"]
    call(without)
    assert [webhook["path"] for webhook in kept(aws)] == [f"{BITBUCKET}?{query}", GITHUB]


def incompressible(length: int) -> bytes:
    blocks = [hashlib.sha256(str(number).encode()).digest() for number in range(length // 32 + 1)]
    return b"".join(blocks)[:length]


def test_a_large_webhook_is_kept_if_it_fits_compressed(
    aws: AnsweredCalls, secrets: Secrets, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(event(body=b'{"commit": "a", "files": ["src/main.py"]}' * 30_000)) == 202
    assert call(event(body=incompressible(250_000))) == 413
    assert capsys.readouterr().out == "rejected: /github-webhook/ with 250000 bytes\n"
    (request,) = aws.requests(SEND)
    assert len(request["MessageBody"]) < 20_000


@pytest.mark.parametrize(("longest", "status"), [(0, 202), (-1, 413)])
def test_the_limit_is_that_of_the_message(
    aws: AnsweredCalls, secrets: Secrets, monkeypatch: pytest.MonkeyPatch, longest: int, status: int
) -> None:
    assert webhook_receiver._LONGEST_MESSAGE == 262_144
    monkeypatch.setattr(webhook_receiver.gzip, "compress", lambda content: content)
    call(event())
    (request,) = aws.requests(SEND)
    limit = len(request["MessageBody"]) + longest
    monkeypatch.setattr(webhook_receiver, "_LONGEST_MESSAGE", limit)
    assert call(event()) == status


@pytest.mark.parametrize(
    ("arn", "value", "operation", "wanted"),
    [
        (f"{MANAGER}:a-AbCdEf", TOKEN, READ, {"SecretId": f"{MANAGER}:a-AbCdEf"}),
        (f"{MANAGER}:a-AbCdEf", f" {TOKEN}\n", READ, {"SecretId": f"{MANAGER}:a-AbCdEf"}),
        (
            f"{MANAGER}:a-AbCdEf:key::",
            json.dumps({"key": TOKEN, "other": "x"}),
            READ,
            {"SecretId": f"{MANAGER}:a-AbCdEf"},
        ),
        (
            f"{MANAGER}:a-AbCdEf:key:AWSPREVIOUS:",
            json.dumps({"key": TOKEN}),
            READ,
            {"SecretId": f"{MANAGER}:a-AbCdEf", "VersionStage": "AWSPREVIOUS"},
        ),
        (
            f"{MANAGER}:a-AbCdEf:::01234567-89ab-cdef-0123-456789abcdef",
            TOKEN,
            READ,
            {
                "SecretId": f"{MANAGER}:a-AbCdEf",
                "VersionId": "01234567-89ab-cdef-0123-456789abcdef",
            },
        ),
        (
            ARNS["bitbucket"],
            TOKEN,
            PARAMETER,
            {"Names": [ARNS["bitbucket"]], "WithDecryption": True},
        ),
    ],
)
def test_a_secret_is_read_as_its_arn_says(
    aws: AnsweredCalls,
    secrets: Secrets,
    monkeypatch: pytest.MonkeyPatch,
    arn: str,
    value: str,
    operation: str,
    wanted: Request,
) -> None:
    monkeypatch.setenv("SECRETS", json.dumps({"gitlab": arn}))
    secrets.values[arn if operation == PARAMETER else wanted["SecretId"]] = value
    assert call(event(GITLAB, **{"x-gitlab-token": TOKEN})) == 202
    assert aws.made[0] == (operation, wanted)


@pytest.mark.parametrize("value", [" \n", '{"gitlab": ""}', '{"gitlab": " "}'])
def test_an_empty_secret_verifies_nothing(
    aws: AnsweredCalls, secrets: Secrets, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    arn = f"{MANAGER}:hooks-AbCdEf" + (":gitlab::" if "gitlab" in value else "")
    monkeypatch.setenv("SECRETS", json.dumps({"gitlab": arn}))
    secrets.values[f"{MANAGER}:hooks-AbCdEf"] = value
    for _ in range(2):
        with pytest.raises(ValueError, match=f"^the secret {arn} is empty$"):
            webhook_receiver.handler(event(GITLAB, **{"x-gitlab-token": ""}), None)
    assert kept(aws) == []


def test_a_secret_is_kept_for_five_minutes(
    aws: AnsweredCalls, secrets: Secrets, clock: Clock
) -> None:
    assert call(event()) == 202
    secrets.values[f"{MANAGER}:github-AbCdEf"] = "new"
    rotated = event(**{"x-hub-signature-256": signed(secret="new")})
    clock.now += 300
    assert (call(event()), call(rotated)) == (202, 401)
    assert len(aws.requests(READ)) == 1
    clock.now += 1
    assert (call(event()), call(rotated)) == (401, 202)
    assert len(aws.requests(READ)) == 2


def test_each_source_has_its_own_secret(aws: AnsweredCalls, secrets: Secrets) -> None:
    for _ in range(2):
        assert call(event()) == 202
        assert call(event(GITLAB, **{"x-gitlab-token": TOKEN})) == 202
    assert [request["SecretId"] for request in aws.requests(READ)] == [
        f"{MANAGER}:github-AbCdEf",
        f"{MANAGER}:hooks-AbCdEf",
    ]


def test_a_valid_webhook_wakes_jenkins_after_it_is_kept(
    aws: AnsweredCalls, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKING_HOURS", "jenkins-working-hours")
    aws.answer(INVOKE, {"StatusCode": 202})
    assert call(event(**{"x-hub-signature-256": signed(secret="wrong")})) == 401
    assert call(event("/login")) == 404
    assert aws.requests(INVOKE) == []
    assert call(event()) == 202
    assert [operation for operation, _ in aws.made] == [READ, SEND, INVOKE]
    (request,) = aws.requests(INVOKE)
    assert json.loads(request.pop("Payload")) == {"action": "wake"}
    assert request == {"FunctionName": "jenkins-working-hours", "InvocationType": "Event"}


def test_without_a_schedule_or_without_being_asked_nothing_is_woken(
    aws: AnsweredCalls, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKING_HOURS", "")
    assert call(event()) == 202
    assert aws.requests(INVOKE) == []


def test_a_webhook_that_the_queue_refuses_is_not_accepted(
    aws: AnsweredCalls, secrets: Secrets
) -> None:
    """The source delivers it again after an error."""
    aws.answer(SEND, ServiceError("QueueDoesNotExist"))
    with pytest.raises(ClientError, match="QueueDoesNotExist"):
        webhook_receiver.handler(event(), None)
