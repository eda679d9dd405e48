"""``jenkins-platform rehearse``: a stack's Jenkins, booted on this machine and looked at."""

from __future__ import annotations

import signal
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..app import FAILED, JsonOption, StackOption, app, print_json, report_errors
from ..engine import rehearsal, rehearsal_home
from ..engine.progress import Reporter
from ..engine.signals import handled

KeepOption = Annotated[bool, typer.Option("--keep", help="Leave it running, to look around in.")]
HomeOption = Annotated[
    str,
    typer.Option(
        metavar="PATH|VOLUME",
        help="Start with a copy of this Jenkins home: a folder, or a Docker volume.",
    ),
]
TimeoutOption = Annotated[
    float, typer.Option(min=1, help="Minutes to wait for Jenkins, and then for the builds.")
]
_COLOURS = {rehearsal.OK: "green", rehearsal.FAILED: "red", rehearsal.NOT_RUN: "yellow"}


@app.command()
def rehearse(
    stack: StackOption = "dev",
    keep: KeepOption = False,
    home: HomeOption = "",
    timeout_minutes: TimeoutOption = 15,
    as_json: JsonOption = False,
) -> None:
    """Boot a stack's images, plugins and configuration on this machine, run a build on every label,
    and print what failed. Ends with 1 where something did. Needs Docker; changes nothing in AWS.
    """
    console = Console(stderr=as_json)
    found = []
    with (
        Reporter(console) as reporter,
        report_errors(reporter),
        handled(signal.SIGTERM, _cancelled),
    ):
        if home:
            rehearsal_home.check(home)
        with rehearsal.stage(stack, reporter, keep) as session:
            found = list(rehearsal.checks(session, timeout_minutes * 60, home))
            folder = session.project.folder
    if as_json:
        print_json(rehearsal.rows(found))
    else:
        console.print(table(found))
    if keep:
        console.print(
            f"It stays up. To stop it: cd {folder} && jenkins-platform local stop",
            soft_wrap=True,
        )
    if not rehearsal.passed(found):
        raise typer.Exit(FAILED)


def _cancelled(*_: object) -> None:
    """A job of CI that is cancelled cleans up too."""
    sys.exit(FAILED)


def table(found: list[rehearsal.Check]) -> Table:
    """The checks, one a row."""
    shown = Table("check", "result", "found")
    shown.add_column("seconds", justify="right")
    for check in found:
        result = Text(check.result, style=_COLOURS[check.result])
        shown.add_row(check.subject, result, Text(check.found), f"{check.seconds:.1f}")
    return shown
