"""Two platforms of one name, and the ARNs that the tests of their permissions use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.aws.permissions import ACCOUNT, Actor, file_system_policy
from harness.inputs.lean import LEAN
from harness.jenkins.ecs_plugin import configuration_of, templates_of
from harness.stacks.engine import Stack, platform_program

REGION = "eu-central-1"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:maven-settings-AbCdEf"
AGENTS = [
    {
        "name": "deploy",
        "secrets": {"TOKEN": f"{SECRET}:token::"},
        "policy_statements": [
            {"actions": ["s3:PutObject"], "resources": ["arn:aws:s3:::releases/*"]}
        ],
        "assumable_role_arns": [f"arn:aws:iam::{ACCOUNT}:role/deployer"],
    },
    {"name": "plain"},
    {
        "name": "reader",
        "managed_policy_arns": ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"],
    },
]


class TwoPlatforms:
    """Two platforms, and the names that the tests use."""

    def __init__(self, cloud: LocalCloud, command: auto.PulumiCommand, folder: Path) -> None:
        self.cloud = cloud
        program = platform_program({**LEAN, "agents": AGENTS})
        self.my_stack, self.other_stack = (
            Stack(cloud, folder / name, command, program, name) for name in ("mine", "other")
        )
        mine, other = self.mine, self.other = self.my_stack.up(), self.other_stack.up()
        self.agents = mine["agent_cluster_arn"]
        self.controllers = mine["controller_cluster_arn"]
        self.task = self.task_of(self.agents)
        ecs = cloud.client("ecs")
        templates = templates_of(configuration_of(cloud, self.controllers))
        described = {
            name: ecs.describe_task_definition(
                taskDefinition=templates[name][1]["taskDefinitionOverride"]
            )["taskDefinition"]
            for name in ("deploy", "plain", "reader")
        }
        self.definition = described["deploy"]["taskDefinitionArn"]
        other_templates = templates_of(configuration_of(cloud, other["controller_cluster_arn"]))
        self.other_definition = ecs.describe_task_definition(
            taskDefinition=other_templates["deploy"][1]["taskDefinitionOverride"]
        )["taskDefinition"]
        self.controller_definition = self._controller_definition(mine)
        self.deploy_role = described["deploy"]["taskRoleArn"]
        self.plain_role = described["plain"]["taskRoleArn"]
        self.reader_role = described["reader"]["taskRoleArn"]
        self.deploy_execution = described["deploy"]["executionRoleArn"]
        self.plain_execution = described["plain"]["executionRoleArn"]
        self.controller_role = mine["controller_role_arn"]
        self.controller_execution = self.controller_definition["executionRoleArn"]
        self.file_system = (
            f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:file-system/{mine['file_system_id']}"
        )
        volumes = self.controller_definition["volumes"]
        (volume,) = [v for v in volumes if "efsVolumeConfiguration" in v]
        point = volume["efsVolumeConfiguration"]["authorizationConfig"]["accessPointId"]
        self.access_point = f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:access-point/{point}"
        (container,) = self.controller_definition["containerDefinitions"]
        environment = {e["name"]: e["value"] for e in container["environment"]}
        self.bucket = f"arn:aws:s3:::{environment['CONFIGURATION_BUCKET']}"

    def task_of(self, cluster: str) -> str:
        """ARN of a task on a cluster."""
        return f"{cluster.replace(':cluster/', ':task/')}/0123456789abcdef"

    def _controller_definition(self, outputs: dict[str, Any]) -> Any:
        ecs, cluster = self.cloud.client("ecs"), outputs["controller_cluster_arn"]
        (arn,) = ecs.list_services(cluster=cluster)["serviceArns"]
        (service,) = ecs.describe_services(cluster=cluster, services=[arn])["services"]
        return ecs.describe_task_definition(taskDefinition=service["taskDefinition"])[
            "taskDefinition"
        ]

    def mount(self, role: str, action: str, *, point: str | None = None, tls: bool = True) -> bool:
        """Whether a role may mount the home, by its policy and by the file system's."""
        context = {"aws:SecureTransport": str(tls).lower()}
        if point:
            context["elasticfilesystem:AccessPointArn"] = point
        policy = file_system_policy(self.cloud, self.mine["file_system_id"])
        return Actor.load(self.cloud, role).may(
            f"elasticfilesystem:{action}", self.file_system, context, policy
        )

    def breaker(self, outputs: dict[str, Any]) -> dict[str, Any]:
        """The function that is the circuit breaker of a platform."""
        handle = outputs["controller_log_group_name"].removesuffix("-controller")
        functions = self.cloud.client("lambda").list_functions()["Functions"]
        (found,) = (
            f
            for f in functions
            if f["Handler"].startswith("functions.spot_breaker.")
            and f["Environment"]["Variables"]["PLATFORM"] == handle
        )
        return dict(found)
