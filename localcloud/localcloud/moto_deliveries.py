"""Messages that AWS sends by itself and moto does not: alarms and events that reach a topic."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.cloudwatch.models import Alarm
from moto.core.utils import iso_8601_datetime_with_milliseconds
from moto.events.models import Rule
from moto.events.utils import EventTemplateParser
from moto.sns.models import Subscription, sns_backends

_SUBJECT_CHARACTERS = 100
call_function: Callable[[str, Any], None] | None = None
"""Calls a function by its ARN with an event, in the background. None where none runs."""
count_match: Callable[[str, str], None] | None = None
"""Counts a match, by region and name of the rule. None where metrics are not measured."""


def _publish(topic_arn: str, message: str, subject: str | None = None) -> None:
    _, _, _, region, account, _ = topic_arn.split(":", 5)
    topic = sns_backends[account][region].topics.get(topic_arn)
    if topic:
        topic.publish(message, subject=subject)


_update_state = Alarm.update_state


def _update_state_and_act(self: Alarm, reason: str, reason_data: str, state_value: str) -> None:
    """moto notes the new state of an alarm and runs none of its actions."""
    before = self.state_value
    _update_state(self, reason, reason_data, state_value)
    actions = {
        "ALARM": self.alarm_actions,
        "OK": self.ok_actions,
        "INSUFFICIENT_DATA": self.insufficient_data_actions,
    }[state_value]
    if before == state_value or not self.actions_enabled:
        return
    account = self.alarm_arn.split(":")[4]
    message = {
        "AlarmName": self.name,
        "AlarmDescription": self.description,
        "AWSAccountId": account,
        "NewStateValue": state_value,
        "NewStateReason": reason,
        "StateChangeTime": iso_8601_datetime_with_milliseconds(self.state_updated_timestamp),
        "Region": self.region_name,
        "AlarmArn": self.alarm_arn,
        "OldStateValue": before,
    }
    subject = f'{state_value}: "{self.name}" in {self.region_name}'[:_SUBJECT_CHARACTERS]
    for action in actions:
        if ":sns:" in action:
            _publish(action, json.dumps(message), subject)


_send_to_targets = Rule.send_to_targets


def _send_to_topics_too(self: Rule, event: Any, transform_input: bool = True) -> None:
    """moto has no topics and no functions among the targets of a rule, and fails at the first.

    A topic gets the message, and a function is called where functions run.
    """
    targets = self.targets
    self.targets = [t for t in targets if ":sns:" not in t["Arn"] and ":lambda:" not in t["Arn"]]
    try:
        _send_to_targets(self, event, transform_input)
    finally:
        self.targets = targets
    if not self.event_pattern.matches_event(event):
        return
    if count_match:
        count_match(self.region_name, self.name)
    for target in targets:
        if ":sns:" in target["Arn"]:
            content = _content(target, event)
            _publish(target["Arn"], content if isinstance(content, str) else json.dumps(content))
        elif ":lambda:" in target["Arn"] and call_function:
            call_function(target["Arn"], _content(target, event))


def _content(target: Any, event: Any) -> Any:
    transformer = target.get("InputTransformer", {})
    return EventTemplateParser.parse(
        transformer.get("InputTemplate"), transformer.get("InputPathsMap", {}), event
    )


_deliver = Subscription.publish


def _deliver_inside(self: Subscription, message: Any, *others: Any, **named: Any) -> None:
    """moto really posts to the URL of a subscription. From here nothing goes out to the world."""
    if self.protocol not in ("http", "https"):
        _deliver(self, message, *others, **named)


def apply() -> None:
    """Let moto deliver within this process only."""
    Subscription.publish = _deliver_inside  # type: ignore[method-assign]
    Alarm.update_state = _update_state_and_act  # type: ignore[method-assign]
    Rule.send_to_targets = _send_to_topics_too  # type: ignore[assignment]
