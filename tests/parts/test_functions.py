"""The code of the Lambda functions, against moto's AWS in this process."""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from jenkins_platform.functions import meter, metrics, reaper, spot_breaker, working_hours
from jenkins_platform.functions.states import HIDDEN, INITIAL_STATE
from moto import mock_aws
from moto.core.config import default_user_config
from moto.ecs.exceptions import InvalidParameterException
from moto.ecs.models import ecs_backends

from harness.aws.functions import embedded_metrics
from localcloud import moto_patches

ACCOUNT, REGION = "123456789012", "eu-central-1"
FAMILIES = "jenkins-abc-agent-"
SHOWN = "/*"
_STARTED_AT_ONCE = 10
"""Maximum of RunTask in one call."""


_number = itertools.count()
"""Tests share one emulated account, with separate clusters and names."""


@pytest.fixture(scope="module")
def account() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(key, "test")
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.setenv("MOTO_ECS_SERVICE_RUNNING", "1")
        patch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        moto_patches.apply()
        # Loading a thousand unused managed policies takes seconds.
        patch.setitem(default_user_config["iam"], "load_aws_managed_policies", False)
        # Functions in the same process can share clients.
        patch.setattr(boto3, "client", functools.cache(boto3.client))
        with mock_aws():
            yield


class Agents:
    """A cluster with tasks."""

    def __init__(self) -> None:
        self.ecs, self.name = boto3.client("ecs"), f"agents-{next(_number)}"
        self.cluster: str = self.ecs.create_cluster(clusterName=self.name)["cluster"]["clusterArn"]
        vpc = boto3.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
        subnets = boto3.client("ec2").describe_subnets(
            Filters=[{"Name": "vpc-id", "Values": [vpc]}]
        )
        self.subnet = subnets["Subnets"][0]["SubnetId"]

    def run(self, family: str, hours: float = 0, count: int = 1) -> list[str]:
        """Run tasks of a family that started some hours ago."""
        self.ecs.register_task_definition(
            family=family,
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="512",
            memory="1024",
            containerDefinitions=[{"name": "agent", "image": "agent"}],
        )
        network = {"awsvpcConfiguration": {"subnets": [self.subnet], "securityGroups": []}}
        started: list[str] = []
        while len(started) < count:
            answer = self.ecs.run_task(
                cluster=self.cluster,
                taskDefinition=family,
                launchType="FARGATE",
                networkConfiguration=network,
                count=min(count - len(started), _STARTED_AT_ONCE),
            )
            started += [task["taskArn"] for task in answer["tasks"]]
        stored = ecs_backends[ACCOUNT][REGION].tasks[self.name]
        for arn in started:
            stored[arn].created_at = datetime.now(timezone.utc) - timedelta(hours=hours)
        return started

    def stopped(self) -> dict[str, str]:
        """Reasons of the stopped tasks. moto also ends a task after some descriptions; such a task
        has no reason."""
        arns = [*ecs_backends[ACCOUNT][REGION].tasks[self.name]]
        tasks = self.ecs.describe_tasks(cluster=self.cluster, tasks=arns)["tasks"]
        return {t["taskArn"]: t["stoppedReason"] for t in tasks if t["stoppedReason"]}


@pytest.fixture
def reaping(account: None, monkeypatch: pytest.MonkeyPatch) -> Agents:
    agents = Agents()
    for key, value in {
        "CLUSTER": agents.cluster,
        "FAMILIES": FAMILIES,
        "MAX_HOURS": "24",
    }.items():
        monkeypatch.setenv(key, value)
    return agents


def test_the_reaper_stops_only_old_tasks_of_the_platform(reaping: Agents) -> None:
    (old,) = reaping.run(f"{FAMILIES}linux", hours=25)
    reaping.run(f"{FAMILIES}linux", hours=23)
    reaping.run("another-platform", hours=100)
    assert reaper.handler({}, None) == {"stopped": [old]}
    assert reaping.stopped() == {
        old: "Older than 24 hours: stopped by the reaper of jenkins-platform"
    }


def test_the_reaper_paginates(reaping: Agents) -> None:
    tasks = reaping.run(f"{FAMILIES}linux", hours=30, count=101)
    assert set(reaper.handler({}, None)["stopped"]) == set(tasks)


