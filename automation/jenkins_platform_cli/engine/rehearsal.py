"""A rehearsal: a stack's Jenkins, booted on this machine and looked at."""

from __future__ import annotations

import platform
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from jenkins_platform.container_images.builds import installed_plugins
from jenkins_platform.inputs import Architecture
from jenkins_platform.settings import Settings
from jenkins_platform.settings.agents import label_forms
from localcloud.cloud import LocalCloud
from localcloud.runner.docker_host import connect

from . import local_jenkins, rehearsal_home, stored_secrets
from .jenkins_api import JenkinsApi, JenkinsError
from .progress import Reporter
from .project import LOCAL_FOLDER, Project
from .rehearsal_configuration import rehearsed, with_arns
from .session import Cloud, Session

FOLDER = "rehearsals"
OK, FAILED, NOT_RUN = "ok", "failed", "not run"
_BUILDS_AT_ONCE = 6
_JOB = "jenkins-platform-rehearsal-"
_MACHINES = {
    "x86_64": Architecture.X86_64,
    "AMD64": Architecture.X86_64,
    "aarch64": Architecture.ARM64,
    "arm64": Architecture.ARM64,
}


@dataclass(frozen=True)
class Check:
    """One row of the rehearsal's table.

    Attributes:
        subject: What was looked at.
        result: ``ok``, ``failed`` or ``not run``.
        found: What was found, in a line or more.
        seconds: How long it took.
    """

    subject: str
    result: str
    found: str
    seconds: float = 0.0


def here() -> Architecture:
    """The architecture of this machine."""
    return _MACHINES.get(platform.machine(), Architecture.X86_64)


@contextmanager
def stage(name: str, reporter: Reporter, keep: bool) -> Iterator[Session]:
    """A stack's configuration on a separate embedded cloud, which exists within the block.

    Args:
        name: Name of the stack.
        keep: Leave it there, with what runs in it.

    Raises:
        RuntimeError: nothing can run on this machine; the message says why.
    """
    project = Project.find(Path.cwd())
    configuration = project.configuration(name, reporter)
    configuration.settings()  # The stack's own mistakes are named by its own keys.
    plan = rehearsed(dict(configuration.values), here().value)
    if plan.moved:
        reporter.say(f"Built for {here().value}, which this machine has: {', '.join(plan.moved)}.")
    home = project.folder / LOCAL_FOLDER / FOLDER / name
    _clear(home)
    home.mkdir(parents=True)
    for file in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(project.folder / file, home)
    cloud = LocalCloud.start(home / LOCAL_FOLDER)
    try:
        if not cloud.runs_tasks:
            raise RuntimeError(f"Nothing can be rehearsed here: {cloud.why_nothing_runs}")
        region = project.region(name)
        secret_arns = {
            key: _secret(cloud, region, key, value) for key, value in plan.secrets.items()
        }
        parameter_arns = {
            key: _parameter(cloud, region, key, value) for key, value in plan.parameters.items()
        }
        content = {f"{project.name}:{k}": v for k, v in plan.values.items()}
        certificate = _certificate(cloud, region, plan.domain_name) if plan.domain_name else ""
        content = with_arns(content, secret_arns, parameter_arns, certificate)
        content["aws:region"] = region
        (home / f"Pulumi.{name}.yaml").write_text(yaml.safe_dump({"config": content}))
        yield Session(name, Cloud.LOCAL, reporter, Project(home))
    finally:
        if not keep:
            _clear(home)


def _clear(home: Path) -> None:
    """Remove a rehearsal, with the volumes of its Jenkins home."""
    if cloud := LocalCloud.find(home / LOCAL_FOLDER):
        host, _ = connect(cloud.session)
        for volume in cloud.stop():
            if host:
                host.client.volumes.get(volume).remove()
    shutil.rmtree(home, ignore_errors=True)


def _secret(cloud: LocalCloud, region: str, name: str, value: str) -> str:
    client = cloud.client("secretsmanager", region)
    return str(client.create_secret(Name=name, SecretString=value)["ARN"])


def _parameter(cloud: LocalCloud, region: str, name: str, value: str) -> str:
    client = cloud.client("ssm", region)
    client.put_parameter(Name=name, Value=value, Type="SecureString")
    return str(client.get_parameter(Name=name)["Parameter"]["ARN"])


def _certificate(cloud: LocalCloud, region: str, domain_name: str) -> str:
    client = cloud.client("acm", region)
    return str(client.request_certificate(DomainName=domain_name)["CertificateArn"])


