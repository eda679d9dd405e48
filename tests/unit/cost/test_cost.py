"""The estimate of the monthly cost: its arithmetic, and what must hold whatever the use."""

from __future__ import annotations

import math
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jenkins_platform import JenkinsPlatform
from jenkins_platform.cost import Estimate, estimate, shipped
from jenkins_platform.cost.estimate import NOT_COUNTED
from jenkins_platform.cost.tasks import storage_hourly_usd
from jenkins_platform.settings import Settings, SettingsError
from jenkins_platform.testing import register

from harness.inputs.lean import SMALL
from harness.inputs.prices import US, fixed

PRICES = fixed()
AMOUNTS = (
    "running_hours",
    "home_gb",
    "home_read_gb",
    "home_written_gb",
    "traffic_gb",
    "load_balancer_gb",
    "log_gb",
    "image_gb",
)
NOTHING = {**dict.fromkeys(AMOUNTS, 0), "build_hours": {}}


def settings(**args: Any) -> Settings:
    return Settings.from_args("jenkins", args)  # type: ignore[arg-type]


def priced(region: str = US, **args: Any) -> Estimate:
    """An estimate with the prices that are written down for tests."""
    return estimate(settings(**args), region, prices=PRICES)


def usd(found: Estimate, part: str) -> float:
    return round(found.parts.get(part, 0.0), 4)


def test_agents_that_wait_cost_as_much_as_those_that_build() -> None:
    window = {"start": "07:00", "end": "19:00"}
    week = 5 * 12 * 365 / 12 / 7
    warm = {"agents": {"linux": 2, "linux-spot": 1, "linux-auto": 1, "linux-on-demand": 1}}
    schedule = {"windows": [window], "time_zone": "UTC"}
    hour = 0.5 * 0.04048 + 0.004445
    for args in (
        {"agent_cloud": {"warm": warm}, "schedule": schedule},
        {"agent_cloud": {"warm": {**warm, **schedule}}},
    ):
        found, without = priced(**args), priced(**{**args, "agent_cloud": {}})
        assert usd(found, "agents linux, waiting") == round(2 * week * hour, 4)
        assert usd(found, "agents linux-on-demand, waiting") == round(week * hour, 4)
        for label in ("linux-spot, waiting", "linux-auto, waiting"):
            assert 0 < usd(found, f"agents {label}") < week * hour / 2
        assert usd(found, "agents linux") == usd(without, "agents linux")
    sleepy = priced(
        agent_cloud={"warm": {**warm, **schedule}}, usage_estimate={"running_hours": 10}
    )
    assert usd(sleepy, "agents linux, waiting") == round(2 * 10 * hour, 4)


def test_default_platform_cost() -> None:
    found = priced()
    expected = {
        # one NAT gateway and its address, 50 GB through it, half of them from the other zone
        "network": 730 * (0.045 + 0.005) + 50 * 0.045 + 25 * 0.02,
        "load balancer": 730 * 0.0225 + 20 * 0.008,
        "agent connection": 0.50,
        # 1 vCPU and 4 GB all month
        "controller": 730 * (0.04048 + 4 * 0.004445),
        # 200 hours of half a vCPU and 1 GB
        "agents linux": 200 * (0.5 * 0.04048 + 0.004445),
        "images": 5 * 0.10,
        "storage": 25 * 0.30 + 50 * 0.03 + 20 * 0.06,
        # 5 GB of logs kept for a month at 15 %; 16 + 17 metrics always, 6 while agents run
        "logs and metrics": 5 * 0.50 + 0.75 * 0.03 + (33 + 6 * 200 / 730) * 0.30,
        # 30 days warm and 90 cold, with what a thirtieth of 20 GB written makes of each
        "backup": (25 + 20) * 0.05 + 60 * 0.01,
        "monitoring": 14 * 0.10,
        # the password, and the key of the messages
        "security": 0.40 + 1,
    }
    assert {part: usd(found, part) for part in found.parts} == {
        part: round(amount, 4) for part, amount in expected.items()
    }
    assert found.monthly_usd == pytest.approx(133.0675, abs=0.0001)
    assert found.headline == (
        "about 133 USD a month in us-east-1 (controller 43, network 39, load balancer 17)"
    )


