"""A platform with every kind of monitoring, and what its tests need from it."""

from __future__ import annotations

import json
from typing import Any

from localcloud.cloud import LocalCloud

from harness.aws.permissions import ACCOUNT, Actor
from harness.stacks.engine import Stack

REGION = "eu-central-1"
ARGS: dict[str, Any] = {
    "name_prefix": "acme",
    "agents": [{"name": "linux"}],
    "storage": {"throughput_mode": "bursting"},
    "monitoring": {
        "level": "all",
        "email_addresses": ["ops@example.com"],
        "webhooks": {"pager": "https://pager.example.com/hook?key=abc"},
        "log_key": {"create": {}},
        "flow_logs": {},
        "events": [
            "controller-stopped",
            "agent-failed",
            "spot-interrupted",
            "deployment-failed",
            "build-failed",
        ],
    },
    "schedule": {
        "time_zone": "Europe/Vienna",
        "windows": [
            {"start": "07:30", "end": "19:00"},
            {"days": ["sat"], "start": "09:00", "end": "12:00"},
        ],
        "holidays": ["2026-12-25"],
        "wake_page": True,
    },
    "webhooks": {
        "gitlab_secret_arn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:gitlab-AbCdEf"
    },
    "budget": {"monthly_usd": 200, "email_addresses": ["boss@example.com"]},
}


class MonitoredPlatform:
    """A platform with every kind of monitoring, and a subscriber to its topic."""

    def __init__(self, cloud: LocalCloud, stack: Stack) -> None:
        self.cloud, self.stack = cloud, stack
        self.outputs = stack.up()
        self._resources = stack.resources()
        self.topic = self.outputs["notification_topic_arn"]
        self.queue = self.client("sqs").create_queue(QueueName="listener")["QueueUrl"]
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:listener"
        self.client("sns").subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn)

    def client(self, service: str) -> Any:
        return self.cloud.client(service)

    def found(self, token: str, name: str) -> dict[str, Any]:
        """Outputs of one resource, by its type and logical name."""
        (resource,) = [
            r
            for r in self._resources
            if r["type"] == token and r["urn"].endswith(f"::jenkins-{name}")
        ]
        return dict(resource["outputs"])

    def messages(self) -> list[dict[str, Any]]:
        """Messages of the topic since the last call."""
        found = []
        while answer := self.client("sqs").receive_message(QueueUrl=self.queue).get("Messages"):
            for message in answer:
                found.append(json.loads(message["Body"]))
                self.client("sqs").delete_message(
                    QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"]
                )
        return found

    def service(self) -> dict[str, Any]:
        ecs, cluster = self.client("ecs"), self.outputs["controller_cluster_arn"]
        (arn,) = ecs.list_services(cluster=cluster)["serviceArns"]
        return dict(ecs.describe_services(cluster=cluster, services=[arn])["services"][0])

    def send(self, cluster: str, **detail: Any) -> None:
        """Send an event about a task, as ECS does."""
        task = {"clusterArn": cluster, "taskArn": "arn:task", "group": "family:linux", **detail}
        self.client("events").put_events(
            Entries=[
                {
                    "Source": "aws.ecs",
                    "DetailType": "ECS Task State Change",
                    "Detail": json.dumps(task),
                }
            ]
        )

    def role(self, name: str) -> Actor:
        return Actor.load(self.cloud, self.found("aws:iam/role:Role", name)["arn"])
