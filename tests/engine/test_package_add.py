"""`pulumi package add` with the plugin in a folder and in a Git repository."""

from __future__ import annotations

import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.servers import git_server
from harness.stacks import language_host
from harness.stacks.command_line import CommandLine
from harness.stacks.go_tools import yaml_host
from harness.stacks.hosting import ROOT

pytestmark = pytest.mark.long
VERSION = version("jenkins-platform")
UNLINKED = "linking package: method Link not implemented"
"""The newest YAML host on the registries is older than the CLI: the last step, which writes the
package into `Pulumi.yaml`, is not reached."""


@pytest.fixture
def command(tmp_path: Path, cloud: LocalCloud, pulumi_command: auto.PulumiCommand) -> CommandLine:
    """The CLI in a copy of the YAML example, without the hosted component."""
    shutil.copytree(ROOT / "examples" / "yaml", tmp_path / "project")
    hosts = [
        yaml_host(tmp_path / "yaml"),
        language_host.install(tmp_path / "python", "python"),
    ]
    project = tmp_path / "project"
    return CommandLine(project, tmp_path, cloud, pulumi_command, hosts, plugin=False)


def clone(folder: Path, *options: str) -> Path:
    words = ["git", "clone", "--quiet", "--no-local", *options, ROOT, folder]
    subprocess.run(words, check=True)
    return folder


def added(command: CommandLine, source: str) -> dict[str, str]:
    """What `package add` writes."""
    result = command("package", "add", source)
    assert result.returncode == 0 or UNLINKED in result.stderr, result.stderr
    (declared,) = (command.project / "sdks").glob("*/*.yaml")
    found: dict[str, str] = yaml.safe_load(declared.read_text())
    assert (found["name"], found["version"]) == ("jenkins-platform", VERSION)
    return found


def test_from_a_folder(command: CommandLine, tmp_path: Path) -> None:
    plugin = clone(tmp_path / "clone") / "plugin"
    added(command, str(plugin))
    program = command.project / "Pulumi.yaml"
    settings = yaml.safe_load(program.read_text())
    program.write_text(yaml.safe_dump({**settings, "packages": {"jenkins-platform": str(plugin)}}))
    assert command.count("to create", "preview") > 100, "the engine starts the plugin"
    status = ["git", "status", "--short"]
    left = subprocess.run(status, cwd=plugin, capture_output=True, text=True).stdout
    assert left == "", "what is installed and cached is ignored"


def test_from_a_git_repository_by_tag(command: CommandLine, tmp_path: Path) -> None:
    repository = clone(tmp_path / "served" / "owner" / "jenkins-platform.git", "--bare")
    subprocess.run(["git", "tag", f"v{VERSION}"], cwd=repository, check=True)
    with git_server.served(tmp_path / "served") as certificate:
        command.environment["SSL_CERT_FILE"] = str(certificate)
        path = "localhost/owner/jenkins-platform.git/plugin"
        declared = added(command, f"https://{path}@v{VERSION}")
    assert declared["downloadUrl"] == f"git://{path}"
