"""Jenkins on the embedded cloud: its address on this machine, and whether it answers there."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from localcloud.cloud import LocalCloud

from ..invocation import command_line
from . import running_tasks
from .jenkins_api import JenkinsApi
from .running_tasks import RunningTask
from .session import Outcome, Session

HEALTH_PATH = "/health/"
_LOOK_SECONDS, _START_SECONDS = 1.0, 600
_BOOT_FAILURE = "BootFailure"
_SEVERE = re.compile(r"\bSEVERE\b|Failed Loading plugin|ConfiguratorException")
_LAST_LINES, _BOOT_LINES = 10, 200


class NotStartedError(RuntimeError):
    """Jenkins did not start; the message says what ECS and its log say."""


@dataclass(frozen=True)
class Started:
    """Jenkins, once it answers.

    Attributes:
        url: Its address on this machine.
        seconds: How long it took to answer.
    """

    url: str
    seconds: float


def up(session: Session) -> Outcome:
    """Create or update the platform; on the embedded cloud, wait until Jenkins answers."""
    outcome, cloud = session.up(), session.cloud
    if outcome.ok and cloud and cloud.runs_tasks:
        begun = time.monotonic()
        cluster = str(outcome.outputs["controller_cluster_arn"])
        try:
            if _is_awake(session, cluster):
                outcome.opens_at = wait(session, cloud, cluster, _START_SECONDS).url
        except NotStartedError as error:
            session.reporter.error(str(error))
            outcome.ok = False
        outcome.seconds = round(outcome.seconds + time.monotonic() - begun, 1)
    return outcome


def why_not(session: Session, cloud: LocalCloud) -> str:
    """Why nothing answers on this machine."""
    if not cloud.runs_tasks:
        return f"emulated, nothing runs: {cloud.why_nothing_runs}"
    return f"asleep; {command_line('wake', '--stack', session.name, '--cloud', 'local')}"


def _is_awake(session: Session, cluster: str) -> bool:
    ecs = session.client("ecs")
    services = ecs.list_services(cluster=cluster)["serviceArns"]
    found = ecs.describe_services(cluster=cluster, services=services)["services"]
    return any(service["desiredCount"] for service in found)


def url(session: Session, cloud: LocalCloud) -> str:
    """Address on this machine of a stack's load balancer.

    Raises:
        RuntimeError: the stack has none.
    """
    kind, name = "aws:lb/loadBalancer:LoadBalancer", f"{session.settings.name}-alb"
    if found := session.resource(kind, name):
        return str(cloud.url_of(found["outputs"]["dnsName"]))
    raise RuntimeError(f"stack {session.name} has no load balancer: run `up`")


def wait(session: Session, cloud: LocalCloud, cluster: str, timeout_seconds: float) -> Started:
    """Wait until Jenkins is healthy.

    Args:
        cluster: ARN of the controller's cluster.

    Raises:
        NotStartedError: its task has stopped, it says that it cannot start, or time is up.
    """
    address, begun = url(session, cloud), time.monotonic()
    jenkins = JenkinsApi(address)
    before = {t.arn for t in _tasks(session, cluster) if t.status == "STOPPED"}
    while time.monotonic() < begun + timeout_seconds:
        if jenkins.status(HEALTH_PATH) == 200:
            return Started(address, round(time.monotonic() - begun, 1))
        tasks = _tasks(session, cluster)
        for task in tasks:
            if task.status == "STOPPED" and task.arn not in before:
                raise NotStartedError(f"Its task stopped: {task.reason}\n{_end(session, task)}")
            found = severe(_lines(session, task, _BOOT_LINES))
            if any(_BOOT_FAILURE in line for line in found):
                raise NotStartedError("\n".join(["Jenkins refuses to start:", *found]))
        newest = tasks[0] if tasks else None
        state = f"{newest.status.lower()}: {newest.last_line}" if newest else "no task yet"
        session.reporter.waiting(f"Jenkins starts, {state}"[:120])
        time.sleep(_LOOK_SECONDS)
    raise NotStartedError(f"Jenkins does not answer at {address} after {timeout_seconds:.0f} s.")


def _tasks(session: Session, cluster: str) -> list[RunningTask]:
    return running_tasks.of_clusters(session.client, [cluster])


def severe(lines: list[str]) -> list[str]:
    """The log lines of errors, each with the line after it, which has the reason."""
    wanted = {n + i for n, line in enumerate(lines) if _SEVERE.search(line) for i in (0, 1)}
    return [lines[n].strip() for n in sorted(wanted) if n < len(lines)]


def _end(session: Session, task: RunningTask) -> str:
    return "\n".join(_lines(session, task, _LAST_LINES))


def _lines(session: Session, task: RunningTask, limit: int) -> list[str]:
    """The last lines of a task; an event of the log may hold several."""
    events = running_tasks.lines(session.client, task.arn, task.definition, limit)
    return [line for event in events for line in event.splitlines()]
