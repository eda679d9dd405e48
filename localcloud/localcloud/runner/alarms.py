"""Alarms of CloudWatch: evaluated as the data comes, with their actions."""

from __future__ import annotations

import json
import logging
import math
import operator
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from moto.cloudwatch.models import Alarm, cloudwatch_backends

from .clock import Clock
from .metric_math import MathError, Value, evaluate

_LOOK_SECONDS = 5.0
_SAMPLE_SECONDS = 60.0
_LONGEST = 24 * 3600.0
"""Seconds that an alarm may look back, at most (CloudWatch, "Evaluating an alarm")."""
COMPARE: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_log = logging.getLogger(__name__)


class Alarms:
    """Evaluates all alarms every few seconds; `moto_deliveries` runs their actions.

    Args:
        clock: The time of the embedded cloud.
        sample: Measures what AWS measures once a minute, and puts the values at some moments.
    """

    def __init__(self, clock: Clock, sample: Callable[[Sequence[float]], None]) -> None:
        self._clock, self._sample = clock, sample
        self._sampled = 0.0
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="alarms")
        self._thread.start()

    def catch_up(self, seconds: float) -> None:
        """The clock was moved forward: evaluate as if what runs now had run since then."""
        with self._lock:
            past = range(0, int(min(seconds, _LONGEST)), int(_SAMPLE_SECONDS))
            self._look([self._clock.now() - before for before in past])

    def close(self) -> None:
        self._over.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            with self._lock:
                due = self._clock.now() - self._sampled >= _SAMPLE_SECONDS
                self._look([self._clock.now()] if due else [])

    def _look(self, moments: list[float]) -> None:
        if not any(backend.alarms for backend in _backends()):
            return
        if moments:
            self._sampled = self._clock.now()
            try:
                self._sample(moments)
            except Exception:  # the alarms on other metrics are evaluated all the same
                _log.exception("metrics")
        begin = datetime.fromtimestamp(self._clock.now() - _LONGEST, timezone.utc)
        for backend in _backends():
            recent = [d for d in list(backend.metric_data) if _aware(d.timestamp) > begin]
            for alarm in list(backend.alarms.values()):
                try:
                    state, reason = judge(alarm, recent, self._clock.now())
                except MathError as error:
                    _log.warning("%s: %s is not emulated", alarm.name, error)
                    continue
                if state != alarm.state_value:
                    backend.set_alarm_state(alarm.name, reason, json.dumps({}), state)


def judge(alarm: Alarm, data: list[Any], now: float) -> tuple[str, str]:
    """State of an alarm, and the reason for it.

    Periods end now and not at full minutes. Those before the alarm existed do not count.
    """
    if alarm.rule is not None or not alarm.evaluation_periods:
        return alarm.state_value, ""
    needed = int(alarm.datapoints_to_alarm or alarm.evaluation_periods)
    values = list(_values(alarm, data, now))
    compare = COMPARE[alarm.comparison_operator]
    breaching = sum(
        alarm.treat_missing_data == "breaching" if v is None else compare(v, alarm.threshold)
        for v in values
    )
    there = [v for v in values if v is not None]
    if breaching >= needed:
        return "ALARM", (
            f"Threshold Crossed: {breaching} datapoints were breaching {alarm.threshold}"
            f" ({alarm.comparison_operator})."
        )
    if there or alarm.treat_missing_data in ("breaching", "notBreaching"):
        return "OK", "Threshold not crossed."
    if alarm.treat_missing_data == "ignore":
        return alarm.state_value, ""
    return "INSUFFICIENT_DATA", "Insufficient Data: no datapoints were received."


def _values(alarm: Alarm, data: list[Any], now: float) -> Iterator[Value]:
    end = datetime.fromtimestamp(now, timezone.utc)
    queries = alarm.metric_data_queries
    periods = [int(q.metric_stat.period) for q in queries if q.metric_stat]
    length = timedelta(seconds=int(alarm.period or max(periods, default=60)))
    made = _aware(alarm.configuration_updated_timestamp)
    for _ in range(int(alarm.evaluation_periods)):
        begin = end - length
        window = [d for d in data if begin < _aware(d.timestamp) <= end]
        if end <= made:
            return
        if begin >= made or window:
            yield _query_value(alarm, window)
        end = begin


def _query_value(alarm: Alarm, window: list[Any]) -> Value:
    if not alarm.metric_data_queries:
        stat = alarm.extended_statistic or alarm.statistic
        return _statistic(window, alarm.namespace, alarm.metric_name, alarm.dimensions, stat)
    values: dict[str, Value] = {}
    for query in alarm.metric_data_queries:
        if query.metric_stat:
            metric = query.metric_stat.metric
            values[query.id] = _statistic(
                window,
                metric.namespace,
                metric.metric_name,
                metric.dimensions,
                query.metric_stat.stat,
            )
    result: Value = None
    for query in alarm.metric_data_queries:
        value = evaluate(query.expression, values) if query.expression else values[query.id]
        if str(query.return_data).lower() == "true":
            result = value
    return result


def _statistic(
    window: list[Any], namespace: str, name: str, dimensions: list[Any], stat: str
) -> Value:
    wanted = sorted((d.name, d.value) for d in dimensions or [])
    values = sorted(
        d.value
        for d in window
        if d.namespace == namespace
        and d.name == name
        and sorted((i.name, i.value) for i in d.dimensions) == wanted
    )
    if not values:
        return None
    if stat.startswith("p"):
        return float(values[math.ceil(float(stat[1:]) / 100 * len(values)) - 1])
    over: dict[str, Callable[[list[float]], float]]
    over = {"Sum": sum, "Minimum": min, "Maximum": max, "SampleCount": len}
    return float(over[stat](values)) if stat in over else sum(values) / len(values)


def _aware(moment: datetime) -> datetime:
    """moto keeps times of its own without a zone, in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _backends() -> Iterator[Any]:
    for regions in list(cloudwatch_backends.values()):
        yield from list(regions.values())
