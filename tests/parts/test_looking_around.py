"""The commands that show what runs, on an emulated ECS and CloudWatch Logs."""

from __future__ import annotations

import json
import os
import signal
import webbrowser
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import boto3
import pytest
from jenkins_platform.cost.tasks import hourly_usd, storage_hourly_usd, task_prices
from jenkins_platform.inputs import Architecture
from jenkins_platform.settings import Settings
from jenkins_platform_cli.commands import agents, execute, logs, open_jenkins
from jenkins_platform_cli.engine import controller_session, health, task_logs
from jenkins_platform_cli.engine.running_tasks import RunningTask, Size
from jenkins_platform_cli.engine.session import Session
from jenkins_platform_cli.engine.task_logs import Event
from moto import mock_aws
from typer.testing import Result

from harness.command import run
from harness.documentation.answers import answer

REGION = "eu-central-1"
NOW = datetime.now(timezone.utc)
SETTINGS = Settings.from_args(
    "jenkins",
    {
        "agents": [
            {"name": "linux", "labels": ["linux", "java"]},
            {"name": "big-linux", "architecture": "arm64", "log_group_name": "elsewhere"},
        ]
    },
)
TOKEN = "a-secret-token"


class Deployed(Session):
    """A stack whose state is known."""

    def __init__(self, clusters: dict[str, str]) -> None:
        self.name, self.settings, self.cloud = "dev", SETTINGS, None
        self._clusters = clusters

    @property
    def region(self) -> str:
        return REGION

    def outputs(self) -> dict[str, Any]:
        return {
            "url": "https://ci.example.com/",
            "controller_log_group_name": "jenkins-controller",
            **{f"{kind}_cluster_arn": arn for kind, arn in self._clusters.items()},
        }

    def resources(self) -> list[dict[str, Any]]:
        group = "aws:cloudwatch/logGroup:LogGroup"
        urn = f"urn:pulumi:dev::jenkins-platform::{group}::jenkins-agents"
        return [{"type": group, "urn": urn, "outputs": {"name": "jenkins-agents"}}]


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        ecs = boto3.client("ecs", region_name=REGION)
        found = Deployed(
            {
                kind: ecs.create_cluster(clusterName=f"jenkins-{kind}")["cluster"]["clusterArn"]
                for kind in ("controller", "agent")
            }
        )
        for module in (agents, execute, logs, open_jenkins):
            monkeypatch.setattr(module, "open_stack", lambda *_: found)
        yield found


def write(group: str, **streams: list[tuple[int, str]]) -> None:
    """Write events to streams: seconds before now, and the text."""
    client = boto3.client("logs", region_name=REGION)
    client.create_log_group(logGroupName=group)
    for name, lines in streams.items():
        stream = name.replace("__", "/").replace("_", "-")
        client.create_log_stream(logGroupName=group, logStreamName=stream)
        events = [
            {"timestamp": int((NOW.timestamp() - ago) * 1000), "message": text}
            for ago, text in lines
        ]
        client.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)


@pytest.fixture
def written(session: Deployed) -> Deployed:
    write("jenkins-controller", controller__controller__1=[(7200, "old"), (30, "Jenkins is up")])
    write(
        "jenkins-agents",
        linux__linux__aaaaaaaa1=[(20, "first"), (5, "third")],
        linux__linux__bbbbbbbb2=[(10, "second")],
        other__other__cccccccc3=[(8, "of another template")],
    )
    write("elsewhere", big_linux__big_linux__dddddddd4=[(15, "big")])
    return session


def messages(done: Result) -> list[str]:
    assert done.exit_code == 0, done.output
    return [line.split("  ", 1)[-1] for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ["Jenkins is up"]),
        (["--minutes", "180"], ["old", "Jenkins is up"]),
        (["agent"], ["first", "big", "second", "of another template", "third"]),
        (["agent", "linux"], ["first", "second", "third"]),
        (["agent", "java-spot"], ["first", "second", "third"]),
        (["agent", "big-linux"], ["big"]),
        (["agent", "aaaaaaaa1"], ["first", "third"]),
        (["agent", "dddddddd4"], ["big"]),
        (["agent", "nothing"], []),
    ],
)
def test_logs_of_the_controller_of_templates_labels_and_tasks(
    words: list[str], expected: list[str], written: Deployed
) -> None:
    assert messages(run("logs", *words)) == expected


