"""The YAML example with the `pulumi` command itself, its YAML host and the hosted component."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.stacks.command_line import CommandLine
from harness.stacks.go_tools import yaml_host
from harness.stacks.hosting import ROOT

pytestmark = pytest.mark.long


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The example, with data that a test may destroy."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "examples" / "yaml", folder)
    program = yaml.safe_load((folder / "Pulumi.yaml").read_text())
    program["resources"]["jenkins"]["properties"]["removalPolicy"] = "destroy"
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(program, sort_keys=False))
    return folder


@pytest.fixture
def command(
    tmp_path: Path, project: Path, cloud: LocalCloud, pulumi_command: auto.PulumiCommand
) -> CommandLine:
    return CommandLine(project, tmp_path, cloud, pulumi_command, [yaml_host(tmp_path / "yaml")])


def test_a_yaml_program_lives_from_preview_to_destroy(
    command: CommandLine, cloud: LocalCloud
) -> None:
    assert "USD a month in" in command.succeed("preview"), "the estimated cost"
    planned = command.deploy_example()
    refreshed = command.succeed("refresh", "--yes", "--skip-preview")
    assert "updated" not in refreshed
    assert "deleted" not in refreshed

    exported = command.succeed("stack", "export")
    resources = json.loads(exported)["deployment"]["resources"]
    types = [r["type"] for r in resources]
    assert types.count("jenkins-platform:index:JenkinsPlatform") == 1
    secrets = cloud.client("secretsmanager")
    names = [s["Name"] for s in secrets.list_secrets()["SecretList"]]
    values = [secrets.get_secret_value(SecretId=n)["SecretString"] for n in names]
    assert values
    assert [v for v in values if v in exported] == [], "secrets are encrypted in the state"

    assert command.count("deleted", "destroy", "--yes", "--skip-preview") == planned
    assert cloud.client("efs").describe_file_systems()["FileSystems"] == []


def test_an_unknown_input_is_rejected_with_its_place(command: CommandLine, project: Path) -> None:
    file = project / "Pulumi.yaml"
    file.write_text(file.read_text().replace("memoryMib: 2048", "memory: 2048"))
    result = command("preview")
    assert result.returncode != 0
    assert "memory" in result.stdout
    assert "memoryMib" in result.stdout, "valid names are listed"


def test_the_cli_reads_the_schema_from_the_plugin(command: CommandLine, tmp_path: Path) -> None:
    executable = tmp_path / "host" / "pulumi-resource-jenkins-platform"
    served = json.loads(command.succeed("package", "get-schema", str(executable)))
    written = json.loads((ROOT / "plugin" / "schema.json").read_text())
    assert served["types"].keys() == written["types"].keys()
    for key in ("name", "version", "publisher", "namespace", "license"):
        assert served[key] == written[key]
