"""Receives webhooks from the internet, verifies them and puts them into a queue.

It is the only part of the platform that anyone may call: it knows the paths of webhooks and nothing
else, rejects a request without a valid signature, and cannot reach Jenkins.

- GitHub and Bitbucket sign the body: HMAC with SHA-256 in ``X-Hub-Signature-256`` and
  ``X-Hub-Signature``.
- GitLab sends the secret itself in ``X-Gitlab-Token``, which is not passed on.

Environment: ``QUEUE_URL``, ``SECRETS`` (JSON: ARN of the secret by ``github``, ``gitlab`` and
``bitbucket``) and, if webhooks wake Jenkins, ``WORKING_HOURS`` (name of that function).
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import os
import time
from collections.abc import Mapping
from typing import Any

import boto3

PATHS = {
    "/github-webhook/": "github",
    "/gitlab-webhook/post": "gitlab",
    "/gitlab-systemhook/post": "gitlab",
    "/bitbucket-scmsource-hook/notify": "bitbucket",
}
"""Paths of the plugins github, gitlab-branch-source and cloudbees-bitbucket-branch-source."""
_SIGNATURES = {"github": "x-hub-signature-256", "bitbucket": "x-hub-signature"}
_PASSED_ON = (
    *("content-type", "user-agent", "x-event-key", "x-hook-uuid"),
    # Bitbucket Cloud and Data Center; the plugin distinguishes them by it.
    *("x-request-uuid", "x-request-id"),
)
_PASSED_ON_PREFIXES = ("x-github-", "x-gitlab-", "x-hub-signature")
_LONGEST_MESSAGE = 256 * 1024
"""Longest message of the queue in bytes."""
_SECRET_SECONDS = 300
"""How long a secret is kept; a rotation takes effect after that."""
_secrets: dict[str, tuple[float, bytes]] = {}


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request to the function's URL (payload format 2.0)."""
    request = event["requestContext"]["http"]
    path = str(event["rawPath"])
    if path == "/github-webhook":
        path += "/"
    arns = json.loads(os.environ["SECRETS"])
    kind = PATHS.get(path)
    if kind is None or kind not in arns:
        return _answer(404, "not a webhook")
    if request["method"] != "POST":
        return _answer(405, "must be POST")
    headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
    body = event.get("body") or ""
    content = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    if not _verified(kind, headers, content, _secret(arns[kind])):
        print(f"rejected: {path} from {request.get('sourceIp')} without a valid signature")
        return _answer(401, "no valid signature")
    message = _message(path, str(event.get("rawQueryString", "")), headers, content)
    if len(message) > _LONGEST_MESSAGE:
        print(f"rejected: {path} with {len(content)} bytes")
        return _answer(413, "too large")
    boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=message)
    if os.environ.get("WORKING_HOURS"):
        boto3.client("lambda").invoke(
            FunctionName=os.environ["WORKING_HOURS"],
            InvocationType="Event",
            Payload=json.dumps({"action": "wake"}),
        )
    return _answer(202, "accepted")


def _verified(kind: str, headers: Mapping[str, str], content: bytes, secret: bytes) -> bool:
    if kind == "gitlab":
        given, expected = headers.get("x-gitlab-token", ""), secret
    else:
        given = headers.get(_SIGNATURES[kind], "")
        digest = hmac.new(secret, content, hashlib.sha256).hexdigest()
        expected = f"sha256={digest}".encode()
    return hmac.compare_digest(given.encode(), expected)


def _secret(arn: str) -> bytes:
    read_at, value = _secrets.get(arn, (0.0, b""))
    if not value or time.time() - read_at > _SECRET_SECONDS:
        value = _read(arn).strip().encode()
        if not value:
            raise ValueError(f"the secret {arn} is empty")
        _secrets[arn] = time.time(), value
    return value


def _read(arn: str) -> str:
    """The value of ``arn:…:secret:<name>[:<JSON key>:<stage>:<version>]``, or of a parameter."""
    parts = arn.split(":")
    if parts[2] == "ssm":
        found = boto3.client("ssm").get_parameters(Names=[arn], WithDecryption=True)
        return str(found["Parameters"][0]["Value"])
    key, stage, version = (*parts[7:], "", "", "")[:3]
    wanted = {"VersionStage": stage, "VersionId": version}
    text = boto3.client("secretsmanager").get_secret_value(
        SecretId=":".join(parts[:7]), **{name: value for name, value in wanted.items() if value}
    )["SecretString"]
    return str(json.loads(text)[key]) if key else str(text)


def _message(path: str, query: str, headers: Mapping[str, str], content: bytes) -> str:
    passed_on = {
        name: value
        for name, value in headers.items()
        if (name in _PASSED_ON or name.startswith(_PASSED_ON_PREFIXES)) and name != "x-gitlab-token"
    }
    webhook = {
        "path": f"{path}?{query}" if query else path,
        "headers": passed_on,
        "body": base64.b64encode(content).decode(),
    }
    return base64.b64encode(gzip.compress(json.dumps(webhook).encode())).decode()


def _answer(status: int, text: str) -> dict[str, Any]:
    return {"statusCode": status, "headers": {"Content-Type": "text/plain"}, "body": f"{text}\n"}
