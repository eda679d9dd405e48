"""Groovy of the version that Jenkins has: whether a text compiles, and what it is made of.

The compiler comes from Maven Central by Maven itself, once, and is kept in ``.tools``. It knows the
language and not Jenkins: a step or a DSL method that does not exist is found by Jenkins only.
Pipelines also run, in the continuation-passing style that Jenkins gives them. Its transformer has
not been published there since 1.31; newer ones are in the plugin.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jenkins_platform_cli.pulumi_cli.golang import TOOLS

_HERE = Path(__file__).parent
QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""Options of a JVM that runs for a second or two: a third less CPU time."""
_JARS = TOOLS / "maven" / "groovy-2.4.21-cps-1.31"


class DoesNotCompile(Exception):  # noqa: N818  it is what the compiler says
    """What the compiler says about a text."""


@dataclass(frozen=True)
class Outline:
    """What a text is made of.

    Attributes:
        shape: Statements, calls and operators, with ``text`` for every text.
        texts: The texts.
    """

    shape: str
    texts: list[str]


class Compiler:
    """A running compiler."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def outline(self, text: str) -> Outline:
        """Compile a text.

        Raises:
            DoesNotCompile: the compiler refuses it.
        """
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(base64.b64encode(text.encode()) + b"\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise DoesNotCompile(answer["error"])
        return Outline(**answer)


@dataclass(frozen=True)
class Run:
    """What a pipeline did.

    Attributes:
        stops: Its steps, each with what it was given.
        result: What it returned.
        error: What it failed with, or empty.
    """

    stops: list[list[Any]]
    result: Any = None
    error: str = ""


def pipeline(variable: Path, call: str, *answers: str | None) -> Run:
    """Run a variable of the library as Jenkins does, and store and load it at every step.

    Args:
        variable: Its file.
        call: The pipeline, in which ``new variable().call`` is the variable.
        answers: Answers of the steps, see ``pipeline.groovy``. Default: None.
    """
    words = (_HERE / "steps.groovy", variable, call, json.dumps(answers))
    done = subprocess.run(
        _command(_HERE / "pipeline.groovy", *words),
        capture_output=True,
        text=True,
        check=True,
    )
    return Run(**json.loads(done.stdout))


@contextmanager
def compiler() -> Iterator[Compiler]:
    """A compiler for the length of a block."""
    command = _command(_HERE / "parse.groovy")
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with process:
        yield Compiler(process)


def printed(script: str) -> list[str]:
    """The lines that a script prints."""
    words = _command("-e", script)
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines()


def _command(*words: str | Path) -> list[str]:
    """Groovy with these arguments."""
    return ["java", *QUICK, "-cp", _class_path(), "groovy.ui.GroovyMain", *map(str, words)]


def _class_path() -> str:
    if not _JARS.exists():
        _JARS.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_JARS.parent) as folder:
            goal = ["dependency:copy-dependencies", f"-DoutputDirectory={folder}/jars"]
            pom = str(_HERE / "pom.xml")
            subprocess.run(["mvn", "--quiet", "--batch-mode", "--file", pom, *goal], check=True)
            (Path(folder) / "jars").rename(_JARS)
    return os.pathsep.join(str(jar) for jar in sorted(_JARS.glob("*.jar")))
