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
from jenkins_platform.functions import meter, metrics, reaper, working_hours
from jenkins_platform.functions.states import HIDDEN, INITIAL_STATE, SHOWN
from moto import mock_aws
from moto.core.config import default_user_config
from moto.ecs.exceptions import InvalidParameterException
from moto.ecs.models import ecs_backends

from localcloud import moto_patches
from tests.support.functions import embedded_metrics

ACCOUNT, REGION = "123456789012", "eu-central-1"
FAMILIES = "jenkins-abc-agent-"
_STARTED_AT_ONCE = 10
"""What RunTask takes in one call."""


_number = itertools.count()
"""Every test has clusters and names of its own in the one emulated account."""


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
        # A thousand managed policies that nobody here looks at take seconds.
        patch.setitem(default_user_config["iam"], "load_aws_managed_policies", False)
        # Nor does each function of the same process need clients of its own.
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
        """Tasks of a family that started some hours ago."""
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
        """Reasons of the tasks that were stopped. moto ends a task also by itself, after it was
        described a few times; then it has no reason."""
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


def test_the_reaper_stops_what_is_old_and_ours_and_nothing_else(reaping: Agents) -> None:
    (old,) = reaping.run(f"{FAMILIES}linux", hours=25)
    reaping.run(f"{FAMILIES}linux", hours=23)
    reaping.run("somebody-elses", hours=100)
    assert reaper.handler({}, None) == {"stopped": [old]}
    assert reaping.stopped() == {
        old: "Older than 24 hours: stopped by the reaper of jenkins-platform"
    }


def test_the_reaper_looks_through_more_tasks_than_one_call_describes(reaping: Agents) -> None:
    tasks = reaping.run(f"{FAMILIES}linux", hours=30, count=101)
    assert set(reaper.handler({}, None)["stopped"]) == set(tasks)