def test_the_reaper_continues_after_a_missing_task_and_reports_it(
    reaping: Agents, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = reaping.run(f"{FAMILIES}linux", hours=30, count=2)
    real = ecs_backends[ACCOUNT][REGION].stop_task

    def gone(cluster: str, task: str, reason: str) -> Any:
        if task == first:
            raise moto_refusal()
        return real(cluster, task, reason)

    monkeypatch.setattr(ecs_backends[ACCOUNT][REGION], "stop_task", gone)
    with pytest.raises(RuntimeError, match=first):
        reaper.handler({}, None)
    assert list(reaping.stopped()) == [second]


def moto_refusal() -> Exception:
    return InvalidParameterException("The referenced task was not found.")


@pytest.fixture
def metering(monkeypatch: pytest.MonkeyPatch) -> None:
    prices = {"x86_64": [0.04, 0.004], "arm64": [0.03, 0.003], "spot": 0.3}
    for key, value in {
        "PLATFORM": "jenkins-abc",
        "FAMILIES": FAMILIES,
        "PRICES": json.dumps(prices),
        "SPOT_PROVIDERS": "FARGATE_SPOT,acme-group-spot-builder",
    }.items():
        monkeypatch.setenv(key, value)


def task_event(**detail: Any) -> dict[str, Any]:
    """A state change of an agent's task, as in the ECS Developer Guide."""
    task = {
        "clusterArn": "arn:agents",
        "taskArn": "arn:task",
        "taskDefinitionArn": (
            f"arn:aws:ecs:eu-central-1:{ACCOUNT}:task-definition/{FAMILIES}linux:3"
        ),
        "cpu": "512",
        "memory": "1024",
        "launchType": "FARGATE",
        "createdAt": "2026-01-23T17:57:34.402Z",
        "pullStartedAt": "2026-01-23T17:57:52.103Z",
        "startedAt": "2026-01-23T17:57:58.902Z",
        "desiredStatus": "RUNNING",
        "lastStatus": "RUNNING",
        "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
    }
    return {"source": "aws.ecs", "detail": {**task, **detail}}


def metrics_of(event: dict[str, Any], printed: pytest.CaptureFixture[str]) -> dict[str, float]:
    """Metrics that the meter publishes for an event."""
    meter.handler(event, None)
    found: dict[str, float] = {}
    for line in embedded_metrics(printed.readouterr().out):
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == "JenkinsPlatform"
        assert directive["Dimensions"] == [["Platform"]]
        assert line["Platform"] == "jenkins-abc"
        found |= {m["Name"]: line[m["Name"]] for m in directive["Metrics"]}
    return found


STOPPED = {
    "lastStatus": "STOPPED",
    "desiredStatus": "STOPPED",
    "stopCode": "UserInitiated",
    "stoppedAt": "2026-01-23T18:57:52.103Z",
}


@pytest.mark.usefixtures("metering")
def test_a_started_agent_reports_its_start_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert metrics_of(task_event(), capsys) == {"AgentStartSeconds": 24.5}


@pytest.mark.usefixtures("metering")
@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        (
            {"pullStoppedAt": "2026-01-23T17:57:57.603Z"},
            {"PlacementSeconds": 17.701, "PullSeconds": 5.5, "ContainerStartSeconds": 1.299},
        ),
        ({"pullStoppedAt": None}, {"PlacementSeconds": 17.701}),
        ({"pullStartedAt": None, "pullStoppedAt": None}, {}),
    ],
)
def test_the_phases_of_a_start_are_in_the_log_and_no_metrics(
    detail: dict[str, Any], expected: dict[str, float], capsys: pytest.CaptureFixture[str]
) -> None:
    meter.handler(task_event(**detail), None)
    (line,) = embedded_metrics(capsys.readouterr().out)
    assert {k: v for k, v in line.items() if k.endswith("Seconds")} == {
        "AgentStartSeconds": 24.5,
        **expected,
    }
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert [m["Name"] for m in directive["Metrics"]] == ["AgentStartSeconds"]


@pytest.mark.usefixtures("metering")
def test_a_stopped_agent_reports_its_cost(capsys: pytest.CaptureFixture[str]) -> None:
    """An hour of half a vCPU and one GB."""
    assert metrics_of(task_event(**STOPPED), capsys) == {"EstimatedUsd": 0.024, "SavedUsd": 0}


