"""Everything that knows an address of Jenkins follows ``load_balancer.path_prefix``."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from jenkins_platform.testing import Registration
from jenkins_platform_cli.engine.jenkins_api import JenkinsApi
from jenkins_platform_cli.engine.rehearsal_configuration import rehearsed

from harness.inputs.changes import BY_HAND
from harness.inputs.lean import READY_IMAGES, SMALL
from harness.stacks.mocks import platform
from harness.stacks.parts import configuration, parts, webhooks
from harness.stacks.registered import by_role, container, of_type

PATH = "/tools/jenkins"
TLS = {"certificate": BY_HAND["load_balancer.certificate"]["load_balancer"]["certificate"]}
BELOW: dict[str, Any] = {
    **SMALL,
    "images": READY_IMAGES,
    "load_balancer": {**TLS, "domain_name": "tools.example.com", "path_prefix": PATH},
    "schedule": {"wake_page": True, "drain_timeout_minutes": 60},
    "webhooks": BY_HAND["webhooks"]["webhooks"],
}
HOSTS = {
    "cloud-map": "controller.jenkins-abcdef.internal",
    "web-socket": "controller.jenkins-abcdef.internal",
    "network-load-balancer": "jenkins-nlb",
}


def variables(found: list[Registration], function: str) -> dict[str, str]:
    functions = of_type(found, "aws:lambda/function:Function")
    return dict(functions[function].inputs["environment"]["variables"])


def document(found: list[Registration]) -> dict[str, Any]:
    """The configuration of Jenkins."""
    objects = of_type(found, "aws:s3/bucketObjectv2:BucketObjectv2")
    return dict(yaml.safe_load(objects["configuration"].inputs["content"]))


def test_the_location_of_jenkins_has_the_path() -> None:
    url = document(platform(BELOW))["unclassified"]["location"]["url"]
    assert url == f"https://tools.example.com{PATH}/"


@pytest.mark.parametrize("connection", HOSTS)
def test_agents_and_webhooks_reach_jenkins_below_the_path(connection: str) -> None:
    if connection == "cloud-map":
        found = platform(BELOW)  # the default
    else:
        args = {**BELOW, "agent_cloud": {"connection": connection}}
        found = [*parts(configuration, args), *parts(webhooks, args)]
    (cloud,) = [c["ecs"] for c in document(found)["jenkins"]["clouds"]]
    assert cloud["jenkinsUrl"].startswith(f"http://{HOSTS[connection]}")
    assert cloud["jenkinsUrl"].endswith(f":8080{PATH}/")
    assert "/" not in cloud.get("tunnel", ""), "a host and a port"
    assert variables(found, "webhook-delivery")["JENKINS_URL"] == cloud["jenkinsUrl"]


def test_the_controller_serves_the_path_and_is_checked_there() -> None:
    definition = container(BELOW)
    environment = {pair["name"]: pair["value"] for pair in definition["environment"]}
    assert environment["JENKINS_PREFIX"] == PATH
    assert definition["healthCheck"]["command"] == [
        "CMD-SHELL",
        f"curl -fsS http://localhost:8080{PATH}/health/ || exit 1",
    ]
    group = by_role("aws:lb/targetGroup:TargetGroup", BELOW)["web"]
    assert group.inputs["healthCheck"]["path"] == f"{PATH}/health/"


def test_the_wake_page_is_at_the_path() -> None:
    for function in ("wake-page", "working-hours"):
        assert variables(platform(BELOW), function)["PATH_PREFIX"] == PATH


def test_a_rehearsal_serves_the_path() -> None:
    balancer = {"path_prefix": PATH}
    assert rehearsed({"load_balancer": balancer}).values["load_balancer"] == balancer
    assert rehearsed(BELOW).values["load_balancer"]["path_prefix"] == PATH


def test_the_place_of_a_build_in_the_queue_is_without_the_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = f"http://tools.example.com{PATH}/queue/item/7/"
    monkeypatch.setattr(JenkinsApi, "post", lambda *_: place)
    jenkins = JenkinsApi(f"http://127.0.0.1:1{PATH}")
    assert jenkins.start("job", "linux", "true") == "/queue/item/7"
    assert JenkinsApi("http://127.0.0.1:1").start("job", "linux", "true") == f"{PATH}/queue/item/7"
