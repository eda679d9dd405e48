"""Whole platforms in AWS GovCloud (US) and in China, by the real engine on the embedded cloud."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.inputs.lean import LEAN
from harness.stacks.engine import Stack, platform_program

pytestmark = pytest.mark.long
PARTITIONS = {"us-gov-west-1": "aws-us-gov", "cn-north-1": "aws-cn"}
CREATED_KEY = {"create": {}}
PLATFORMS: dict[str, dict[str, Any]] = {
    "small": dict(LEAN),
    "hardened": {
        "network": {"nat": "none"},
        "storage": {"encryption_key": CREATED_KEY},
        "backup": {"encryption_key": CREATED_KEY},
        "monitoring": {"level": "all", "log_key": CREATED_KEY},
        "load_balancer": {"access_logs": {"enabled": True}},
        "jenkins": {
            "credentials": {},
            "job_identity": {
                "roles": [
                    {
                        "name": "deploy",
                        "jobs": ["acme/web/main"],
                        "policy_statements": [
                            {"actions": ["sts:GetCallerIdentity"], "resources": ["*"]}
                        ],
                    }
                ]
            },
        },
        "agents": [{"name": "linux"}, {"name": "kaniko", "platform_image": "kaniko"}],
    },
}


@pytest.mark.parametrize("kind", PLATFORMS)
@pytest.mark.parametrize("region", PARTITIONS)
def test_a_platform_is_created_and_removed(
    cloud: LocalCloud, pulumi_command: auto.PulumiCommand, tmp_path: Path, region: str, kind: str
) -> None:
    program = platform_program({**PLATFORMS[kind], "removal_policy": "destroy"})
    stack = Stack(cloud, tmp_path, pulumi_command, program, region, {"aws:region": region})
    outputs = stack.up()
    partition = PARTITIONS[region]
    assert outputs["controller_role_arn"].startswith(f"arn:{partition}:iam::")
    assert outputs["controller_cluster_arn"].startswith(f"arn:{partition}:ecs:{region}:")
    stack.up()
    assert stack.changes == {}
    stack.destroy()
