"""The controller is replaced again and again while pipelines run on agents: none is lost, none runs
twice.

The platform, its images, agents, network and load balancer are the product's. Jenkins is played by
the stand-in, which saves and resumes pipelines as Pipeline's sources say (`tests/images/standins`);
that a real Jenkins resumes a real Groovy program is not seen here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from jenkins_platform_cli.engine.jenkins_api import JenkinsApi, JenkinsError

from harness.docker.engine import Engine
from harness.docker.tasks import wait_until
from harness.docker.user import docker_user
from harness.stacks.user import User
from tests.images.test_running_platform import running

pytestmark = pytest.mark.long

SWAPS, AT_ONCE, STEPS = 25, 3, 3
SECONDS = 240
# What a step runs is counted where no controller has a part in it: in the log of the agent's task.
STEP = """sh '''#!/bin/sh -e
echo "counted {job} {step}" >/proc/1/fd/1
echo "begins {job} {step}"
sleep {seconds}
echo "ends {job} {step}"
'''"""
PIPELINE = """<?xml version='1.1' encoding='UTF-8'?>
<flow-definition>
  <definition class="org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition">
    <script>{script}</script>
    <sandbox>true</sandbox>
  </definition>
</flow-definition>
"""


def pipeline(job: str, label: str) -> str:
    steps = [STEP.format(job=job, step=n, seconds=3 + 2 * n) for n in range(STEPS)]
    body = "\n".join(steps).replace(">", "&gt;")
    return PIPELINE.format(script=f"node('{label}') {{\n{body}\n}}")


@pytest.fixture
def user(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    with docker_user(engine, tmp_path_factory.mktemp("user")) as found:
        yield found


@dataclass
class Load:
    """Pipelines of one build each, so many at once.

    Attributes:
        sign_in: URL, name and password.
        jobs: Those that were started.
    """

    sign_in: tuple[str, str, str]
    jobs: list[str] = field(default_factory=list)

    @property
    def admin(self) -> JenkinsApi:
        """A new session, since those of an earlier controller have ended with it."""
        return JenkinsApi(*self.sign_in)

    def build(self, job: str) -> dict[str, Any]:
        found: dict[str, Any] = self.admin.get(f"/job/{job}/1/api/json")
        return found

    def unfinished(self) -> list[str]:
        return [job for job in self.jobs if self.build(job)["building"]]

    def fill(self) -> None:
        """Start as many as are missing."""
        for _ in range(AT_ONCE - len(self.unfinished())):
            job = f"job-{len(self.jobs)}"
            admin = self.admin
            admin.post(f"/createItem?name={job}", pipeline(job, "linux"))
            admin.post(f"/job/{job}/build")
            self.jobs.append(job)
            wait_until(lambda job=job: self.admin.status(f"/job/{job}/1/api/json") == 200)  # type: ignore[misc]

    def running_steps(self) -> list[str]:
        """Steps that have begun and not ended, of as many builds as there shall be."""
        self.fill()
        texts = [self.admin.text(f"/job/{job}/1/consoleText") for job in self.unfinished()]
        begun = {m for text in texts for m in re.findall(r"^begins (.+)$", text, re.MULTILINE)}
        ended = {m for text in texts for m in re.findall(r"^ends (.+)$", text, re.MULTILINE)}
        return sorted(begun - ended)


def swap(user: User, admin: JenkinsApi, cluster: str) -> None:
    """Replace the controller's task, as a deployment does; returns once the new one answers."""
    ecs = user.cloud.client("ecs")
    before = ecs.list_tasks(cluster=cluster)["taskArns"]
    (service,) = ecs.list_services(cluster=cluster)["serviceArns"]
    ecs.update_service(cluster=cluster, service=service, forceNewDeployment=True)

    def replaced() -> bool:
        tasks = ecs.list_tasks(cluster=cluster)["taskArns"]
        return bool(tasks) and not set(tasks) & set(before) and admin.status("/login") == 200

    wait_until(replaced, SECONDS)


def counted(user: User) -> Counter[str]:
    """How often each step ran on an agent, by the logs of all tasks."""
    logs = user.cloud.client("logs")
    groups = [g["logGroupName"] for g in logs.describe_log_groups()["logGroups"]]
    pages = logs.get_paginator("filter_log_events")
    messages = [
        event["message"]
        for group in groups
        for page in pages.paginate(logGroupName=group)
        for event in page["events"]
    ]
    return Counter(m.partition(" ")[2].strip() for m in messages if m.startswith("counted "))


def test_no_build_is_lost_or_run_twice_while_the_controller_is_replaced(
    user: User, engine: Engine
) -> None:
    up = user.document("up")
    outputs = up["outputs"]
    password = user.local("password").stdout.strip()
    load = Load((up["opens_at"], outputs["admin_user_name"], password))
    interrupted = 0
    for _ in range(SWAPS):
        interrupted += len(wait_until(load.running_steps, SECONDS))
        swap(user, load.admin, outputs["controller_cluster_arn"])

    def finished() -> bool:
        try:
            return load.unfinished() == []
        except JenkinsError:
            return False

    wait_until(finished, SECONDS)
    admin = load.admin
    results = Counter(load.build(job)["result"] for job in load.jobs)
    logs = {job: admin.text(f"/job/{job}/1/consoleText") for job in load.jobs}
    print(f"{SWAPS} swaps during {interrupted} steps, {len(load.jobs)} builds: {dict(results)}")
    assert results == {"SUCCESS": len(load.jobs)}, [log for log in logs.values() if "FAIL" in log]
    steps = {f"{job} {n}" for job in load.jobs for n in range(STEPS)}
    assert counted(user) == dict.fromkeys(steps, 1)
    for job, log in logs.items():
        printed = [line for line in log.splitlines() if line.startswith(("begins", "ends"))]
        assert printed == [f"{w} {job} {n}" for n in range(STEPS) for w in ("begins", "ends")]
        assert len(admin.get(f"/job/{job}/api/json")["builds"]) == 1
    assert interrupted >= SWAPS
    wait_until(lambda: running(engine, "-agent-linux") == [], SECONDS)
    assert user.local("destroy").returncode == 0
