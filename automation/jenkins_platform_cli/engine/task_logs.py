"""Log events of the controller and the agents, from CloudWatch Logs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from jenkins_platform.base.log_groups import AGENTS
from jenkins_platform.settings.agents import label_forms

from .session import Session

_LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
_PAUSE_SECONDS = 2.0
_DELAY_MILLISECONDS = 30_000
"""How much later than its neighbours the event of another stream may arrive."""


@dataclass(frozen=True)
class Selection:
    """Streams of a log group.

    Attributes:
        group: Name of the log group.
        prefix: Start of the streams' names; empty for all.
        task: Id of a task, with which the streams' names end; empty for all.
    """

    group: str
    prefix: str = ""
    task: str = ""


@dataclass(frozen=True)
class Event:
    """A line of a log.

    Attributes:
        id: Unique id.
        milliseconds: When it was written, since the epoch.
        stream: Name of its stream.
        message: The text.
    """

    id: str
    milliseconds: int
    stream: str
    message: str

    @property
    def time(self) -> str:
        """When it was written: UTC, in ISO 8601."""
        written = datetime.fromtimestamp(self.milliseconds / 1000, timezone.utc)
        return written.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def of_controller(outputs: Mapping[str, Any]) -> list[Selection]:
    """The controller's streams.

    Args:
        outputs: The stack's outputs.
    """
    return [Selection(str(outputs["controller_log_group_name"]))]


def of_agents(session: Session, name: str) -> list[Selection]:
    """The streams of agents.

    Args:
        name: A template, one of its labels, or the id of a task; empty for all agents.

    Raises:
        RuntimeError: no log group of agents is known.
    """
    default = _default_group(session)
    groups = {t.name: str(t.log_group_name or default) for t in session.settings.agents}
    for template in session.settings.agents:
        forms = [form for label in template.plain_labels for form in label_forms(label)]
        if name in (template.name, *forms):
            return [Selection(groups[template.name], f"{template.name}/")]
    return [Selection(group, task=name) for group in sorted({default, *groups.values()})]


def _default_group(session: Session) -> str:
    """The log group of the agents whose template does not name another one."""
    if given := session.settings.agent_cloud.log_group_name:
        return str(given)
    if found := session.resource(_LOG_GROUP, f"{session.settings.name}-{AGENTS}"):
        return str(found["outputs"]["name"])
    raise RuntimeError(f"Stack {session.name} has no log group of agents")


def events(logs: Any, selections: Sequence[Selection], since: int) -> list[Event]:
    """The events of some streams, oldest first.

    Args:
        logs: A boto3 client for CloudWatch Logs.
        since: Milliseconds since the epoch of the oldest event.
    """
    found = [event for selection in selections for event in _events(logs, selection, since)]
    return sorted(found, key=lambda event: event.milliseconds)


def _events(logs: Any, selection: Selection, since: int) -> Iterator[Event]:
    streams = {"logStreamNamePrefix": selection.prefix} if selection.prefix else {}
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=selection.group, startTime=since, **streams
    )
    for page in pages:
        for event in page["events"]:
            stream = event["logStreamName"]
            # The prefix again: emulators ignore that of the request.
            if stream.startswith(selection.prefix) and stream.endswith(selection.task):
                yield Event(
                    event["eventId"],
                    event["timestamp"],
                    stream,
                    event["message"].rstrip(),
                )


def follow(
    fetch: Callable[[int], list[Event]],
    since: int,
    pause: Callable[[], None] = lambda: time.sleep(_PAUSE_SECONDS),
) -> Iterator[Event]:
    """The events from a time on, and new ones as they arrive; without end.

    Args:
        fetch: The events since a time.
        since: Milliseconds since the epoch of the oldest event.
        pause: Waits between two requests.
    """
    seen: set[str] = set()
    while True:
        found = fetch(since)
        yield from (event for event in found if event.id not in seen)
        newest = max((event.milliseconds for event in found), default=since)
        since = max(since, newest - _DELAY_MILLISECONDS)
        seen = {event.id for event in found if event.milliseconds >= since}
        pause()
