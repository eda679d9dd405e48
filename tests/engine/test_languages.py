"""The examples in TypeScript and Go with the `pulumi` command, and a Python program, each with the
generated SDK and the hosted component, on the embedded cloud."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.inputs.lean import LEAN, READY_IMAGES
from harness.stacks import language_host, sdks
from harness.stacks.command_line import CommandLine
from harness.stacks.engine import Stack
from harness.stacks.hosting import host

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sdks.generated(tmp_path_factory.mktemp("sdks"))


def substitute(file: Path, old: str, new: str) -> None:
    source = file.read_text()
    assert old in source
    file.write_text(source.replace(old, new, 1))


def typescript(generated: Path, folder: Path) -> Path:
    """The TypeScript example, compiled."""
    project = sdks.TypeScript(generated / "nodejs", folder)
    project.example()
    substitute(folder / "index.ts", "tags: {", 'removalPolicy: "destroy", tags: {')
    project.make_runnable()
    return folder


def go(generated: Path, folder: Path) -> Path:
    """The Go example, compiled."""
    module = sdks.Go(generated / "go", folder)
    capacity = "spot := jenkins.CapacitySpot"
    substitute(module.program, capacity, f"{capacity}\n\t\tdestroy := jenkins.RemovalPolicyDestroy")
    substitute(module.program, "Tags:", "RemovalPolicy: &destroy, Tags:")
    module.run("build", "-o", "example/program", "./example")
    settings = module.program.with_name("Pulumi.yaml")
    project = yaml.safe_load(settings.read_text())
    project["runtime"] = {"name": "go", "options": {"binary": "program"}}
    settings.write_text(yaml.safe_dump(project))
    return module.program.parent


@pytest.mark.parametrize(("language", "make"), [("nodejs", typescript), ("go", go)])
def test_an_example_lives_from_preview_to_destroy(
    language: str,
    make: Callable[[Path, Path], Path],
    generated: Path,
    tmp_path: Path,
    cloud: LocalCloud,
    pulumi_command: auto.PulumiCommand,
) -> None:
    project = make(generated, tmp_path / "project")
    hosts = [language_host.install(tmp_path / "language", language)]
    command = CommandLine(project, tmp_path, cloud, pulumi_command, hosts)
    planned = command.deploy_example()
    assert command.count("deleted", "destroy", "--yes", "--skip-preview") == planned
    assert cloud.client("efs").describe_file_systems()["FileSystems"] == []


def test_a_python_program_deploys_the_component_through_the_generated_sdk(
    generated: Path,
    tmp_path: Path,
    make_stack: Callable[..., Stack],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = sdks.python(generated / "python", tmp_path / "site")
    # Not with `syspath_prepend`, which needs setuptools if another test has loaded a part of it.
    monkeypatch.setattr(sys, "path", [str(site), *sys.path])
    importlib.invalidate_caches()
    monkeypatch.setenv("PATH", f"{host(tmp_path / 'host')}{os.pathsep}{os.environ['PATH']}")

    def program() -> None:
        sdk: Any = importlib.import_module("pulumi_jenkins_platform")
        template = sdk.AgentTemplateArgs(name="build", capacity=sdk.Capacity.SPOT)
        platform = sdk.JenkinsPlatform(
            "jenkins",
            agents=[template],
            removal_policy="destroy",
            network={"nat": LEAN["network"]["nat"]},
            images={role: {"existing": i["existing"]} for role, i in READY_IMAGES.items()},
        )
        pulumi.export("labels", platform.agent_labels)

    stack = make_stack(program)
    assert stack.up()["labels"][:3] == ["build", "build-spot", "build-on-demand"]
    types = {r["type"] for r in stack.resources()}
    assert {"jenkins-platform:index:JenkinsPlatform", "aws:ecs/service:Service"} <= types
