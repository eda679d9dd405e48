"""The monthly budget: what it covers, its thresholds, and who is notified."""

from __future__ import annotations

from typing import Any

from harness.inputs.lean import SMALL
from harness.stacks.registered import ACCOUNT, EVERYTHING, by_role, inputs, one

BUDGET = "aws:budgets/budget:Budget"
TOPIC = f"arn:aws:mock:eu-central-1:{ACCOUNT}:jenkins-monitoring"


def notification(kind: str, threshold: int, **subscribers: list[str]) -> dict[str, Any]:
    return {
        "notificationType": kind,
        "threshold": threshold,
        "thresholdType": "PERCENTAGE",
        "comparisonOperator": "GREATER_THAN",
        **subscribers,
    }


def test_the_budget_covers_everything_with_the_tag_of_the_platform() -> None:
    assert inputs(one(BUDGET, EVERYTHING)) == {
        "budgetType": "COST",
        "timeUnit": "MONTHLY",
        "limitAmount": "500",
        "limitUnit": "USD",
        "costFilters": [{"name": "TagKeyValue", "values": ["user:JenkinsPlatform$jenkins"]}],
        "notifications": [
            notification("ACTUAL", 50, subscriberSnsTopicArns=[TOPIC]),
            notification("ACTUAL", 90, subscriberSnsTopicArns=[TOPIC]),
            notification("FORECASTED", 100, subscriberSnsTopicArns=[TOPIC]),
        ],
    }


def test_without_monitoring_only_email_addresses_are_notified() -> None:
    args: dict[str, Any] = {
        **SMALL,
        "budget": {
            "monthly_usd": 99.5,
            "threshold_percents": [80],
            "forecast": False,
            "email_addresses": ["ops@example.com"],
        },
    }
    budget = one(BUDGET, args).inputs
    assert budget["limitAmount"] == "99.50"
    assert budget["notifications"] == [
        notification("ACTUAL", 80, subscriberEmailAddresses=["ops@example.com"])
    ]


def test_no_budget_by_default() -> None:
    assert by_role(BUDGET) == {}
