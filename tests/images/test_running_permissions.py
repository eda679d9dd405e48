"""What a running controller may do with its credentials, asked from inside its container."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from localcloud.cloud import LocalCloud

from harness.docker.engine import Engine
from harness.docker.platform_images import stack_of_images
from harness.docker.tasks import living_cloud
from harness.stacks.engine import Stack
from tests.images.test_enforcement import ECS, SIGNED

pytestmark = pytest.mark.long


@dataclass(frozen=True)
class Platform:
    """A platform that runs."""

    cloud: LocalCloud
    engine: Engine
    outputs: dict[str, Any]

    def controller(self) -> dict[str, Any]:
        """The controller's task that is not over."""
        (task,) = [
            t
            for t in self.cloud.tasks()
            if t["cluster"] == self.outputs["controller_cluster_arn"] and t["state"] != "STOPPED"
        ]
        return task

    def agent_families(self) -> list[str]:
        found = self.cloud.client("ecs").list_task_definition_families(status="ACTIVE")["families"]
        return [f for f in found if "-agent-" in f]

    def inside(self, script: str) -> list[Any]:
        """What calls of AWS answer that the controller's container makes with its credentials."""
        label = f"localcloud.task={self.controller()['arn']}"
        (container,) = [
            c
            for c in self.engine.client.containers.list(filters={"label": label})
            if c.name and c.name.endswith("-controller") and c.name.count("controller") > 1
        ]
        _, printed = container.exec_run(["bash", "-c", SIGNED + script])
        return [json.loads(line) for line in printed.decode().splitlines() if line]


@pytest.fixture(scope="module")
def platform(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("platform")
    with living_cloud(engine, folder / "cloud") as cloud, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", engine.host)
        stack: Stack = stack_of_images(cloud, folder, patch)
        outputs = stack.up()
        yield Platform(cloud, engine, outputs)
        stack.destroy()
        assert cloud.load_balancers() == {}
        assert {t["state"] for t in cloud.tasks()} == {"STOPPED"}


def test_abuses_of_the_controllers_credentials_are_denied(platform: Platform) -> None:
    controller, agents = platform.controller(), platform.outputs["agent_cluster_arn"]
    (definition, *_) = platform.agent_families()
    allowed = [("ecs", f"{ECS}.DescribeTaskDefinition", {"taskDefinition": definition})]
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]}}
    run = {"launchType": "FARGATE", "networkConfiguration": network}
    abuses: list[tuple[str, str, dict[str, Any]]] = [
        (
            "ecs",
            f"{ECS}.RunTask",
            {**run, "cluster": controller["cluster"], "taskDefinition": definition},
        ),
        (
            "ecs",
            f"{ECS}.RunTask",
            {**run, "cluster": agents, "taskDefinition": controller["family"]},
        ),
        ("ecs", f"{ECS}.StopTask", {"cluster": controller["cluster"], "task": controller["arn"]}),
        ("ecs", f"{ECS}.ListClusters", {}),
        (
            "secretsmanager",
            "secretsmanager.GetSecretValue",
            {"SecretId": platform.outputs["admin_password_secret_arn"]},
        ),
    ]
    script = "\n".join(
        f"call {service} {target} '{json.dumps(request)}'"
        for service, target, request in [*allowed, *abuses]
    )
    described, *answers = platform.inside(script)
    assert described["taskDefinition"]["family"] == definition
    assert [a.get("__type") for a in answers] == ["AccessDeniedException"] * len(abuses)
    role = platform.outputs["controller_role_arn"].rsplit("/", 1)[-1]
    for answer, (_, target, _) in zip(answers, abuses, strict=True):
        assert f":assumed-role/{role}/" in answer["message"]
        assert f":{target.split('.')[1]} on resource: " in answer["message"]
