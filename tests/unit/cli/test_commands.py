"""Names of commands, shell completion, and the embedded cloud's end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jenkins_platform_cli.app import RENAMED
from jenkins_platform_cli.commands import local
from localcloud.cloud import LocalCloud

from harness.command import run


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_a_former_name_is_answered_with_the_new_one(old: str, new: str) -> None:
    done = run(old, "--stack", "dev")
    assert done.exit_code == 2
    assert f"No such command '{old}'. It is now called '{new}'." in done.output
    assert run(*new.split(), "--help").exit_code == 0


def test_shell_completion_can_be_installed() -> None:
    assert "--install-completion" in run("--help").output


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
    done = run("local", "stop")
    assert done.exit_code == code
    assert message in done.output


def test_local_stop_without_a_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: mine\n")
    (tmp_path / "__main__.py").touch()
    monkeypatch.chdir(tmp_path)
    assert "is not running" in run("local", "stop").output


def refused(*words: str) -> str:
    """The error of a command that is refused before anything runs."""
    done = run(*words, "--json")
    assert done.exit_code == 2, done.output
    (error,) = json.loads(done.stdout)["errors"]
    assert error in " ".join(done.stderr.replace("│", " ").split())
    return str(error)


@pytest.mark.parametrize("command", ["up", "preview", "drift"])
def test_a_file_that_cannot_be_written_is_refused_before_anything_runs(
    command: str, tmp_path: Path
) -> None:
    assert "is a directory" in refused(command, "--markdown", str(tmp_path))
    nowhere = str(tmp_path / "nowhere" / "summary.md")
    assert "the folder of" in refused(command, "--markdown", nowhere)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("show --output .", "is a directory"),
        ("prices refresh --file .", "is a directory"),
        ("prices refresh --file nothing.yaml", "does not exist"),
        ("prices refresh --region eu-west-1 --region mars-1", "'mars-1' is not an AWS region"),
        ("cost --region eu-central-9", "is not an AWS region; the nearest is 'eu-central-"),
        ("init --region nowhere", "'nowhere' is not an AWS region"),
        ("up --drain-timeout 5", "--drain-timeout is only valid with --drain"),
        ("up --nonsense", "No such option: --nonsense"),
        ("logs database", "is not one of 'controller', 'agent'"),
        ("interrupt", "Missing argument"),
        ("agents extra", "unexpected extra argument"),
        ("release", "It is now called 'unprotect'"),
        ("local nonsense", "No such command 'nonsense'"),
    ],
)
def test_words_that_are_not_valid_are_refused_as_json_too(words: str, problem: str) -> None:
    assert problem in refused(*words.split())


@pytest.mark.parametrize("name", ["", "a b", "../x", "org/jenkins-platform/dev", "a" * 101])
@pytest.mark.parametrize("command", ["init", "up", "cost", "password"])
def test_a_name_that_is_not_that_of_a_stack_is_refused(command: str, name: str) -> None:
    assert f"'{name}' must be 1 to 100 letters" in refused(command, "--stack", name)


def test_words_of_a_command_that_is_executed_are_not_options() -> None:
    done = run("exec", "--stack", "a b", "--", "ls", "--json")
    assert (done.exit_code, done.stdout) == (2, "")