@pytest.mark.usefixtures("metering")
def test_spot_cost_and_savings_add_up_to_the_list_price(capsys: pytest.CaptureFixture[str]) -> None:
    event = task_event(**STOPPED, capacityProviderName="FARGATE_SPOT")
    assert metrics_of(event, capsys) == {"EstimatedUsd": 0.0072, "SavedUsd": 0.0168}


@pytest.mark.usefixtures("metering")
def test_a_task_on_an_instance_has_no_price_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    about = {"launchType": "EC2", "capacityProviderName": "acme-group-spot-builder"}
    assert metrics_of(task_event(**STOPPED, **about), capsys) == {}
    meter.handler(task_event(**about), None)
    (line,) = embedded_metrics(capsys.readouterr().out)
    assert (line["Capacity"], line["AgentStartSeconds"]) == ("spot", 24.5)


@pytest.mark.usefixtures("metering")
def test_arm_has_its_own_price(capsys: pytest.CaptureFixture[str]) -> None:
    arm = [{"name": "ecs.cpu-architecture", "value": "arm64"}]
    assert metrics_of(task_event(**STOPPED, attributes=arm), capsys)["EstimatedUsd"] == 0.018


@pytest.mark.usefixtures("metering")
def test_fargate_bills_at_least_one_minute(capsys: pytest.CaptureFixture[str]) -> None:
    short = {**STOPPED, "stoppedAt": "2026-01-23T17:57:53.103Z"}
    assert metrics_of(task_event(**short), capsys)["EstimatedUsd"] == 0.0004


@pytest.mark.usefixtures("metering")
def test_interruptions_and_failed_starts_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    spot = {**STOPPED, "stopCode": "SpotInterruption"}
    assert metrics_of(task_event(**spot), capsys)["SpotInterruptions"] == 1
    failed = {**STOPPED, "stopCode": "TaskFailedToStart", "pullStartedAt": None}
    assert metrics_of(task_event(**failed), capsys) == {"AgentsFailedToStart": 1}


@pytest.mark.usefixtures("metering")
def test_a_spot_warning_is_not_counted_as_a_start(
    capsys: pytest.CaptureFixture[str],
) -> None:
    event = task_event(desiredStatus="STOPPED", stopCode="SpotInterruption")
    assert metrics_of(event, capsys) == {}


@pytest.mark.usefixtures("metering")
def test_tasks_of_other_families_report_no_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    others = "arn:aws:ecs:eu-central-1:1:task-definition/other:1"
    assert metrics_of(task_event(**STOPPED, taskDefinitionArn=others), capsys) == {}


