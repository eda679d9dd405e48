"""Names are identity: a changed URN replaces a user's resource."""

from __future__ import annotations

from typing import Any

import pytest
from jenkins_platform.testing import Registration
from syrupy.assertion import SnapshotAssertion

from harness.stacks.mocks import platform
from harness.stacks.registered import EVERYTHING, OPTIONAL

PROFILES: dict[str, dict[str, Any]] = {
    "default": {},
    "hardened": {
        "network": {"availability_zone_count": 3, "nat": "one-per-zone"},
        "load_balancer": {
            "scheme": "internet-facing",
            "domain_name": "ci.example.com",
            "certificate": {"existing": "arn:aws:acm:eu-central-1:123456789012:certificate/abc"},
            "allowed_cidrs": ["203.0.113.0/24", "2001:db8::/32"],
        },
        "agents": [
            {"name": "linux"},
            {
                "name": "deploy",
                "policy_statements": [
                    {"actions": ["s3:PutObject"], "resources": ["arn:aws:s3:::site/*"]}
                ],
            },
        ],
    },
}


def qualified(registrations: list[Registration]) -> list[str]:
    """Types of all parents and the name, as in a real URN."""
    by_urn = {r.urn: r for r in registrations}

    def types(registration: Registration) -> str:
        parent = by_urn.get(registration.parent)
        return f"{types(parent)}${registration.token}" if parent else registration.token

    return sorted(f"{types(r)}::{r.name}" for r in registrations)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_urns_of_a_profile_stay_as_they_are(profile: str, text_file: SnapshotAssertion) -> None:
    found = platform(PROFILES[profile])
    assert "\n".join(qualified(found)) + "\n" == text_file


@pytest.mark.parametrize(
    "args", [{}, EVERYTHING, OPTIONAL], ids=["default", "everything", "optional"]
)
def test_every_resource_is_a_child_of_a_subcomponent(args: dict[str, Any]) -> None:
    found = platform(args)
    by_urn = {r.urn: r for r in found}
    roots = [r for r in found if r.parent not in by_urn]
    assert [r.token for r in roots] == ["jenkins-platform:index:JenkinsPlatform"]
    direct = [r for r in found if r.custom and by_urn[r.parent] is roots[0]]
    assert [r.token for r in direct] == ["random:index/randomId:RandomId"]


def test_no_two_resources_share_a_urn() -> None:
    names = qualified(platform(PROFILES["hardened"]))
    assert len(names) == len(set(names))