def test_another_region_has_its_own_prices() -> None:
    table, region = shipped(), "eu-central-1"
    cpu, memory = (table.usd(f"fargate_x86_{k}_hour", region) for k in ("vcpu", "gb"))
    assert cpu > table.usd("fargate_x86_vcpu_hour", US)
    found = estimate(settings(), region)
    assert usd(found, "controller") == round(730 * (cpu + 4 * memory), 4)
    assert "are used" not in " ".join(found.notes)


def test_only_storage_beyond_the_included_20_gib_costs() -> None:
    costs = [storage_hourly_usd(US, disk, PRICES) for disk in (None, 20, 50)]
    assert costs == [0, 0, pytest.approx(30 * 0.000111)]


def test_recovery_points_say_how_long_they_are_kept() -> None:
    found = priced(backup={"cold_storage_after_days": 10, "delete_after_days": 120})
    assert {x.item: x.because for x in found.lines if x.part == "backup"} == {
        "recovery points, warm": "home_gb and home_written_gb, 10 days warm",
        "recovery points, cold": "home_gb and home_written_gb, 110 days cold",
    }


def test_every_estimate_says_what_it_leaves_out() -> None:
    dates, unsure, last = estimate(settings(), US).notes
    assert dates.startswith("List prices as of 20")
    assert "are from memory or derived" in unsure
    assert last == NOT_COUNTED


def test_region_without_prices_uses_us_east_1() -> None:
    found = priced("ap-south-2")
    assert found.monthly_usd == priced().monthly_usd
    count = len({line.price for line in found.lines})
    assert found.notes[0] == (
        f"The price table has no ap-south-2 price for {count} items; those of us-east-1 are used. "
        "Run `jenkins-platform prices refresh --region ap-south-2` to read them from AWS."
    )


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ({"nat": "one-per-zone", "availability_zone_count": 3}, 3 * 730 * 0.050 + 100 * 0.045),
        (
            {"nat": "single", "availability_zone_count": 3},
            730 * 0.050 + 100 * 0.045 + 100 * 2 / 3 * 0.02,
        ),
        ({"nat": "none", "availability_zone_count": 2}, 6 * 2 * 730 * 0.01 + 100 * 0.01),
        ({"nat": "none", "availability_zone_count": 3}, 6 * 3 * 730 * 0.01 + 100 * 0.01),
        ({"nat": "none", "endpoint_services": ["sqs"]}, 7 * 2 * 730 * 0.01 + 100 * 0.01),
        ({"nat": "public-subnets"}, (730 + 400) * 0.005),
        ({"nat": "single", "endpoint_services": ["sqs"]}, 36.5 + 4.5 + 1 + 2 * 730 * 0.01),
        (
            {
                "existing": {
                    "vpc_id": "vpc-0a1b2c3d",
                    "private_subnet_ids": ["subnet-0a1b2c3d", "subnet-0a1b2c3e"],
                }
            },
            0,
        ),
    ],
)
def test_network_cost_by_nat_strategy(network: dict[str, Any], expected: float) -> None:
    use = {"traffic_gb": 100, "build_hours": {"linux": 400}}
    assert usd(priced(network=network, usage_estimate=use), "network") == round(expected, 4)


def test_public_address_of_an_agent_is_charged_in_any_network() -> None:
    agents = [{"name": "linux", "public_address": True}, {"name": "other"}]
    use = {"build_hours": {"linux": 100, "other": 100}}
    with_address = priced(agents=agents, usage_estimate=use)
    without = priced(agents=[{"name": "linux"}, {"name": "other"}], usage_estimate=use)
    assert with_address.monthly_usd - without.monthly_usd == pytest.approx(100 * 0.005)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("linux", 100 * 0.024685),
        ("linux-on-demand", 100 * 0.024685),
        ("linux-spot", 100 * 0.024685 * 0.3),
        ("cheap", 100 * 0.024685 * 0.3),
        ("cheap-on-demand", 100 * 0.024685),
        ("big-arm", 100 * (2 * 0.03238 + 8 * 0.00356 + 30 * 0.000111)),
    ],
)
def test_each_label_costs_its_size_architecture_and_capacity(label: str, expected: float) -> None:
    found = priced(
        agents=[
            {"name": "linux"},
            {"name": "cheap", "capacity": "spot"},
            {
                "name": "big-arm",
                "cpu": 2048,
                "memory_mib": 8192,
                "architecture": "arm64",
                "ephemeral_storage_gib": 50,
            },
        ],
        usage_estimate={"build_hours": {label: 100}},
    )
    parts = {part for part in found.parts if part.startswith("agents ")}
    assert parts == {f"agents {label}"}
    assert usd(found, f"agents {label}") == round(expected, 4)


