"""Groovy of the version that Jenkins has: whether a text compiles, and what it is made of.

The compiler comes from Maven Central by Maven itself, once, and is kept in ``.tools``. It knows the
language and not Jenkins: a step or a DSL method that does not exist is found by Jenkins only.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jenkins_platform_cli.pulumi_cli.toolchain import TOOLS

_HERE = Path(__file__).parent
_JAR = TOOLS / "maven" / "groovy-all-2.4.21.jar"


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


@contextmanager
def compiler() -> Iterator[Compiler]:
    """A compiler for the length of a block."""
    command = ["java", "-cp", str(_jar()), "groovy.ui.GroovyMain", str(_HERE / "parse.groovy")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with process:
        yield Compiler(process)


def _jar() -> Path:
    if not _JAR.exists():
        with tempfile.TemporaryDirectory() as folder:
            goal = ["dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
            pom = str(_HERE / "pom.xml")
            subprocess.run(["mvn", "--quiet", "--batch-mode", "--file", pom, *goal], check=True)
            _JAR.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(Path(folder) / _JAR.name, _JAR)
    return _JAR
