"""The administrator's password: generated, kept in Secrets Manager, and recoverable."""

from __future__ import annotations

from typing import Any

import pytest

from harness.lean import LEAN
from harness.registered import inputs, one

SECRET = "aws:secretsmanager/secret:Secret"
DESTROY: dict[str, Any] = {**LEAN, "removal_policy": "destroy"}


@pytest.mark.parametrize(("args", "days", "kept"), [({}, 30, True), (DESTROY, 0, False)])
def test_the_recovery_window_follows_the_removal_policy(
    args: dict[str, Any], days: int, kept: bool
) -> None:
    secret = one(SECRET, args)
    assert secret.inputs["recoveryWindowInDays"] == days
    assert (secret.protect, secret.retain) == (kept, kept)
    assert secret.ignore_changes == ("name",)


def test_the_password_is_generated_and_kept_encrypted_in_the_state() -> None:
    password = one("random:index/randomPassword:RandomPassword")
    assert inputs(password) == {"length": 32, "special": False}
    version = one("aws:secretsmanager/secretVersion:SecretVersion")
    assert inputs(version) == {
        "secretId": "jenkins-admin-password-id",
        "secretString": "a-generated-value",
    }
    assert version.secrets == ("secretString",)
