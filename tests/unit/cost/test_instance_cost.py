"""Cost of builds on EC2 instances, at fixed prices."""

from __future__ import annotations

from typing import Any

import pytest
from jenkins_platform.cost import estimate
from jenkins_platform.cost.instances import instance_hourly_usd, instances_of
from jenkins_platform.settings import Settings

from harness.inputs.prices import US, fixed

LARGE, FEE, SPOT = 0.1008, 0.12, 0.4
DOCKER = {"docker": True, "cpu": 2048, "memory_mib": 4096}


def settings(agent: dict[str, Any], label: str) -> Settings:
    given = {"name": "a", "capacity": "instances", **agent}
    use = {"build_hours": {label: 100}}
    return Settings.from_args("jenkins", {"agents": [given], "usage_estimate": use})  # type: ignore[typeddict-item]


def lines(agent: dict[str, Any], label: str = "a") -> dict[str, float]:
    found = estimate(settings(agent, label), US, prices=fixed()).lines
    return {
        line.item: round(line.monthly_usd, 6) for line in found if line.part == f"agents {label}"
    }


@pytest.mark.parametrize(
    ("agent", "price", "number"),
    [
        ({"cpu": 1024, "memory_mib": 2048}, "ec2_x86_large_hour", 0.5),
        ({"cpu": 1024, "memory_mib": 16384}, "ec2_x86_large_hour", 2),
        ({"cpu": 4096, "memory_mib": 8192}, "ec2_x86_large_hour", 2),
        ({"cpu": 2048, "memory_mib": 12288, "architecture": "arm64"}, "ec2_arm64_large_hour", 1.5),
        ({**DOCKER, "memory_mib": 12288}, "ec2_x86_large_hour", 2),
        ({**DOCKER, "memory_mib": 8192}, "ec2_x86_large_hour", 2),
        ({"gpu": 2}, "ec2_gpu_hour", 2),
    ],
)
def test_instances_of_an_agent(agent: dict[str, Any], price: str, number: float) -> None:
    assert instances_of(settings(agent, "a").agents[0]) == (price, number)


def test_managed_instances_cost_their_part_and_a_fee() -> None:
    """1 vCPU and 4 GiB are half of a large instance."""
    found = lines({"cpu": 1024, "memory_mib": 4096})
    assert found == {
        "0.5 x instance of 2 vCPUs and 8 GiB, x86 (m7i.large)": round(50 * LARGE, 6),
        "fee of Managed Instances": round(50 * LARGE * FEE, 6),
        "disk of the instances": round(0.5 * 50 * 100 / 730 * 0.08, 6),
    }


def test_the_fee_is_not_reduced_on_spot() -> None:
    found = lines({"cpu": 2048, "memory_mib": 8192}, "a-spot")
    assert found["1 x instance of 2 vCPUs and 8 GiB, x86 (m7i.large)"] == round(
        100 * LARGE * SPOT, 6
    )
    assert found["fee of Managed Instances"] == round(100 * LARGE * FEE, 6)


def test_docker_pays_for_a_whole_instance_without_a_fee() -> None:
    found = lines({**DOCKER, "instances": {"disk_type": "gp2", "disk_gib": 73}})
    assert found == {
        "1 x instance of 2 vCPUs and 8 GiB, x86 (m7i.large)": round(100 * LARGE, 6),
        "disk of the instances": round(73 * 100 / 730 * 0.1, 6),
    }


def test_gpus_are_counted() -> None:
    assert lines({"gpu": 2})["2 x instance with one GPU (g6.xlarge)"] == round(200 * 0.8048, 6)


def test_existing_capacity_has_no_disk_and_no_fee() -> None:
    found = lines({"instances": {"existing": {"on_demand": "ours"}}})
    assert len(found) == 1


@pytest.mark.parametrize(("spot", "share"), [(False, 1.0), (True, SPOT)])
def test_the_hourly_price(spot: bool, share: float) -> None:
    (template,) = settings({"cpu": 2048, "memory_mib": 8192}, "a").agents
    expected = LARGE * (share + FEE)
    assert instance_hourly_usd(US, template, spot, fixed()) == pytest.approx(expected)
