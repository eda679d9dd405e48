"""The YAML example with the `pulumi` command itself, its YAML host and the hosted component."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.engine import PASSPHRASE
from harness.go_tools import yaml_host
from harness.hosting import ROOT, host

Command = Callable[..., subprocess.CompletedProcess[str]]


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
) -> Command:
    """Runs `pulumi` in the project, on a new stack."""
    cli = Path(pulumi_command.command).parent
    folders = [host(tmp_path / "host"), yaml_host(tmp_path / "yaml"), cli]
    (tmp_path / "state").mkdir()
    environment = {
        **os.environ,
        **cloud.environment,
        "PATH": os.pathsep.join([*map(str, folders), os.environ["PATH"]]),
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": (tmp_path / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", "--non-interactive", "--color", "never", *words],
            cwd=project,
            env=environment,
            capture_output=True,
            text=True,
        )

    assert run("stack", "init", "dev").returncode == 0
    return run


def succeed(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def count(printed: str, word: str) -> int:
    found = re.search(rf"^ +[+-]? ?(\d+) {word}$", printed, re.MULTILINE)
    assert found, printed
    return int(found[1])


@pytest.mark.long
def test_a_yaml_program_lives_from_preview_to_destroy(command: Command, cloud: LocalCloud) -> None:
    preview = succeed(command("preview"))
    assert "USD a month in" in preview, "the estimated cost"
    planned = count(preview, "to create")
    assert count(succeed(command("up", "--yes", "--skip-preview")), "created") == planned
    outputs: dict[str, Any] = json.loads(succeed(command("stack", "output", "--json")))
    assert outputs["labels"][:3] == ["build", "build-spot", "build-on-demand"]
    assert outputs["jenkinsUrl"].startswith("http://jenkins-alb-")

    assert count(succeed(command("up", "--yes", "--skip-preview")), "unchanged") == planned
    refreshed = succeed(command("refresh", "--yes", "--skip-preview"))
    assert "updated" not in refreshed
    assert "deleted" not in refreshed

    exported = succeed(command("stack", "export"))
    resources = json.loads(exported)["deployment"]["resources"]
    types = [r["type"] for r in resources]
    assert types.count("jenkins-platform:index:JenkinsPlatform") == 1
    secrets = cloud.client("secretsmanager")
    names = [s["Name"] for s in secrets.list_secrets()["SecretList"]]
    values = [secrets.get_secret_value(SecretId=n)["SecretString"] for n in names]
    assert values
    assert [v for v in values if v in exported] == [], "secrets are encrypted in the state"

    destroyed = succeed(command("destroy", "--yes", "--skip-preview"))
    assert count(destroyed, "deleted") == planned
    assert cloud.client("efs").describe_file_systems()["FileSystems"] == []


def test_an_unknown_input_is_rejected_with_its_place(command: Command, project: Path) -> None:
    file = project / "Pulumi.yaml"
    file.write_text(file.read_text().replace("memoryMib: 2048", "memory: 2048"))
    result = command("preview")
    assert result.returncode != 0
    assert "memory" in result.stdout
    assert "memoryMib" in result.stdout, "valid names are listed"


def test_the_cli_reads_the_schema_from_the_plugin(command: Command, tmp_path: Path) -> None:
    executable = tmp_path / "host" / "pulumi-resource-jenkins-platform"
    served = json.loads(succeed(command("package", "get-schema", str(executable))))
    written = json.loads((ROOT / "plugin" / "schema.json").read_text())
    assert served["types"].keys() == written["types"].keys()
    for key in ("name", "version", "publisher", "namespace", "license"):
        assert served[key] == written[key]