@pytest.mark.parametrize(
    ("storage", "expected"),
    [
        ({"throughput_mode": "elastic"}, 40 * 0.30 + 10 * 0.03 + 5 * 0.06),
        ({"throughput_mode": "bursting"}, 40 * 0.30),
        # 40 GB bring 2 MiB/s with them
        (
            {"throughput_mode": "provisioned", "provisioned_throughput_mibps": 10},
            40 * 0.30 + 8 * 6.0,
        ),
        ({"throughput_mode": "provisioned", "provisioned_throughput_mibps": 1}, 40 * 0.30),
    ],
)
def test_storage_cost_by_throughput_mode(storage: dict[str, Any], expected: float) -> None:
    use = {"home_gb": 40, "home_read_gb": 10, "home_written_gb": 5}
    assert usd(priced(storage=storage, usage_estimate=use), "storage") == round(expected, 4)


def test_network_load_balancer_and_public_addresses_are_charged() -> None:
    found = priced(
        network={"availability_zone_count": 3},
        agent_cloud={"connection": "network-load-balancer"},
        load_balancer={
            "scheme": "internet-facing",
            "certificate": {"existing": "arn:aws:acm:eu-central-1:123456789012:certificate/abc"},
        },
    )
    assert usd(found, "agent connection") == round(730 * 0.0225, 4)
    assert usd(found, "load balancer") == round(730 * 0.0225 + 20 * 0.008 + 3 * 730 * 0.005, 4)


def test_the_default_hours_are_spread_over_the_templates() -> None:
    found = priced(agents=[{"name": "a"}, {"name": "b", "labels": ["b1", "b2"]}])
    agents = {line.part for line in found.lines if line.part.startswith("agents ")}
    assert agents == {"agents a", "agents b1"}
    assert usd(found, "agents a") == usd(found, "agents b1") == round(100 * 0.024685, 4)


def test_cost_without_usage() -> None:
    """What is there day and night: a NAT gateway, a load balancer, a zone, a secret, clusters,
    alarms and their key."""
    found = priced(usage_estimate=NOTHING)
    floor = 730 * (0.050 + 0.0225) + 0.50 + 0.40 + 16 * 0.30 + 14 * 0.10 + 1.00
    assert found.monthly_usd == pytest.approx(floor)
    assert usd(found, "controller") == usd(found, "storage") == 0


def test_an_estimate_says_how_many_of_its_prices_no_document_confirms() -> None:
    found = estimate(Settings.from_args("jenkins", {}), "eu-central-1")
    unsure = sum(not line.confirmed for line in found.lines)
    assert 0 < unsure < len(found.lines)
    start = f"{unsure} of {len(found.lines)} prices, marked * in"
    assert [note for note in found.notes if note.startswith(start)] == [found.notes[-2]]


def test_another_use_than_that_of_the_inputs_can_be_estimated() -> None:
    settings = Settings.from_args("jenkins", {"usage_estimate": {"home_gb": 10}})
    more = settings.usage_estimate.model_copy(update={"home_gb": 30})
    own, other = (estimate(settings, US, use).parts["storage"] for use in (None, more))
    assert other - own == pytest.approx(20 * shipped().usd("efs_standard_gb_month", US))


def test_arm_costs_about_a_fifth_less() -> None:
    x86, arm = (priced(controller={"architecture": a}) for a in ("x86_64", "arm64"))
    assert usd(arm, "controller") / usd(x86, "controller") == pytest.approx(0.8, abs=0.005)


amounts = st.floats(0, 1e6, allow_nan=False)
nats = st.sampled_from(["one-per-zone", "single", "none", "public-subnets"])
modes = st.sampled_from(["elastic", "bursting"])
regions = st.sampled_from([US, "eu-central-1", "sa-east-1"])
hours = st.floats(0, 730, allow_nan=False)


def use_of(values: dict[str, float], label_hours: dict[str, float]) -> dict[str, Any]:
    return {"usage_estimate": {**values, "build_hours": label_hours}}


uses = st.fixed_dictionaries({k: hours if k == "running_hours" else amounts for k in AMOUNTS})
label_hours = st.dictionaries(st.sampled_from(["linux", "linux-spot", "linux-on-demand"]), amounts)