def test_log_lines_of_agents_name_template_and_task(written: Deployed) -> None:
    first = run("logs", "agent", "linux").stdout.splitlines()[0]
    assert first.split(" ")[1:] == ["linux", "aaaaaaaa", "", "first"]
    lines = run("logs", "agent", "linux", "--json").stdout.splitlines()
    found = [answer("logs", line) for line in lines]
    assert found[0]["stream"] == "linux/linux/aaaaaaaa1"
    assert found[0]["time"].endswith("Z")


def test_a_name_is_only_valid_for_agents(written: Deployed) -> None:
    done = run("logs", "controller", "linux", "--json")
    assert done.exit_code == 1
    assert "only valid with `logs agent`" in json.loads(done.stdout)["errors"][0]


def test_following_prints_each_event_once_and_those_that_arrive_out_of_order() -> None:
    def event(name: str, second: float) -> Event:
        return Event(name, int(second * 1000), "s", name)

    arrived = [
        [event("a", 100), event("b", 101)],
        [event("a", 100), event("b", 101)],
        [event("a", 100), event("behind", 100.5), event("b", 101)],
        [],
        [event("c", 200)],
        [event("c", 200), event("d", 200)],
    ]
    asked: list[int] = []

    class EndError(Exception):
        pass

    def fetch(since: int) -> list[Event]:
        if len(asked) == len(arrived):
            raise EndError
        asked.append(since)
        return [e for e in arrived[len(asked) - 1] if e.milliseconds >= since]

    found: list[Event] = []
    with pytest.raises(EndError):
        found.extend(task_logs.follow(fetch, 0, lambda: None))
    assert [event.id for event in found] == ["a", "b", "behind", "c", "d"]
    assert asked == [0, 71_000, 71_000, 71_000, 71_000, 170_000]


