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
from pulumi.runtime.rpc import UNKNOWN
from pydantic import BaseModel, ConfigDict, Field, model_validator

from .archives import is_asset
from .expressions import consumed, shape_consumed
from .protocol import Properties, ProviderError

TABLE_FOLDER = Path(__file__).parent.parent / "aws"
FUNCTIONS, SERVICES = "functions", "services"
"""The files that hold no resource types: data sources, and how services tag."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(_Strict):
    """One AWS API call. ``send`` is its request shape, with JMESPath for the values."""

    call: str
    """A method of the service's boto3 client, or ``!`` and a function of `actions`."""
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
    keep_as: str | None = None
    """Name of the answer in ``_res``; the call's own name where it is not given."""

    @property
    def action(self) -> str | None:
        return self.call[1:] if self.call.startswith("!") else None

    @property
    def name(self) -> str:
        return self.keep_as or self.action or self.call

    def paths(self) -> set[tuple[str, ...]]:
        """The property paths that the call depends on. Of one that only decides whether it is
        made, the parts that are sent count instead, if any are."""
        sent = set(shape_consumed(self.send)) | (consumed(self.each) if self.each else set())
        asked = consumed(self.when) if self.when else set()
        return sent | {p for p in asked if not any(s[: len(p)] == p for s in sent)}


class Update(Step):
    changed: tuple[str, ...]
    """The properties whose change asks for this call."""


class AutoName(_Strict):
    """How the real provider names a resource when the program does not."""

    property: str
    max: int = 255
    separator: str = "-"
    random: bool = True
    """Whether random digits follow the logical name."""
    lower: bool = False
    prefix: str = ""
    suffix: str | None = None
    """An expression over the inputs."""


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
    """Properties that cannot be read back, or not always, each with the reason. A refresh
    takes them as unchanged where they are missing. A path with dots means a part of one."""
    outputs: dict[str, str] = Field(default_factory=dict)
    """Computed properties."""
    update: tuple[Update, ...] = ()
    delete: tuple[Step, ...] = ()
    replace: tuple[str, ...] = ()
    """Properties that the real provider can only change by a new resource. A path with dots
    means a part of one."""
    replace_when: dict[str, str] = Field(default_factory=dict)
    """Properties that it can only sometimes change in place: expressions over the new inputs
    and ``_old`` that are true when it cannot."""
    delete_before_replace: bool = False
    """The real provider deletes first: two such resources cannot be there at once."""
    left_out: dict[str, str] = Field(default_factory=dict)
    """Properties that are not sent, each with the reason."""
    autoname: AutoName | None = None
    defaults: dict[str, Any] = Field(default_factory=dict)
    """What the real package fills in before AWS does."""
    names: dict[str, str] = Field(default_factory=dict)
    """``_names`` of the row's expressions, for ``capitalized`` and ``uncapitalized``."""
    sets: tuple[str, ...] = ()
    """Lists whose order has no meaning."""
    json_text: tuple[str, ...] = ()
    """Texts that hold JSON: compared by what they mean, and taken as objects too."""
    maps: tuple[str, ...] = ()
    """Objects whose keys the user chooses, besides ``tags``: one more key is a difference."""
    unstable: tuple[str, ...] = ()
    """Computed properties that an update changes."""
    tagging: str | None = None
    """What the service's tag calls apply to; see ``services.yaml``."""
    tagged_as: str | None = None
    """Its entry in ``services.yaml``, where that is not the client's name."""
    recorded_only: str | None = None
    """Why the emulator lacks this resource type altogether."""

    @property
    def properties(self) -> frozenset[str]:
        """The input properties this row knows."""
        known = {p[0] for p in self.sent if not p[0].startswith("_")}
        return frozenset(known | self.left_out.keys() | self._replaced | self._tags)

    @property
    def _replaced(self) -> set[str]:
        return {path.split(".")[0] for path in self.replace}

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
        lost -= changed | self._replaced | self.left_out.keys() | self._tags
        if lost:
            raise ValueError(f"nothing is said of a change of {sorted(lost)}")
        found_by = {p[0] for step in self.read for p in step.paths() if p}
        found_by |= {p[0] for expression in (self.id, self.found) for p in _used(expression)}
        unread = {n for n in created if not n.startswith("_")} - self.inputs.keys()
        unread -= self.forgets.keys() | self.left_out.keys() | found_by
        if unread and not self.recorded_only:
            raise ValueError(f"nothing is said of what a refresh makes of {sorted(unread)}")
        unknown = (
            {*self.inputs, *self.forgets, *self.sets, *self.json_text, *self.maps, *self.defaults}
            | {*self.replace_when, *([self.autoname.property] if self.autoname else [])}
            | changed
        )
        unknown = {name.split(".")[0] for name in unknown} - self.properties
        if unknown:
            raise ValueError(f"{sorted(unknown)} are spoken of, but never sent")
        if not self.recorded_only and not self.found:
            raise ValueError("'found' is missing")
        return self

    def not_sent(self, inputs: Properties) -> list[str]:
        """The paths in ``inputs`` that no call sends and no entry leaves out."""
        known = self.sent | {tuple(path.split(".")) for path in self.left_out}
        known |= {(name,) for name in self._tags}
        return [
            ".".join(path)
            for path, whole in _leaves(inputs, ())
            if not any(path[: len(prefix)] == prefix for prefix in known)
            and not (whole and any(longer[: len(path)] == path for longer in known))
        ]


