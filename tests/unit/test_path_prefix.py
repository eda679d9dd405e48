"""Everything that knows an address of Jenkins follows ``load_balancer.path_prefix``."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from jenkins_platform_cli.engine.jenkins_api import JenkinsApi
from jenkins_platform_cli.engine.rehearsal_configuration import rehearsed

from harness.inputs.changes import BY_HAND
from harness.inputs.lean import READY_IMAGES, SMALL
from harness.stacks.registered import by_role, container, one

PATH = "/tools/jenkins"
TLS = {"certificate": BY_HAND["load_balancer.certificate"]["load_balancer"]["certificate"]}
BELOW: dict[str, Any] = {
    **SMALL,
    "images": READY_IMAGES,
    "load_balancer": {**TLS, "domain_name": "tools.example.com", "path_prefix": PATH},
    "schedule": {"wake_page": True, "drain_timeout_minutes": 60},
}
HOSTS = {
    "cloud-map": "controller.jenkins-abcdef.internal",
    "web-socket": "controller.jenkins-abcdef.internal",
    "network-load-balancer": "jenkins-nlb",
}


def variables(args: dict[str, Any], function: str) -> dict[str, str]:
    found = by_role("aws:lambda/function:Function", args)[function].inputs["environment"]
    return dict(found["variables"])


def test_the_location_of_jenkins_has_the_path() -> None:
    content = one("aws:s3/bucketObjectv2:BucketObjectv2", BELOW).inputs["content"]
    url = yaml.safe_load(content)["unclassified"]["location"]["url"]
    assert url == f"https://tools.example.com{PATH}/"


@pytest.mark.parametrize("connection", HOSTS)
def test_agents_and_webhooks_reach_jenkins_below_the_path(connection: str) -> None:
    args = {**BELOW, "agent_cloud": {"connection": connection}, **BY_HAND["webhooks"]}
    content = one("aws:s3/bucketObjectv2:BucketObjectv2", args).inputs["content"]
    (cloud,) = [c["ecs"] for c in yaml.safe_load(content)["jenkins"]["clouds"]]
    assert cloud["jenkinsUrl"].startswith(f"http://{HOSTS[connection]}")
    assert cloud["jenkinsUrl"].endswith(f":8080{PATH}/")
    assert "/" not in cloud.get("tunnel", ""), "a host and a port"
    assert variables(args, "webhook-delivery")["JENKINS_URL"] == cloud["jenkinsUrl"]


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
        assert variables(BELOW, function)["PATH_PREFIX"] == PATH


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
