"""The key of ephemeral storage, in the configuration of both clusters."""

from __future__ import annotations

from typing import Any

import pytest

from harness.inputs.lean import SMALL
from harness.stacks.registered import by_role

KEY = "arn:aws:kms:eu-central-1:123456789012:key/one"


@pytest.mark.parametrize(
    ("group", "cluster"), [("controller", "controller"), ("agent_cloud", "agents")]
)
def test_a_key_encrypts_the_ephemeral_storage_of_its_cluster_only(group: str, cluster: str) -> None:
    args: dict[str, Any] = {**SMALL}
    args[group] = {"ephemeral_storage_key_arn": KEY}
    found = by_role("aws:ecs/cluster:Cluster", args)
    assert {role: c.inputs.get("configuration") for role, c in found.items()} == {
        "controller": None,
        "agents": None,
        cluster: {"managedStorageConfiguration": {"fargateEphemeralStorageKmsKeyId": KEY}},
    }
