"""Further JCasC documents, merged into the platform's own.

The rules are those of JCasC's own merge of several files (``ErrorOnConflictMergeStrategy``):
mappings are merged, lists are appended, any other conflict is an error. It is reported here, before
anything is deployed, and not by a Jenkins that does not start.

Pure: works on YAML nodes, so values keep the form in which they were written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import yaml

from ..settings import Problem
from ..settings.validation.base import hidden
from . import jcasc_references

CHOICES = {("jenkins", "securityrealm"), ("jenkins", "authorizationstrategy")}
"""Mappings in which Jenkins accepts only one key: they cannot be merged."""

MAX_ALIASES = 50
"""Aliases of collections in a document (SnakeYAML, ``LoaderOptions.maxAliasesForCollections``)."""
MAX_DEPTH = 50
"""Collections within each other (SnakeYAML, ``LoaderOptions.nestingDepthLimit``)."""
MAX_CHARACTERS = 3 * 2**20
"""Characters of the whole document (SnakeYAML, ``LoaderOptions.codePointLimit``)."""
_TAG_NAMES = "binary bool float int map merge null omap pairs seq set str timestamp value"
_TAGS = tuple(f"tag:yaml.org,2002:{name}" for name in _TAG_NAMES.split())
_MERGE = "tag:yaml.org,2002:merge"
Path = tuple[str, ...]


def problems(own: str, texts: Collection[str], known: Collection[str]) -> Iterator[Problem]:
    """Conflicts between the documents ``texts`` and the document ``own``, and other problems.

    Args:
        own: The platform's document.
        texts: The user's documents.
        known: Names of the variables and secrets that the documents can refer to.
    """
    if (size := sum(map(len, (own, *texts)))) > MAX_CHARACTERS:
        limit = f"together with the platform's document has more than {MAX_CHARACTERS} characters"
        yield Problem(
            "jenkins.extra_jcasc", f"{size} characters", f"{limit}, the most that Jenkins reads"
        )
        return
    root = composed(own)
    for index, text in enumerate(texts):
        where = f"jenkins.extra_jcasc[{index}]"
        try:
            node = composed(text)
        except (yaml.YAMLError, RecursionError) as error:
            yield Problem(where, hidden(text), f"is not valid YAML: {_why(error)}")
            continue
        if not isinstance(node, yaml.MappingNode):
            yield Problem(where, hidden(text), "must be a mapping with keys such as unclassified")
            continue
        found = [*_merge(root, node, where, ()), *_unresolved(node, where, known)]
        yield from found


def merged(own: str, texts: Collection[str]) -> str:
    """The document ``own`` with the documents ``texts``, which have no problems, merged in."""
    if not texts:
        return own
    root = composed(own)
    for text in texts:
        for problem in _merge(root, composed(text), "", ()):
            raise ValueError(str(problem))
    comment = own[: own.index("\n") + 1]
    return comment + str(yaml.serialize(root, width=float("inf"), allow_unicode=True))


def composed(text: str) -> yaml.Node | None:
    """The document without aliases and merge keys (``<<: *anchor``).

    Raises:
        yaml.YAMLError: It is not valid YAML, or Jenkins does not read it.
    """
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    return _Copier().copy(node) if node else None


class _Copier:
    """Copies nodes, so that what is merged into one use of an anchor is not in the others."""

    def __init__(self) -> None:
        self._open: list[yaml.Node] = []
        self._seen: set[int] = set()
        self._aliases = 0

    def copy(self, node: yaml.Node) -> yaml.Node:
        mark = node.start_mark
        if not node.tag.startswith(_TAGS):
            problem = f"has the tag {node.tag}, which Jenkins does not read"
            raise yaml.constructor.ConstructorError(problem=problem, problem_mark=mark)
        if isinstance(node, yaml.ScalarNode):
            return yaml.ScalarNode(node.tag, node.value, mark, node.end_mark, node.style)
        if any(node is other for other in self._open):
            raise yaml.constructor.ConstructorError(problem="contains itself", problem_mark=mark)
        if len(self._open) == MAX_DEPTH:
            limit = f"more than {MAX_DEPTH} collections within each other"
            raise yaml.constructor.ConstructorError(problem=limit, problem_mark=mark)
        self._aliases += id(node) in self._seen
        if self._aliases > MAX_ALIASES:
            limit = f"more than {MAX_ALIASES} aliases of collections"
            raise yaml.constructor.ConstructorError(problem=limit, problem_mark=mark)
        assert isinstance(node, yaml.CollectionNode)  # noqa: S101  there is no other kind
        self._seen.add(id(node))
        self._open.append(node)
        values: list[object]
        if isinstance(node, yaml.MappingNode):
            values = [(self.copy(k), self.copy(v)) for k, v in _pairs(node)]
        else:
            values = [self.copy(item) for item in node.value]
        self._open.pop()
        return type(node)(node.tag, values, mark, node.end_mark, node.flow_style)


def _pairs(node: yaml.MappingNode) -> list[tuple[yaml.Node, yaml.Node]]:
    """The keys and values of a mapping. Its own values precede those of a merge key."""
    own = [pair for pair in node.value if pair[0].tag != _MERGE]
    for key, _ in own:
        if not isinstance(key, yaml.ScalarNode):
            problem = "a key is not a text"
            raise yaml.constructor.ConstructorError(problem=problem, problem_mark=key.start_mark)
    found = list(own)
    for key, value in node.value:
        if key.tag == _MERGE:
            for merged in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                if not isinstance(merged, yaml.MappingNode):
                    raise yaml.constructor.ConstructorError(
                        problem="a merge key (<<) needs a mapping or a list of mappings",
                        problem_mark=merged.start_mark,
                    )
                if merged is node:
                    raise yaml.constructor.ConstructorError(
                        problem="contains itself", problem_mark=node.start_mark
                    )
                names = {name.value for name, _ in found}
                found += [pair for pair in _pairs(merged) if pair[0].value not in names]
    return found


def _why(error: yaml.YAMLError | RecursionError) -> str:
    """The error and its line number, without the line itself, which may contain a secret."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"{error.problem} (line {error.problem_mark.line + 1})"
    return str(error).splitlines()[0]


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
                    yield from _duplicates(value, where, inner)
                seen.add(key.value.lower())
            return
    elif isinstance(own, yaml.SequenceNode) and isinstance(extra, yaml.SequenceNode):
        for item in extra.value:
            yield from _duplicates(item, where, path)
        # Symbols such as jobBuildDiscarder that are in the list are not added again.
        symbols = {item.value for item in own.value if isinstance(item, yaml.ScalarNode)}
        own.value.extend(item for item in extra.value if _symbol(item) not in symbols)
        return
    line = f" (line {extra.start_mark.line + 1})" if extra else ""
    setter, remedy = "the platform", "Leave it out, and use the platform's inputs instead"
    if not where.endswith("[0]"):
        setter, remedy = f"{setter} or an earlier document", "Leave it out"
    yield Problem(where, ".".join(path), f"is set by {setter}{line}. {remedy}")


