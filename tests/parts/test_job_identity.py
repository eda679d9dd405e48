"""Keyless jobs: tokens that are signed as the plugin oidc-provider does, keys that are served over
HTTP, and the trust policies of the platform, judged by the embedded cloud."""

from __future__ import annotations

import base64
import functools
import json
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from jenkins_platform.functions import issuer_keys
from moto import mock_aws
from moto.core.config import default_user_config

from harness.inputs.lean import LEAN
from harness.servers.web import Answer, Call, Site
from harness.stacks.registered import by_role
from localcloud import moto_patches

AUDIENCE = "sts.amazonaws.com"
STATEMENTS = [{"actions": ["s3:PutObject"], "resources": ["arn:aws:s3:::releases/*"]}]
ROLES = [
    {"name": "deploy", "jobs": ["acme/web/main", "ops/*"], "policy_statements": STATEMENTS},
    {"name": "docs", "jobs": ["acme/docs/*"], "policy_statements": STATEMENTS},
]
ARGS: dict[str, Any] = {**LEAN, "jenkins": {"job_identity": {"roles": ROLES}}}


class FunctionUrl(Site):
    """Calls the function for each request as a function URL does (payload format 2.0)."""

    def answer(self, call: Call) -> Answer:
        http = {"method": call.method}
        event = {
            "rawPath": call.path,
            "requestContext": {"http": http, "domainName": call.headers["Host"]},
        }
        found = issuer_keys.handler(event, None)
        return Answer(found["statusCode"], found["body"].encode(), found["headers"])


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def number(value: int) -> str:
    """A number as Java's BigInteger has it: with a sign, so often with a leading zero byte."""
    return encoded(value.to_bytes(value.bit_length() // 8 + 1, "big"))


@dataclass
class Jenkins:
    """Signs tokens, and publishes the key as the start-up hook does."""

    issuer: str
    bucket: str
    key: rsa.RSAPrivateKey

    @classmethod
    def started(cls, issuer: str, bucket: str) -> Jenkins:
        jenkins = cls(issuer, bucket, rsa.generate_private_key(65537, 2048))
        public = jenkins.key.public_key().public_numbers()
        document = {
            "keys": [
                {
                    "kid": "aws-identity",
                    "kty": "RSA",
                    "alg": "RS256",
                    "use": "sig",
                    "n": number(public.n),
                    "e": number(public.e),
                }
            ]
        }
        boto3.client("s3").put_object(Bucket=bucket, Key="jwks", Body=json.dumps(document))
        return jenkins

    def token(self, job: str, **changes: Any) -> str:
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": job,
            "iat": int(time.time()),
            "exp": int(time.time()) + 3600,
            **changes,
        }
        header = {"kid": "aws-identity", "typ": "JWT", "alg": "RS256"}
        signed = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
        signature = self.key.sign(signed.encode(), PKCS1v15(), SHA256())
        return f"{signed}.{encoded(signature)}"


@pytest.fixture(scope="module")
def account() -> Iterator[None]:
    """An emulated account with an empty bucket."""
    with pytest.MonkeyPatch.context() as patch:
        for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(key, "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        patch.setenv("BUCKET", "keys")
        patch.setenv("KEY", "jwks")
        patch.setitem(default_user_config["iam"], "load_aws_managed_policies", False)
        patch.setattr(boto3, "client", functools.cache(boto3.client))
        moto_patches.apply()
        with mock_aws():
            boto3.client("s3").create_bucket(Bucket="keys")
            yield


@pytest.fixture
def bucket(account: None) -> str:
    """The bucket as it is before Jenkins has started for the first time."""
    boto3.client("s3").delete_object(Bucket="keys", Key="jwks")
    return "keys"


@pytest.fixture(scope="module")
def issuer(account: None) -> Iterator[str]:
    """The address of the function, as a provider in IAM, with the roles of the platform."""
    iam = boto3.client("iam")
    with FunctionUrl().served("127.0.0.1") as url:
        provider = by_role("aws:iam/openIdConnectProvider:OpenIdConnectProvider", ARGS)["jobs"]
        created = iam.create_open_id_connect_provider(
            Url=url, ClientIDList=provider.inputs["clientIdLists"], ThumbprintList=["0" * 40]
        )["OpenIDConnectProviderArn"]
        for name, role in by_role("aws:iam/role:Role", ARGS).items():
            if name.startswith("job-"):
                trust = role.inputs["assumeRolePolicy"]
                trust = trust.replace(_provider_arn(trust), created)
                trust = trust.replace(_host(trust), url.removeprefix("http://"))
                iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
        yield url


def _provider_arn(trust: str) -> str:
    (statement,) = json.loads(trust)["Statement"]
    return str(statement["Principal"]["Federated"])


def _host(trust: str) -> str:
    (statement,) = json.loads(trust)["Statement"]
    (key,) = statement["Condition"]["StringLike"]
    return str(key).removesuffix(":sub")


def assume(role: str, token: str) -> str:
    """What STS answers: the ARN of the session, or the code of the error."""
    try:
        answer = boto3.client("sts").assume_role_with_web_identity(
            RoleArn=f"arn:aws:iam::123456789012:role/job-{role}",
            RoleSessionName="build",
            WebIdentityToken=token,
        )
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return str(answer["AssumedRoleUser"]["Arn"])


@pytest.mark.parametrize(
    ("role", "job"),
    [
        ("deploy", "acme/web/main"),
        ("deploy", "ops/nightly"),
        ("deploy", "ops/network/feature%2Fvpn"),
        ("docs", "acme/docs/PR-7"),
    ],
)
def test_a_job_assumes_the_role_that_names_it(
    issuer: str, bucket: str, role: str, job: str
) -> None:
    token = Jenkins.started(issuer, bucket).token(job)
    assert assume(role, token).endswith(f":assumed-role/job-{role}/build")


@pytest.mark.parametrize(
    ("role", "job"),
    [
        ("deploy", "acme/docs/main"),
        ("deploy", "acme/web/PR-7"),
        ("deploy", "acme/web/main2"),
        ("deploy", "acme/web"),
        ("deploy", "ops"),
        ("deploy", "ops2/nightly"),
        ("deploy", "other/ops/nightly"),
        ("deploy", "x/acme/web/main"),
        ("deploy", "ACME/web/main"),
        ("docs", "acme/web/main"),
        ("docs", "acme/docs"),
    ],
)
def test_a_job_of_another_folder_or_branch_is_refused(
    issuer: str, bucket: str, role: str, job: str
) -> None:
    assert assume(role, Jenkins.started(issuer, bucket).token(job)) == "AccessDenied"


def test_only_valid_tokens_of_this_jenkins_are_accepted(issuer: str, bucket: str) -> None:
    jenkins, job = Jenkins.started(issuer, bucket), "acme/web/main"
    invalid = "InvalidIdentityToken"
    stranger = Jenkins(issuer, bucket, rsa.generate_private_key(65537, 2048))
    assert assume("deploy", stranger.token(job)) == invalid, "signed with another key"
    assert assume("deploy", jenkins.token(job, aud="https://example.com")) == invalid
    assert assume("deploy", jenkins.token(job, iss="https://id.example.com")) == invalid
    assert assume("deploy", jenkins.token(job, exp=1)) == "ExpiredTokenException"
    assert assume("deploy", "not a token") == invalid
    head, claims, signature = jenkins.token("acme/docs/main").split(".")
    forged = encoded(json.dumps({**json.loads(_json(claims)), "sub": job}).encode())
    assert assume("deploy", f"{head}.{forged}.{signature}") == invalid, "changed after signing"
    assert assume("deploy", f"{head}.{claims}.") == invalid


def _json(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_a_token_signed_before_the_key_changed_is_refused(issuer: str, bucket: str) -> None:
    old = Jenkins.started(issuer, bucket).token("acme/web/main")
    Jenkins.started(issuer, bucket)
    assert assume("deploy", old) == "InvalidIdentityToken"


def test_there_are_no_keys_before_jenkins_has_started(issuer: str, bucket: str) -> None:
    with urllib.request.urlopen(f"{issuer}/jwks", timeout=30) as answer:
        assert json.load(answer) == {"keys": []}
