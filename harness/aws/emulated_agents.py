"""Agents on a cluster of moto in this process, whose state can be changed directly."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from moto import mock_aws
from moto.core.config import default_user_config
from moto.ecs.models import ecs_backends

from localcloud import moto_patches

ACCOUNT, REGION = "123456789012", "eu-central-1"
FAMILIES = "jenkins-abc-agent-"
_STARTED_AT_ONCE = 10
"""Maximum of RunTask in one call."""
_numbers = itertools.count()


@contextmanager
def emulated_account() -> Iterator[None]:
    """An account of moto for boto3. Tests can share it, with separate clusters and names."""
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


def new_name(kind: str) -> str:
    """A name that no other test uses."""
    return f"{kind}-{next(_numbers)}"


class Agents:
    """A cluster with tasks."""

    def __init__(self) -> None:
        self.ecs, self.name = boto3.client("ecs"), new_name("agents")
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
            created_at = datetime.now(timezone.utc) - timedelta(hours=hours)
            stored[arn].created_at = created_at  # type: ignore[attr-defined]
        return started

    def stopped(self) -> dict[str, str]:
        """Reasons of the stopped tasks. moto also ends a task after some descriptions; such a task
        has no reason."""
        arns = [*ecs_backends[ACCOUNT][REGION].tasks[self.name]]
        tasks = self.ecs.describe_tasks(cluster=self.cluster, tasks=arns)["tasks"]
        return {t["taskArn"]: t["stoppedReason"] for t in tasks if t["stoppedReason"]}
