"""What the command prints, and in which order."""

from __future__ import annotations

import io

import pytest
from jenkins_platform_cli.engine.progress import Change, Reporter, reason
from jenkins_platform_cli.engine.session import Outcome
from jenkins_platform_cli.engine.summary import counts
from jenkins_platform_cli.invocation import command_line
from pulumi.automation import CommandError, CommandResult, EngineEvent
from pulumi.automation.events import DiagnosticEvent
from rich.console import Console


def failed(stderr: str) -> CommandError:
    return CommandError(CommandResult(stdout="", stderr=stderr, code=1))


@pytest.mark.parametrize(("lines", "times"), [([], 1), (["a line of another resource"], 2)])
def test_a_failed_run_ends_with_its_error(lines: list[str], times: int) -> None:
    output = io.StringIO()
    reporter = Reporter(Console(file=output))
    reporter.error("no such subnet")
    for line in lines:
        reporter.say(line)
    reporter.repeat("up failed, 3 created")
    assert output.getvalue().count("error: no such subnet") == times
    assert output.getvalue().splitlines()[-1] == "error: no such subnet"


def test_counts_name_planned_and_completed_changes() -> None:
    changes = [Change("create", "t", "a"), Change("create-replacement", "t", "b")]
    outcomes = [Outcome(o, "dev", True, 1.0, changes) for o in ("preview", "up")]
    assert [counts(o) for o in outcomes] == ["1 to create, 1 to replace", "1 created, 1 replaced"]


def test_reason_is_the_error_without_the_surrounding_text() -> None:
    assert reason(failed("error: the stack is locked")) == "the stack is locked"
    login = failed("error: PULUMI_ACCESS_TOKEN must be set for login during sessions")
    assert "`jenkins-platform init`" in reason(login)


def test_command_line_works_in_the_users_shell(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("sys.argv", [".venv/bin/jenkins-platform", "up"])
    assert command_line("cost", "--stack", "dev") == ".venv/bin/jenkins-platform cost --stack dev"
    monkeypatch.setattr("sys.argv", ["-c"])
    assert command_line("up") == "jenkins-platform up"


def test_informational_messages_are_shown_once_and_progress_lines_are_not() -> None:
    output = io.StringIO()
    reporter = Reporter(Console(file=output))
    for message, ephemeral in (("about 50 USD", False), ("about 50 USD", False), ("1 %", True)):
        diagnostic = DiagnosticEvent(message, "default", "info", ephemeral=ephemeral)
        reporter.event(EngineEvent(1, 1, diagnostic_event=diagnostic))
    assert output.getvalue() == "info: about 50 USD\n"
    assert reporter.notes == ["about 50 USD"]


def test_a_terminal_shows_the_step_of_a_build_and_how_far_a_restore_is() -> None:
    output = io.StringIO()
    with Reporter(Console(file=output, force_terminal=True, width=100)) as reporter:
        step = DiagnosticEvent("#7 [2/5] RUN apt-get update", "default", "info", ephemeral=True)
        reporter.event(EngineEvent(1, 1, diagnostic_event=step))
    assert "#7 [2/5] RUN apt-get update" in output.getvalue()
    with Reporter(Console(file=output, force_terminal=True, width=100)) as reporter:
        reporter.advance("restored", 42, 100)
    assert "restored" in output.getvalue()
    assert "42" in output.getvalue()
