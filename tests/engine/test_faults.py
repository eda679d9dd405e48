"""Faults: each ends in success or in one clear error, and the next `up` converges without losing or
duplicating anything."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.inputs.lean import LEAN
from harness.stacks.engine import Stack, platform_program

pytestmark = pytest.mark.long

MakeStack = Callable[..., Stack]


def platforms(cloud: LocalCloud) -> dict[str, int]:
    """How many resources there are of types with a known number in a platform."""
    ecs, ec2 = cloud.client("ecs"), cloud.client("ec2")
    clusters = ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"]
    return {
        "file systems": len(cloud.client("efs").describe_file_systems()["FileSystems"]),
        "VPCs": len([v for v in ec2.describe_vpcs()["Vpcs"] if not v["IsDefault"]]),
        "clusters": len([c for c in clusters if c["status"] == "ACTIVE"]),
        "balancers": len(cloud.client("elbv2").describe_load_balancers()["LoadBalancers"]),
        "buckets": len(cloud.client("s3").list_buckets()["Buckets"]),
        "passwords": len(cloud.client("secretsmanager").list_secrets()["SecretList"]),
    }


ONE = {
    "file systems": 1,
    "VPCs": 1,
    "clusters": 2,
    "balancers": 1,
    "buckets": 1,
    "passwords": 1,
}


@pytest.mark.parametrize("share", [0.05, 0.2])
def test_throttling_server_errors_and_slow_calls_are_retried(
    make_stack: MakeStack, cloud: LocalCloud, share: float
) -> None:
    stack = make_stack(platform_program(LEAN))
    cloud.set_faults(
        {"operation": "*", "code": "ThrottlingException", "status": 400, "share": share / 2},
        {"operation": "*", "code": "InternalError", "status": 500, "share": share / 2},
        {"operation": "Describe*", "code": "", "delay": 0.2},  # the others only slow the run down
        seed=11,
    )
    stack.up()
    hits = sum(fault["hits"] for fault in cloud.faults() if fault["code"])
    assert hits >= 100 * share, "faults were injected"
    cloud.set_faults()
    stack.up()
    assert stack.changes == {}
    assert platforms(cloud) == ONE


def test_a_denied_call_is_reported_as_one_error(make_stack: MakeStack, cloud: LocalCloud) -> None:
    stack = make_stack(platform_program(LEAN))
    cloud.set_faults({"operation": "CreateFileSystem", "code": "AccessDeniedException"})
    with pytest.raises(auto.CommandError):
        stack.up()
    denied = [e for e in stack.errors if "AccessDenied" in e]
    assert len(denied) == 1
    assert "aws:efs/fileSystem:FileSystem: CreateFileSystem: AccessDeniedException" in denied[0]
    cloud.set_faults()
    stack.up()
    assert platforms(cloud) == ONE


def test_a_lost_emulator_is_reported_as_an_error(
    pulumi_command: auto.PulumiCommand, tmp_path: Path
) -> None:
    cloud = LocalCloud.start(tmp_path / "cloud")
    stack = Stack(cloud, tmp_path / "stack", pulumi_command, platform_program(LEAN))
    cloud.set_faults({"operation": "CreateLoadBalancer", "code": "", "delay": 30})

    def kill_when_busy() -> None:
        while not cloud.faults()[0]["hits"]:
            pass
        os.kill(cloud.pid, signal.SIGKILL)

    with ThreadPoolExecutor() as pool:
        killed = pool.submit(kill_when_busy)
        with pytest.raises(auto.CommandError):
            stack.up()
        killed.result()
    assert stack.errors


def test_the_second_of_two_concurrent_ups_waits_or_fails(
    make_stack: MakeStack, cloud: LocalCloud
) -> None:
    first = make_stack(platform_program(LEAN))
    second = first.second_session()

    def run(stack: Stack) -> str:
        try:
            stack.up()
        except auto.ConcurrentUpdateError:
            return "turned away"
        return "done"

    with ThreadPoolExecutor() as pool:
        ends = sorted(pool.map(run, [first, second]))
    assert ends in (["done", "turned away"], ["done", "done"])
    first.up()
    assert platforms(cloud) == ONE