def test_ctrl_c_ends_following(written: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> Iterator[Event]:
        yield Event("a", 0, "controller/controller/1", "a line")
        raise KeyboardInterrupt

    monkeypatch.setattr(task_logs, "follow", interrupted)
    assert messages(run("logs", "--follow")) == ["a line"]


def task(**changes: Any) -> RunningTask:
    values: dict[str, Any] = {
        "arn": "arn:aws:ecs:eu-central-1:123456789012:task/agents/0a1b",
        "definition": "arn:aws:ecs:eu-central-1:123456789012:task-definition/ci-agent-big-linux:3",
        "cluster": "arn",
        "status": "RUNNING",
        "capacity": "FARGATE",
        "started": NOW - timedelta(minutes=30),
        "reason": "",
        "last_line": "",
        "billed_from": NOW - timedelta(hours=1),
    }
    return RunningTask(**{**values, **changes})


@pytest.mark.parametrize(
    ("capacity", "disk_gib", "expected"),
    [
        ("FARGATE", None, hourly_usd(REGION, Architecture.ARM64, 1024, 2048)),
        (
            "FARGATE_SPOT",
            None,
            hourly_usd(REGION, Architecture.ARM64, 1024, 2048) * task_prices(REGION)["spot"],
        ),
        (
            "FARGATE",
            120,
            hourly_usd(REGION, Architecture.ARM64, 1024, 2048) + storage_hourly_usd(REGION, 120),
        ),
        ("another-provider", None, None),
    ],
)
def test_an_agent_has_its_labels_age_and_cost_from_the_image_pull_on(
    capacity: str, disk_gib: int | None, expected: float | None
) -> None:
    size = Size(1024, 2048, Architecture.ARM64, disk_gib)
    row = agents.row(task(capacity=capacity), size, SETTINGS, REGION, NOW)
    assert answer("agents", json.dumps([row])) == [row]
    assert (row["template"], row["labels"]) == ("big-linux", ["big-linux"])
    assert row["age_seconds"] == 1800
    assert row["cost_usd"] == (None if expected is None else round(expected, 6))


def test_an_agent_that_has_not_started_or_has_no_template_costs_nothing_yet() -> None:
    gone = task(definition="family/ci-agent-removed:1", started=None, billed_from=None)
    row = agents.row(gone, Size(256, 512, Architecture.X86_64, None), SETTINGS, REGION, NOW)
    assert (row["template"], row["labels"], row["started"]) == ("", [], None)
    assert (row["age_seconds"], row["cost_usd"]) == (0, 0.0)


def start(session: Deployed, kind: str, **definition: Any) -> str:
    """Start a task in a cluster of the emulator; returns its ARN."""
    ecs = boto3.client("ecs", region_name=REGION)
    ec2 = boto3.client("ec2", region_name=REGION)
    arn = ecs.register_task_definition(
        family=definition.pop("family"),
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="512",
        memory="1024",
        containerDefinitions=[{"name": "controller", "image": "a", "memory": 1024}],
        **definition,
    )["taskDefinition"]["taskDefinitionArn"]
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    started = ecs.run_task(
        cluster=session.outputs()[f"{kind}_cluster_arn"],
        taskDefinition=arn,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": []}},
    )
    return str(started["tasks"][0]["taskArn"])


def test_agents_lists_running_tasks_of_the_agents_cluster(session: Deployed) -> None:
    assert run("agents").stdout == "No agent is running.\n"
    assert answer("agents", run("agents", "--json").stdout) == []
    arn = start(session, "agent", family="ci-agent-linux")
    start(session, "controller", family="ci-controller")
    (found,) = answer("agents", run("agents", "--json").stdout)
    assert (found["arn"], found["template"]) == (arn, "linux")
    assert found["labels"] == ["linux", "java"]
    printed = run("agents").stdout
    assert found["id"] in printed
    assert "linux java" in printed


def test_open_prints_the_address_and_starts_a_browser(
    session: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: bool(opened.append(url)) or True)
    assert run("open").stdout == "https://ci.example.com/\n"
    assert answer("open", run("open", "--json").stdout)["opened"] is True
    assert opened == ["https://ci.example.com/"] * 2


PLUGIN = """#!/bin/sh
printf '%s\\n' "$@" > "$0.words"
printenv AWS_SSM_START_SESSION_RESPONSE > "$0.response"
echo "jobs plugins"
exit "${PLUGIN_EXIT_CODE:-0}"
"""


class Ecs:
    """ECS with a controller that allows sessions; moto has no ECS Exec."""

    def __init__(self, real: Any, allowed: bool) -> None:
        self._real, self._allowed = real, allowed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def describe_tasks(self, **sent: Any) -> Any:
        found = self._real.describe_tasks(**sent)
        for one in found["tasks"]:
            one |= {"enableExecuteCommand": self._allowed, "lastStatus": "RUNNING"}
            one["containers"] = [{"name": "controller", "runtimeId": "0a1b-2c3d"}]
        return found

    def execute_command(self, **sent: Any) -> Any:
        assert sent["interactive"] is True
        self.command = sent["command"]
        stream = {"streamUrl": "wss://ssm/1", "tokenValue": TOKEN, "sessionId": "ecs-1"}
        return {"session": stream}


@pytest.fixture
def exec_into(
    session: Deployed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Ecs]:
    """Prepares a running controller, and a plugin that records how it was called."""

    def prepare(running: bool = True, allowed: bool = True, plugin: bool = True) -> Ecs:
        if running:
            start(session, "controller", family="ci-controller")
        fake = Ecs(boto3.client("ecs", region_name=REGION), allowed)
        real = session.client
        monkeypatch.setattr(session, "client", lambda s: fake if s == "ecs" else real(s))
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
        if plugin:
            file = tmp_path / controller_session.PLUGIN
            file.write_text(PLUGIN)
            file.chmod(0o755)
        return fake

    return prepare


def test_exec_passes_the_token_in_the_environment_only(
    exec_into: Callable[..., Ecs], tmp_path: Path
) -> None:
    ecs = exec_into()
    before = signal.getsignal(signal.SIGINT)
    done = run("exec", "--json", "--", "ls", "/var/jenkins_home/a folder")
    assert done.exit_code == 0, done.output
    found = answer("exec", done.stdout)
    assert found["output"] == "jobs plugins\n"
    assert ecs.command == found["command"] == "ls '/var/jenkins_home/a folder'"
    words = (tmp_path / f"{controller_session.PLUGIN}.words").read_text()
    assert TOKEN not in words
    name, region, operation, _, target, endpoint = words.splitlines()
    assert (name, region) == ("AWS_SSM_START_SESSION_RESPONSE", REGION)
    assert (operation, endpoint) == ("StartSession", f"https://ssm.{REGION}.amazonaws.com")
    assert json.loads(target) == {"Target": f"ecs:jenkins-controller_{found['task']}_0a1b-2c3d"}
    response = json.loads((tmp_path / f"{controller_session.PLUGIN}.response").read_text())
    assert response == {"SessionId": "ecs-1", "TokenValue": TOKEN, "StreamUrl": "wss://ssm/1"}
    assert signal.getsignal(signal.SIGINT) is before


def test_exec_without_a_command_opens_a_shell(exec_into: Callable[..., Ecs]) -> None:
    ecs = exec_into()
    assert run("exec").exit_code == 0
    assert ecs.command == "/bin/bash"


@pytest.mark.parametrize(
    ("state", "words", "message"),
    [
        ({"running": False}, ["ls"], "The controller is not running."),
        ({"allowed": False}, ["ls"], "set controller.enable_execute_command to true"),
        ({"plugin": False}, ["ls"], "session-manager-plugin is not installed"),
        ({}, [], "--json: requires a command"),
    ],
)
def test_exec_reports_what_is_missing(
    state: dict[str, bool], words: list[str], message: str, exec_into: Callable[..., Ecs]
) -> None:
    exec_into(**state)
    done = run("exec", "--json", *words)
    assert done.exit_code == 1
    assert message in json.loads(done.stdout)["errors"][0]


def test_a_session_that_fails_is_an_error(
    exec_into: Callable[..., Ecs], monkeypatch: pytest.MonkeyPatch
) -> None:
    exec_into()
    monkeypatch.setenv("PLUGIN_EXIT_CODE", "255")
    done = run("exec", "ls")
    assert done.exit_code == 1
    assert "failed with exit code 255" in done.output


class Balancer:
    """Target groups with targets in given states."""

    def __init__(self, *groups: list[str]) -> None:
        self._groups = list(groups)

    def describe_target_health(self, **_: Any) -> Any:
        states = self._groups.pop(0)
        described = [{"TargetHealth": {"State": s, "Description": f"is {s}"}} for s in states]
        return {"TargetHealthDescriptions": described}


@pytest.mark.parametrize(
    ("groups", "state", "reason"),
    [
        ([["healthy"]], "healthy", ""),
        ([["draining", "healthy"]], "healthy", ""),
        ([[]], "starting", ""),
        ([["initial"]], "starting", "is initial"),
        ([["unhealthy"]], "unhealthy", "is unhealthy"),
        ([["healthy"], ["unhealthy"]], "unhealthy", "is unhealthy"),
        ([["initial"], ["unhealthy"]], "unhealthy", "is unhealthy"),
        ([["healthy"], ["initial"]], "starting", "is initial"),
    ],
)
def test_health_is_that_of_the_worst_target_group(
    groups: list[list[str]], state: str, reason: str
) -> None:
    found = health.of_targets(Balancer(*groups), ["arn"] * len(groups))
    assert found == health.Health(state, reason)
    assert str(found) == (f"{state} ({reason})" if reason else state)


class ServiceWithoutTask:
    """A client for ECS with one service, whose task has not started; moto's start at once."""

    def __init__(self, desired: int) -> None:
        self._desired = desired

    def list_services(self, **_: Any) -> dict[str, Any]:
        return {"serviceArns": ["arn"]}

    def describe_services(self, **_: Any) -> dict[str, Any]:
        return {"services": [{"desiredCount": self._desired, "runningCount": 0, "events": []}]}


@pytest.mark.parametrize(("desired", "state"), [(0, "asleep"), (1, "starting")])
def test_health_of_a_controller_without_a_task(
    desired: int, state: str, session: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "client", lambda _: ServiceWithoutTask(desired))
    assert health.health(session, session.outputs()).state == state