def test_the_reaper_goes_on_after_a_task_that_is_gone_and_tells_it(
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


def told(event: dict[str, Any], printed: pytest.CaptureFixture[str]) -> dict[str, float]:
    """Metrics that the meter makes of an event."""
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
def test_a_started_agent_tells_how_long_it_took(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(task_event(), capsys) == {"AgentStartSeconds": 24.5}


@pytest.mark.usefixtures("metering")
def test_an_ended_agent_tells_its_price(capsys: pytest.CaptureFixture[str]) -> None:
    """An hour of half a vCPU and one GB."""
    assert told(task_event(**STOPPED), capsys) == {"EstimatedUsd": 0.024, "SavedUsd": 0}


@pytest.mark.usefixtures("metering")
def test_spot_costs_its_share_and_the_rest_is_saved(capsys: pytest.CaptureFixture[str]) -> None:
    event = task_event(**STOPPED, capacityProviderName="FARGATE_SPOT")
    assert told(event, capsys) == {"EstimatedUsd": 0.0072, "SavedUsd": 0.0168}


@pytest.mark.usefixtures("metering")
def test_arm_has_its_own_price(capsys: pytest.CaptureFixture[str]) -> None:
    arm = [{"name": "ecs.cpu-architecture", "value": "arm64"}]
    assert told(task_event(**STOPPED, attributes=arm), capsys)["EstimatedUsd"] == 0.018


@pytest.mark.usefixtures("metering")
def test_fargate_bills_a_minute_at_the_least(capsys: pytest.CaptureFixture[str]) -> None:
    short = {**STOPPED, "stoppedAt": "2026-01-23T17:57:53.103Z"}
    assert told(task_event(**short), capsys)["EstimatedUsd"] == 0.0004


@pytest.mark.usefixtures("metering")
def test_interruptions_and_failed_starts_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    spot = {**STOPPED, "stopCode": "SpotInterruption"}
    assert told(task_event(**spot), capsys)["SpotInterruptions"] == 1
    failed = {**STOPPED, "stopCode": "TaskFailedToStart", "pullStartedAt": None}
    assert told(task_event(**failed), capsys) == {"AgentsFailedToStart": 1}


@pytest.mark.usefixtures("metering")
def test_the_warning_of_an_interruption_is_no_second_start(
    capsys: pytest.CaptureFixture[str],
) -> None:
    event = task_event(desiredStatus="STOPPED", stopCode="SpotInterruption")
    assert told(event, capsys) == {}


@pytest.mark.usefixtures("metering")
def test_tasks_of_others_tell_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    others = "arn:aws:ecs:eu-central-1:1:task-definition/other:1"
    assert told(task_event(**STOPPED, taskDefinitionArn=others), capsys) == {}


def test_what_stands_beside_the_metrics_makes_no_metrics(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLATFORM", "jenkins-abc")
    metrics.publish({"Some": (1.5, "Count")}, Template="linux")
    (line,) = embedded_metrics(capsys.readouterr().out)
    assert line["Template"] == "linux"
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Metrics"] == [{"Name": "Some", "Unit": "Count"}]


class Office:
    """A controller's service with agents, a listener rule, and the clock in the test's hands."""

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
    def page(self) -> str:
        (rule,) = self.elb.describe_rules(RuleArns=[self.rule])["Rules"]
        return str(rule["Conditions"][0]["Values"][0])

    def deploy(self, state: str) -> None:
        stored = ecs_backends[ACCOUNT][REGION].services[f"{self.name}:{self.name}"]
        stored.deployments[0]["rolloutState"] = state

    def answer(self) -> None:
        """Let Jenkins answer the load balancer."""
        self.elb.register_targets(
            TargetGroupArn=self.group, Targets=[{"Id": "10.0.0.1", "Port": 8080}]
        )


@pytest.fixture
def office(account: None, monkeypatch: pytest.MonkeyPatch) -> Office:
    return Office(monkeypatch)


def test_at_the_end_of_working_hours_the_controller_sleeps(office: Office) -> None:
    assert office.act("end") == {"state": "asleep", "because": ""}
    assert office.count == 0
    assert office.act("start", minutes=600)["state"] == "waking"
    assert office.count == 1
    office.answer()
    assert office.act("settle")["state"] == "awake"


def test_it_waits_for_agents_and_goes_on_when_they_are_gone(office: Office) -> None:
    (task,) = office.agents.run(f"{FAMILIES}linux")
    office.agents.run("somebody-elses")
    assert office.act("end") == {"state": "falling asleep", "because": "1 agents are still running"}
    assert office.act("settle", minutes=30)["state"] == "falling asleep"
    assert office.count == 1
    office.ecs.stop_task(cluster=office.agents.cluster, task=task)
    assert office.act("settle", minutes=2)["state"] == "asleep"
    assert office.count == 0


def test_at_the_deadline_it_sleeps_anyway_and_leaves_no_agent_behind(office: Office) -> None:
    (task,) = office.agents.run(f"{FAMILIES}linux")
    (other,) = office.agents.run("somebody-elses")
    office.act("end")
    assert office.act("settle", minutes=59)["state"] == "falling asleep"
    assert office.act("settle", minutes=1)["state"] == "asleep"
    assert office.agents.stopped() == {task: "The controller of jenkins-platform is asleep"}
    assert other not in office.agents.stopped()


def test_it_never_sleeps_while_a_deployment_is_under_way(office: Office) -> None:
    office.deploy("IN_PROGRESS")
    assert office.act("end") == {
        "state": "falling asleep",
        "because": "a deployment is in progress",
    }
    assert office.act("settle", minutes=100)["state"] == "falling asleep"
    assert office.count == 1, "whatever the deadline says"
    office.deploy("COMPLETED")
    assert office.act("settle", minutes=2)["state"] == "asleep"


def test_two_deployments_are_one_under_way() -> None:
    done = {"rolloutState": "COMPLETED"}
    assert working_hours.deploying({"deployments": [done, done]})
    assert not working_hours.deploying({"deployments": [done]})


def test_a_new_wish_takes_the_place_of_one_that_waits(office: Office) -> None:
    office.agents.run(f"{FAMILIES}linux")
    office.act("end")
    office.act("wake", minutes=5)
    assert office.act("settle", minutes=200)["state"] == "waking"
    assert office.count == 1


def test_who_wakes_it_by_hand_keeps_it_awake_until_hours_end_next(office: Office) -> None:
    office.act("end")
    office.act("wake", minutes=60)
    for _ in range(5):
        office.act("settle", minutes=2)
    assert office.count == 1
    assert office.act("end", minutes=24 * 60)["state"] == "asleep"


@pytest.mark.parametrize("by_hand", [0, 1])
def test_who_scales_by_hand_is_left_alone(office: Office, by_hand: int) -> None:
    office.act("start" if by_hand == 0 else "end")
    office.ecs.update_service(cluster=office.cluster, service=office.service, desiredCount=by_hand)
    for _ in range(3):
        office.act("settle", minutes=2)
    assert office.count == by_hand


def test_on_a_holiday_it_does_not_wake_by_itself_but_by_hand(
    account: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(monkeypatch, HOLIDAYS="[[1800000000, 1800086400]]")
    office.act("end")
    assert office.act("start", minutes=60) == {"state": "asleep", "because": "today is a holiday"}
    assert office.count == 0
    assert office.act("wake")["state"] == "waking"
    office.act("end")
    assert office.act("start", minutes=24 * 60)["state"] == "waking"


def test_the_page_is_shown_from_sleep_until_jenkins_answers(office: Office) -> None:
    office.agents.run(f"{FAMILIES}linux")
    office.act("end")
    assert office.page == HIDDEN, "not while it is falling asleep"
    office.act("settle", minutes=60)
    assert office.page == SHOWN
    office.act("wake")
    assert office.page == SHOWN, "not before Jenkins answers"
    office.answer()
    office.act("settle", minutes=2)
    assert office.page == HIDDEN


def test_a_jenkins_that_does_not_answer_is_not_dressed_up_as_asleep(office: Office) -> None:
    office.answer()
    office.act("settle")
    office.elb.deregister_targets(TargetGroupArn=office.group, Targets=[{"Id": "10.0.0.1"}])
    assert office.act("settle")["state"] == "waking"
    assert office.page == HIDDEN


def test_without_a_page_no_rule_is_touched(account: None, monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office(monkeypatch, PAGE_RULE="")
    office.act("end")
    assert office.page == HIDDEN


def test_sleep_is_told_as_a_metric(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.act("end")
    office.act("wake")
    lines = embedded_metrics(capsys.readouterr().out)
    assert [line["Asleep"] for line in lines] == [1, 0]


def test_an_action_that_there_is_not_is_refused(office: Office) -> None:
    with pytest.raises(ValueError, match="action 'dance'"):
        office.act("dance")


def test_a_service_that_cannot_be_scaled_leaves_the_wish_open(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = ecs_backends[ACCOUNT][REGION].update_service

    def refuse(properties: dict[str, Any]) -> Any:
        raise moto_refusal()

    monkeypatch.setattr(ecs_backends[ACCOUNT][REGION], "update_service", refuse)
    with pytest.raises(ClientError):
        office.act("end")
    monkeypatch.setattr(ecs_backends[ACCOUNT][REGION], "update_service", real)
    assert office.act("settle", minutes=2)["state"] == "asleep"
