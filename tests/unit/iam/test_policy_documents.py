"""Every policy of three platforms that together have every permission, for a security review.

``pytest tests/unit/iam --snapshot-update`` accepts a change; the diff is what is allowed now.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from syrupy.assertion import SnapshotAssertion

from harness.inputs.changes import BY_HAND
from harness.inputs.lean import LEAN
from harness.stacks.mocks import platform
from harness.stacks.registered import EVERYTHING, OPTIONAL

SHARED: dict[str, Any] = {
    **LEAN,
    **BY_HAND["agent_cloud.cluster_arn"],
    "agents": [
        {
            "name": "deploy",
            "enable_execute_command": True,
            "assumable_role_arns": ["arn:aws:iam::210987654321:role/deploy"],
            "image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/mirror/agent:1",
        }
    ],
    "monitoring": {"events": ["build-failed"]},
}


def policies(args: Any) -> Iterator[tuple[str, Any]]:
    """Each policy by its resource and input."""
    for resource in platform(args):
        for key, value in resource.inputs.items():
            if isinstance(value, str) and value.startswith("{") and '"Statement"' in value:
                yield f"{resource.name} {resource.token} {key}", json.loads(value)


@pytest.mark.parametrize(
    "args", [EVERYTHING, OPTIONAL, SHARED], ids=["everything", "optional", "shared"]
)
def test_the_policies_of_a_platform_stay_as_they_are(
    args: dict[str, Any], text_file: SnapshotAssertion
) -> None:
    assert yaml.safe_dump(dict(policies(args)), width=100) == text_file
