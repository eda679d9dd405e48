"""Choices that AWS cannot change later are refused when they change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from jenkins_platform import JenkinsPlatform
from jenkins_platform.base.choices import Choices
from jenkins_platform.base.context import Context
from jenkins_platform.container_images.images import Images
from jenkins_platform.settings import SettingsError
from jenkins_platform.storage.backup import Backup
from jenkins_platform.testing import Registration, register

from harness.inputs.lean import LEAN, SMALL
from harness.stacks import parts
from harness.stacks.mocks import platform
from harness.stacks.registered import EVERYTHING, by_role, of_type

KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
OTHER_KEY = "arn:aws:kms:eu-central-1:123456789012:key/99999999-2222-3333-4444-555555555555"
STASH = "pulumi:index:Stash"
EXISTING = {
    "existing": {
        "vpc_id": "vpc-0a1b2c3d",
        "private_subnet_ids": ["subnet-0a1b2c3d", "subnet-0a1b2c3e"],
        "public_subnet_ids": ["subnet-1a1b2c3d", "subnet-1a1b2c3e"],
    }
}
INTERNET_FACING: dict[str, Any] = {
    "load_balancer": {
        "scheme": "internet-facing",
        "certificate": {"existing": "arn:aws:acm:eu-central-1:123456789012:certificate/one"},
    }
}
COPY_KEY, OTHER_COPY_KEY = (key.replace("eu-central-1", "eu-west-1") for key in (KEY, OTHER_KEY))
COPIES = {"backup": {"copy_to": {"region": "eu-west-1", "encryption_key": {"existing": COPY_KEY}}}}

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
    (COPIES, "backup-copies", "backup.copy_to.encryption_key", OTHER_COPY_KEY),
    ({"images": {"kms_key_arn": KEY}}, "images", "images.kms_key_arn", OTHER_KEY),
    ({"network": {"cidr_block": "10.9.0.0/16"}}, "platform", "network.cidr_block", "10.42.0.0/16"),
    ({"network": EXISTING}, "platform", "network.existing", "a created VPC"),
    ({"network": EXISTING}, "platform", "network.existing", "vpc-0a1b2c3e"),
    ({"network": {}}, "platform", "network.existing", "vpc-0a1b2c3e"),
    (
        {"network": EXISTING},
        "platform",
        "network.existing.private_subnet_ids[1]",
        "subnet-0a1b2c3f",
    ),
    (
        {"network": {"availability_zones": ["eu-central-1b", "eu-central-1c"]}},
        "platform",
        "network.availability_zones[0]",
        "eu-central-1a",
    ),
    ({"name_prefix": "acme"}, "platform", "name_prefix", "a generated name"),
    ({"name_prefix": None}, "platform", "name_prefix", "acme"),
    (INTERNET_FACING, "alb", "load_balancer.scheme", "internal"),
]


def backup(context: Context) -> Backup:
    storage = parts.home(context)
    return Backup(context, storage.file_system, storage.key_arn)


COMPOSED: dict[str, Callable[[Context], object]] = {
    "platform": Choices,
    "home": parts.home,
    "backup": backup,
    "backup-copies": backup,
    "images": Images,
    "alb": parts.load_balancer,
}
"""What remembers the choices of each role; a test below is about what waits for the platform's."""


def deploy(args: dict[str, Any], role: str, recorded: dict[str, str]) -> None:
    outputs = {f"jenkins-{role}-choices": {"output": recorded}}
    parts.parts(COMPOSED[role], {**SMALL, **args}, outputs=outputs)


@pytest.mark.parametrize(
    ("args", "role", "key", "first"),
    CHANGES,
    ids=[f"{change[2]} {change[3]}" for change in CHANGES],
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
    for role in ("platform-choices", "alb-choices"):
        stash = stashes.pop(role)
        assert (stash.protect, stash.retain) == (False, False)
    assert set(stashes) == {
        "home-choices",
        "backup-choices",
        "backup-copies-choices",
        "images-choices",
    }
    assert {(r.protect, r.retain) for r in stashes.values()} == {(True, True)}


def recorded(found: list[Registration]) -> dict[str, Any]:
    """What is recorded, but the choices of the network."""
    stashes = of_type(found, STASH)
    choices = {key: v for stash in stashes.values() for key, v in stash.inputs["input"].items()}
    return {key: v for key, v in choices.items() if not key.startswith("network.")}


def test_what_is_recorded_of_a_platform_with_all_choices() -> None:
    assert recorded(platform(EVERYTHING)) == {
        "name_prefix": "a generated name",
        "storage.performance_mode": "generalPurpose",
        "storage.encryption_key": "a dedicated key",
        "backup.encryption_key": "the AWS managed key",
        "backup.copy_to.region": "eu-west-1",
        "backup.copy_to.encryption_key": "a dedicated key",
        "images.kms_key_arn": "the AWS managed key",
        "load_balancer.scheme": "internet-facing",
    }


def test_existing_keys_are_recorded_by_their_arns() -> None:
    keys = {"storage": {"encryption_key": {"existing": KEY}}, "images": {"kms_key_arn": OTHER_KEY}}
    found = recorded(
        parts.parts(lambda context: (parts.home(context), Images(context)), {**SMALL, **keys})
    )
    assert found["storage.encryption_key"] == KEY
    assert found["images.kms_key_arn"] == OTHER_KEY


def test_another_scheme_is_accepted_without_deletion_protection() -> None:
    args = {"load_balancer": {**INTERNET_FACING["load_balancer"], "deletion_protection": False}}
    deploy(args, "alb", {"load_balancer.scheme": "internal"})


def test_subnets_can_be_added_and_removed_at_the_end() -> None:
    first = {"network.existing.private_subnet_ids[0]": "subnet-0a1b2c3d"}
    deploy({"network": EXISTING}, "platform", first)
    more = {
        f"network.existing.private_subnet_ids[{i}]": f"subnet-0a1b2c3{c}"
        for i, c in enumerate("def")
    }
    deploy({"network": EXISTING}, "platform", more)


@pytest.mark.parametrize(
    "first", [{"name_prefix": "acme"}, {"network.cidr_block": "10.9.0.0/16"}], ids=str
)
def test_a_refused_choice_of_the_platform_registers_nothing_else(
    first: dict[str, str], names: set[str]
) -> None:
    with pytest.raises(SettingsError):
        register(
            lambda: JenkinsPlatform("jenkins", LEAN),  # type: ignore[arg-type]
            outputs={"jenkins-platform-choices": {"output": first}},
        )
    stash = "jenkins-platform-choices"
    assert names == {"jenkins-id", stash}


def test_every_resource_waits_for_the_comparison() -> None:
    found = [r for r in platform(EVERYTHING) if r.custom]
    (stash,) = [r.urn for r in found if r.name == "jenkins-platform-choices"]
    others = {r.name for r in found if stash not in r.dependencies}
    assert others == {"jenkins-id", "jenkins-platform-choices"}
