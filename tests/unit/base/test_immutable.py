"""Choices that AWS cannot change later are refused when they change."""

from __future__ import annotations

from typing import Any

import pytest
from jenkins_platform import JenkinsPlatform
from jenkins_platform.settings import SettingsError
from jenkins_platform.testing import register

from tests.support.lean import LEAN
from tests.support.registered import EVERYTHING, by_role

KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
OTHER_KEY = "arn:aws:kms:eu-central-1:123456789012:key/99999999-2222-3333-4444-555555555555"
STASH = "pulumi:index:Stash"
COPIES = {"backup": {"copy_to": {"region": "eu-west-1", "encryption_key": {"existing": KEY}}}}

CHANGES: list[tuple[dict[str, Any], str, str, str]] = [
    (
        {"storage": {"throughput_mode": "bursting", "performance_mode": "maxIO"}},
        "home",
        "storage.performance_mode",
        "generalPurpose",
    ),
    (
        {"storage": {"encryption_key": {"existing": KEY}}},
        "home",
        "storage.encryption_key",
        OTHER_KEY,
    ),
    (
        {"backup": {"encryption_key": {"existing": KEY}}},
        "backup",
        "backup.encryption_key",
        OTHER_KEY,
    ),
    (COPIES, "backup-copies", "backup.copy_to.region", "eu-north-1"),
    (COPIES, "backup-copies", "backup.copy_to.encryption_key", OTHER_KEY),
    ({"images": {"kms_key_arn": KEY}}, "images", "images.kms_key_arn", OTHER_KEY),
]


def deploy(args: dict[str, Any], role: str, recorded: dict[str, str]) -> None:
    register(
        lambda: JenkinsPlatform("jenkins", {**LEAN, **args}),  # type: ignore[typeddict-item]
        outputs={f"jenkins-{role}-choices": {"output": recorded}},
    )


@pytest.mark.parametrize(
    ("args", "role", "key", "first"), CHANGES, ids=[change[2] for change in CHANGES]
)
def test_a_changed_choice_is_refused(args: dict[str, Any], role: str, key: str, first: str) -> None:
    with pytest.raises(SettingsError) as caught:
        deploy(args, role, {key: first})
    (problem,) = caught.value.problems
    assert problem.key == key
    assert first in str(problem)


@pytest.mark.parametrize(
    ("args", "role", "key", "first"), CHANGES[:1] + CHANGES[3:4], ids=["storage", "backup.copy_to"]
)
def test_a_choice_without_a_record_is_accepted(
    args: dict[str, Any], role: str, key: str, first: str
) -> None:
    deploy(args, role, {})


def test_recorded_choices_are_kept_as_long_as_the_data() -> None:
    stashes = by_role(STASH, EVERYTHING)
    assert set(stashes) == {
        "home-choices",
        "backup-choices",
        "backup-copies-choices",
        "images-choices",
    }
    assert {(r.protect, r.retain) for r in stashes.values()} == {(True, True)}
