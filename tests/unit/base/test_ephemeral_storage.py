"""The key of ephemeral storage, in the configuration of both clusters."""

from __future__ import annotations

from typing import Any

import pytest

from harness.inputs.lean import SMALL
from harness.stacks.parts import agents, controller, parts
from harness.stacks.registered import of_type

KEY = "arn:aws:kms:eu-central-1:123456789012:key/one"


@pytest.mark.parametrize(
    ("group", "cluster"), [("controller", "controller"), ("agent_cloud", "agents")]
)
def test_a_key_encrypts_the_ephemeral_storage_of_its_cluster_only(group: str, cluster: str) -> None:
    args: dict[str, Any] = {**SMALL}
    args[group] = {"ephemeral_storage_key_arn": KEY}
    found = of_type(
        parts(lambda context: (agents(context), controller(context)), args),
        "aws:ecs/cluster:Cluster",
    )
    assert {role: c.inputs.get("configuration") for role, c in found.items()} == {
        "controller": None,
        "agents": None,
        cluster: {"managedStorageConfiguration": {"fargateEphemeralStorageKmsKeyId": KEY}},
    }
