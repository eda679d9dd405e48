"""An update that restarts Jenkins only once no build would be lost by it."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from botocore.exceptions import BotoCoreError, ClientError
from jenkins_platform.settings import Settings
from jenkins_platform.settings.facts.weekly_windows import covers
from pulumi import automation as auto

from ..invocation import command_line
from . import local_jenkins
from .jenkins_api import JenkinsApi
from .jenkins_sign_in import connect
from .progress import Change
from .session import Outcome, Session
from .signals import handled

REASON = "jenkins-platform up --drain: Jenkins is about to be restarted"
"""Message of the quiet mode in Jenkins, by which a later run recognizes it as its own."""
ROUND_SECONDS = 5.0
"""How long one request waits: shorter than usual idle timeouts of a load balancer."""
_SERVICE = "aws:ecs/service:Service"
_WITHOUT_RESTART = {
    *("tags", "tagsAll", "desiredCount", "waitForSteadyState", "availabilityZoneRebalancing"),
    *("deploymentCircuitBreaker", "deploymentMaximumPercent", "deploymentMinimumHealthyPercent"),
    *("healthCheckGracePeriodSeconds",),
}
"""Properties of a service that ECS changes without a new deployment."""
_EXECUTORS = "currentExecutable[fullDisplayName,url]"
_RUNNING = (
    f"/computer/api/json?tree=computer[executors[{_EXECUTORS}],oneOffExecutors[{_EXECUTORS}]]"
)
_PIPELINES = "org.jenkinsci.plugins.workflow."
"""Package of pipeline builds, which Jenkins resumes after a restart."""
_ENDING_ATTEMPTS, _ENDING_PAUSE_SECONDS = 3, 2.0
Connect = Callable[[], JenkinsApi]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Limits:
    """How long to wait for builds.

    Attributes:
        minutes: Maximum time to wait.
        force: Whether to update after that time; otherwise the update is given up.
        credentials_arn: ARN of a secret with the user and API token to use; empty for the local
            administrator's password.
    """

    minutes: float = 60
    force: bool = False
    credentials_arn: str = ""


def restarts(changes: Iterable[Change], name: str) -> bool:
    """Whether changes of a platform restart its controller."""
    service = [c for c in changes if (c.type, c.name) == (_SERVICE, f"{name}-controller")]
    return any(_restarts(change) for change in service)


def _restarts(change: Change) -> bool:
    if change.op == "update":
        return not {re.split(r"[.\[]", p)[0] for p in change.properties} <= _WITHOUT_RESTART
    return change.op != "create"


def preview(session: Session, limits: Limits | None) -> Outcome:
    """Preview an update, and report whether it restarts Jenkins.

    Args:
        limits: Also list the builds that a restart would abort; None for no list.
    """
    outcome = session.preview()
    if not outcome.ok or not restarts(outcome.changes, session.settings.name):
        return outcome
    reporter = session.reporter
    text = (
        "This update restarts Jenkins: running builds that are not pipelines are aborted. "
        f"{command_line('up', *session.options, '--drain')} waits for them."
    )
    if hours := working_hours(session.settings, datetime.now().astimezone()):
        reporter.warning(f"{text} It is {hours}.")
    else:
        reporter.note(text)
    if limits:
        try:
            if is_running(session):
                builds = running(connect(session, limits.credentials_arn))
                reporter.note(f"A restart now would abort: {_listed(builds) or 'no build'}")
        except (RuntimeError, BotoCoreError, ClientError) as error:
            reporter.warning(f"The running builds are unknown: {error}")
    return outcome


def up(session: Session, limits: Limits) -> Outcome:
    """Create or update the platform; if that restarts Jenkins, wait for its builds first."""
    reporter = session.reporter
    try:
        if not restarts(session.trial(), session.settings.name):
            reporter.say("This update does not restart Jenkins: there is nothing to wait for.")
        elif not is_running(session):
            reporter.say("Jenkins is not running: there is nothing to wait for.")
        else:
            with drained(lambda: connect(session, limits.credentials_arn), limits, reporter.say):
                return local_jenkins.up(session)
    except auto.CommandError as error:
        reporter.command_failed(error)
    except (RuntimeError, BotoCoreError, ClientError) as error:
        reporter.error(str(error))
    if reporter.errors:
        return Outcome("up", session.name, False, 0.0, errors=reporter.errors)
    return local_jenkins.up(session)


@contextmanager
def drained(
    connect: Connect, limits: Limits, say: Say, round_seconds: float = ROUND_SECONDS
) -> Iterator[None]:
    """Jenkins in its quiet mode, with no builds that a restart would abort, for a block.

    However the block or the waiting ends, by an exception, Ctrl-C or SIGTERM, the quiet mode ends
    too. One that someone else began is kept.

    Raises:
        RuntimeError: builds still run after the limit; or Jenkins refuses.
    """
    jenkins = connect()
    before = jenkins.get("/api/json?tree=quietingDown,quietDownReason")
    message = before.get("quietDownReason") if before["quietingDown"] else REASON
    with handled(signal.SIGTERM, signal.default_int_handler):
        try:
            say("Jenkins starts no new builds (quiet mode).")
            if not _wait(jenkins, message, limits, say, round_seconds):
                say(f"Updating although these builds are aborted: {_listed(running(jenkins))}")
            yield
        finally:
            _end(connect, say)


def _wait(
    jenkins: JenkinsApi, message: str | None, limits: Limits, say: Say, round_seconds: float
) -> bool:
    """Wait until Jenkins is ready for a restart; False when the limit forces the update.

    Jenkins decides when it is ready: ``quietDown`` with ``block`` returns early then
    (``RestartListener.isAllReady``). Pipelines that can be resumed do not hold it up.
    """
    begun, known = time.monotonic(), ""
    while True:
        left = begun + limits.minutes * 60 - time.monotonic()
        milliseconds = max(1, round(min(round_seconds, left) * 1000))
        words = {
            "block": "true",
            "timeout": milliseconds,
            **({"message": message} if message else {}),
        }
        asked = time.monotonic()
        jenkins.post(f"/quietDown?{urlencode(words)}")
        early = time.monotonic() - asked < milliseconds / 1000
        # It also returns early when someone ended the quiet mode.
        if early and jenkins.get("/api/json?tree=quietingDown")["quietingDown"]:
            return True
        if left <= 0 and limits.force:
            return False
        builds = _listed(running(jenkins))
        if left <= 0:
            raise RuntimeError(
                f"Builds still run after {limits.minutes:g} minutes: {builds}. Nothing was "
                "changed. --drain-timeout waits longer, --force-after aborts them."
            )
        if builds != known:
            say(f"Waiting for builds: {builds or 'a pipeline is in a step that cannot be resumed'}")
            known = builds


def _end(connect: Connect, say: Say) -> None:
    """End the quiet mode that `drained` began, or report how to end it."""
    for attempt in range(_ENDING_ATTEMPTS):
        try:
            # Connected again: the update may have changed the password.
            jenkins = connect()
            state = jenkins.get("/api/json?tree=quietingDown,quietDownReason")
            if not state["quietingDown"]:
                say("Jenkins starts builds again.")
            elif state.get("quietDownReason") == REASON:
                jenkins.post("/cancelQuietDown")
                say("Jenkins starts builds again (the quiet mode has ended).")
            else:
                say("Jenkins is still in the quiet mode that it was in before.")
            return
        except (RuntimeError, BotoCoreError, ClientError) as error:
            reason = str(error)
            if attempt + 1 < _ENDING_ATTEMPTS:
                time.sleep(_ENDING_PAUSE_SECONDS)
    say(
        f"Whether Jenkins is still in quiet mode is unknown: {reason}. A restart ends it; if "
        "Jenkins still shows it, use Manage Jenkins, Cancel Shutdown."
    )


def running(jenkins: JenkinsApi) -> list[str]:
    """Names of the running builds that a restart would abort: all but pipelines.

    Raises:
        JenkinsError: Jenkins does not answer.
    """
    executors = [
        executor
        for computer in jenkins.get(_RUNNING)["computer"]
        for kind in ("executors", "oneOffExecutors")
        for executor in computer.get(kind, ())
    ]
    builds = [executor.get("currentExecutable") or {} for executor in executors]
    return sorted(
        {
            build["fullDisplayName"]
            for build in builds
            if build.get("fullDisplayName") and not build.get("_class", "").startswith(_PIPELINES)
        }
    )


def _listed(builds: list[str]) -> str:
    return ", ".join(builds)


def is_running(session: Session) -> bool:
    """Whether the stack has a controller that is not asleep."""
    cluster = session.outputs().get("controller_cluster_arn")
    return bool(cluster) and local_jenkins.is_awake(session, str(cluster))


def working_hours(settings: Settings, now: datetime) -> str:
    """The working hours of the schedule that a moment is in, as text; empty if it is in none.

    Cron expressions are not evaluated.
    """
    schedule = settings.schedule
    if not schedule or not schedule.time_zone or not schedule.windows:
        return ""
    local = now.astimezone(ZoneInfo(schedule.time_zone))
    if local.date().isoformat() in schedule.holidays or not covers(schedule.week, local):
        return ""
    return f"in working hours ({local:%A %H:%M} in {schedule.time_zone})"