@given(uses, label_hours, nats, modes, regions, st.sampled_from(AMOUNTS), st.floats(0, 500))
def test_more_of_anything_is_never_cheaper(
    values: dict[str, float],
    by_label: dict[str, float],
    nat: str,
    mode: str,
    region: str,
    key: str,
    more: float,
) -> None:
    args: dict[str, Any] = {"network": {"nat": nat}, "storage": {"throughput_mode": mode}}
    larger = {
        **values,
        key: min(730, values[key] + more) if key == "running_hours" else more + values[key],
    }
    before = priced(region, **args, **use_of(values, by_label))
    after = priced(region, **args, **use_of(larger, by_label))
    assert after.monthly_usd >= before.monthly_usd - 1e-6
    assert all(line.monthly_usd >= 0 for line in after.lines)
    assert math.isclose(sum(after.parts.values()), after.monthly_usd)


@given(label_hours, nats, st.sampled_from(["linux", "linux-spot"]), amounts)
def test_more_builds_are_never_cheaper_and_spot_is_never_more_expensive(
    by_label: dict[str, float], nat: str, label: str, more: float
) -> None:
    args: dict[str, Any] = {"network": {"nat": nat}}
    before = priced(**args, **use_of({}, by_label))
    added = {**by_label, label: by_label.get(label, 0) + more}
    assert priced(**args, **use_of({}, added)).monthly_usd >= before.monthly_usd - 1e-6
    all_spot = {"linux-spot": sum(by_label.values())}
    assert priced(**args, **use_of({}, all_spot)).monthly_usd <= before.monthly_usd + 1e-6


@given(uses, label_hours, nats)
def test_saving_equals_difference_of_estimates(
    values: dict[str, float], by_label: dict[str, float], nat: str
) -> None:
    found = priced(network={"nat": nat}, **use_of(values, by_label))
    reported = {saving.setting: saving.monthly_usd for saving in found.savings}
    assert all(saved >= 1 for saved in reported.values())
    arm: dict[str, Any] = {"controller": {"architecture": "arm64"}, "network": {"nat": nat}}
    saved = found.monthly_usd - priced(**arm, **use_of(values, by_label)).monthly_usd
    assert reported.get("controller.architecture", 0) == pytest.approx(saved if saved >= 1 else 0)
    saved = found.monthly_usd - priced(**use_of(values, by_label)).monthly_usd
    expensive = nat in ("one-per-zone", "none")
    assert reported.get("network.nat", 0) == pytest.approx(saved if expensive and saved >= 1 else 0)


def savings(**args: Any) -> dict[str, float]:
    return {s.setting: s.monthly_usd for s in priced(**args).savings}


def test_savings_of_expensive_settings() -> None:
    expensive = savings(
        network={"nat": "one-per-zone"},
        storage={"throughput_mode": "provisioned", "provisioned_throughput_mibps": 10},
        agent_cloud={"connection": "network-load-balancer"},
        usage_estimate={"build_hours": {"linux": 1000}},
    )
    expected = {
        # a second gateway, less 25 GB between the zones
        "network.nat": 36.00,
        # 8.75 MiB/s at 6 USD against 50 GB read and 20 GB written
        "storage.throughput_mode": 49.80,
        "agent_cloud.connection": 15.925,
        "controller.architecture": 8.50,
        "agents[].architecture": 4.94,
        "usage_estimate.build_hours": 17.28,
        # 513 hours of the task and of the 17 metrics that come with it, less the one of sleep
        "schedule.windows": 33.15,
    }
    assert expensive == pytest.approx(expected, abs=0.005)
    assert [*expensive.values()] == sorted(expensive.values(), reverse=True), "largest first"


def test_monitoring_cost() -> None:
    found = priced(
        monitoring={"level": "all", "log_key": {"create": {}}, "alarms": {"composite": True}},
        usage_estimate={"build_hours": {"linux": 365}},
    )
    # fourteen alarms and the one that is made of two, a dashboard; keys of topic and logs
    assert usd(found, "monitoring") == round(14 * 0.10 + 0.50 + 3.00, 4)
    assert usd(found, "security") == 0.40 + 2 * 1.00
    (own,) = (line for line in found.lines if line.item == "custom metrics")
    assert own.monthly_usd == pytest.approx(3 * 0.5 * 0.30), "three, in half of the hours"
    assert usd(priced(monitoring={"level": "none"}), "monitoring") == 0
    reported = savings(monitoring={"level": "all"}, usage_estimate={"build_hours": {"linux": 365}})
    assert reported["monitoring.level"] == pytest.approx(3.00 + 3 * 0.5 * 0.30)


