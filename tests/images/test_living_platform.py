"""The whole platform on an embedded cloud that runs it, with stand-ins for the base images: the
controller comes up with its configuration, agents build, abuses are denied, and it sleeps."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from jenkins_platform_cli.engine.jenkins_api import JenkinsApi
from localcloud.cloud import LocalCloud

from tests.images.conftest import stack_of_images
from tests.images.test_enforcement import ECS, SIGNED
from tests.support.docker_engine import Engine
from tests.support.engine import Stack
from tests.support.tasks import living_cloud, wait_until

LABELS = ("linux", "linux-spot", "kaniko-on-demand")
_DAY = 24 * 3600


@dataclass(frozen=True)
class Platform:
    """A platform that runs."""

    cloud: LocalCloud
    engine: Engine
    outputs: dict[str, Any]

    @property
    def url(self) -> str:
        (url,) = self.cloud.load_balancers().values()
        return url

    def status(self, path: str) -> int:
        request = urllib.request.Request(self.url + path, headers={"Accept": "text/html"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    def controller(self) -> dict[str, Any]:
        """The controller's task that is not over."""
        (task,) = [
            t
            for t in self.cloud.tasks()
            if t["cluster"] == self.outputs["controller_cluster_arn"] and t["state"] != "STOPPED"
        ]
        return task

    def agents(self) -> list[dict[str, Any]]:
        cluster = self.outputs["agent_cluster_arn"]
        return [t for t in self.cloud.tasks() if t["cluster"] == cluster]

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
        schedule = {
            "time_zone": "Europe/Berlin",
            "wake_page": True,
            "windows": [{"days": ["mon"], "start": "07:00", "end": "19:00"}],
        }
        stack: Stack = stack_of_images(cloud, folder, patch, schedule=schedule)
        outputs = stack.up()
        outputs["admin_password"] = cloud.client("secretsmanager").get_secret_value(
            SecretId=outputs["admin_password_secret_arn"]
        )["SecretString"]
        yield Platform(cloud, engine, outputs)
        stack.destroy()
        assert cloud.load_balancers() == {}
        assert {t["state"] for t in cloud.tasks()} == {"STOPPED"}


def test_up_ends_with_a_jenkins_that_answers(platform: Platform) -> None:
    assert platform.status("/health/") == 200
    controller = platform.controller()
    assert (controller["state"], controller["health"]) == ("RUNNING", "HEALTHY")


def test_agents_build_on_every_label_and_are_gone_afterwards(platform: Platform) -> None:
    user = platform.outputs["admin_user_name"]
    jenkins = JenkinsApi(platform.url, user, platform.outputs["admin_password"])
    begun = time.monotonic()
    places = {
        label: jenkins.start(f"on-{label}", label, f"echo built-on-{label}") for label in LABELS
    }
    for label, place in places.items():
        build = jenkins.finish(f"on-{label}", place, begun, begun + 120)
        assert build.result == "SUCCESS", build.log
        assert f"built-on-{label}" in build.log
    wait_until(lambda: {t["state"] for t in platform.agents()} == {"STOPPED"})
    assert sorted(t["capacity"] for t in platform.agents()) == [
        "FARGATE",
        "FARGATE",
        "FARGATE_SPOT",
    ]


def test_abuses_of_the_controllers_credentials_are_denied(platform: Platform) -> None:
    controller, agents = platform.controller(), platform.outputs["agent_cluster_arn"]
    definition = platform.agents()[0]["family"]
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
        f"call {service} {target} '{json.dumps(request)}'" for service, target, request in abuses
    )
    answers = platform.inside(script)
    assert [a.get("__type") for a in answers] == ["AccessDeniedException"] * len(abuses)
    role = platform.outputs["controller_role_arn"].rsplit("/", 1)[-1]
    for answer, (_, target, _) in zip(answers, abuses, strict=True):
        assert f":assumed-role/{role}/" in answer["message"]
        assert f":{target.split('.')[1]} on resource: " in answer["message"]


def test_it_sleeps_shows_the_wake_page_and_wakes(platform: Platform) -> None:
    service = platform.controller()["group"].removeprefix("service:")

    def desired() -> int:
        ecs, cluster = platform.cloud.client("ecs"), platform.outputs["controller_cluster_arn"]
        (found,) = ecs.describe_services(cluster=cluster, services=[service])["services"]
        return int(found["desiredCount"])

    for _ in range(8):  # at most a week to the end of a Monday
        if not desired():
            break
        platform.cloud.advance(_DAY)
    assert desired() == 0
    wait_until(
        lambda: (
            not [
                t
                for t in platform.cloud.tasks()
                if t["state"] != "STOPPED" and "service:" in t["group"]
            ]
        )
    )
    platform.cloud.advance(2 * 60)  # the next look of the function turns the page
    wait_until(lambda: _asleep(platform))
    functions = platform.cloud.client("lambda").list_functions()["Functions"]
    (name,) = [f["FunctionName"] for f in functions if "working-hours" in f["FunctionName"]]
    platform.cloud.client("lambda").invoke(FunctionName=name, Payload=b'{"action": "wake"}')
    wait_until(lambda: platform.status("/health/") == 200)


def _asleep(platform: Platform) -> bool:
    request = urllib.request.Request(platform.url, headers={"Accept": "text/html"})
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(request, timeout=30)
    with answer.value:
        return b"Jenkins sleeps" in answer.value.read() and answer.value.code == 503
