"""What the command tells, and in which order."""

from __future__ import annotations

import io

import pytest
from jenkins_platform_cli.engine.progress import Change, Reporter, reason
from jenkins_platform_cli.engine.session import Outcome
from jenkins_platform_cli.engine.summary import counts
from jenkins_platform_cli.invocation import called
from pulumi.automation import CommandError, CommandResult
from rich.console import Console


def failed(stderr: str) -> CommandError:
    return CommandError(CommandResult(stdout="", stderr=stderr, code=1))


@pytest.mark.parametrize(("lines", "times"), [([], 1), (["a line of another resource"], 2)])
def test_an_error_is_the_last_that_a_failed_run_tells(lines: list[str], times: int) -> None:
    told = io.StringIO()
    reporter = Reporter(Console(file=told))
    reporter.complain("no such subnet")
    for line in lines:
        reporter.say(line)
    reporter.repeat("up failed, 3 created")
    assert told.getvalue().count("error: no such subnet") == times
    assert told.getvalue().splitlines()[-1] == "error: no such subnet"


def test_a_preview_tells_what_it_would_do() -> None:
    changes = [Change("create", "t", "a"), Change("create-replacement", "t", "b")]
    outcomes = [Outcome(o, "dev", True, 1.0, changes) for o in ("preview", "up")]
    assert [counts(o) for o in outcomes] == ["1 to create, 1 to replace", "1 created, 1 replaced"]


def test_an_error_of_pulumi_is_told_without_what_is_round_it() -> None:
    assert reason(failed("error: the stack is locked")) == "the stack is locked"
    login = failed("error: PULUMI_ACCESS_TOKEN must be set for login during sessions")
    assert "`jenkins-platform init`" in reason(login)


def test_a_command_to_run_next_is_one_that_the_shell_finds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("sys.argv", [".venv/bin/jenkins-platform", "up"])
    assert called("cost", "--stack", "dev") == ".venv/bin/jenkins-platform cost --stack dev"
    monkeypatch.setattr("sys.argv", ["-c"])
    assert called("up") == "jenkins-platform up"
