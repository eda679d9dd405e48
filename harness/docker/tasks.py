"""Tasks on an embedded cloud that runs them, asked for with plain boto3."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from localcloud.cloud import REGION, LocalCloud
from localcloud.runner.docker_host import LINK_VARIABLE

from harness.docker.engine import Engine
from harness.stacks.engine import environment

T = TypeVar("T")
IMAGE = "standin/python:latest"
GROUP = "tasks"
"""Log group of all tasks here."""
_SECONDS = 120


def wait_until(found: Callable[[], T], seconds: float = _SECONDS) -> T:
    """What is found, once that is something."""
    deadline = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    return answer


@contextmanager
def living_cloud(engine: Engine, folder: Path) -> Iterator[LocalCloud]:
    """An embedded cloud that runs tasks on an engine, and leaves nothing there."""
    with environment(**{LINK_VARIABLE: IMAGE}):
        cloud = LocalCloud.start(folder, docker=engine.host)
    try:
        yield cloud
    finally:
        for volume in cloud.stop():
            engine.client.volumes.get(volume).remove()


@dataclass
class Place:
    """A VPC with a cluster, in which tasks can run."""

    cloud: LocalCloud
    cluster: str = "test"
    vpc: str = ""
    subnets: list[str] = field(default_factory=list)
    network: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ec2, ecs = self.cloud.client("ec2"), self.ecs
        self.vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [
            ec2.create_subnet(
                VpcId=self.vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"{REGION}{zone}"
            )["Subnet"]["SubnetId"]
            for n, zone in enumerate("ab")
        ]
        group = self.security_group("all")
        self.allow(group, group, "-1")
        self.network = self.network_of(group)
        ecs.create_cluster(clusterName=self.cluster, capacityProviders=["FARGATE", "FARGATE_SPOT"])
        self.cloud.client("logs").create_log_group(logGroupName=GROUP)

    def security_group(self, name: str) -> str:
        """Id of a new security group, which lets nothing in and everything out."""
        ec2 = self.cloud.client("ec2")
        made = ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)
        return str(made["GroupId"])

    def allow(self, group: str, source: str, protocol: str, port: int | None = None) -> None:
        """Let a security group in at a port."""
        ports = {} if port is None else {"FromPort": port, "ToPort": port}
        permission = {"IpProtocol": protocol, "UserIdGroupPairs": [{"GroupId": source}], **ports}
        self.cloud.client("ec2").authorize_security_group_ingress(
            GroupId=group, IpPermissions=[permission]
        )

    def let_out(self, group: str, *permissions: dict[str, Any]) -> None:
        """Let a security group out by these rules only; without any, nowhere."""
        ec2 = self.cloud.client("ec2")
        (before,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
        if before["IpPermissionsEgress"]:
            ec2.revoke_security_group_egress(
                GroupId=group, IpPermissions=before["IpPermissionsEgress"]
            )
        if permissions:
            ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[*permissions])

    def network_of(self, *groups: str) -> dict[str, Any]:
        """A network configuration with security groups."""
        return {"awsvpcConfiguration": {"subnets": self.subnets, "securityGroups": [*groups]}}

    @property
    def ecs(self) -> Any:
        return self.cloud.client("ecs")

    def role(self, name: str, *statements: dict[str, Any]) -> str:
        """ARN of a new role with a policy."""
        iam = self.cloud.client("iam")
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        if statements:
            allowed = [{"Effect": "Allow", "Resource": "*", **s} for s in statements]
            document = json.dumps({"Version": "2012-10-17", "Statement": allowed})
            iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
        return str(arn)

    def define(self, *containers: dict[str, Any], family: str = "test", **task: Any) -> str:
        """ARN of a new task definition. A container gets a name, an image and a log where it has
        none."""
        log = {"awslogs-group": GROUP, "awslogs-region": REGION, "awslogs-stream-prefix": "p"}
        defaults = {
            "name": "main",
            "image": IMAGE,
            "logConfiguration": {"logDriver": "awslogs", "options": log},
        }
        registered = self.ecs.register_task_definition(
            family=family,
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            containerDefinitions=[{**defaults, **c} for c in containers],
            **{"cpu": "256", "memory": "512", **task},
        )
        return str(registered["taskDefinition"]["taskDefinitionArn"])

    def start(self, definition: str, **request: Any) -> str:
        """ARN of a new task."""
        if "capacityProviderStrategy" not in request:
            request["launchType"] = "FARGATE"
        answer = self.ecs.run_task(
            cluster=self.cluster,
            taskDefinition=definition,
            **{"networkConfiguration": self.network, **request},
        )
        return str(answer["tasks"][0]["taskArn"])

    def task(self, arn: str) -> dict[str, Any]:
        found = self.ecs.describe_tasks(cluster=self.cluster, tasks=[arn], include=["TAGS"])
        task: dict[str, Any] = found["tasks"][0]
        return task

    def reaches(self, arn: str, state: str) -> dict[str, Any]:
        """A task once it is in a state, or stopped."""
        wait_until(lambda: self.task(arn)["lastStatus"] in (state, "STOPPED"))
        task = self.task(arn)
        assert task["lastStatus"] == state, task
        return task

    def run(self, *containers: dict[str, Any], **task: Any) -> dict[str, Any]:
        """A task that has run to its end."""
        return self.reaches(self.start(self.define(*containers, **task)), "STOPPED")

    def printed(self, task: dict[str, Any], container: str = "main") -> list[str]:
        """The lines of a container in CloudWatch Logs."""
        stream = f"p/{container}/{task['taskArn'].rsplit('/', 1)[-1]}"
        answer = self.cloud.client("logs").get_log_events(
            logGroupName=GROUP, logStreamName=stream, startFromHead=True
        )
        return [event["message"] for event in answer["events"]]

    def service(self, name: str, definition: str, **request: Any) -> dict[str, Any]:
        """A new service that stops its task before it starts the next."""
        answer = self.ecs.create_service(
            cluster=self.cluster,
            serviceName=name,
            taskDefinition=definition,
            launchType="FARGATE",
            networkConfiguration=self.network,
            deploymentConfiguration={
                "maximumPercent": 100,
                "minimumHealthyPercent": 0,
                "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            },
            **{"desiredCount": 1, **request},
        )
        service: dict[str, Any] = answer["service"]
        return service

    def described(self, name: str) -> dict[str, Any]:
        found = self.ecs.describe_services(cluster=self.cluster, services=[name])
        service: dict[str, Any] = found["services"][0]
        return service

    def steady(self, name: str, count: int = 1) -> dict[str, Any]:
        """A service once its deployment is complete."""

        def done() -> bool:
            service = self.described(name)
            (*others, last) = service["deployments"]
            running = service["runningCount"] == service["desiredCount"] == count
            return running and not others and last["rolloutState"] == "COMPLETED"

        wait_until(done)
        return self.described(name)

    def tasks_of(self, name: str) -> list[dict[str, Any]]:
        """The tasks of a service, the oldest first."""
        arns = [
            arn
            for status in ("RUNNING", "STOPPED")
            for arn in self.ecs.list_tasks(
                cluster=self.cluster, serviceName=name, desiredStatus=status
            )["taskArns"]
        ]
        found = self.ecs.describe_tasks(cluster=self.cluster, tasks=arns)["tasks"] if arns else []
        return sorted(found, key=lambda task: str(task["createdAt"]))


def shell(script: str, **container: Any) -> dict[str, Any]:
    """A container that runs a script."""
    return {"command": ["sh", "-c", script], **container}


def secret(name: str, value_from: str) -> dict[str, Sequence[dict[str, str]]]:
    return {"secrets": [{"name": name, "valueFrom": value_from}]}


@dataclass(frozen=True)
class Messages:
    """A topic, and a queue that gets its messages."""

    topic: str
    _sqs: Any
    _queue: str

    @classmethod
    def make(cls, cloud: LocalCloud, name: str) -> Messages:
        sns, sqs = cloud.client("sns"), cloud.client("sqs")
        topic = str(sns.create_topic(Name=name)["TopicArn"])
        queue = str(sqs.create_queue(QueueName=name)["QueueUrl"])
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["Attributes"]["QueueArn"])
        return cls(topic, sqs, queue)

    def next(self) -> dict[str, Any]:
        """The next message, read as JSON."""

        def received() -> list[dict[str, Any]]:
            answer = self._sqs.receive_message(QueueUrl=self._queue, WaitTimeSeconds=1)
            found: list[dict[str, Any]] = answer.get("Messages", [])
            return found

        (message,) = wait_until(received)
        self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        content: dict[str, Any] = json.loads(json.loads(message["Body"])["Message"])
        return content
