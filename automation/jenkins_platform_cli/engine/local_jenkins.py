"""Jenkins on the embedded cloud: its address on this machine, and whether it answers there."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import boto3
from localcloud.cloud import LocalCloud

from ..invocation import command_line
from . import running_tasks
from .jenkins_api import JenkinsApi
from .running_tasks import RunningTask, lines
from .session import Outcome, Session

HEALTH_PATH, _HEALTHY = "/health/", 200
_LOOK_SECONDS, _START_SECONDS = 1.0, 600
_BOOT_FAILURE, _CONTROLLER = "BootFailure", "-controller"
_SEVERE = re.compile(r"\bSEVERE\b|Failed Loading plugin|ConfiguratorException")
_LAST_LINES, _BOOT_LINES = 10, 200


class NotStartedError(RuntimeError):
    """Jenkins did not start; the message says what ECS and its log say."""


def up(session: Session, give_up: bool = False) -> Outcome:
    """Create or update the platform; on the embedded cloud, wait until Jenkins answers.

    Args:
        give_up: Stop the controller when its log says that it cannot start, so that the engine
            does not wait until ECS finds out by its health checks.
    """
    cloud = session.cloud
    if not cloud or not cloud.runs_tasks:
        return session.up()
    with _watched(session, cloud, give_up) as refusals:
        outcome = session.up()
    if outcome.ok and not refusals and not _elsewhere(session):
        begun = time.monotonic()
        try:
            outcome.opens_at = answering(session, cloud, outcome.outputs)
        except NotStartedError as error:
            session.reporter.error(str(error))
            refusals.append(str(error))
        outcome.seconds = round(outcome.seconds + time.monotonic() - begun, 1)
    outcome.ok = outcome.ok and not refusals
    return outcome


@contextmanager
def _watched(session: Session, cloud: LocalCloud, give_up: bool) -> Iterator[list[str]]:
    """Report during the block why a new controller cannot start; what was reported."""
    # boto3's own session must not be used by two threads at once.
    made = boto3.session.Session()
    client_of = lru_cache(
        lambda service: made.client(
            service, endpoint_url=cloud.endpoint, region_name=session.region
        )
    )
    before, refusals, over = {t["arn"] for t in cloud.tasks()}, list[str](), threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_SECONDS):
            for task in cloud.tasks():
                if task["arn"] in before or not task["family"].endswith(_CONTROLLER):
                    continue
                definition = client_of("ecs").describe_tasks(
                    cluster=task["cluster"], tasks=[task["arn"]]
                )["tasks"][0]["taskDefinitionArn"]
                if found := _refusal(
                    _split(lines(client_of, task["arn"], definition, _BOOT_LINES))
                ):
                    before.add(task["arn"])
                    refusals.append(found)
                    session.reporter.error(found)
                    if give_up:
                        client_of("ecs").update_service(
                            cluster=task["cluster"],
                            service=task["group"].removeprefix("service:"),
                            desiredCount=0,
                        )

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield refusals
    finally:
        over.set()
        thread.join()


def why_not(session: Session, cloud: LocalCloud) -> str:
    """Why nothing answers on this machine."""
    if not cloud.runs_tasks:
        return f"emulated, nothing runs: {cloud.why_nothing_runs}"
    if reason := _elsewhere(session):
        return reason
    return f"asleep; {command_line('wake', *session.options)}"


def address(session: Session, outputs: Mapping[str, Any]) -> str:
    """Where users, or on the embedded cloud this machine, reach Jenkins.

    Args:
        outputs: The stack's outputs.

    Raises:
        RuntimeError: nothing answers on this machine; the message says why.
    """
    if not session.cloud:
        return str(outputs["url"])
    if session.cloud.runs_tasks and (found := url(session, session.cloud, outputs)):
        return found
    raise RuntimeError(why_not(session, session.cloud))


def url(session: Session, cloud: LocalCloud, outputs: Mapping[str, Any]) -> str:
    """Address of Jenkins at a stack's load balancer on this machine.

    Args:
        outputs: The stack's outputs.

    Raises:
        RuntimeError: the stack has none.
    """
    public = urlsplit(str(outputs.get("url")))
    path = public.path.rstrip("/")
    if found := cloud.url_of(public.hostname or ""):
        return found + path
    # With a domain name the address does not name the load balancer.
    kind, name = "aws:lb/loadBalancer:LoadBalancer", f"{session.settings.name}-alb"
    if resource := session.resource(kind, name):
        return cloud.url_of(resource["outputs"]["dnsName"]) + path
    raise RuntimeError(
        _elsewhere(session) or f"stack {session.name} has no load balancer: run `up`"
    )


def _elsewhere(session: Session) -> str:
    """Why no address of this machine leads to Jenkins: an existing load balancer routes to it by
    host name, and to others without. Empty where the stack has its own."""
    kind, name = "aws:lb/listenerRule:ListenerRule", f"{session.settings.name}-shared-forward"
    if not (rule := session.resource(kind, name)):
        return ""
    return (
        "behind the existing load balancer of the listener "
        f"{rule['outputs']['listenerArn']}, which knows it by its host name only"
    )


def answering(session: Session, cloud: LocalCloud, outputs: Mapping[str, Any]) -> str:
    """Address of Jenkins on this machine, once it is healthy; empty where it is asleep.

    Raises:
        NotStartedError: its task has stopped, it says that it cannot start, or time is up.
    """
    address, cluster = url(session, cloud, outputs), str(outputs["controller_cluster_arn"])
    jenkins, deadline = JenkinsApi(address), time.monotonic() + _START_SECONDS
    if jenkins.status(HEALTH_PATH) == _HEALTHY:
        return address
    if not is_awake(session, cluster):
        return ""
    before = {t.arn for t in _tasks(session, cluster) if t.status == "STOPPED"}
    while time.monotonic() < deadline:
        tasks = _tasks(session, cluster)
        for task in tasks:
            if task.status == "STOPPED" and task.arn not in before:
                raise NotStartedError(f"Its task stopped: {task.reason}\n{_end(session, task)}")
            if found := _refusal(_lines(session, task, _BOOT_LINES)):
                raise NotStartedError(found)
        newest = tasks[0] if tasks else None
        state = f"{newest.status.lower()}: {newest.last_line}" if newest else "no task yet"
        session.reporter.waiting(f"Jenkins starts, {state}"[:120])
        time.sleep(_LOOK_SECONDS)
        if jenkins.status(HEALTH_PATH) == _HEALTHY:
            return address
    raise NotStartedError(f"Jenkins does not answer at {address} after {_START_SECONDS} s.")


def is_awake(session: Session, cluster: str) -> bool:
    """Whether the controller's service is to run a task.

    Args:
        cluster: ARN of the controller's cluster.
    """
    ecs = session.client("ecs")
    services = ecs.list_services(cluster=cluster)["serviceArns"]
    found = ecs.describe_services(cluster=cluster, services=services)["services"]
    return any(service["desiredCount"] for service in found)


def _tasks(session: Session, cluster: str) -> list[RunningTask]:
    return running_tasks.of_clusters(session.client, [cluster])


def severe(log: list[str]) -> list[str]:
    """The log lines of errors, each with the line after it, which has the reason."""
    wanted = {n + i for n, line in enumerate(log) if _SEVERE.search(line) for i in (0, 1)}
    return [log[n].strip() for n in sorted(wanted) if n < len(log)]


def _refusal(log: list[str]) -> str:
    """Why Jenkins refuses to start; empty where it does not."""
    found = severe(log)
    refused = any(_BOOT_FAILURE in line for line in found)
    return "\n".join(["Jenkins refuses to start:", *found]) if refused else ""


def _end(session: Session, task: RunningTask) -> str:
    return "\n".join(_lines(session, task, _LAST_LINES))


def _lines(session: Session, task: RunningTask, limit: int) -> list[str]:
    """The last lines of a task."""
    return _split(lines(session.client, task.arn, task.definition, limit))


def _split(events: list[str]) -> list[str]:
    """The lines of a log's events, which may hold several each."""
    return [line for event in events for line in event.splitlines()]
