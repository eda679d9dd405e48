"""What the commands share: the application, its options and opening a stack."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Optional

import typer
import typer.core
from botocore.exceptions import BotoCoreError, ClientError
from jenkins_platform.settings import SettingsError
from jenkins_platform.settings.facts import regions
from pulumi import automation as auto
from rich.console import Console

from jenkins_platform_cli.pulumi_cli.golang import ToolchainError

from .engine import summary
from .engine.progress import Reporter
from .engine.project import LOCAL_FOLDER, Project
from .engine.session import Cloud, Outcome, Session
from .preflight.findings import GET_CREDENTIALS, NO_CREDENTIALS

OK, FAILED, BAD_INPUT, CHANGES = 0, 1, 2, 3
EXIT_CODES = {
    OK: "done",
    FAILED: "error",
    BAD_INPUT: "bad input",
    CHANGES: "changes or drift found",
}

RENAMED = {"stop": "local stop", "release": "unprotect"}
"""Former names of commands, and their names today."""


_UsageError: type[Exception] = typer.BadParameter.__bases__[0]
"""Base of all errors in the words of a command line; Typer exports only this one of them."""


class _Commands(typer.core.TyperGroup):
    """Answers a former name of a command with the name of today; with ``--json`` prints errors in
    the words of a command as a document, too."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        ctx.meta[_AS_JSON] = "--json" in itertools.takewhile(lambda word: word != "--", args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except _UsageError as error:
            if ctx.meta[_AS_JSON]:
                print_json({"errors": [error.format_message()]})  # type: ignore[attr-defined]
            raise

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if new := RENAMED.get(args[0]):
            ctx.fail(f"No such command '{args[0]}'. It is now called '{new}'.")
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="A complete Jenkins on AWS. Exit codes: "
    + ", ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES.items()),
)
_AS_JSON = "as_json"
_json = False


def _remember(as_json: bool) -> bool:
    """Lets `report_errors` print a document too, however deep the error occurred."""
    global _json
    _json = as_json
    return as_json


def _stack_name(name: str) -> str:
    """A name from which those of files are made, before anything is created."""
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", name):
        raise typer.BadParameter(
            f"'{name}' must be 1 to 100 letters, digits, '-', '_' or '.', without organization and "
            "project"
        )
    return name


def region_name(name: str | None) -> str | None:
    """Checks an option that names a region."""
    if name:
        try:
            regions.known(name)
        except ValueError as error:
            raise typer.BadParameter(f"'{name}' {error}") from None
    return name


def _in_folder(file: Path | None) -> Path | None:
    if file and not file.absolute().parent.is_dir():
        raise typer.BadParameter(f"the folder of '{file}' does not exist")
    return file


StackOption = Annotated[
    str, typer.Option("--stack", "-s", callback=_stack_name, help="Name of the stack.")
]
CloudOption = Annotated[
    Cloud, typer.Option(help="aws: your account. local: the embedded cloud on this machine.")
]
JsonOption = Annotated[
    bool, typer.Option("--json", callback=_remember, help="Print JSON, see docs/command.md.")
]
MarkdownOption = Annotated[
    Optional[Path],
    typer.Option(
        dir_okay=False,
        writable=True,
        callback=_in_folder,
        help="Append a summary in Markdown to this file.",
    ),
]


@contextmanager
def report_errors(reporter: Reporter) -> Iterator[None]:
    """Turn the expected exceptions into one clear error and the right exit code; with ``--json``
    the error is printed as a document, too."""
    code = FAILED
    try:
        yield
        return
    except SettingsError as error:
        reporter.error(str(error))
        code = BAD_INPUT
    except auto.CommandError as error:
        reporter.command_failed(error)
    except NO_CREDENTIALS as error:
        reporter.error(f"{error}. {GET_CREDENTIALS}")
    except (
        ToolchainError,
        FileNotFoundError,
        RuntimeError,
        BotoCoreError,
        ClientError,
    ) as error:
        reporter.error(str(error))
    if _json:
        print_json({"errors": reporter.errors})
    raise typer.Exit(code)


def print_json(document: Any) -> None:
    """Print the document of a command, of its type in `answers`."""
    typer.echo(json.dumps(document, indent=2))


def open_session(stack: str, cloud: Cloud, reporter: Reporter) -> Session:
    """A stack's settings and cloud, without access to its state."""
    with report_errors(reporter):
        return Session(stack, cloud, reporter)


def open_stack(stack: str, cloud: Cloud, reporter: Reporter) -> Session:
    session = open_session(stack, cloud, reporter)
    with report_errors(reporter):
        _ = session.stack
    return session


def operate(
    operation: Callable[[Session], Outcome],
    stack: str,
    cloud: Cloud,
    as_json: bool,
    markdown: Path | None = None,
    show: Callable[[Console, Session, Outcome], None] | None = None,
) -> Outcome:
    """Run one operation and show its outcome; exit with 1 if it failed."""
    console = Console(stderr=as_json)
    with Reporter(console) as reporter:
        session = open_stack(stack, cloud, reporter)
        outcome = operation(session)
    if markdown:
        with markdown.open("a") as file:
            file.write(summary.markdown(outcome))
    if as_json:
        print_json(asdict(outcome))
    elif outcome.ok:
        console.print(summary.counts(outcome))
        if show:
            show(console, session, outcome)
    else:
        reporter.repeat(f"{outcome.operation} failed, {summary.counts(outcome)}")
    if not outcome.ok:
        raise typer.Exit(FAILED)
    return outcome


def local_folder() -> Path:
    return Project.find(Path.cwd()).folder / LOCAL_FOLDER


def client(session: Session, service: str, region: str) -> Any:
    """A boto3 client for the cloud of the session's stack."""
    return session.client(service, region)


def platform_function(
    session: Session, role: str, what: str
) -> tuple[dict[str, str], dict[str, Any]]:
    """Environment of one of the platform's functions, from the stack's state, and the arguments of
    boto3 clients: commands do what the function does, with the caller's own permissions.

    Args:
        session: The stack.
        role: What the function is for, as in its name.
        what: What the stack lacks without it, and how to get it.

    Raises:
        RuntimeError: the stack has no such function.
    """
    found = session.resource("aws:lambda/function:Function", f"{session.settings.name}-{role}")
    if not found:
        raise RuntimeError(f"stack {session.name} has no {what} and run `up`")
    functions = client(session, "lambda", session.region)
    about = functions.get_function_configuration(FunctionName=str(found["id"]))
    return about["Environment"]["Variables"], {
        "endpoint_url": session.cloud.endpoint if session.cloud else None,
        "region_name": session.region,
    }
