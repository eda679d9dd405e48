"""What ``up`` builds, pushes and leaves alone."""

from __future__ import annotations

import base64
import json

import pytest

from localcloud.cloud import LocalCloud
from tests.images.conftest import SIGN_IN, TOKEN, Built, outputs, reference
from tests.support.docker_engine import Engine

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


def test_the_sign_in_to_the_registry_is_nowhere_in_plain_text(built: Built) -> None:
    (file,) = (built.stack.folder / "state").rglob("stacks/**/test.json")
    state = file.read_text()
    assert outputs(built.stack, "Image", "agent-x86-64")["imageName"] in state
    for form in (TOKEN, base64.b64encode(f"AWS:{TOKEN}".encode()).decode()):
        assert form not in state


def test_nothing_of_the_build_arguments_is_secret(built: Built) -> None:
    for role in ROLES:
        arguments = outputs(built.stack, "Image", f"{role}-x86-64")["build"]["args"]
        assert arguments.keys() <= {"BASE", "AGENT", "PLUGINS", "COMMONS_LANG"}


def test_the_second_up_builds_nothing(built: Built) -> None:
    built.stack.up()
    assert built.stack.changes == {}


def test_repositories_are_as_safe_as_ecr_allows(built: Built, cloud: LocalCloud) -> None:
    found = cloud.client("ecr").describe_repositories()["repositories"]
    tags = {r["repositoryName"].split("/")[1]: r["imageTagMutability"] for r in found}
    assert tags == {
        "controller": "IMMUTABLE",
        "agent": "IMMUTABLE",
        "kaniko": "IMMUTABLE",
        "applications": "IMMUTABLE",
        "kaniko-cache": "MUTABLE",
    }
    assert all(r["imageScanningConfiguration"] == {"scanOnPush": True} for r in found)


def test_a_changed_file_builds_that_image_again_and_deploys_it_and_so_does_going_back(
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
    # The first tag is taken, and immutable: the same hash gets another end.
    script.write_text(text)
    built.stack.up()
    assert built.stack.changes == rebuilt
    assert tag() != before[1]
    assert tag().rsplit("-", 1)[0] == before[1].rsplit("-", 1)[0]
