"""Further JCasC documents, merged into the platform's own.

The rules are those of JCasC's own merge of several files (``ErrorOnConflictMergeStrategy``):
mappings are merged, lists are appended, any other conflict is an error. It is reported here, before
anything is deployed, and not by a Jenkins that does not start.

Pure: works on YAML nodes, so values keep the form in which they were written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import yaml

from ..settings import Problem
from ..settings.base import hidden

CHOICES = {("jenkins", "securityrealm"), ("jenkins", "authorizationstrategy")}
"""Mappings in which Jenkins accepts only one key: they cannot be merged."""

_REFERENCE = re.compile(r"(?<!\^)\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
Path = tuple[str, ...]


def problems(own: str, texts: Collection[str], secrets: Collection[str]) -> Iterator[Problem]:
    """Conflicts between the documents ``texts`` and the document ``own``, and other problems.

    Args:
        own: The platform's document.
        texts: The user's documents.
        secrets: Names of the secrets that the documents may refer to.
    """
    root = _composed(own)
    for index, text in enumerate(texts):
        where = f"jenkins.extra_jcasc[{index}]"
        try:
            node = _composed(text)
        except (yaml.YAMLError, RecursionError) as error:
            yield Problem(where, hidden(text), f"is not valid YAML: {_why(error)}")
            continue
        if not isinstance(node, yaml.MappingNode):
            yield Problem(where, hidden(text), "must be a mapping with keys such as unclassified")
            continue
        found = [*_merge(root, node, where, ()), *_unresolved(node, where, secrets)]
        yield from found


def merged(own: str, texts: Collection[str]) -> str:
    """The document ``own`` with the documents ``texts``, which have no problems, merged in."""
    if not texts:
        return own
    root = _composed(own)
    for text in texts:
        for problem in _merge(root, _composed(text), "", ()):
            raise ValueError(str(problem))
    comment = own[: own.index("\n") + 1]
    return comment + str(yaml.serialize(root, width=float("inf"), allow_unicode=True))


def _composed(text: str) -> yaml.Node | None:
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    constructor = yaml.constructor.SafeConstructor()
    for mapping in _mappings(node):
        constructor.flatten_mapping(mapping)  # `<<: *anchor`
    return node


def _why(error: yaml.YAMLError | RecursionError) -> str:
    """The error and its line number, without the line itself, which may contain a secret."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"{error.problem} (line {error.problem_mark.line + 1})"
    return str(error).splitlines()[0]


def _mappings(node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    if isinstance(node, yaml.MappingNode):
        yield node
        for _, value in node.value:
            yield from _mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _mappings(value)


def _merge(
    own: yaml.Node | None, extra: yaml.Node | None, where: str, path: Path
) -> Iterator[Problem]:
    """Merge a node into another one in place; what cannot be merged is reported and skipped."""
    if isinstance(own, yaml.MappingNode) and isinstance(extra, yaml.MappingNode):
        if tuple(key.lower() for key in path) not in CHOICES:
            # JCasC attributes are case-insensitive.
            existing = {key.value.lower(): value for key, value in own.value}
            seen: set[str] = set()
            for key, value in extra.value:
                inner = (*path, key.value)
                if key.value.lower() in seen:
                    yield Problem(where, ".".join(inner), "is set more than once in this document")
                elif key.value.lower() in existing:
                    yield from _merge(existing[key.value.lower()], value, where, inner)
                else:
                    own.value.append((key, value))
                seen.add(key.value.lower())
            return
    elif isinstance(own, yaml.SequenceNode) and isinstance(extra, yaml.SequenceNode):
        own.value.extend(extra.value)
        return
    line = f" (line {extra.start_mark.line + 1})" if extra else ""
    yield Problem(
        where,
        ".".join(path),
        f"is set by the platform{line}. Leave it out, and use the platform's inputs instead",
    )


def _unresolved(node: yaml.Node, where: str, secrets: Collection[str]) -> Iterator[Problem]:
    """References to variables that Jenkins does not have, which would fail its start."""
    scalars = [node]
    while scalars:
        current = scalars.pop(0)
        if isinstance(current, yaml.ScalarNode):
            for name in _REFERENCE.findall(current.value):
                if name not in secrets:
                    yield Problem(
                        where,
                        f"${{{name}}}",
                        f"refers to a secret that is not in jenkins.secrets "
                        f"(line {current.start_mark.line + 1}). Write ^${{{name}}} for the "
                        "text itself",
                    )
        elif isinstance(current, yaml.MappingNode):
            scalars += [part for pair in current.value for part in pair]
        elif isinstance(current, yaml.SequenceNode):
            scalars += current.value
