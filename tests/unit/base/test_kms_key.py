"""KMS keys: rotated, with an alias, and kept as long as what they encrypt."""

from __future__ import annotations

import pytest

from harness.stacks.registered import ACCOUNT, EVERYTHING, by_role, inputs, statements

KEY = "aws:kms/key:Key"


@pytest.mark.parametrize(
    ("role", "rotation", "deletion", "region", "kept"),
    [
        ("home-key", 180, 7, None, True),
        ("replica-key", 365, 30, "eu-west-1", True),
        ("backup-copies-key", 365, 30, "eu-west-1", True),
        ("logs", 365, 30, None, False),
        ("monitoring", 365, 30, None, False),
    ],
)
def test_each_key(role: str, rotation: int, deletion: int, region: str | None, kept: bool) -> None:
    key = by_role(KEY, EVERYTHING)[role]
    assert key.inputs["enableKeyRotation"] is True
    assert key.inputs["rotationPeriodInDays"] == rotation
    assert key.inputs["deletionWindowInDays"] == deletion
    assert key.inputs.get("region") == region
    assert (key.protect, key.retain) == (kept, kept)
    alias = inputs(by_role("aws:kms/alias:Alias", EVERYTHING)[role])
    assert alias.pop("region", None) == region
    assert alias == {
        "name": f"alias/jenkins-abcdef-{role}",
        "targetKeyId": f"jenkins-{role}-key",
    }


def test_iam_policies_of_the_account_decide_who_uses_a_key() -> None:
    for role, key in by_role(KEY, EVERYTHING).items():
        first = next(iter(statements(key.inputs["policy"]).values()))
        assert first == {
            "Effect": "Allow",
            "Action": ["kms:*"],
            "Resource": "*",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        }, role


def test_keys_are_created_only_on_request() -> None:
    assert set(by_role(KEY)) == {"monitoring"}
