"""The corpus of invalid configurations in `wrong/`: each results in exactly its problems.

A file is a list of blocks, of two kinds. ``wrong`` maps keys to wrong values, each with a phrase of
the message and, if the error must not show the value, what it shows instead; ``with`` is added to
the inputs. ``problems`` maps keys to phrases, for what is ``given`` as a whole. ``!repeat [x, n]``
is ``x`` n times.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jenkins_platform.settings import Problem, Settings, SettingsError
from jenkins_platform.settings.validation.base import shown

from harness.inputs.models import paths

FOLDER = Path(__file__).with_name("wrong")
HIDDEN = {"hidden": "a value that is not shown"}


@dataclass(frozen=True)
class Case:
    """Inputs, and for each problem its key, a phrase of its message, and the value it shows."""

    given: dict[str, Any]
    problems: dict[str, str]
    shown: str | None = None
    name: str = "jenkins"


class _Loader(yaml.CSafeLoader):
    """YAML with ``!repeat [x, n]``."""


def _repeat(loader: _Loader, node: yaml.SequenceNode) -> Any:
    what, times = loader.construct_sequence(node, deep=True)
    return what * times


_Loader.add_constructor("!repeat", _repeat)


def _put(values: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """A copy of some inputs with one more value in it."""
    result = copy.deepcopy(values)
    steps = [int(s) if s.isdigit() else s for s in re.split(r"\.|\[|\]\.?", key) if s] or [""]
    here: Any = result
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        if isinstance(step, int) and step == len(here):
            here.append(None)
        if following is None:
            here[step] = value
        elif isinstance(step, int):
            here[step] = here[step] or {}
        else:
            here.setdefault(step, [] if isinstance(following, int) else {})
        here = here[step]
    return result


def cases(file: Path) -> Iterator[Case]:
    for block in yaml.load(file.read_text(), _Loader):
        if "problems" in block:
            name = block.get("name", "jenkins")
            yield Case(block.get("given", {}), block["problems"], name=name)
            continue
        for key, values in block["wrong"].items():
            for value, phrase, *hidden in values:
                instead = HIDDEN.get(hidden[0], repr(hidden[0])) if hidden else shown(value)
                yield Case(_put(block.get("with", {}), key, value), {key: phrase}, instead)


FILES = sorted(FOLDER.glob("*.yaml"))
PYTHON = re.compile(
    r"\b(True|False|None)\b|(?<!\.)\b(nan|inf)\b|<class|<[\w.]+ (object|at) |datetime\."
    r"|Traceback|Settings\b|\['[a-z]+'[],]|\{'[a-z]\w*':|\('\w+',"
)
"""Marks of Python: its constants and classes, and lists, dictionaries and tuples of plain text."""


def problems(case: Case) -> list[Problem]:
    try:
        Settings.from_args(case.name, case.given)  # type: ignore[arg-type]
    except SettingsError as error:
        return error.problems
    return []


def as_expected(case: Case, found: list[Problem]) -> bool:
    by_key = {problem.key: problem for problem in found}
    return (
        len(found) == len(by_key)
        and set(by_key) == set(case.problems)
        and all(phrase in by_key[key].message for key, phrase in case.problems.items())
        and (
            case.shown is None or all(str(p).startswith(f"{p.key}: {case.shown}: ") for p in found)
        )
    )


@cache
def answers(file: Path) -> list[tuple[Case, list[Problem]]]:
    """The cases of a file, each with its problems."""
    return [(case, problems(case)) for case in cases(file)]


@cache
def messages() -> list[str]:
    """Every problem of the corpus as users read it."""
    return [str(problem) for file in FILES for _, found in answers(file) for problem in found]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_invalid_configuration_results_in_exactly_its_problems(file: Path) -> None:
    unexpected = [
        f"{case.problems} {case.shown or ''}: got {[str(p) for p in found]}"
        for case, found in answers(file)
        if not as_expected(case, found)
    ]
    assert not unexpected, "\n".join(unexpected)


def test_messages_are_in_the_words_of_users() -> None:
    """Not in those of the libraries that validate: pydantic, json, re, ipaddress, pathlib."""
    foreign = re.compile(
        r"\bshould\b|dictionary|instance of|tuple|after validation|parse|interpret|Settings\b"
        r"|does not appear|Errno|Valid: a group|NoneType|<class"
    )
    assert [message for message in messages() if foreign.search(message)] == []


def test_no_message_shows_python() -> None:
    assert [message for message in messages() if PYTHON.search(message)] == []


def test_size_of_the_corpus() -> None:
    every = [repr(case) for file in FILES for case, _ in answers(file)]
    assert len(every) >= 850
    assert len(set(every)) == len(every), "a case is listed more than once"


def test_the_corpus_includes_hidden_secrets() -> None:
    every = [case for file in FILES for case, _ in answers(file)]
    assert len([case for case in every if case.shown == HIDDEN["hidden"]]) >= 30


def test_every_setting_has_an_invalid_case() -> None:
    """A new setting needs cases in `wrong/`: its wrong types, ranges, patterns and conflicts."""
    keys = (key for file in FILES for case, _ in answers(file) for key in case.problems)
    wrong = {re.sub(r"\[\d+\]", "[]", key) for key in keys}
    wrong |= {key.rpartition(".")[0] for key in wrong}
    wrong |= {key.removesuffix("[]") for key in wrong}
    assert [path for path in paths() if path not in wrong] == []