def test_existing_topic_and_log_key_add_no_cost() -> None:
    topic = {"existing": "arn:aws:sns:eu-central-1:123456789012:ops"}
    key = {
        "existing": "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }
    found = priced(monitoring={"topic": topic, "log_key": key})
    assert usd(found, "monitoring") == round(14 * 0.10, 4)
    assert usd(found, "security") == 0.40


def test_the_endpoint_for_webhooks_costs_the_requests_of_its_five_pollers() -> None:
    secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:hook-AbCdEf"
    found = priced(webhooks={"github_secret_arn": secret})
    # one request in 20 seconds each, at 0.40 USD a million
    assert usd(found, "webhooks") == pytest.approx(5 * 730 * 180 / 1e6 * 0.40, abs=0.0001)
    assert "webhooks" not in priced().parts


def test_the_firewall_costs_its_rules() -> None:
    with_firewall = priced(load_balancer={"web_acl": {}})
    saved = usd(with_firewall, "load balancer") - usd(priced(), "load balancer")
    assert saved == pytest.approx(5.00 + 4 * 1.00)


def test_running_hours_follow_the_schedule() -> None:
    schedule = {"time_zone": "UTC", "windows": [{"start": "07:00", "end": "19:00"}]}
    hourly = 0.04048 + 4 * 0.004445
    found = priced(schedule=schedule)
    assert usd(found, "controller") == round(5 * 12 * 365 / 12 / 7 * hourly, 4)
    assert {x.because for x in found.lines if x.part == "controller"} == {
        "x86_64, schedule.windows"
    }
    said = priced(schedule=schedule, usage_estimate={"running_hours": 300})
    assert usd(said, "controller") == round(300 * hourly, 4), "overrides the schedule"
    by_hand = priced(schedule={})
    assert usd(by_hand, "controller") == round(730 * hourly, 4)


def test_no_savings_for_an_inexpensive_platform() -> None:
    assert not savings(
        controller={"architecture": "arm64"},
        agents=[{"name": "linux", "architecture": "arm64", "capacity": "spot"}],
        usage_estimate={"running_hours": 200, "build_hours": {"linux": 100}},
    )


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        (
            {"running_hours": 731},
            "usage_estimate.running_hours: 731: must be at most 730. Valid: 0 to 730 hours",
        ),
        (
            {"home_gb": -1},
            "usage_estimate.home_gb: -1: must be at least 0. Valid: 0 or more",
        ),
        (
            {"log_gb": float("inf")},
            "usage_estimate.log_gb: .inf: must be a finite number. Valid: 0 or more",
        ),
        (
            {"build_hours": {"linux": -5}},
            "usage_estimate.build_hours.linux: -5: must be at least 0. "
            "Valid: hours, 0 or more, by label",
        ),
        (
            {"build_hours": {"linus": 5}},
            "usage_estimate.build_hours.linus: 5.0: is not a label of an agent template. "
            "Did you mean 'linux'? Labels: linux, linux-spot, linux-on-demand, linux-auto",
        ),
        (
            {"trafic_gb": 5},
            "usage_estimate.trafic_gb: 5: unknown key. Did you mean 'traffic_gb'? Valid keys: "
            "artifact_gb, build_hours, home_gb, home_read_gb, home_written_gb, image_gb, "
            "load_balancer_gb, log_gb, running_hours, traffic_gb",
        ),
    ],
)
def test_a_use_that_cannot_be_is_refused(use: dict[str, Any], expected: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings(usage_estimate=use)
    assert [str(problem) for problem in caught.value.problems] == [expected]


def test_the_estimate_is_part_of_the_preview_and_not_an_output(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    logged: list[str] = []
    args: Any = {**SMALL, "usage_estimate": {"running_hours": 217}}
    monkeypatch.setattr(pulumi.log, "info", lambda text, *_: logged.append(text))

    def program() -> None:
        JenkinsPlatform("jenkins", args)

    register(program)
    expected = estimate(settings(**args), "eu-central-1")
    assert [name for name in JenkinsPlatform.__annotations__ if "cost" in name] == []
    assert logged == [f"{expected.headline}: see jenkins-platform cost for details"]
