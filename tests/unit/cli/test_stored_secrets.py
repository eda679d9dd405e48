"""Secrets that the command reads, and a password that it does not own."""

from __future__ import annotations

import io
from typing import Any, cast

import pytest
import typer
from jenkins_platform.settings import Settings
from jenkins_platform_cli.commands.rotate_password import _rotate
from jenkins_platform_cli.engine import stored_secrets
from jenkins_platform_cli.engine.progress import Reporter
from jenkins_platform_cli.engine.session import Session
from rich.console import Console

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:jenkins-AbCdEf"
STORED = '{"password": "hunter2"}'


class FakeSession:
    """A session whose Secrets Manager has one secret."""

    name = "prod"

    def __init__(self, **args: Any) -> None:
        self.settings = Settings.from_args("jenkins", args)  # type: ignore[arg-type]
        self.printed = io.StringIO()
        self.reporter = Reporter(Console(file=self.printed))
        self.requests: list[tuple[str, str]] = []

    def client(self, service: str, region: str) -> FakeSession:
        self.requests.append((service, region))
        return self

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803
        assert SecretId == ARN
        return {"SecretString": STORED}

    def resource(self, *_: str) -> None:
        return None


def read(reference: str) -> str:
    return stored_secrets.read(cast("Session", FakeSession()), reference)


def test_a_secret_is_read_in_its_region_as_a_whole_or_by_a_key() -> None:
    session = FakeSession()
    assert stored_secrets.read(cast("Session", session), ARN) == STORED
    assert session.requests == [("secretsmanager", "eu-west-1")]
    assert read(f"{ARN}:password::") == "hunter2"


def test_a_missing_key_is_reported_without_the_secret() -> None:
    with pytest.raises(RuntimeError, match="is not JSON with the key 'token'") as caught:
        read(f"{ARN}:token::")
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_password_of_an_existing_secret_is_not_rotated() -> None:
    session = FakeSession(sign_in={"admin_password_secret_arn": ARN})
    with pytest.raises(typer.Exit) as caught:
        _rotate(cast("Session", session))
    assert caught.value.exit_code == 1
    assert "sign_in.admin_password_secret_arn: change it there" in session.printed.getvalue()
