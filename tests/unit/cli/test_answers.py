"""What commands print with ``--json``, and where that is documented."""

from __future__ import annotations

import json
import signal
from dataclasses import asdict
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pydantic
import pytest
from jenkins_platform_cli.account.drill import drill_of
from jenkins_platform_cli.answers import ANSWERS
from jenkins_platform_cli.commands.prices import Reading
from jenkins_platform_cli.engine import rehearsal
from jenkins_platform_cli.engine.rehearsal import Check

from docs.commands import SCHEMA, commands, schema
from harness.command import command, run
from harness.documentation.answers import answer

REQUIRED = {"interrupt": ["linux"], "exec": ["ls"]}
NOW = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)


def option_names(name: str) -> set[str]:
    found = command()
    for word in name.split():
        found = found.commands[word]
    return {option for parameter in found.params for option in parameter.opts}


def test_every_command_prints_json_of_a_documented_type() -> None:
    names = [name for name, _ in commands()]
    assert sorted(names) == sorted(ANSWERS)
    assert [name for name in names if "--json" not in option_names(name)] == []


@pytest.mark.parametrize("name", sorted(set(ANSWERS) - {"prices refresh"}))
def test_a_command_that_fails_prints_its_errors_as_json(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    done = run(*name.split(), "--json", *REQUIRED.get(name, []))
    assert done.exit_code == 1, done.output
    (error,) = json.loads(done.stdout)["errors"]
    assert "no Pulumi.yaml with a __main__.py" in error
    assert error in " ".join(done.stderr.split())
    assert handlers == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]


def test_errors_are_not_printed_as_json_without_the_option(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("outputs", "--json").stdout
    assert run("outputs").stdout == ""


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("rehearse", rehearsal.rows([Check("start", rehearsal.OK, "Jenkins answers", 2.5)])),
        ("prices refresh", [asdict(Reading("alb_hour", "eu-west-1", None, None, "none found"))]),
        (
            "restore-drill",
            [
                asdict(
                    drill_of(
                        {
                            "RecoveryPointArn": "arn:aws:backup:eu-central-1:1:recovery-point:a",
                            "Status": "COMPLETED",
                            "CreationDate": NOW,
                            "CompletionDate": NOW + timedelta(minutes=9),
                        }
                    )
                )
            ],
        ),
    ],
)
def test_documents_are_as_documented(name: str, document: Any) -> None:
    assert answer(name, json.dumps(document)) == document


def test_the_documented_schema_is_that_of_the_types() -> None:
    documented = Path(__file__).parents[3] / SCHEMA
    assert json.loads(documented.read_text()) == schema()


@pytest.mark.parametrize(
    "document",
    [{}, {"url": 1, "opened": True}, {"url": "http://a", "opened": True, "more": 1}],
)
def test_undocumented_documents_are_detected(document: dict[str, Any]) -> None:
    with pytest.raises(pydantic.ValidationError):
        answer("open", json.dumps(document))