def checks(session: Session, timeout_seconds: float, home: str = "") -> Iterator[Check]:
    """Boot the stack's Jenkins and look at it; a check as soon as it is done.

    Args:
        home: Folder or Docker volume with a Jenkins home to start with a copy of.
    """
    begun = time.monotonic()
    outcome = local_jenkins.up(session, give_up=True)
    seconds = round(time.monotonic() - begun, 1)
    if not outcome.ok:
        reasons = outcome.errors or session.reporter.errors
        yield Check("start", FAILED, "\n".join(reasons), seconds)
        return
    yield Check("start", OK, f"Jenkins answers at {outcome.opens_at}", seconds)
    contents = None
    if home:
        begun = time.monotonic()
        try:
            contents = rehearsal_home.start_with(session, home, outcome.outputs)
            found = Check("home", OK, f"Jenkins answers with a copy of {home}")
        except RuntimeError as error:
            found = Check("home", FAILED, str(error))
        yield replace(found, seconds=round(time.monotonic() - begun, 1))
    yield log(session, str(outcome.outputs["controller_log_group_name"]))
    password = stored_secrets.read(session, str(outcome.outputs["admin_password_secret_arn"]))
    user = session.settings.sign_in.admin_user_name
    jenkins = JenkinsApi(outcome.opens_at, user, password)
    try:
        if contents:
            yield _kept(contents, jenkins)
        yield from _asked(session, jenkins)
        yield from _builds(session, jenkins, timeout_seconds)
    except JenkinsError as error:
        yield Check("Jenkins", FAILED, str(error))


def _kept(contents: rehearsal_home.Contents, jenkins: JenkinsApi) -> Check:
    """Whether Jenkins has what its home contains."""
    started = time.monotonic()
    missing = contents.missing(jenkins)
    found = f"{len(contents.jobs)} jobs, {len(contents.credentials)} credentials"
    if missing:
        found = "in the home, but not in Jenkins: " + ", ".join(missing)
    seconds = round(time.monotonic() - started, 1)
    return Check("contents", FAILED if missing else OK, found, seconds)


def log(session: Session, group: str) -> Check:
    """What the controller's log says in anger."""
    started = time.monotonic()
    pages = session.client("logs").get_paginator("filter_log_events")
    lines = [
        line
        for page in pages.paginate(logGroupName=group)
        for event in page["events"]
        for line in event["message"].splitlines()
    ]
    found = local_jenkins.severe(lines)
    seconds = round(time.monotonic() - started, 1)
    return Check("log", FAILED if found else OK, "\n".join(found) or f"{len(lines)} lines", seconds)


def _asked(session: Session, jenkins: JenkinsApi) -> Iterator[Check]:
    """What Jenkins says of itself."""
    started = time.monotonic()
    there = {
        p["shortName"]
        for p in jenkins.get("/pluginManager/api/json?depth=1")["plugins"]
        if p["active"]
    }
    # What a ready image has in it is not known here.
    ready = session.settings.images.controller.existing
    missing = [] if ready else sorted(_plugins(session.settings) - there)
    yield Check(
        "plugins",
        FAILED if missing else OK,
        "not loaded: " + ", ".join(missing) if missing else f"{len(there)} loaded",
        round(time.monotonic() - started, 1),
    )
    started = time.monotonic()
    names = [
        f for t in session.settings.agents for label in t.plain_labels for f in label_forms(label)
    ]
    unknown = [n for n in names if not jenkins.get(f"/label/{n}/api/json")["clouds"]]
    yield Check(
        "labels",
        FAILED if unknown else OK,
        "no cloud has " + ", ".join(unknown) if unknown else " ".join(names),
        round(time.monotonic() - started, 1),
    )
    jobs = [job["name"] for job in jenkins.get("/api/json")["jobs"]]
    yield Check("jobs", OK, ", ".join(jobs) or "none")


def _plugins(settings: Settings) -> set[str]:
    """Names of the plugins that a stack's image is built with, and of all that they need."""
    return set(installed_plugins(settings).versions())


def _builds(session: Session, jenkins: JenkinsApi, timeout_seconds: float) -> Iterator[Check]:
    """One build on every label whose agents this machine can run, a few at once."""
    names = []
    for template in session.settings.agents:
        labels = [f for label in template.plain_labels for f in label_forms(label)]
        if template.architecture is here():
            names += labels
        else:
            found = f"needs {template.architecture.value}, this machine is {here().value}"
            yield from (Check(f"build on {name}", NOT_RUN, found) for name in labels)
    for first in range(0, len(names), _BUILDS_AT_ONCE):
        begun = time.monotonic()
        some = names[first : first + _BUILDS_AT_ONCE]
        places = {n: jenkins.start(_JOB + n, n, f"echo built-on-{n}") for n in some}
        for name, place in places.items():
            session.reporter.waiting(f"builds, {name}")
            build = jenkins.finish(_JOB + name, place, begun, begun + timeout_seconds)
            good = build.result == "SUCCESS" and f"built-on-{name}" in build.log
            found = (
                build.agent if good else f"{build.result or 'not finished'}: {build.log.strip()}"
            )
            yield Check(f"build on {name}", OK if good else FAILED, found, build.seconds)


def passed(found: list[Check]) -> bool:
    return all(check.result != FAILED for check in found)


def rows(found: list[Check]) -> list[dict[str, Any]]:
    return [vars(check) for check in found]
