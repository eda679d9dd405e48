"""The command ``jenkins-platform`` in the process of the tests."""

from __future__ import annotations

from functools import cache
from typing import Any
from unittest.mock import patch

import typer
from jenkins_platform_cli import cli  # noqa: F401  registers the commands
from jenkins_platform_cli.app import app
from typer.testing import CliRunner, Result


@cache
def command(of: typer.Typer = app) -> Any:
    """The command line with its subcommands."""
    return typer.main.get_command(of)


def run(*words: str, columns: int = 200) -> Result:
    """The result of a command line.

    Args:
        words: Its words after ``jenkins-platform``.
        columns: Width of the terminal.
    """
    # Typer makes all subcommands again for each run, which takes longer than most of them.
    with patch("typer.testing._get_command", command):
        return CliRunner().invoke(app, words, env={"COLUMNS": str(columns)})
