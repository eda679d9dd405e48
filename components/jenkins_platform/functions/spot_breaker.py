"""A circuit breaker: while AWS has no Spot capacity, Spot labels use on-demand capacity.

The controller reports agents that got no Spot capacity, because RunTask refuses them without an ECS
event. Enough of them within ``WINDOW_SECONDS`` open the breaker of their CPU architecture for the
cool-down. Then Spot is tried again: during the following window one failure opens it again, each
time for twice as long up to ``MAX_SECONDS``; a window without failures closes it.

The state is an SSM parameter, so that it survives restarts of the controller.

Environment: ``PLATFORM``, ``PARAMETER`` (name), ``ARCHITECTURES`` (separated by commas),
``FAILURE_THRESHOLD``, ``COOL_DOWN_SECONDS``.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import boto3

from .metrics import publish

AUTO, ON_DEMAND = "auto", "on-demand"
"""Modes: the breakers decide, or all Spot labels use on-demand capacity."""
WINDOW_SECONDS, MAX_SECONDS = 600, 4 * 3600


@dataclass(frozen=True)
class Breaker:
    """State of one architecture.

    Attributes:
        failures: Unix times of the recent failures that have not opened it yet.
        until: Unix time until which on-demand capacity is used.
        trips: How often it has opened in a row; 0 when closed.
    """

    failures: tuple[int, ...] = ()
    until: int = 0
    trips: int = 0

    def open(self, now: int) -> bool:
        """Whether on-demand capacity is used."""
        return now < self.until

    def after(self, count: int, now: int, threshold: int, cool_down: int) -> Breaker:
        """The state after ``count`` more failures.

        Args:
            now: Unix time.
            threshold: Failures within the window that open a closed breaker.
            cool_down: Seconds for which it opens the first time.
        """
        if self.open(now):
            # Agents that were requested before.
            return self
        trips = self.trips if now < self.until + WINDOW_SECONDS else 0
        failures = (*(t for t in self.failures if t > now - WINDOW_SECONDS), *[now] * count)
        if count and (trips or len(failures) >= threshold):
            seconds = max(cool_down, min(cool_down * 2**trips, MAX_SECONDS))
            return Breaker(until=now + seconds, trips=trips + 1)
        return Breaker(failures, self.until if trips else 0, trips)


def handler(event: dict[str, Any], context: object) -> dict[str, list[str]]:
    """Count the event's ``failures`` by architecture.

    Returns:
        ``on_demand``: the architectures whose Spot labels use on-demand capacity.
    """
    failures: dict[str, int] = event.get("failures", {})
    on_demand = SpotBreaker(os.environ).report(failures)
    metrics = {"SpotSuspended": len(on_demand), "SpotUnavailable": sum(failures.values())}
    # CloudWatch charges for the hours in which a metric is published.
    if any(metrics.values()):
        publish({n: (value, "Count") for n, value in metrics.items()}, Architectures=on_demand)
    return {"on_demand": on_demand}


class SpotBreaker:
    """The breakers of a platform, and the mode that overrides them.

    Args:
        environment: The variables in the module's docstring.
        options: Arguments for every boto3 client, such as an endpoint.
    """

    def __init__(self, environment: Mapping[str, str], **options: Any) -> None:
        self._environment = environment
        self._ssm = boto3.client("ssm", **options)
        self._parameter = environment["PARAMETER"]
        saved = json.loads(self._ssm.get_parameter(Name=self._parameter)["Parameter"]["Value"])
        self.mode: str = saved.get("mode", AUTO)
        states = saved.get("breakers", {})
        self.breakers = {
            name: _breaker(states.get(name, {})) for name in environment["ARCHITECTURES"].split(",")
        }

    def report(self, failures: Mapping[str, int]) -> list[str]:
        """Count failures by architecture; the architectures that use on-demand capacity."""
        now, before = int(time.time()), dict(self.breakers)
        for name, breaker in before.items():
            self.breakers[name] = breaker.after(
                failures.get(name, 0),
                now,
                int(self._environment["FAILURE_THRESHOLD"]),
                int(self._environment["COOL_DOWN_SECONDS"]),
            )
        if self.breakers != before:
            self._save()
        return self.on_demand(now)

    def on_demand(self, now: int) -> list[str]:
        """The architectures that use on-demand capacity at a Unix time."""
        return [n for n, b in self.breakers.items() if self.mode == ON_DEMAND or b.open(now)]

    def set_mode(self, mode: str) -> None:
        """Set the mode; ``auto`` also closes the breakers."""
        self.mode = mode
        if mode == AUTO:
            self.breakers = dict.fromkeys(self.breakers, Breaker())
        self._save()

    def _save(self) -> None:
        value = {"mode": self.mode, "breakers": {n: asdict(b) for n, b in self.breakers.items()}}
        self._ssm.put_parameter(Name=self._parameter, Value=json.dumps(value), Overwrite=True)


def _breaker(saved: dict[str, Any]) -> Breaker:
    return Breaker(**{**saved, "failures": tuple(saved.get("failures", ()))})
