"""Policies of the notification topic and of the keys for topic and log groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi

from ..settings.facts.regions import dns_suffix
from .document import ArnInput, Statement, allow

BUILD_EVENTS = "jenkins-platform"
"""Source of the events that Jenkins reports."""


def logs_key(region: ArnInput, groups: Sequence[ArnInput]) -> Statement:
    """Statement of a key policy: CloudWatch Logs may use the key for log groups that match one of
    the ARN patterns ``groups``."""
    service = pulumi.Output.from_input(region).apply(lambda r: f"logs.{r}.{dns_suffix(r)}")
    actions = ["Decrypt*", "Describe*", "Encrypt*", "GenerateDataKey*", "ReEncrypt*"]
    only = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": list(groups)}}
    return {
        **allow("OnlyOurLogGroups", [f"kms:{action}" for action in actions], "*", only),
        "Principal": {"Service": service},
    }


def topic_key(topic: ArnInput, services: Sequence[str]) -> Statement:
    """Statement of a key policy: these services may publish to the encrypted topic.

    The topic's encryption context is the only condition that works for all of them: SNS forwards
    no source account for EventBridge (SNS Developer Guide, "Key management").
    """
    only = {"StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": topic}}
    return {
        **allow("PublishToOurTopic", ["kms:Decrypt", "kms:GenerateDataKey*"], "*", only),
        "Principal": {"Service": list(services)},
    }


def publish(topic: ArnInput, account_id: ArnInput, alarms: ArnInput) -> list[Statement]:
    """Statements of a topic policy: our alarms, budgets and rules may publish.

    EventBridge sets no condition key when it publishes to SNS ("You can't use Condition blocks in
    Amazon SNS topic policies for EventBridge", EventBridge User Guide): any rule that targets the
    topic's ARN may publish to it.
    """
    conditions: dict[str, dict[str, dict[str, Any]]] = {
        "cloudwatch": {
            "StringEquals": {"aws:SourceAccount": account_id},
            "ArnLike": {"aws:SourceArn": alarms},
        },
        "budgets": {"StringEquals": {"aws:SourceAccount": account_id}},
        "events": {},
    }
    return [
        {
            **allow(f"Publish{name.capitalize()}", ["sns:Publish"], topic, condition),
            "Principal": {"Service": f"{name}.amazonaws.com"},
        }
        for name, condition in conditions.items()
    ]


def report_builds(bus: ArnInput) -> Statement:
    """Let Jenkins put events about its builds on the bus, and no others."""
    source = {"StringEquals": {"events:source": BUILD_EVENTS}}
    return allow("ReportBuilds", ["events:PutEvents"], bus, source)
