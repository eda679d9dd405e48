"""The package as a registry and the generators of SDKs see it."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml
from jenkins_platform.provider import PlatformProvider


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(PlatformProvider().schema or "")
    return found


def test_the_package_has_an_identity(schema: dict[str, Any]) -> None:
    package = metadata("jenkins-platform")
    assert schema["name"] == package["Name"]
    assert schema["version"] == package["Version"]
    assert schema["license"] == package["License-Expression"]
    assert schema["publisher"] == "jenkins-platform maintainers"
    assert "kind/component" in schema["keywords"]


def test_no_sdk_is_in_the_namespace_of_pulumi(schema: dict[str, Any]) -> None:
    languages = schema["language"]
    assert languages["nodejs"]["packageName"] == "@jenkins-platform/aws"
    assert languages["python"]["packageName"] == "pulumi_jenkins_platform"
    assert languages["go"]["importBasePath"] == "jenkins-platform/sdk/go/jenkinsplatform"
    assert languages["csharp"]["rootNamespace"] == "JenkinsPlatform"
    assert languages["java"]["basePackage"] == "jenkinsplatform"
    assert all(language["respectSchemaVersion"] for language in languages.values())


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
