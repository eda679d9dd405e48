"""The table: one row per AWS resource type or data source, read from ``localcloud/aws/*.yaml``.

The format is described in ``localcloud/README.md``. A row that does not say what happens to
one of its properties does not load.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from .expressions import consumed, shape_consumed
from .protocol import Properties, ProviderError

TABLE_FOLDER = Path(__file__).parent.parent / "aws"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(_Strict):
    """One AWS API call. ``send`` is its request shape, with JMESPath for the values."""

    call: str
    send: dict[str, Any] = Field(default_factory=dict)
    when: str | None = None
    """Skip the call unless this expression is true (not null, false or empty)."""
    each: str | None = None
    """Make the call once for every item of this list; the item is ``_item``."""
    tolerate: tuple[str, ...] = ()
    """AWS error codes that mean that nothing is left to do."""
    recorded_only: str | None = None
    """Why the emulator cannot take this call. It is validated and kept in a record instead."""
    client: str | None = None
    """Another service than the row's."""

    def paths(self) -> Iterator[tuple[str, ...]]:
        yield from shape_consumed(self.send)
        if self.each:
            yield from consumed(self.each)


class Update(Step):
    changed: tuple[str, ...]
    """The properties whose change asks for this call."""


class AutoName(_Strict):
    property: str
    max: int = 255
    separator: str = "-"


class Row(_Strict):
    """How one resource type is created, found, changed and removed."""

    client: str
    create: tuple[Step, ...]
    id: str
    read: tuple[Step, ...] = ()
    found: str = ""
    """The resource in the answers of ``read``; null means that it is gone."""
    inputs: dict[str, str] = Field(default_factory=dict)
    """Input properties that can be read back."""
    forgets: dict[str, str] = Field(default_factory=dict)
    """Of ``inputs``, those that the emulator does not always give back, each with the reason.
    A refresh takes them as unchanged where they are missing."""
    outputs: dict[str, str] = Field(default_factory=dict)
    """Computed properties."""
    update: tuple[Update, ...] = ()
    delete: tuple[Step, ...] = ()
    replace: tuple[str, ...] = ()
    """Properties that the real provider can only change by a new resource."""
    left_out: dict[str, str] = Field(default_factory=dict)
    """Properties that are not sent, each with the reason."""
    autoname: AutoName | None = None
    sets: tuple[str, ...] = ()
    json_text: tuple[str, ...] = ()
    unstable: tuple[str, ...] = ()
    """Computed properties that an update changes."""
    tagging: str | None = None
    """What the service's tag calls are told to tag; see ``services.yaml``."""
    recorded_only: str | None = None
    """Why the emulator lacks this resource type altogether."""

    @property
    def properties(self) -> frozenset[str]:
        """The input properties this row knows."""
        known = {p[0] for p in self.sent if not p[0].startswith("_")}
        return frozenset(known | self.left_out.keys() | set(self.replace) | self._tags)

    @property
    def _tags(self) -> set[str]:
        return {"tags"} if self.tagging else set()

    @functools.cached_property
    def sent(self) -> frozenset[tuple[str, ...]]:
        """The property paths that some call sends."""
        steps = (*self.create, *self.update, *self.delete)
        return frozenset(path for step in steps for path in step.paths() if path)

    @model_validator(mode="after")
    def _every_property_has_a_fate(self) -> Row:
        created = {p[0] for step in self.create for p in step.paths() if p}
        changed = {name for step in self.update for name in step.changed}
        lost = {n for n in created if not n.startswith("_")}
        lost -= changed | set(self.replace) | self.left_out.keys() | self._tags
        if lost:
            raise ValueError(f"nothing is said of a change of {sorted(lost)}")
        if not self.recorded_only and not self.found:
            raise ValueError("'found' is missing")
        return self

    def not_sent(self, inputs: Properties) -> list[str]:
        """The paths in ``inputs`` that no call sends and no entry leaves out."""
        known = self.sent | {tuple(path.split(".")) for path in self.left_out}
        known |= {(name,) for name in self._tags}
        return [
            ".".join(path)
            for path in _leaves(inputs, ())
            if not any(path[: len(prefix)] == prefix for prefix in known)
        ]


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        for item in value:
            yield from _leaves(item, path)
    elif path:
        yield path


class Function(_Strict):
    """A data source: one call and what it answers."""

    client: str
    call: str
    send: dict[str, Any] = Field(default_factory=dict)
    result: dict[str, str]

    def not_sent(self, arguments: Properties) -> list[str]:
        known = {path[0] for path in shape_consumed(self.send) if path}
        known |= {path[0] for shape in self.result.values() for path in consumed(shape) if path}
        return sorted(arguments.keys() - known)


class Tagging(_Strict):
    add: Step
    remove: Step


class Table(_Strict):
    resources: dict[str, Row]
    functions: dict[str, Function]
    tagging: dict[str, Tagging]

    def row(self, token: str) -> Row:
        try:
            return self.resources[token]
        except KeyError:
            raise ProviderError(
                f"The embedded cloud has no row for the resource type '{token}'. Rows are in "
                f"localcloud/aws/; localcloud/README.md tells how to add one."
            ) from None

    def function(self, token: str) -> Function:
        try:
            return self.functions[token]
        except KeyError:
            raise ProviderError(
                f"The embedded cloud has no row for the function '{token}'. Rows are in "
                f"localcloud/aws/functions.yaml."
            ) from None


@functools.cache
def load(folder: Path = TABLE_FOLDER) -> Table:
    """Read the table. Raises ValueError for a row that leaves something open."""
    resources: dict[str, Any] = {}
    for file in sorted(folder.glob("*.yaml")):
        if file.stem in ("services", "functions"):
            continue
        rows = yaml.load(file.read_text(), Loader=yaml.CSafeLoader)
        if twice := resources.keys() & rows.keys():
            raise ValueError(f"{file.name}: {sorted(twice)} stand in another file too")
        resources |= rows
    return Table(
        resources=resources,
        functions=yaml.load((folder / "functions.yaml").read_text(), Loader=yaml.CSafeLoader),
        tagging=yaml.load((folder / "services.yaml").read_text(), Loader=yaml.CSafeLoader),
    )
