"""The package as a registry and the generators of SDKs see it."""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from jenkins_platform.provider import PlatformProvider
from jenkins_platform.testing import Registration, register
from pulumi import InputPropertiesError

from harness.inputs.lean import READY_IMAGES


@cache
def provider() -> PlatformProvider:
    return PlatformProvider()


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(provider().schema or "")
    return found


def test_the_package_has_an_identity(schema: dict[str, Any]) -> None:
    package = metadata("jenkins-platform")
    assert schema["name"] == package["Name"]
    assert schema["version"] == package["Version"]
    assert schema["license"] == package["License-Expression"]
    assert schema["publisher"] == "jenkins-platform maintainers"
    fields = ("jenkins", "aws", "fargate", "ci")
    assert schema["keywords"] == [*fields, "kind/component", "category/infrastructure"]


def test_no_sdk_is_in_the_namespace_of_pulumi(schema: dict[str, Any]) -> None:
    languages, versioned = schema["language"], {"respectSchemaVersion": True}
    assert languages == {
        "nodejs": {"packageName": "@jenkins-platform/aws", **versioned},
        "python": {
            "packageName": "pulumi_jenkins_platform",
            "pyproject": {"enabled": True},
            **versioned,
        },
        "go": {"importBasePath": "jenkins-platform/sdk/go/jenkinsplatform", **versioned},
        "csharp": {
            "rootNamespace": "JenkinsPlatform",
            "namespaces": {"jenkins-platform": "Aws"},
            **versioned,
        },
        "java": {
            "basePackage": "jenkinsplatform",
            "packages": {"jenkins-platform": "aws"},
            **versioned,
        },
    }


def test_types_have_no_suffix_because_sdks_add_one(schema: dict[str, Any]) -> None:
    types = {name.rsplit(":", 1)[-1] for name in schema["types"]}
    assert {"AgentTemplate", "Network", "Capacity"} <= types
    assert [name for name in types if name.endswith("Args")] == []


def test_every_type_reference_is_declared(schema: dict[str, Any]) -> None:
    references = set(re.findall(r'"#/types/([^"]+)"', json.dumps(schema)))
    assert references == set(schema["types"]), "no dangling reference, no unused type"


def test_descriptions_have_no_indentation_and_no_restructured_text(schema: dict[str, Any]) -> None:
    groups = [*schema["types"].values(), *schema["resources"].values()]
    properties = [p for g in groups for p in g.get("properties", {}).values()]
    described = [p["description"] for p in properties]
    assert len(described) > 300
    assert [d for d in described if "\n    " in d or "``" in d] == []


def test_choices_are_named_in_the_case_of_schemas(schema: dict[str, Any]) -> None:
    named = {
        choice["value"]: choice["name"]
        for token in ("Capacity", "Architecture", "TransitionAfter")
        for choice in schema["types"][f"jenkins-platform:index:{token}"]["enum"]
    }
    assert named["on-demand"] == "OnDemand"
    assert named["x86_64"] == "X86_64"
    assert named["AFTER_30_DAYS"] == "After30Days"


def test_installing_the_plugin_leaves_nothing_untracked() -> None:
    plugin = Path(__file__).parents[2] / "plugin"
    runtime = yaml.safe_load((plugin / "PulumiPlugin.yaml").read_text())["runtime"]
    environment = plugin / runtime["options"]["virtualenv"]
    assert (
        subprocess.run(["git", "check-ignore", "--quiet", environment], cwd=plugin).returncode == 0
    )


TOKEN = "jenkins-platform:index:JenkinsPlatform"


def constructed(inputs: dict[str, Any]) -> list[Registration]:
    """What a program in another language registers with these inputs."""
    return register(lambda: provider().construct("jenkins", TOKEN, inputs))


def test_inputs_of_other_languages_have_their_names_and_numbers() -> None:
    """All numbers arrive as floats; keys that users choose stay as they are."""
    tags = {"costCenter": "42"}
    template = {
        "name": "linux",
        "cpu": 1024.0,
        "memoryMib": 4096.0,
        "environment": {"someName": "x"},
    }
    found = constructed(
        {
            "agents": [template],
            "tags": tags,
            "removalPolicy": "destroy",
            "monitoring": {"level": "none"},
            "backup": {"enabled": False},
            "images": {role: READY_IMAGES[role] for role in ("controller", "agent")},
        }
    )
    (task,) = [r for r in found if r.name == "jenkins-agent-linux" and "family" in r.inputs]
    assert (task.inputs["cpu"], task.inputs["memory"]) == ("1024", "4096")
    assert task.inputs["tags"].items() > tags.items()
    (agent,) = json.loads(task.inputs["containerDefinitions"])
    assert {"name": "someName", "value": "x"} in agent["environment"]
    assert not task.protect


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"agent": []}, "agent: []: unknown key. Did you mean 'agents'?"),
        (
            {"agents": [{"name": "a", "memoryMb": 1024.0}]},
            "agents[0].memoryMb: 1024: unknown key. Did you mean 'memory_mib'?",
        ),
        (
            {"network": {"existing": {"vpcID": "vpc-0a1b2c3d"}}},
            "network.existing.vpcID: 'vpc-0a1b2c3d': unknown key.",
        ),
        ({"network": "vpc-0a1b2c3d"}, "network: 'vpc-0a1b2c3d': must be a group of keys"),
        ({"agents": ["linux"]}, "agents[0]: 'linux': must be a group of keys"),
        (
            {"signIn": pulumi.Output.secret({"adminUserName": "root"})},
            "sign_in: an output: must be known when the program runs.",
        ),
        (
            {"loadBalancer": {"webAcl": pulumi.Output.from_input({})}},
            "load_balancer.web_acl: an output: must be known when the program runs.",
        ),
        (
            {"removalPolicy": "Retain"},
            "removal_policy: 'Retain': is not one of the valid values; the nearest is 'retain'.",
        ),
        ({"agents": [{"cpu": 512.0}]}, "agents[0].name: nothing: required, but not given."),
        ({"agents": [{"name": "a", "cpu": 512.5}]}, "agents[0].cpu: 512.5: must be an integer."),
    ],
)
def test_wrong_inputs_of_other_languages_are_reported(inputs: dict[str, Any], message: str) -> None:
    """The SDK's host would leave out unknown names, and take any other value for an empty group."""
    with pytest.raises(InputPropertiesError) as raised:
        constructed(inputs)
    assert message in str(raised.value)
