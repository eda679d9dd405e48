"""Schedules of EventBridge Scheduler and rules of EventBridge with a schedule."""

from __future__ import annotations

import functools
import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .clients import Clients
from .clock import Clock
from .expressions import Expression
from .functions import FunctionFailedError

_LOOK_SECONDS = 1.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Entry:
    """Something that is called on time: its ARN, when, and what it calls."""

    arn: str
    region: str
    expression: Expression
    calls: Callable[[], None]


class Schedules:
    """Calls what is due.

    Args:
        clients: The emulated AWS.
        clock: The time of the embedded cloud.
        invoke: Calls a function by its ARN with an event.
    """

    def __init__(self, clients: Clients, clock: Clock, invoke: Callable[[str, Any], Any]) -> None:
        self._clients, self._clock, self._invoke = clients, clock, invoke
        self._entries: dict[str, list[_Entry]] = {}
        self._stale: set[str] = set()
        self._seen: dict[str, float] = {}
        self._looked = clock.now()
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="schedules")
        self._thread.start()

    def changed(self, region: str) -> None:
        """Something was called that may have changed schedules."""
        self._stale.add(region)

    def advance(self, seconds: float) -> list[str]:
        """Move the clock forward and call once what became due in between, in order of time."""
        with self._lock:
            self._clock.advance(seconds)
            return self._call_due()

    def reset(self) -> None:
        with self._lock:
            self._entries.clear()
            self._seen.clear()
            self._clock.reset()
            self._looked = self._clock.now()

    def close(self) -> None:
        self._over.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            if self._entries or self._stale:
                with self._lock:
                    self._call_due()
            else:
                self._looked = self._clock.now()

    def _call_due(self) -> list[str]:
        for region in list(self._stale):
            self._stale.discard(region)
            try:
                self._entries[region] = [*self._schedules(region), *self._rules(region)]
            except (ClientError, BotoCoreError):
                self._stale.add(region)
        now = self._clock.now()
        due = [
            (moment, entry)
            for entries in self._entries.values()
            for entry in entries
            if (moment := entry.expression.last(self._looked, now)) is not None
        ]
        self._looked = now
        due.sort(key=lambda pair: pair[0])
        for _, entry in due:
            try:
                entry.calls()
            except (ClientError, BotoCoreError, FunctionFailedError, KeyError) as error:
                _log.warning("%s: %s", entry.arn, error)
        return [entry.arn for _, entry in due]

    def _schedules(self, region: str) -> list[_Entry]:
        client, found = self._clients.get("scheduler", region), []
        for about in client.list_schedules()["Schedules"]:
            schedule = client.get_schedule(Name=about["Name"], GroupName=about["GroupName"])
            if schedule.get("State", "ENABLED") != "ENABLED":
                continue
            expression = Expression(
                schedule["ScheduleExpression"],
                schedule.get("ScheduleExpressionTimezone") or "UTC",
                self._begin(about["Arn"]),
            )
            target = schedule["Target"]
            event = json.loads(target.get("Input") or "{}")
            found.append(_Entry(about["Arn"], region, expression, self._to(region, target, event)))
        return found

    def _rules(self, region: str) -> list[_Entry]:
        client, found = self._clients.get("events", region), []
        for rule in client.list_rules()["Rules"]:
            if not rule.get("ScheduleExpression") or rule["State"] == "DISABLED":
                continue
            expression = Expression(rule["ScheduleExpression"], begin=self._begin(rule["Arn"]))
            targets = client.list_targets_by_rule(Rule=rule["Name"])["Targets"]
            event = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
            event |= {"resources": [rule["Arn"]], "region": region}
            calls = [
                self._to(region, t, json.loads(t["Input"]) if t.get("Input") else event)
                for t in targets
            ]
            found.append(_Entry(rule["Arn"], region, expression, functools.partial(_all, calls)))
        return found

    def _begin(self, arn: str) -> float:
        """Since when a rate counts: when it was first seen."""
        return self._seen.setdefault(arn, self._clock.now())

    def _to(self, region: str, target: dict[str, Any], event: Any) -> Callable[[], None]:
        arn = target["Arn"]

        def call() -> None:
            if ":lambda:" in arn:
                self._invoke(arn, event)
            elif ":sns:" in arn:
                self._clients.get("sns", region).publish(TopicArn=arn, Message=json.dumps(event))
            elif ":sqs:" in arn:
                client, name = self._clients.get("sqs", region), arn.rsplit(":", 1)[-1]
                url = client.get_queue_url(QueueName=name)["QueueUrl"]
                client.send_message(QueueUrl=url, MessageBody=json.dumps(event))
            else:
                _log.warning("%s is a target that the embedded cloud does not call", arn)

        return call


def _all(calls: list[Callable[[], None]]) -> None:
    for call in calls:
        call()