def _used(expression: str) -> frozenset[tuple[str, ...]]:
    return frozenset(p for p in consumed(expression) if p) if expression else frozenset()


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], bool]]:
    """The paths in a value, and whether a path may stand for all below it: an empty object or
    list, or one that a preview does not know yet."""
    if isinstance(value, dict) and value and not is_asset(value):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        for item in value:
            yield from _leaves(item, path)
    elif path:
        yield path, value in ({}, [], UNKNOWN)


class Function(_Strict):
    """A data source: what is asked, and what it answers."""

    client: str
    read: tuple[Step, ...]
    found: str = "_res"
    """What was looked for in the answers; null means that there is none."""
    result: dict[str, str]

    def not_used(self, arguments: Properties) -> list[str]:
        """The arguments that no call uses."""
        known = {path[0] for step in self.read for path in step.paths() if path}
        known |= {path[0] for path in consumed(self.found) if path}
        for shape in self.result.values():
            known |= {path[1] for path in consumed(shape) if path[:1] == ("_in",) and path[1:]}
        return sorted(arguments.keys() - known - {"region"})


class Tagging(_Strict):
    add: Step
    remove: Step


class Table(_Strict):
    resources: dict[str, Row]
    functions: dict[str, Function]
    tagging: dict[str, Tagging]

    @model_validator(mode="after")
    def _every_service_says_how_it_tags(self) -> Table:
        wanted = {r.tagged_as or r.client for r in self.resources.values() if r.tagging}
        if missing := wanted - self.tagging.keys():
            raise ValueError(f"{SERVICES}.yaml does not say how {sorted(missing)} tag")
        return self

    def row(self, token: str) -> Row:
        try:
            return self.resources[token]
        except KeyError:
            raise ProviderError(
                f"The embedded cloud has no row for the resource type '{token}'. Rows are in "
                f"localcloud/aws/; see localcloud/README.md for how to add one."
            ) from None

    def function(self, token: str) -> Function:
        try:
            return self.functions[token]
        except KeyError:
            raise ProviderError(
                f"The embedded cloud has no row for the function '{token}'. Rows are in "
                f"localcloud/localcloud/aws/functions.yaml."
            ) from None


@functools.cache
def load(folder: Path = TABLE_FOLDER) -> Table:
    """Read the table. Raises ValueError for a row that leaves something open."""
    resources: dict[str, Any] = {}
    for file in sorted(folder.glob("*.yaml")):
        if file.stem in (FUNCTIONS, SERVICES):
            continue
        rows = _read(file)
        if twice := resources.keys() & rows.keys():
            raise ValueError(f"{file.name}: {sorted(twice)} stand in another file too")
        resources |= rows
    return Table(
        resources=resources,
        functions=_read(folder / f"{FUNCTIONS}.yaml"),
        tagging=_read(folder / f"{SERVICES}.yaml"),
    )


def _read(file: Path) -> dict[str, Any]:
    """A file's entries; those whose key starts with a dot only hold anchors for others."""
    entries = yaml.load(file.read_text(), Loader=yaml.CSafeLoader) or {}
    return {key: entry for key, entry in entries.items() if not key.startswith(".")}
