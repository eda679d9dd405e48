"""The agents' image, built and pushed by `up`, as the amazon-ecs plugin runs it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from docker.models.containers import Container

from harness.docker.engine import Engine
from harness.docker.platform_images import Built
from harness.servers.web import AgentController

pytestmark = pytest.mark.long

LOCAL = "127.0.0.1"


@pytest.fixture(scope="module")
def controller() -> AgentController:
    return AgentController()


@pytest.fixture(scope="module")
def agent(built: Built, engine: Engine, controller: AgentController) -> Iterator[Container]:
    with (
        controller.served(LOCAL) as url,
        engine.container(
            built.references["agent"],
            *("-url", url, "a-secret", "linux-1"),
            network_mode="host",
            environment={"JENKINS_JAVA_OPTS": "-XX:MaxRAMPercentage=50"},
        ) as container,
    ):
        controller.agent = container
        yield container


def test_it_connects_and_runs_steps(agent: Container, controller: AgentController) -> None:
    assert "hello" in controller.run("echo hello")
    assert agent.logs().decode().startswith("Connected as linux-1\n")


def test_tools_for_builds_are_installed(agent: Container, controller: AgentController) -> None:
    assert "aws-cli/2." in controller.run("aws --version")
    assert "git version 2." in controller.run("git --version")
    assert "git version" in controller.run("git init -q work && cd work && git version")


def test_builds_do_not_run_as_root(agent: Container, controller: AgentController) -> None:
    assert controller.run("#!/bin/sh\nid -un; pwd").split() == [
        "jenkins",
        "/home/jenkins/agent/workspace/job",
    ]


def test_an_init_process_reaps_orphaned_processes(
    agent: Container, controller: AgentController
) -> None:
    first = controller.run("#!/bin/sh\ncat /proc/1/comm").strip()
    assert first == "tini"
    # An orphaned process that ends.
    controller.run("(sleep 0.2 &) ; sleep 0.5")
    assert controller.run("#!/bin/sh\nps -e -o stat= | grep -c Z || true").strip() == "0"


def test_sigterm_reaches_the_agent(built: Built, engine: Engine) -> None:
    waiting = AgentController()
    with (
        waiting.served(LOCAL) as url,
        engine.container(
            built.references["agent"], "-url", url, "a-secret", "linux-2", network_mode="host"
        ) as container,
    ):
        waiting.run("true")
        container.stop(timeout=60)
        container.reload()
        assert container.attrs["State"]["ExitCode"] == 143
        assert "agent ended" in container.logs().decode()


def test_another_command_can_be_run(built: Built, engine: Engine) -> None:
    assert engine.output(built.references["agent"], "whoami", network_mode="none") == "jenkins"
