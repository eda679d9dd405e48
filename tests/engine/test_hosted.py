"""The component as programs in other languages use it: hosted in a process of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi import automation as auto

from localcloud.cloud import LocalCloud
from tests.support.engine import Stack, environment

ROOT = Path(__file__).parent.parent.parent
TOKEN = "jenkins-platform:index:JenkinsPlatform"


class Hosted(pulumi.ComponentResource):
    """What a generated SDK is: a remote component with camel-cased properties."""

    def __init__(self, name: str, props: dict[str, Any], outputs: list[str]) -> None:
        super().__init__(TOKEN, name, {**props, **dict.fromkeys(outputs)}, None, remote=True)


@pytest.fixture
def plugin(tmp_path: Path) -> Iterator[None]:
    """The component's host as an executable on PATH, where the engine finds it."""
    script = tmp_path / "pulumi-resource-jenkins-platform"
    python_path = os.pathsep.join(str(ROOT / p) for p in ("components", "."))
    script.write_text(
        f'#!/bin/sh\nPYTHONPATH="{python_path}" exec "{sys.executable}" '
        f'"{ROOT / "plugin" / "__main__.py"}" "$@"\n'
    )
    script.chmod(0o755)
    with environment(PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}"):
        yield


@pytest.mark.usefixtures("plugin")
def test_a_hosted_platform_comes_up_with_every_kind_of_input(
    make_stack: Callable[..., Stack], cloud: LocalCloud
) -> None:
    def program() -> None:
        platform = Hosted(
            "jenkins",
            {
                "dataProtection": "delete",
                "network": {"zones": 3, "nat": "one-per-zone"},
                "agents": [{"name": "linux", "cpu": 1024, "memoryMib": 2048, "capacity": "spot"}],
                "tags": {"team": "build"},
            },
            ["url", "agentLabels", "fileSystemId"],
        )
        for output in ("url", "agentLabels", "fileSystemId"):
            pulumi.export(output, getattr(platform, output))

    stack = make_stack(program)
    outputs = stack.up()
    assert outputs["agentLabels"] == ["linux", "linux-spot", "linux-on-demand"]
    assert outputs["url"].startswith("http://jenkins-entrance-")
    (system,) = cloud.client("efs").describe_file_systems()["FileSystems"]
    assert system["FileSystemId"] == outputs["fileSystemId"]
    stack.up()
    assert stack.changes == {}


@pytest.mark.usefixtures("plugin")
def test_wrong_inputs_are_told_without_a_traceback(make_stack: Callable[..., Stack]) -> None:
    stack = make_stack(lambda: Hosted("jenkins", {"network": {"zones": 9}}, ["url"]) and None)
    with pytest.raises(auto.CommandError):
        stack.up()
    told = next(message for message in stack.errors if "network.zones" in message)
    assert "network.zones with value '{9}' has a problem: should be less than or equal to 3" in told
    assert 'File "' not in told
