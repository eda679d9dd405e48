"""Names of commands, shell completion, and the embedded cloud's end."""

from __future__ import annotations

from pathlib import Path

import pytest
from jenkins_platform_cli import cli  # noqa: F401  registers the commands
from jenkins_platform_cli.app import RENAMED, app
from jenkins_platform_cli.commands import local
from localcloud.cloud import LocalCloud
from typer.testing import CliRunner


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_a_former_name_is_answered_with_the_new_one(old: str, new: str) -> None:
    done = CliRunner().invoke(app, [old, "--stack", "dev"])
    assert done.exit_code == 2
    assert f"No such command '{old}'. It is now called '{new}'." in done.output
    assert CliRunner().invoke(app, [*new.split(), "--help"]).exit_code == 0


def test_shell_completion_can_be_installed() -> None:
    assert "--install-completion" in CliRunner().invoke(app, ["--help"]).output


@pytest.mark.parametrize(
    ("exists", "code", "message"),
    [(False, 0, "The embedded cloud is stopped."), (True, 1, "process 4711 is still running")],
)
def test_local_stop_reports_a_server_that_is_still_running(
    exists: bool, code: int, message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: mine\n")
    (tmp_path / "__main__.py").touch()
    monkeypatch.chdir(tmp_path)
    cloud = LocalCloud(tmp_path, 4711, "session", "http://127.0.0.1:1", {})
    monkeypatch.setattr(LocalCloud, "find", lambda folder: cloud)
    monkeypatch.setattr(LocalCloud, "stop", lambda self: None)
    monkeypatch.setattr(local, "_exists", lambda pid: exists)
    monkeypatch.setattr(local, "_STOP_SECONDS", 0.0)
    done = CliRunner().invoke(app, ["local", "stop"], env={"COLUMNS": "200"})
    assert done.exit_code == code
    assert message in done.output


def test_local_stop_without_a_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: mine\n")
    (tmp_path / "__main__.py").touch()
    monkeypatch.chdir(tmp_path)
    assert "is not running" in CliRunner().invoke(app, ["local", "stop"]).output


@pytest.mark.parametrize("command", ["up", "preview", "drift"])
def test_a_folder_as_markdown_is_refused_before_anything_runs(command: str, tmp_path: Path) -> None:
    words = [command, "--markdown", str(tmp_path)]
    done = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
    assert done.exit_code == 2
    assert "is a directory" in done.output
