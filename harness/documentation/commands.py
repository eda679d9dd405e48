"""Checks command lines in the documentation: programs, commands, options."""

from __future__ import annotations

import importlib.util
import re
import shlex
from functools import lru_cache
from pathlib import Path
from typing import Any

import botocore.session
import typer
from botocore import xform_name
from jenkins_platform_cli import cli  # noqa: F401  its modules register the commands
from jenkins_platform_cli.app import app

MAKEFILE = Path(__file__).parents[2] / "Makefile"
_BREAKS = {"&&", "||", "|", ";", "&"}
_REDIRECTIONS = {">", ">>", "<"}
_OTHERS = {".", "cd", "cp", "docker", "export", "git", "openssl", "pip", "pytest", "terraform"}
"""Programs of which only the words are checked."""
_PULUMI = {"config", "import", "package", "plugin", "preview", "stack", "state", "up"}
_AWS_OF_ITS_OWN = {("logs", "tail"), ("sso", "login"), ("s3", "cp"), ("s3", "ls")}
"""Commands of the AWS CLI that are not API calls."""
_AWS_FOR_ALL = {"--cli-input-json", "--output", "--profile", "--query", "--region"}


def problems(script: str) -> list[str]:
    """Problems in the lines of a shell script."""
    lines = script.replace("\\\n", " ").splitlines()
    return [p for line in lines for words in _commands(line) for p in _problems(words)]


def console(session: str) -> str:
    """The typed lines of a console session: those after a ``$``."""
    return "\n".join(line[2:] for line in session.splitlines() if line.startswith("$ "))


def _commands(line: str) -> list[list[str]]:
    """The simple commands of a line, without redirections and variables set for them.

    Raises:
        ValueError: a quotation is not closed.
    """
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    found: list[list[str]] = [[]]
    skip = False
    for word in lexer:
        if skip or word in _REDIRECTIONS:
            skip = not skip
        elif word in _BREAKS:
            found.append([])
        elif found[-1] or not re.match(r"\w+=", word):
            found[-1].append(word)
    return [words for words in found if words]


def _problems(words: list[str]) -> list[str]:
    program, *rest = words
    checks = {"jenkins-platform": ours, "make": _make, "aws": _aws, "python": _python}
    name = program.removeprefix(".venv/bin/")
    if check := checks.get(name):
        return [f"{shlex.join(words)}: {problem}" for problem in check(rest)]
    if name == "pulumi":
        return [] if rest[0] in _PULUMI else [f"pulumi {rest[0]}: not known here"]
    return [] if name in _OTHERS else [f"{name}: a program that is not known here"]


def ours(words: list[str]) -> list[str]:
    """Problems in the words after ``jenkins-platform``."""
    command, words = _application(), list(words)
    while known := getattr(command, "commands", None):
        name = words.pop(0) if words else ""
        if name not in known:
            return [f"{name!r} is none of {', '.join(sorted(known))}"]
        command = known[name]
    try:
        command.make_context(command.name, words)
    except typer.Exit:
        pass  # --help
    except Exception as error:  # Typer does not export the base class of its errors.
        if not hasattr(error, "format_message"):
            raise
        return [error.format_message()]
    return []


@lru_cache
def _application() -> Any:
    return typer.main.get_command(app)


@lru_cache
def _targets() -> set[str]:
    text = MAKEFILE.read_text().replace("$(VENV)", ".venv")
    return set(re.findall(r"^([^\s.:#][^\s:]*|\.venv[^\s:]*):(?!=)", text, re.MULTILINE))


def _make(words: list[str]) -> list[str]:
    targets = [w for w in words if "=" not in w and not w.startswith("-")]
    return [f"{t} is not a target of the Makefile" for t in targets if t not in _targets()]


def _python(words: list[str]) -> list[str]:
    """``-m`` names an existing module; ``-c`` and files are not checked."""
    if words[:1] != ["-m"] or words[1] == "venv":
        return []
    return [] if importlib.util.find_spec(words[1]) else [f"no module {words[1]}"]


@lru_cache
def _session() -> botocore.session.Session:
    return botocore.session.Session()


def _aws(words: list[str]) -> list[str]:
    """Service, operation and options exist in botocore's models."""
    service, operation, *rest = words
    if (service, operation) in _AWS_OF_ITS_OWN:
        return []
    if service not in _session().get_available_services():
        return [f"{service} is not a service of AWS"]
    if operation == "wait":
        loader = _session().get_component("data_loader")
        waiters = loader.load_service_model(service, "waiters-2")["waiters"]
        names = {xform_name(name, "-"): w["operation"] for name, w in waiters.items()}
        if rest[0] not in names:
            return [f"{rest[0]} is nothing that {service} can be waited for"]
        operation, *rest = xform_name(names[rest[0]], "-"), *rest[1:]
    model = _session().get_service_model(service)
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in operations:
        return [f"{operation} is not an operation of {service}"]
    shape = model.operation_model(operations[operation]).input_shape
    known = {f"--{xform_name(m, '-')}" for m in (shape.members if shape else {})} | _AWS_FOR_ALL
    flags = {f"--no-{k[2:]}" for k in known}
    return [f"{w}: no option" for w in rest if w.startswith("--") and w not in known | flags]