def _duplicates(node: yaml.Node, where: str, path: Path) -> Iterator[Problem]:
    """Keys that a part of a document has more than once; Jenkins would ignore all but the last."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            inner = (*path, key.value)
            if key.value in seen:
                yield Problem(where, ".".join(inner), "is set more than once in this document")
            seen.add(key.value)
            yield from _duplicates(value, where, inner)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _duplicates(item, where, path)


def _symbol(item: yaml.Node) -> str | None:
    """The symbol of an item without attributes: ``symbol`` or ``symbol: {}``."""
    if isinstance(item, yaml.MappingNode) and len(item.value) == 1:
        ((key, value),) = item.value
        return str(key.value) if value.value in ("", "null", "~", []) else None
    return str(item.value) if isinstance(item, yaml.ScalarNode) else None


def _unresolved(node: yaml.MappingNode, where: str, known: Collection[str]) -> Iterator[Problem]:
    """References that Jenkins cannot resolve, which would fail its start. It ignores roots whose
    names start with ``x-``, and resolves nothing in keys."""
    scalars = [value for key, value in node.value if not key.value.startswith("x-")]
    while scalars:
        current = scalars.pop(0)
        if isinstance(current, yaml.ScalarNode):
            for name in jcasc_references.unresolved(current.value, known):
                yield Problem(
                    where,
                    f"${{{name}}}",
                    f"refers to a secret that is not in jenkins.secrets "
                    f"(line {current.start_mark.line + 1}). Write ^${{{name}}} for the text itself",
                )
        elif isinstance(current, yaml.MappingNode):
            scalars += [value for _, value in current.value]
        elif isinstance(current, yaml.SequenceNode):
            scalars += current.value
