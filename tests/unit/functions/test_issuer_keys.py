"""The public documents of the OpenID Connect provider for jobs."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from jenkins_platform.functions import issuer_keys

from harness.aws.answered import AnsweredCalls, ServiceError

GET = "s3:GetObject"
DOMAIN = "abc.lambda-url.eu-central-1.on.aws"
KEYS = {"keys": [{"kid": "aws-identity", "kty": "RSA", "n": "ü", "e": "AQAB"}]}
HEADERS = {"Content-Type": "application/json", "Cache-Control": "max-age=60"}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUCKET", "keys")
    monkeypatch.setenv("KEY", "job-identity/jwks")


def get(path: str, method: str = "GET") -> tuple[int, Any]:
    context = {"http": {"method": method}, "domainName": DOMAIN}
    answer = issuer_keys.handler({"rawPath": path, "requestContext": context}, None)
    assert answer.keys() == {"statusCode", "headers", "body"}
    assert answer["headers"] == HEADERS
    return answer["statusCode"], json.loads(answer["body"])


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_configuration_names_the_issuer_its_keys_and_its_tokens(
    aws: AnsweredCalls, method: str
) -> None:
    assert get("/.well-known/openid-configuration", method) == (
        200,
        {
            "issuer": f"https://{DOMAIN}",
            "jwks_uri": f"https://{DOMAIN}/jwks",
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": ["aud", "exp", "iat", "iss", "sub"],
        },
    )
    assert aws.made == []


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_keys_are_those_in_the_bucket(aws: AnsweredCalls, method: str) -> None:
    aws.answer(GET, {"Body": io.BytesIO(json.dumps(KEYS).encode())})
    assert get("/jwks", method) == (200, KEYS)
    assert aws.made == [(GET, {"Bucket": "keys", "Key": "job-identity/jwks"})]


def test_there_are_no_keys_before_jenkins_has_started(aws: AnsweredCalls) -> None:
    aws.answer(GET, ServiceError("NoSuchKey", "The specified key does not exist."))
    assert get("/jwks") == (200, {"keys": []})


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchBucket", "SlowDown"])
def test_other_errors_are_not_taken_for_missing_keys(aws: AnsweredCalls, code: str) -> None:
    """AWS would reject all tokens for as long as it keeps an empty set."""
    aws.answer(GET, ServiceError(code))
    with pytest.raises(ClientError, match=code):
        get("/jwks")


@pytest.mark.parametrize(
    ("path", "method", "status", "error"),
    [
        ("/", "GET", 404, "not found"),
        ("/jwks/", "GET", 404, "not found"),
        ("/JWKS", "GET", 404, "not found"),
        ("/jwks/../jwks", "GET", 404, "not found"),
        ("/.well-known/openid-configuration/", "GET", 404, "not found"),
        ("/", "POST", 405, "must be GET"),
        ("/jwks", "POST", 405, "must be GET"),
        ("/jwks", "PUT", 405, "must be GET"),
        ("/.well-known/openid-configuration", "DELETE", 405, "must be GET"),
    ],
)
def test_nothing_else_is_served(
    aws: AnsweredCalls, path: str, method: str, status: int, error: str
) -> None:
    assert get(path, method) == (status, {"error": error})
    assert aws.made == []
