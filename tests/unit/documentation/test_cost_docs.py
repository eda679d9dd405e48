"""The tables on the page about cost, and the benchmark behind some of them."""

from __future__ import annotations

import re

import pytest
from jenkins_platform.settings import Settings, endpoint_services
from jenkins_platform.settings.usage_estimate import UsageEstimate

from benchmarks import cost as benchmark
from benchmarks.cost_tables import DOCUMENT, tables, with_tables


def test_tables_match_the_estimate() -> None:
    """``python -m benchmarks.cost`` updates them."""
    text = DOCUMENT.read_text()
    assert with_tables(text, {**tables(), **benchmark.tables()}) == text


def test_table_without_a_mark_is_an_error() -> None:
    with pytest.raises(ValueError, match="marks"):
        with_tables("<!-- table: nat -->\n<!-- end -->", {"parts": ""})


def test_our_bill_is_at_most_the_target_share() -> None:
    assert benchmark.ratio() <= benchmark.TARGET


def test_steps_add_up_to_our_bill() -> None:
    first, *_, last = (way for _, _, way in benchmark.steps())
    bills = [float(row[3]) for row in benchmark.step_rows()]
    changes = [float(row[2]) for row in benchmark.step_rows()[1:]]
    assert bills[0] == pytest.approx(benchmark.total(benchmark.bill(first)), abs=0.005)
    assert bills[-1] == pytest.approx(benchmark.total(benchmark.bill(last)), abs=0.005)
    assert bills[0] + sum(changes) == pytest.approx(bills[-1], abs=0.005 * len(changes) * 2)


def test_chart_has_no_external_references() -> None:
    text = benchmark.CHART.read_text().replace("http://www.w3.org/2000/svg", "")
    assert "://" not in text
    assert "<svg" in text


def rows(heading: str) -> dict[str, str]:
    """The rows of the first table below a heading, by the names in their first cells."""
    section = DOCUMENT.read_text().split(f"\n## {heading}\n", 1)[1].split("\n## ")[0]
    cells = re.findall(r"^ *\| (`[^|]*) \|(.*)\|$", section, re.MULTILINE)
    return {name: rest for first, rest in cells for name in re.findall(r"`([^`]+)`", first)}


def test_the_page_lists_every_usage_with_its_default() -> None:
    listed = rows("Usage estimate")
    assert listed.keys() == UsageEstimate.model_fields.keys()
    for name, field in UsageEstimate.model_fields.items():
        if isinstance(field.default, int | float):
            assert re.search(rf"\b{field.default:g}\b", listed[name]), name


ALL_SERVICES = {
    "network": {"nat": "none"},
    "images": {"signing_key_arn": "arn:aws:kms:eu-central-1:123456789012:key/a"},
    "controller": {"enable_execute_command": True},
    "monitoring": {"events": ["build-failed"]},
    "agents": [
        {
            "name": "kaniko",
            "platform_image": "kaniko",
            "assumable_role_arns": ["arn:aws:iam::123456789012:role/deploy"],
            "secrets": {"A": "arn:aws:ssm:eu-central-1:123456789012:parameter/a"},
        },
        {"name": "large", "capacity": "instances"},
    ],
}


def test_the_page_lists_every_service_that_tasks_call() -> None:
    settings = Settings.from_args("jenkins", ALL_SERVICES)  # type: ignore[arg-type]
    called = endpoint_services.interface_services(settings)
    assert {"kms", "events", "ssm", "sts", "ecs-agent"} <= called.keys()
    assert called.keys() <= rows("Egress").keys()
