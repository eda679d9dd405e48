"""``command.md`` and ``command.schema.json``: the command's verbs, exit codes and documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import typer
from jenkins_platform_cli import cli  # noqa: F401  its modules register the commands
from jenkins_platform_cli.answers import ANSWERS
from jenkins_platform_cli.app import EXIT_CODES, app
from pydantic import TypeAdapter

SCHEMA = "docs/command.schema.json"
_WHEN = {
    0: "all; of `preview` and `drift`: there are no changes",
    1: "an operation, a check or a restore drill failed; missing credentials, login or stack file",
    2: "unknown command or option, invalid configuration; nothing was changed",
    3: "`preview`, `drift`",
}
_PAGE = """\
# The command

`jenkins-platform` creates, changes and inspects a stack. It is installed by the extra `cli` of the
package, and by `make .venv/.up` in a checkout. This page is generated from the code by `make docs`.

Most commands accept `--stack NAME` (default: `dev`) and `--cloud local` for the embedded cloud;
the option `--help` of each lists all options. The option `--install-completion`
installs completion of commands and options for Bash, Zsh, Fish or PowerShell.

## Exit codes

| code | meaning | when |
| --- | --- | --- |
{codes}

## Commands

| command | what it does |
| --- | --- |
{commands}

## JSON

Every command accepts `--json` and then prints one document on standard output; messages and
progress go to standard error. `logs` prints one document per line. A command that fails before it
has a result prints `{{"errors": ["…"]}}`. The JSON Schema of all documents is in
[command.schema.json](command.schema.json), with one property per command. Minor versions may add
keys.

| command | document |
| --- | --- |
{documents}
{types}"""


def pages() -> dict[str, str]:
    """The page and the schema, by file name."""
    found = schema()
    documents = [f"| `{name}` | {_type(found['properties'][name])} |" for name in ANSWERS]
    page = _PAGE.format(
        codes="\n".join(f"| {c} | {meaning} | {_WHEN[c]} |" for c, meaning in EXIT_CODES.items()),
        commands="\n".join(f"| `{name}` | {text} |" for name, text in commands()),
        documents="\n".join(documents),
        types="".join(_section(name, body) for name, body in found["$defs"].items()),
    )
    return {"docs/command.md": page, SCHEMA: json.dumps(found, indent=2) + "\n"}


def commands() -> Iterator[tuple[str, str]]:
    """The visible commands with their descriptions, subcommands as ``local stop``."""
    for name, command in sorted(typer.main.get_command(app).commands.items()):  # type: ignore[attr-defined]
        inner = getattr(command, "commands", {})
        for sub, subcommand in sorted(inner.items()):
            yield f"{name} {sub}", _line(subcommand.help)
        if not inner:
            yield name, _line(command.help)


def schema() -> dict[str, Any]:
    """The JSON Schema of the documents: one property per command."""
    adapters = [(name, "serialization", TypeAdapter(kind)) for name, kind in ANSWERS.items()]
    by_key, shared = TypeAdapter.json_schemas(adapters)  # type: ignore[arg-type]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What `jenkins-platform COMMAND --json` prints, by command",
        "type": "object",
        "properties": {name: by_key[name, "serialization"] for name in ANSWERS},
        "$defs": _plain(shared["$defs"]),
    }


def _plain(value: Any) -> Any:
    """The schema without titles, which repeat the names, and with code marked as in Markdown."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if not (k == "title" and v is not None)}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return _line(value) if isinstance(value, str) else value


def _section(name: str, body: dict[str, Any]) -> str:
    rows = [
        f"| `{key}` | {_type(value)} | {value['description']} |"
        for key, value in body["properties"].items()
    ]
    table = "\n".join(["| key | type | |", "| --- | --- | --- |", *rows])
    return f"\n### {name}\n\n{body['description']}\n\n{table}\n"


def _type(value: dict[str, Any]) -> str:
    if reference := value.get("$ref"):
        name = reference.rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if options := value.get("anyOf"):
        return " or ".join(_type(option) for option in options)
    if value.get("type") == "array":
        return f"list of {_type(value['items'])}"
    if value.get("type") == "object":
        inner = value["additionalProperties"]
        return "object" if inner is True else f"map of {_type(inner)}"
    return str(value["type"])


def _line(text: str | None) -> str:
    """A docstring on one line, with Markdown's marks for code."""
    return " ".join((text or "").split()).replace("``", "`")
