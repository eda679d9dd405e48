"""What ``up`` builds, pushes and leaves alone."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from jenkins_platform_cli.pulumi_cli.golang import ROOT
from localcloud.cloud import LocalCloud
from localcloud.providers.docker import IMAGE, Delivery, DockerPackage
from localcloud.providers.protocol import ProviderError

from harness.aws.permissions import Actor
from harness.docker.engine import Engine
from harness.docker.platform_images import SIGN_IN, TOKEN, Built, outputs, reference

pytestmark = pytest.mark.long

ROLES = ("controller", "agent", "kaniko")


@pytest.mark.parametrize("role", ROLES)
def test_the_registry_has_each_image_under_the_hash_of_its_context(
    built: Built, engine: Engine, role: str
) -> None:
    name: str = outputs(built.stack, "Image", f"{role}-x86-64")["imageName"]
    repository, tag = name.rsplit(":", 1)
    pulled = engine.client.images.pull(repository, tag=tag, auth_config=SIGN_IN)
    assert reference(built.stack, role) in pulled.attrs["RepoDigests"]


def test_images_are_used_by_digest(built: Built) -> None:
    for role, family in (("controller", "controller"), ("agent", "agent-linux")):
        definition = outputs(built.stack, "TaskDefinition", family)["containerDefinitions"]
        assert json.loads(definition)[0]["image"] == reference(built.stack, role)
        assert "@sha256:" in reference(built.stack, role)


def test_registry_credentials_are_not_in_plain_text(built: Built) -> None:
    (file,) = (built.stack.folder / "state").rglob("stacks/**/test.json")
    state = file.read_text()
    assert outputs(built.stack, "Image", "agent-x86-64")["imageName"] in state
    for form in (TOKEN, base64.b64encode(f"AWS:{TOKEN}".encode()).decode()):
        assert form not in state


def test_build_arguments_hold_no_secret(built: Built) -> None:
    for role in ROLES:
        arguments = outputs(built.stack, "Image", f"{role}-x86-64")["build"]["args"]
        assert arguments.keys() <= {
            *("BASE", "AGENT", "CORE", "PACKAGES", "PLUGINS", "PLUGIN_POLICY", "UPDATE_CENTER"),
            "COMMONS_LANG",
        }


def test_the_second_up_builds_nothing(built: Built) -> None:
    built.stack.up()
    assert built.stack.changes == {}


def test_repositories_are_encrypted_scanned_and_immutable(built: Built, cloud: LocalCloud) -> None:
    found = cloud.client("ecr").describe_repositories()["repositories"]
    tags = {r["repositoryName"].split("/", 1)[1]: r["imageTagMutability"] for r in found}
    assert tags == {
        "controller": "IMMUTABLE",
        "agent": "IMMUTABLE",
        "kaniko": "IMMUTABLE",
        "applications": "IMMUTABLE",
        "kaniko-cache/kaniko": "MUTABLE",
    }
    assert all(r["imageScanningConfiguration"] == {"scanOnPush": True} for r in found)


def test_a_build_may_push_only_to_applications_and_the_cache(
    built: Built, cloud: LocalCloud
) -> None:
    """By simulation of the deployed policies."""
    arns = {
        r["repositoryName"].split("/", 1)[1]: r["repositoryArn"]
        for r in cloud.client("ecr").describe_repositories()["repositories"]
    }
    role = outputs(built.stack, "TaskDefinition", "agent-kaniko")["taskRoleArn"]
    build = Actor.load(cloud, role)
    actions = ("ecr:PutImage", "ecr:BatchGetImage", "ecr:BatchDeleteImage", "ecr:DeleteRepository")
    allowed = {n: {a for a in actions if build.may(a, arn)} for n, arn in arns.items()}
    pushes = {"ecr:PutImage", "ecr:BatchGetImage"}
    assert {"controller", "agent", "kaniko"} <= allowed.keys()
    assert {n: a for n, a in allowed.items() if a} == {
        "applications": pushes,
        "kaniko-cache/kaniko": pushes,
    }
    assert build.may("ecr:GetAuthorizationToken", "*")


def test_a_changed_file_rebuilds_and_deploys_its_image(
    built: Built,
) -> None:
    def seen() -> dict[str, str]:
        return {role: reference(built.stack, role) for role in ROLES}

    def tag() -> str:
        name: str = outputs(built.stack, "Image", "controller-x86-64")["imageName"]
        return name.rsplit(":", 1)[1]

    script = built.contexts / "controller" / "scripts" / "start-controller"
    before, text = (seen(), tag()), script.read_text()
    script.write_text(f"{text}# changed\n")
    built.stack.up()
    rebuilt = {
        "random:index/randomString:RandomString jenkins-controller-x86-64": "replace",
        "docker:index/image:Image jenkins-controller-x86-64": "update",
        "aws:ecs/taskDefinition:TaskDefinition jenkins-controller": "replace",
        "aws:ecs/service:Service jenkins-controller": "update",
    }
    assert built.stack.changes == rebuilt
    changed = seen()
    assert {role for role in ROLES if before[0][role] != changed[role]} == {"controller"}
    # The first tag exists and is immutable: the same hash gets another suffix.
    script.write_text(text)
    built.stack.up()
    assert built.stack.changes == rebuilt
    assert tag() != before[1]
    assert tag().rsplit("-", 1)[0] == before[1].rsplit("-", 1)[0]


BROKEN: dict[str, Any] = {
    "imageName": "registry.example/broken:1",
    "build": {"context": str(ROOT / "images" / "controller"), "args": {}},
    "registry": {"server": "registry.example", "username": "AWS", "password": TOKEN},
}


@pytest.mark.parametrize(
    ("daemon", "base", "message"),
    [
        ("unix:///nowhere/docker.sock", "standin/debian:13", "no Docker daemon answers at unix://"),
        (None, "127.0.0.1:1/none:1", "127.0.0.1:1: connect: connection refused"),
        (None, "standin/busybox:latest", "install"),
    ],
    ids=["no daemon", "no such base", "a base that is none for this"],
)
@pytest.mark.parametrize("delivery", [Delivery.PUSHED, Delivery.KEPT])
def test_an_impossible_build_reports_the_cause(
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    delivery: Delivery,
    daemon: str | None,
    base: str,
    message: str,
) -> None:
    variable = "DOCKER_HOST" if delivery is Delivery.PUSHED else "LOCALCLOUD_DOCKER"
    monkeypatch.setenv(variable, daemon or engine.host)
    inputs = {**BROKEN, "build": {**BROKEN["build"], "args": {"BASE": base}}}
    with pytest.raises(ProviderError) as failure:
        DockerPackage("5.0.0", delivery).create("", IMAGE, inputs, preview=False)
    assert str(failure.value).startswith("registry.example/broken:1: ")
    assert message in str(failure.value)
    assert TOKEN not in str(failure.value)


def test_where_no_tasks_run_an_image_is_recorded_and_built_once_they_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    without, there = (
        DockerPackage("5.0.0", Delivery.RECORDED),
        DockerPackage("5.0.0", Delivery.KEPT),
    )
    _, recorded = without.create("", IMAGE, BROKEN, preview=False)
    assert (recorded["repoDigest"], recorded["built"]) == ("registry.example/broken:1", False)
    assert TOKEN not in str(recorded)
    assert not without.unfinished(recorded)
    assert there.unfinished(recorded)
    assert not there.unfinished({**recorded, "built": True})
