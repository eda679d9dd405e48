"""Finding resources out there, and what the state shall show of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .accounts import Account
from .calls import CALL_ERRORS, Caller, Scope, explain, gone
from .differences import DEFAULTS, keep_shape
from .expressions import evaluate
from .protocol import Properties, ProviderError
from .recorder import Place
from .table import Row, Table

UNFINISHED = "__unfinished"
"""Marks the outputs of a resource whose creation or update stopped half-way."""

NO_REGION = {"iam", "route53", "budgets"}
"""Services whose resources live in no region."""

Found = dict[str, Any]
"""Something that was found, and all that expressions over it can use."""


def visible(properties: Properties) -> Properties:
    """The properties that a program knows of."""
    return {k: v for k, v in properties.items() if k not in (DEFAULTS, UNFINISHED)}


def around(found: Any, scope: Scope, account: Account) -> Found:
    return {
        **(found if isinstance(found, dict) else {}),
        "_found": found,
        "_id": scope.get("_id"),
        "_in": {k: v for k, v in scope.items() if not k.startswith("_")},
        "_region": account.region,
        "_account": account.id,
        "_res": scope["_res"],
        "_names": scope["_names"],
    }


@dataclass(frozen=True)
class Reader:
    """Carries out what rows say of reading."""

    table: Table
    caller: Caller

    def find(self, row: Row, scope: Scope, account: Account, place: Place) -> Found | None:
        """The resource as it is out there; None where it is not.

        Raises:
            ProviderError: AWS answers with another error than that it is gone.
        """
        if row.recorded_only:
            return around({}, scope, account) if self.caller.recorder.knows(place) else None
        try:
            for step in row.read:
                self.caller.run(row.client, step, scope, account, place)
        except CALL_ERRORS as error:
            if gone(error):
                return None
            raise ProviderError(explain(place.token, error)) from error
        found = evaluate(row.found, scope)
        return around(found, scope, account) if found else None

    def outputs(
        self, row: Row, scope: Scope, account: Account, place: Place, found: Found | None = None
    ) -> Properties:
        """What the state shall show: the inputs in the scope and what AWS made of them."""
        found = found or self.find(row, scope, account, place)
        if found is None:
            raise ProviderError(f"'{place.id}' was made but cannot be found")
        shown = visible({k: v for k, v in scope.items() if not k.startswith("_")})
        computed = {k: evaluate(v, found) for k, v in row.outputs.items()}
        if row.client not in NO_REGION:
            computed.setdefault("region", account.region)
        if "tags" in row.properties:
            computed["tagsAll"] = shown.get("tags") or {}
        return shown | {k: v for k, v in computed.items() if v is not None}

    def inputs(self, row: Row, place: Place, inputs: Properties, found: Found) -> Properties:
        """The inputs as they are out there, as far as the emulator knows."""
        now = dict(inputs)
        blind = self._changed_on_record(row, place)
        for name, expression in row.inputs.items():
            value, asked = evaluate(expression, found), inputs.get(name)
            if name in blind:
                continue
            if asked is not None:
                now[name] = keep_shape(
                    value,
                    asked,
                    path=name,
                    sets=row.sets,
                    maps={"tags", *row.maps},
                    forgets=row.forgets,
                )
            elif name == "tags" and value:  # tags added elsewhere
                now[name] = value
        return {k: v for k, v in now.items() if v is not None}

    @staticmethod
    def all_inputs(row: Row, found: Found) -> Properties:
        """All inputs that can be read back, for an import."""
        actual = {k: evaluate(v, found) for k, v in row.inputs.items()}
        return {k: v for k, v in actual.items() if v is not None}

    def _changed_on_record(self, row: Row, place: Place) -> set[str]:
        """The properties that only a record knows by now: the emulator shows their old values."""
        recorder = self.caller.recorder
        blind: set[str] = set()
        for step in row.update:
            name = f"{step.client or row.client}.{step.call}"
            if step.recorded_only and recorder.holds(place, {name}):
                blind.update(step.changed)
        if row.tagging:
            tagging = self.table.tagging[row.tagged_as or row.client]
            names = {f"{s.client or row.client}.{s.call}" for s in (tagging.add, tagging.remove)}
            if recorder.holds(place, names):
                blind.add("tags")
        return blind
