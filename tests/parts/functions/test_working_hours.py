"""Working hours against moto's ECS and load balancer: tasks that end, and rules that change."""

from __future__ import annotations

import boto3
import pytest
from jenkins_platform.functions import working_hours
from jenkins_platform.functions.states import HIDDEN, INITIAL_STATE

from harness.aws.emulated_agents import FAMILIES, Agents, new_name

SHOWN = "/*"


class WorkingHours:
    """A controller's service with agents, a listener rule, and a controllable clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **environment: str) -> None:
        self.agents = Agents()
        self.ecs, self.now = self.agents.ecs, 1_800_000_000
        self.name = new_name("controller")
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
