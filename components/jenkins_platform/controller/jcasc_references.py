"""References such as ``${NAME}`` in JCasC documents, as Jenkins resolves them.

The rules are those of ``SecretSourceResolver`` of the plugin configuration-as-code, which uses
``StringSubstitutor`` of Apache Commons Text: ``${NAME}``, ``${NAME:-default}``, ``${lookup:text}``,
references in references, and ``^${`` for the text itself. In strict mode Jenkins does not start if
a reference cannot be resolved. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

_START, _END, _DEFAULT, _ESCAPE = "${", "}", ":-", "^"
LOOKUPS = frozenset(
    [
        "base64",
        "decodebase64",
        "file",
        "filebase64",
        "json",
        "readfile",
        "readfilebase64",
        "sysprop",
        "trim",
    ]
)
"""Lookups of the plugin, in lowercase."""
_VALUE = "\ue000"
"""Stands for the value of a reference that Jenkins can resolve."""


def unresolved(text: str, known: Collection[str]) -> Iterator[str]:
    """The references in a text that Jenkins cannot resolve, without ``${`` and ``}``.

    Args:
        text: A scalar of a document.
        known: Names of the variables and secrets that Jenkins has.
    """
    text = _substituted(text, known)
    position = 0
    while (start := text.find(_START, position)) >= 0:
        end = text.find(_END, start)
        if end < 0:
            return
        if _escaped(text, start):
            position = start + 1
        else:
            yield text[start + len(_START) : end]
            position = end + 1


def _substituted(text: str, known: Collection[str]) -> str:
    """The text after the first pass, which leaves what it cannot resolve unchanged."""
    done: list[str] = []
    position = 0
    while (start := text.find(_START, position)) >= 0:
        if _escaped(text, start):
            done.append(text[position : start + 1])
            position = start + 1
            continue
        end = _end(text, start + len(_START))
        if end is None:
            break
        expression = _substituted(text[start + len(_START) : end], known)
        name, delimiter, default = expression.partition(_DEFAULT)
        if _resolves(name, known):
            value = _VALUE
        else:
            value = _substituted(default, known) if delimiter else text[start : end + 1]
        done += [text[position:start], value]
        position = end + 1
    return "".join([*done, text[position:]])


def _escaped(text: str, start: int) -> bool:
    return start > 0 and text[start - 1] == _ESCAPE


def _end(text: str, position: int) -> int | None:
    """Where the reference ends whose name starts at a position. References in it are skipped."""
    inner = 0
    while position < len(text):
        if text.startswith(_START, position):
            inner += 1
            position += len(_START)
            continue
        if text[position] == _END:
            if not inner:
                return position
            inner -= 1
        position += 1
    return None


def _resolves(name: str, known: Collection[str]) -> bool:
    lookup, separator, rest = name.partition(":")
    if not separator:
        return name in known
    # A lookup that does not exist is ignored.
    return lookup.lower() in LOOKUPS or rest in known
