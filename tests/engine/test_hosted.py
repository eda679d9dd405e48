"""The component as programs in other languages use it: hosted in its own process."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.aws.existing_resources import DOMAIN, EXISTING_TYPES, ExistingResources
from harness.stacks.engine import Stack, environment
from harness.stacks.hosting import host

TOKEN = "jenkins-platform:index:JenkinsPlatform"


class Hosted(pulumi.ComponentResource):
    """What a generated SDK is: a remote component with camel-cased properties."""

    def __init__(self, name: str, props: dict[str, Any], outputs: list[str]) -> None:
        super().__init__(TOKEN, name, {**props, **dict.fromkeys(outputs)}, None, remote=True)


@pytest.fixture
def plugin(tmp_path: Path) -> Iterator[None]:
    """The component's host on PATH, where the engine finds it."""
    with environment(PATH=f"{host(tmp_path)}{os.pathsep}{os.environ['PATH']}"):
        yield


def camel(value: Any) -> Any:
    """Keys as other languages write them; those of maps that users choose stay."""
    if isinstance(value, list):
        return [camel(v) for v in value]
    if not isinstance(value, dict):
        return value
    return {
        re.sub(r"_(\w)", lambda m: m[1].upper(), key): (
            item if key in ("tags", "environment") else camel(item)
        )
        for key, item in value.items()
    }


@pytest.mark.long
@pytest.mark.usefixtures("plugin")
def test_a_hosted_platform_uses_existing_resources(
    make_stack: Callable[..., Stack], cloud: LocalCloud
) -> None:
    """Every type crosses the wire: texts, whole and broken numbers, booleans, enums, lists, maps,
    groups in lists, and outputs that a preview does not know."""
    shown = ("url", "agentLabels", "vpcId", "controllerRoleArn")

    def program() -> None:
        mine = ExistingResources.make()
        platform = Hosted("jenkins", camel(mine.args()), list(shown))
        for output in shown:
            pulumi.export(output, getattr(platform, output))
        pulumi.export("myVpc", mine.vpc.id)
        pulumi.export("myRole", mine.roles["jenkins"].arn)

    stack = make_stack(program)
    stack.preview()
    outputs = stack.up()
    assert outputs["agentLabels"] == ["linux", "linux-spot", "linux-on-demand", "linux-auto"]
    assert outputs["url"] == f"https://{DOMAIN}/"
    assert outputs["vpcId"] == outputs["myVpc"]
    assert outputs["controllerRoleArn"] == outputs["myRole"]

    made = [r["type"] for r in stack.resources() if f"{TOKEN}$" in r["urn"]]
    assert "aws:ecs/service:Service" in made
    assert EXISTING_TYPES & set(made) == set()
    assert "aws:ecr/repository:Repository" not in made
    ecs = cloud.client("ecs")
    definition = ecs.describe_task_definition(
        taskDefinition=next(
            f
            for f in ecs.list_task_definition_families(status="ACTIVE")["families"]
            if f.endswith("-controller")
        )
    )["taskDefinition"]
    assert definition["taskRoleArn"] == outputs["myRole"]
    (container,) = definition["containerDefinitions"]
    (java,) = [v["value"] for v in container["environment"] if v["name"] == "JENKINS_JAVA_OPTS"]
    assert "-XX:MaxRAMPercentage=62.5" in java
    stack.up()
    assert stack.changes == {}


@pytest.mark.usefixtures("plugin")
def test_invalid_inputs_are_reported_without_a_traceback(make_stack: Callable[..., Stack]) -> None:
    inputs = {
        "network": {"availabilityZoneCount": 9},
        "jenkins": {"secrets": {"SMTP_PASSWORD": "hunter2"}},
    }
    stack = make_stack(lambda: Hosted("jenkins", inputs, ["url"]) and None)
    with pytest.raises(auto.CommandError) as failed:
        stack.up()
    error = next(
        message for message in stack.errors if "network.availability_zone_count" in message
    )
    assert "network.availability_zone_count: 9: must be at most 3" in error
    assert "jenkins.secrets.SMTP_PASSWORD: a value that is not shown: must be" in error
    assert "hunter2" not in f"{stack.errors} {failed.value}"
    assert 'File "' not in error


@pytest.mark.long
@pytest.mark.usefixtures("plugin")
def test_a_build_folder_is_relative_to_the_program(
    make_stack: Callable[..., Stack], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The program of these stacks is where the tests run, not where the project file is.
    monkeypatch.chdir(tmp_path)
    inputs = {"images": {"buildFolder": "image"}}
    stack = make_stack(lambda: Hosted("jenkins", inputs, []) and None)
    with pytest.raises(auto.CommandError):
        stack.preview()
    place = tmp_path / "image"
    assert any(f"there is none at {place}" in error for error in stack.errors), stack.errors
    place.mkdir()
    (place / "packages.txt").write_text("maven\n")
    stack.preview()
    assert "aws:ecs/service:Service jenkins-controller" in stack.changes
