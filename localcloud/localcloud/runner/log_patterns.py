"""Filter patterns of CloudWatch Logs for lines of text."""

from __future__ import annotations

import re

_TERM = re.compile(r'([?-]?)(?:"((?:[^"\\]|\\.)*)"|%([^%]*)%|(\S+))')


class PatternError(Exception):
    """A pattern that the embedded cloud does not understand."""


def matches(pattern: str, line: str) -> bool:
    """Whether a line matches: all plain terms, one of those with ``?``, none of those with ``-``.

    Args:
        pattern: Terms, quoted terms, ``%regular expressions%``. Empty: every line matches.

    Raises:
        PatternError: It is a pattern for JSON or for fields.
    """
    if pattern.lstrip()[:1] in ("{", "["):
        raise PatternError(pattern)
    optional: list[bool] = []
    for sign, quoted, expression, word in _TERM.findall(pattern):
        if expression:
            found = re.search(expression, line) is not None
        else:
            found = (re.sub(r"\\(.)", r"\1", quoted) or word) in line
        if sign == "?":
            optional.append(found)
        elif found == (sign == "-"):
            return False
    return not optional or any(optional)
