"""What happens before and after the resources of a stack are deleted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from jenkins_platform_cli.engine.take_down import TakeDown

from harness.aws.clients import session

ARN = "arn:aws:ecs:eu-central-1:123456789012:"
CONTROLLER, AGENTS = f"{ARN}cluster/jenkins-controller", f"{ARN}cluster/jenkins-agents"
SERVICE = f"{ARN}service/jenkins-controller/jenkins-controller"
BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/jenkins/0a"


def resource(kind: str, name: str, identity: str, **more: Any) -> dict[str, Any]:
    urn = f"urn:pulumi:prod::jenkins-platform::{kind}::{name}"
    return {"type": kind, "urn": urn, "id": identity, "custom": True, "inputs": {}, **more}


CLUSTERS = [
    resource("aws:ecs/cluster:Cluster", "jenkins-controller", CONTROLLER),
    resource("aws:ecs/cluster:Cluster", "jenkins-agents", AGENTS),
]
STATE = [
    *CLUSTERS,
    resource(
        "aws:ecs/service:Service", "jenkins-controller", SERVICE, inputs={"cluster": CONTROLLER}
    ),
    resource("aws:lb/loadBalancer:LoadBalancer", "jenkins-alb", BALANCER),
    resource("aws:s3/bucket:Bucket", "jenkins-access-logs", "jenkins-access-logs-1"),
    resource("aws:efs/fileSystem:FileSystem", "jenkins-home", "fs-1", retainOnDelete=True),
    resource("pulumi:providers:aws", "default", "provider"),
]


NAMES = {"cloudwatchlogs": "logs"}
"""Prefixes of IAM actions that are not the name of the service."""


class Aws:
    """Clients that accept only the calls that a test expects, in their order."""

    def __init__(self) -> None:
        names = ("ecs", "elbv2", "logs")
        self.clients: dict[str, Any] = {n: session().client(n) for n in names}  # type: ignore[call-overload]
        self.stubs = {name: Stubber(client) for name, client in self.clients.items()}
        for stub in self.stubs.values():
            stub.activate()
        self.said: list[str] = []
        self.pauses = 0

    def expect(self, service: str, call: str, sent: Any, answer: Any) -> None:
        self.stubs[service].add_response(call, answer, sent)

    def tasks(self, cluster: str, running: list[str], stopping: list[str] | None = None) -> None:
        """Expect the calls that list the tasks of a cluster."""
        stopping = stopping or []
        for status, arns in (("RUNNING", running), ("STOPPED", stopping)):
            sent = {"cluster": cluster, "desiredStatus": status}
            self.expect("ecs", "list_tasks", sent, {"taskArns": arns})
        if arns := running + stopping:
            states = ["RUNNING"] * len(running) + ["DEPROVISIONING"] * len(stopping)
            tasks = [{"taskArn": a, "lastStatus": s} for a, s in zip(arns, states, strict=True)]
            self.expect(
                "ecs", "describe_tasks", {"cluster": cluster, "tasks": arns}, {"tasks": tasks}
            )

    def prepare(self) -> None:
        """Expect what is done before tasks are stopped."""
        attributes = [{"Key": "deletion_protection.enabled", "Value": "false"}]
        self.expect(
            "elbv2",
            "modify_load_balancer_attributes",
            {"LoadBalancerArn": BALANCER, "Attributes": attributes},
            {},
        )
        sent = {"cluster": CONTROLLER, "service": SERVICE, "desiredCount": 0}
        self.expect("ecs", "update_service", sent, {})

    def take_down(self) -> TakeDown:
        def pause() -> None:
            self.pauses += 1

        return TakeDown(STATE, self.clients.__getitem__, self.said.append, pause)


@pytest.fixture
def aws() -> Iterator[Aws]:
    aws = Aws()
    yield aws
    for stub in aws.stubs.values():
        stub.assert_no_pending_responses()


def test_agents_are_stopped_after_the_controller_and_waited_for(aws: Aws) -> None:
    aws.prepare()
    aws.tasks(CONTROLLER, [], ["controller"])
    aws.tasks(CONTROLLER, [])
    aws.tasks(CONTROLLER, [])
    aws.tasks(AGENTS, ["a", "b"])
    for task in ("a", "b"):
        sent = {"cluster": AGENTS, "task": task, "reason": "jenkins-platform destroy"}
        aws.expect("ecs", "stop_task", sent, {})
    aws.tasks(CONTROLLER, [])
    aws.tasks(AGENTS, [], ["a", "b"])
    aws.tasks(CONTROLLER, [])
    aws.tasks(AGENTS, [], ["b"])
    aws.tasks(CONTROLLER, [])
    aws.tasks(AGENTS, [])
    aws.take_down().prepare()
    assert aws.said == ["Waiting for 1 tasks to stop.", "Waiting for 2 tasks to stop."]
    assert aws.pauses == 3


def test_the_page_on_permissions_names_every_call(aws: Aws) -> None:
    called: set[str] = set()

    def note(model: Any, **_: Any) -> None:
        prefix = model.service_model.service_id.replace(" v2", "").replace(" ", "").lower()
        called.add(f"{NAMES.get(prefix, prefix)}:{model.name}")

    for client in aws.clients.values():
        client.meta.events.register_first("before-parameter-build", note)
    aws.prepare()
    aws.tasks(CONTROLLER, [])
    aws.tasks(CONTROLLER, [])
    aws.tasks(AGENTS, ["a"])
    aws.expect(
        "ecs",
        "stop_task",
        {"cluster": AGENTS, "task": "a", "reason": "jenkins-platform destroy"},
        {},
    )
    aws.tasks(CONTROLLER, [])
    aws.tasks(AGENTS, [])
    for cluster in ("controller", "agents"):
        group = f"/aws/ecs/containerinsights/jenkins-{cluster}/performance"
        aws.expect("logs", "delete_log_group", {"logGroupName": group}, {})
    take_down = aws.take_down()
    take_down.prepare()
    take_down.complete([])
    page = (Path(__file__).parents[3] / "docs" / "permissions.md").read_text()
    assert called >= {"ecs:StopTask", "elasticloadbalancing:ModifyLoadBalancerAttributes"}
    assert {call for call in called if f"`{call}`" not in page} == set()


def test_a_task_that_does_not_stop_is_named_before_anything_is_deleted(aws: Aws) -> None:
    aws.prepare()
    for _ in range(121):
        aws.tasks(CONTROLLER, ["controller"])
    with pytest.raises(RuntimeError, match=r"1 tasks have not stopped: controller\. Nothing was"):
        aws.take_down().prepare()


def test_what_is_already_deleted_does_not_prevent_the_rest(aws: Aws) -> None:
    aws.stubs["elbv2"].add_client_error("modify_load_balancer_attributes", "LoadBalancerNotFound")
    aws.stubs["ecs"].add_client_error("update_service", "ServiceNotActiveException")
    aws.stubs["ecs"].add_client_error("list_tasks", "ClusterNotFoundException")
    for _ in range(2):
        aws.stubs["ecs"].add_client_error("list_tasks", "ClusterNotFoundException")
        aws.tasks(AGENTS, [])
    aws.take_down().prepare()


def test_missing_permissions_are_errors(aws: Aws) -> None:
    aws.stubs["elbv2"].add_client_error("modify_load_balancer_attributes", "AccessDenied")
    with pytest.raises(ClientError, match="AccessDenied"):
        aws.take_down().prepare()


def test_the_listing_reports_data_that_stays_from_data_that_is_deleted(aws: Aws) -> None:
    aws.tasks(CONTROLLER, ["controller"])
    aws.tasks(AGENTS, ["a", "b"])
    assert aws.take_down().listing() == [
        "Stays in AWS: 1 resources",
        "  FileSystem jenkins-home (fs-1)",
        "Is deleted: 5 resources, among them:",
        "  bucket jenkins-access-logs-1 with its objects",
        "  3 running tasks, which are stopped first",
    ]


def test_log_groups_of_container_insights_are_deleted_with_their_clusters(aws: Aws) -> None:
    group = "/aws/ecs/containerinsights/jenkins-{}/performance"
    aws.expect("logs", "delete_log_group", {"logGroupName": group.format("controller")}, {})
    assert aws.take_down().complete(CLUSTERS[1:]) == [], "not of a cluster that still exists"
    aws.stubs["logs"].add_client_error("delete_log_group", "ResourceNotFoundException")
    aws.stubs["logs"].add_client_error("delete_log_group", "AccessDeniedException")
    (message,) = aws.take_down().complete([])
    assert message.startswith(f"log group {group.format('agents')} was not deleted")