def test_additional_fields_do_not_become_metrics(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLATFORM", "jenkins-abc")
    metrics.publish({"Some": (1.5, "Count")}, Template="linux")
    (line,) = embedded_metrics(capsys.readouterr().out)
    assert line["Template"] == "linux"
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Metrics"] == [{"Name": "Some", "Unit": "Count"}]


class WorkingHours:
    """A controller's service with agents, a listener rule, and a controllable clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **environment: str) -> None:
        self.agents = Agents()
        self.ecs, self.now = self.agents.ecs, 1_800_000_000
        self.name = f"controller-{next(_number)}"
        monkeypatch.setattr(working_hours.time, "time", lambda: self.now)
        self.cluster = self.ecs.create_cluster(clusterName=self.name)["cluster"]["clusterArn"]
        self.ecs.register_task_definition(
            family=self.name, containerDefinitions=[{"name": "c", "image": "c", "memory": 9}]
        )
        self.service = self.ecs.create_service(
            cluster=self.cluster,
            serviceName=self.name,
            taskDefinition=self.name,
            desiredCount=1,
        )["service"]["serviceArn"]
        boto3.client("ssm").put_parameter(Name=self.name, Type="String", Value=INITIAL_STATE)
        self._balance()
        values = {
            "PLATFORM": "jenkins-abc",
            "CONTROLLER_CLUSTER": self.cluster,
            "SERVICE": self.service,
            "AGENTS_CLUSTER": self.agents.cluster,
            "FAMILIES": FAMILIES,
            "PARAMETER": self.name,
            "HOLIDAYS": "[]",
            "WAIT_SECONDS": "3600",
            "TARGET_GROUP": self.group,
            "PAGE_RULE": self.rule,
            **environment,
        }
        for key, value in values.items():
            monkeypatch.setenv(key, value)

    def _balance(self) -> None:
        ec2, self.elb = boto3.client("ec2"), boto3.client("elbv2")
        vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
        balancer = self.elb.create_load_balancer(
            Name=self.name, Subnets=[s["SubnetId"] for s in subnets[:2]]
        )["LoadBalancers"][0]["LoadBalancerArn"]
        self.group = self.elb.create_target_group(
            Name=self.name, Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip"
        )["TargetGroups"][0]["TargetGroupArn"]
        forward = [{"Type": "forward", "TargetGroupArn": self.group}]
        listener = self.elb.create_listener(
            LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=forward
        )["Listeners"][0]["ListenerArn"]
        self.rule = self.elb.create_rule(
            ListenerArn=listener,
            Priority=1,
            Conditions=[{"Field": "path-pattern", "Values": [HIDDEN]}],
            Actions=forward,
        )["Rules"][0]["RuleArn"]

    def act(self, action: str, minutes: float = 0) -> dict[str, str]:
        self.now += int(minutes * 60)
        return working_hours.handler({"action": action}, None)

    @property
    def count(self) -> int:
        found = self.ecs.describe_services(cluster=self.cluster, services=[self.service])
        return int(found["services"][0]["desiredCount"])

    @property
    def pages(self) -> list[str]:
        (rule,) = self.elb.describe_rules(RuleArns=[self.rule])["Rules"]
        (page,) = [c for c in rule["Conditions"] if c["Field"] == "path-pattern"]
        return list(page.get("PathPatternConfig", page)["Values"])

    @property
    def page(self) -> str:
        (page,) = self.pages
        return page

    @property
    def hosts(self) -> list[str]:
        (rule,) = self.elb.describe_rules(RuleArns=[self.rule])["Rules"]
        hosts = [c for c in rule["Conditions"] if c["Field"] == "host-header"]
        return [v for c in hosts for v in c.get("HostHeaderConfig", c)["Values"]]

    def deploy(self, state: str) -> None:
        stored = ecs_backends[ACCOUNT][REGION].services[f"{self.name}:{self.name}"]
        stored.deployments[0]["rolloutState"] = state

    def answer(self) -> None:
        """Make Jenkins healthy for the load balancer."""
        self.elb.register_targets(
            TargetGroupArn=self.group, Targets=[{"Id": "10.0.0.1", "Port": 8080}]
        )


@pytest.fixture
def hours(account: None, monkeypatch: pytest.MonkeyPatch) -> WorkingHours:
    return WorkingHours(monkeypatch)


def test_at_the_end_of_working_hours_the_controller_sleeps(hours: WorkingHours) -> None:
    assert hours.act("end") == {"state": "asleep", "because": ""}
    assert hours.count == 0
    assert hours.act("start", minutes=600)["state"] == "waking"
    assert hours.count == 1
    hours.answer()
    assert hours.act("settle")["state"] == "awake"


def test_the_page_is_for_one_host_name_if_others_use_the_load_balancer(
    account: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = WorkingHours(monkeypatch, HOST_NAME="ci.example.com")
    hours.answer()
    assert hours.act("settle")["state"] == "awake"
    assert (hours.page, hours.hosts) == (HIDDEN, ["ci.example.com"])
    assert hours.act("sleep")["state"] == "asleep"
    assert (hours.page, hours.hosts) == (SHOWN, ["ci.example.com"])
    monkeypatch.setenv("HOST_NAME", "jenkins.example.com")
    assert hours.act("settle")["state"] == "asleep"
    assert (hours.page, hours.hosts) == (SHOWN, ["jenkins.example.com"])
    monkeypatch.setenv("HOST_NAME", "")
    assert hours.act("settle")["state"] == "asleep"
    assert (hours.page, hours.hosts) == (SHOWN, [])


def test_the_page_is_below_the_path_of_jenkins(
    account: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = WorkingHours(monkeypatch, PATH_PREFIX="/jenkins")
    hours.answer()
    hours.act("settle")
    assert hours.pages == ["/jenkins/jenkins-platform/asleep"]
    hours.act("sleep")
    assert hours.pages == ["/jenkins", "/jenkins/*"]


@pytest.mark.parametrize(
    ("path_prefix", "pages"), [("", ["/*"]), ("/tools/ci", ["/tools/ci", "/tools/ci/*"])]
)
def test_the_page_follows_another_path_while_jenkins_sleeps_and_wakes(
    account: None, monkeypatch: pytest.MonkeyPatch, path_prefix: str, pages: list[str]
) -> None:
    hours = WorkingHours(monkeypatch, PATH_PREFIX="/jenkins")
    hours.act("sleep")
    monkeypatch.setenv("PATH_PREFIX", path_prefix)
    assert hours.act("wake")["state"] == "waking"
    assert hours.pages == pages, "until Jenkins answers"
    hours.answer()
    assert hours.act("settle")["state"] == "awake"
    assert hours.pages == [f"{path_prefix}/jenkins-platform/asleep"]


def test_sleep_waits_until_the_agents_have_stopped(hours: WorkingHours) -> None:
    (task,) = hours.agents.run(f"{FAMILIES}linux")
    hours.agents.run("another-platform")
    assert hours.act("end") == {"state": "falling asleep", "because": "1 agents are still running"}
    assert hours.act("settle", minutes=30)["state"] == "falling asleep"
    assert hours.count == 1
    hours.ecs.stop_task(cluster=hours.agents.cluster, task=task)
    assert hours.act("settle", minutes=2)["state"] == "asleep"
    assert hours.count == 0


def test_at_the_deadline_agents_are_stopped_and_the_controller_sleeps(hours: WorkingHours) -> None:
    (task,) = hours.agents.run(f"{FAMILIES}linux")
    (other,) = hours.agents.run("another-platform")
    hours.act("end")
    assert hours.act("settle", minutes=59)["state"] == "falling asleep"
    assert hours.act("settle", minutes=1)["state"] == "asleep"
    assert hours.agents.stopped() == {task: "The controller of jenkins-platform is asleep"}
    assert other not in hours.agents.stopped()


def test_the_controller_does_not_sleep_during_a_deployment(hours: WorkingHours) -> None:
    hours.deploy("IN_PROGRESS")
    assert hours.act("end") == {
        "state": "falling asleep",
        "because": "a deployment is in progress",
    }
    assert hours.act("settle", minutes=100)["state"] == "falling asleep"
    assert hours.count == 1, "whatever the deadline says"
    hours.deploy("COMPLETED")
    assert hours.act("settle", minutes=2)["state"] == "asleep"


def test_two_deployments_mean_one_is_in_progress() -> None:
    done = {"rolloutState": "COMPLETED"}
    assert working_hours.deploying({"deployments": [done, done]})
    assert not working_hours.deploying({"deployments": [done]})


def test_a_new_desired_state_replaces_a_pending_one(hours: WorkingHours) -> None:
    hours.agents.run(f"{FAMILIES}linux")
    hours.act("end")
    hours.act("wake", minutes=5)
    assert hours.act("settle", minutes=200)["state"] == "waking"
    assert hours.count == 1


def test_a_manual_wake_lasts_until_the_next_end_of_working_hours(hours: WorkingHours) -> None:
    hours.act("end")
    hours.act("wake", minutes=60)
    for _ in range(5):
        hours.act("settle", minutes=2)
    assert hours.count == 1
    assert hours.act("end", minutes=24 * 60)["state"] == "asleep"


@pytest.mark.parametrize("by_hand", [0, 1])
def test_manual_scaling_is_respected(hours: WorkingHours, by_hand: int) -> None:
    hours.act("start" if by_hand == 0 else "end")
    hours.ecs.update_service(cluster=hours.cluster, service=hours.service, desiredCount=by_hand)
    for _ in range(3):
        hours.act("settle", minutes=2)
    assert hours.count == by_hand


def test_on_a_holiday_only_a_manual_wake_works(
    account: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = WorkingHours(monkeypatch, HOLIDAYS="[[1800000000, 1800086400]]")
    hours.act("end")
    assert hours.act("start", minutes=60) == {"state": "asleep", "because": "today is a holiday"}
    assert hours.count == 0
    assert hours.act("wake")["state"] == "waking"
    hours.act("end")
    assert hours.act("start", minutes=24 * 60)["state"] == "waking"


def test_the_wake_page_is_shown_until_jenkins_is_healthy(hours: WorkingHours) -> None:
    hours.agents.run(f"{FAMILIES}linux")
    hours.act("end")
    assert hours.page == HIDDEN, "not while the agents are draining"
    hours.act("settle", minutes=60)
    assert hours.page == SHOWN
    hours.act("wake")
    assert hours.page == SHOWN, "not before Jenkins is healthy"
    hours.answer()
    hours.act("settle", minutes=2)
    assert hours.page == HIDDEN


def test_an_unhealthy_jenkins_does_not_show_the_wake_page(hours: WorkingHours) -> None:
    hours.answer()
    hours.act("settle")
    hours.elb.deregister_targets(TargetGroupArn=hours.group, Targets=[{"Id": "10.0.0.1"}])
    assert hours.act("settle")["state"] == "waking"
    assert hours.page == HIDDEN


def test_without_a_wake_page_no_rule_is_changed(
    account: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = WorkingHours(monkeypatch, PAGE_RULE="")
    hours.act("end")
    assert hours.page == HIDDEN


def test_sleep_is_published_as_a_metric(
    hours: WorkingHours, capsys: pytest.CaptureFixture[str]
) -> None:
    hours.act("end")
    hours.act("wake")
    lines = embedded_metrics(capsys.readouterr().out)
    assert [line["Asleep"] for line in lines] == [1, 0]


def test_an_unknown_action_is_refused(hours: WorkingHours) -> None:
    with pytest.raises(ValueError, match="action 'dance'"):
        hours.act("dance")


def test_a_failed_scaling_keeps_the_desired_state_pending(
    hours: WorkingHours, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = ecs_backends[ACCOUNT][REGION].update_service

    def refuse(properties: dict[str, Any]) -> Any:
        raise moto_refusal()

    monkeypatch.setattr(ecs_backends[ACCOUNT][REGION], "update_service", refuse)
    with pytest.raises(ClientError):
        hours.act("end")
    monkeypatch.setattr(ecs_backends[ACCOUNT][REGION], "update_service", real)
    assert hours.act("settle", minutes=2)["state"] == "asleep"


@pytest.fixture
def breaker(account: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """Name of the parameter with the state of a new circuit breaker for two architectures."""
    name = f"breaker-{next(_number)}"
    boto3.client("ssm").put_parameter(Name=name, Value="{}", Type="String")
    for key, value in {
        "PLATFORM": "jenkins-abc",
        "PARAMETER": name,
        "ARCHITECTURES": "arm64,x86_64",
        "FAILURE_THRESHOLD": "3",
        "COOL_DOWN_SECONDS": "900",
    }.items():
        monkeypatch.setenv(key, value)
    return name


def report(**failures: int) -> list[str]:
    return spot_breaker.handler({"failures": failures}, None)["on_demand"]


def test_the_circuit_breaker_switches_one_architecture_and_remembers_it(
    breaker: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(x86_64=2, arm64=1) == []
    assert report(x86_64=1, sparc=9) == ["x86_64"]
    assert report() == ["x86_64"]
    assert embedded_metrics(capsys.readouterr().out)[-1]["SpotSuspended"] == 1


def test_the_circuit_breaker_is_silent_and_writes_nothing_while_all_is_well(
    breaker: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report() == report() == []
    assert capsys.readouterr().out == ""
    parameter = boto3.client("ssm").get_parameter(Name=breaker)["Parameter"]
    assert (parameter["Value"], parameter["Version"]) == ("{}", 1)


def test_the_mode_overrides_the_circuit_breakers_and_auto_closes_them(breaker: str) -> None:
    environment = {
        "PARAMETER": breaker,
        "ARCHITECTURES": "arm64,x86_64",
        "FAILURE_THRESHOLD": "3",
        "COOL_DOWN_SECONDS": "900",
    }
    spot_breaker.SpotBreaker(environment).set_mode("on-demand")
    assert report() == ["arm64", "x86_64"]
    assert report(arm64=3) == ["arm64", "x86_64"]
    spot_breaker.SpotBreaker(environment).set_mode("auto")
    assert report() == []
