"""The ``aws`` package: every resource is a row of the table, every call goes through botocore.

Each request is checked against AWS's own service models before it leaves, so a wrong name or
type fails here exactly as it would against AWS.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

import botocore.exceptions
from pulumi.runtime.rpc import UNKNOWN

from .accounts import Account, Accounts
from .calls import CALL_ERRORS, Caller, Scope, explain, first_call, gone
from .differences import DEFAULTS, changes, keep_shape, part, plain, top
from .expressions import build, evaluate
from .naming import automatic_name
from .protocol import (
    Change,
    Difference,
    InitError,
    Naming,
    Package,
    Properties,
    ProviderError,
    holds_unknown,
)
from .recorder import Place, Recorder
from .table import AutoName, Row, Table, Update

UNFINISHED = "__unfinished"
"""Marks the outputs of a resource whose creation or update stopped half-way."""

_NO_REGION = {"iam", "route53", "budgets"}
"""Services whose resources live in no region."""


class AwsPackage(Package):
    """The AWS provider of the embedded cloud."""

    name = "aws"

    def __init__(self, endpoint: str, table: Table, version: str, recorder: Recorder) -> None:
        self.version = version
        self.table = table
        self._recorder = recorder
        self._accounts = Accounts(endpoint)
        self._caller = Caller(self._accounts, recorder)

    def check_config(self, inputs: Properties) -> dict[str, str]:
        return self._accounts.check(inputs)

    def config_replaces(self, changed: set[str]) -> set[str]:
        return changed & {"region"}

    def configure(self, instance: str, inputs: Properties) -> None:
        try:
            self._accounts.configure(instance, inputs)
        except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError) as error:
            raise ProviderError(explain("aws provider", error)) from error

    # --- resources ---------------------------------------------------------------------

    def check(
        self, instance: str, token: str, inputs: Properties, olds: Properties, naming: Naming
    ) -> tuple[Properties, dict[str, str]]:
        row = self.table.row(token)
        checked = {k: v for k, v in inputs.items() if v is not None and k != DEFAULTS}
        checked |= {k: _as_text(v) for k, v in checked.items() if k in row.json_text}
        failures = {
            path: f"'{path}' of {token} is neither sent to AWS nor left out by its row in the table"
            for path in row.not_sent({k: v for k, v in checked.items() if k != "region"})
        }
        filled = {k: v for k, v in row.defaults.items() if k not in checked}
        if row.autoname and row.autoname.property not in checked:
            filled[row.autoname.property] = _name(row.autoname, checked, olds, naming)
        checked |= filled
        if filled:
            checked[DEFAULTS] = sorted(filled)
        step = first_call(row)
        if step and not failures and not holds_unknown(checked):
            # Check the creating call against AWS's model already at preview.
            account = self._accounts.of(instance, checked)
            parameters = build(step.send, self._scope(account, checked, row)) or {}
            service = step.client or row.client
            if problem := self._caller.problem(service, step, parameters, account):
                failures[step.call] = f"{token}: {problem}"
        return checked, failures

    def diff(self, token: str, olds: Properties, news: Properties) -> Difference:
        row = self.table.row(token)
        found = [
            Change(c.path, c.kind, _replaces(row, c.path, olds, news))
            for c in changes(olds, news, sets=row.sets, json_text=row.json_text)
        ]
        name = row.autoname.property if row.autoname else None
        chosen = name is not None and name not in news.get(DEFAULTS, [])
        clash = chosen and name is not None and olds.get(name) == news.get(name)
        return Difference(found, delete_before_replace=clash or row.delete_before_replace)

    def unfinished(self, outputs: Properties) -> bool:
        return UNFINISHED in outputs

    def create(
        self, instance: str, token: str, inputs: Properties, preview: bool
    ) -> tuple[str, Properties]:
        row = self.table.row(token)
        if preview:
            return "", _visible(inputs)
        account = self._accounts.of(instance, inputs)
        scope = self._scope(account, inputs, row)
        place = Place(token, f"new {scope['_uuid']}", account.id, account.region)
        resource_id = ""
        try:
            for step in row.create:
                self._caller.run(row.client, step, scope, account, place, row.recorded_only or "")
                if not resource_id and (made := evaluate(row.id, scope)):
                    known = Place(token, str(made), account.id, account.region)
                    if row.recorded_only and self._recorder.knows(known):
                        raise ProviderError(f"'{made}' is there already")
                    self._recorder.move(place, known)
                    resource_id, scope["_id"], place = known.id, known.id, known
            return resource_id, self._outputs(token, account, scope)
        except Exception as error:
            reason = _reason(token, error)
            if resource_id:
                marked = _visible(inputs) | {UNFINISHED: True}
                raise InitError(resource_id, marked, reason) from error
            self._recorder.drop(place)
            raise ProviderError(reason) from error

    def read(
        self, instance: str, token: str, resource_id: str, inputs: Properties, outputs: Properties
    ) -> tuple[Properties, Properties] | None:
        row = self.table.row(token)
        account = self._accounts.of(instance, inputs or outputs)
        scope = self._scope(account, inputs, row) | {"_id": resource_id, "_out": outputs}
        found = self._find(token, row, account, scope)
        if found is None:
            return None
        place = Place(token, resource_id, account.id, account.region)
        imported = not inputs and not outputs
        now = (
            self._inputs_of(row, found) if imported else self._read_back(row, place, inputs, found)
        )
        unfinished = {k: v for k, v in outputs.items() if k == UNFINISHED}
        return now, self._outputs(token, account, scope | {"_shown": now}, found) | unfinished

    def _read_back(
        self, row: Row, place: Place, inputs: Properties, found: dict[str, Any]
    ) -> Properties:
        """The inputs as they are out there, as far as the emulator can tell."""
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
            elif name == "tags" and value:  # somebody else's tags
                now[name] = value
        return {k: v for k, v in now.items() if v is not None}

    @staticmethod
    def _inputs_of(row: Row, found: dict[str, Any]) -> Properties:
        """All inputs that can be read back, for an import."""
        actual = {k: evaluate(v, found) for k, v in row.inputs.items()}
        return {k: v for k, v in actual.items() if v is not None}

    def _changed_on_record(self, row: Row, place: Place) -> set[str]:
        """The properties that only a record knows by now: the emulator shows their old values."""
        blind: set[str] = set()
        for step in row.update:
            name = f"{step.client or row.client}.{step.call}"
            if step.recorded_only and self._recorder.holds(place, {name}):
                blind.update(step.changed)
        if row.tagging:
            tagging = self.table.tagging[row.tagged_as or row.client]
            names = {f"{s.client or row.client}.{s.call}" for s in (tagging.add, tagging.remove)}
            if self._recorder.holds(place, names):
                blind.add("tags")
        return blind

    def update(
        self,
        instance: str,
        token: str,
        resource_id: str,
        olds: Properties,
        news: Properties,
        outputs: Properties,
        preview: bool,
    ) -> Properties:
        row = self.table.row(token)
        if preview:
            lasting = {*row.outputs, "region"} - set(row.unstable)
            kept = {k: v for k, v in outputs.items() if k in lasting}
            return kept | _visible(news)
        account = self._accounts.of(instance, news)
        place = Place(token, resource_id, account.id, account.region)
        scope = self._scope(account, news, row) | {"_id": resource_id, "_out": outputs}
        try:
            if UNFINISHED in outputs:
                # Some calls of the last run were made and some not: go by what is out there.
                there = self.read(instance, token, resource_id, olds | news, outputs)
                if there is None:
                    raise ProviderError("it is gone; 'pulumi refresh' will notice")
                olds = there[0]
            scope["_old"] = olds
            for step in self._due(row, olds, news, unfinished=UNFINISHED in outputs):
                self._caller.run(row.client, step, scope, account, place, row.recorded_only or "")
            self._retag(row, scope, account, place)
            return self._outputs(token, account, scope)
        except Exception as error:
            marked = outputs | _visible(news) | {UNFINISHED: True}
            raise InitError(resource_id, marked, _reason(token, error)) from error

    def _due(self, row: Row, olds: Properties, news: Properties, unfinished: bool) -> list[Update]:
        """The steps that bring the changes about; after a failure those too whose properties
        cannot be read back."""
        changed = {top(c.path) for c in changes(olds, news, sets=row.sets, json_text=row.json_text)}
        if unfinished:
            changed |= {n for step in row.update for n in step.changed} - row.inputs.keys()
        return [step for step in row.update if changed & set(step.changed)]

    def delete(
        self, instance: str, token: str, resource_id: str, inputs: Properties, outputs: Properties
    ) -> None:
        row = self.table.row(token)
        account = self._accounts.of(instance, inputs)
        place = Place(token, resource_id, account.id, account.region)
        scope = self._scope(account, inputs, row) | {"_id": resource_id, "_out": outputs}
        missing: Exception | None = None
        for step in row.delete:
            try:
                self._caller.run(row.client, step, scope, account, place, row.recorded_only or "")
            except CALL_ERRORS as error:
                if not gone(error):
                    raise ProviderError(explain(token, error)) from error
                missing = error
        if missing and not row.recorded_only and self._find(token, row, account, scope):
            # Something else was missing; the resource itself is still there.
            raise ProviderError(explain(token, missing)) from missing
        self._recorder.drop(place)

    def invoke(self, instance: str, token: str, arguments: Properties) -> Properties:
        function = self.table.function(token)
        asked = {k: v for k, v in arguments.items() if v is not None}
        if unused := function.not_used(asked):
            raise ProviderError(f"'{unused[0]}' of {token} is not used by its row in the table")
        account = self._accounts.of(instance, asked)
        scope = self._scope(account, asked)
        place = Place(token, scope["_uuid"], account.id, account.region)
        try:
            for step in function.read:
                self._caller.run(function.client, step, scope, account, place)
        except CALL_ERRORS as error:
            raise ProviderError(explain(token, error)) from error
        found = evaluate(function.found, scope)
        if not found:
            raise ProviderError(f"{token} found nothing for {json.dumps(asked)}")
        around = self._around(found, scope, account)
        answer = {k: evaluate(v, around) for k, v in function.result.items()}
        if function.client not in _NO_REGION:
            answer.setdefault("region", account.region)
        return {k: v for k, v in answer.items() if v is not None}

    # --- finding -----------------------------------------------------------------------

    def _scope(self, account: Account, inputs: Properties, row: Row | None = None) -> Scope:
        return {
            **inputs,
            "_names": row.names if row else {},
            "_region": account.region,
            "_account": account.id,
            "_uuid": str(uuid.uuid4()),
            "_res": {},
        }

    def _around(self, found: Any, scope: Scope, account: Account) -> dict[str, Any]:
        """What the expressions over something found can use."""
        return {
            **(found if isinstance(found, dict) else {}),
            "_found": found,
            "_id": scope.get("_id"),
            "_in": {k: v for k, v in scope.items() if not k.startswith("_")},
            "_old": scope.get("_out", {}),
            "_region": account.region,
            "_account": account.id,
            "_res": scope["_res"],
            "_names": scope["_names"],
        }

    def _find(self, token: str, row: Row, account: Account, scope: Scope) -> dict[str, Any] | None:
        """The resource as it is out there, ready for the row's expressions."""
        place = Place(token, scope["_id"], account.id, account.region)
        if row.recorded_only:
            if not self._recorder.knows(place):
                return None
            return self._around({}, scope, account)
        try:
            for step in row.read:
                self._caller.run(row.client, step, scope, account, place)
        except CALL_ERRORS as error:
            if gone(error):
                return None
            raise ProviderError(explain(token, error)) from error
        found = evaluate(row.found, scope)
        return self._around(found, scope, account) if found else None

    def _outputs(
        self, token: str, account: Account, scope: Scope, found: dict[str, Any] | None = None
    ) -> Properties:
        """What the state shall show: the inputs and what AWS made of them."""
        row = self.table.row(token)
        found = found or self._find(token, row, account, scope)
        if found is None:
            raise ProviderError(f"'{scope['_id']}' was made but cannot be found")
        shown = scope.get("_shown") or {k: v for k, v in scope.items() if not k.startswith("_")}
        shown = _visible(shown)
        computed = {k: evaluate(v, found) for k, v in row.outputs.items()}
        if row.client not in _NO_REGION:
            computed.setdefault("region", account.region)
        if "tags" in row.properties:
            computed["tagsAll"] = shown.get("tags") or {}
        return shown | {k: v for k, v in computed.items() if v is not None}

    def _retag(self, row: Row, scope: Scope, account: Account, place: Place) -> None:
        old, new = scope["_old"].get("tags") or {}, scope.get("tags") or {}
        if not row.tagging or old == new:
            return
        tagging = self.table.tagging[row.tagged_as or row.client]
        scope = scope | {
            "_target": evaluate(row.tagging, scope),
            "_set": {k: v for k, v in new.items() if old.get(k) != v},
            "_unset": sorted(old.keys() - new.keys()),
        }
        for step, wanted in ((tagging.remove, scope["_unset"]), (tagging.add, scope["_set"])):
            if wanted:
                self._caller.run(row.client, step, scope, account, place, row.recorded_only or "")


def _name(rule: AutoName, inputs: Properties, olds: Properties, naming: Naming) -> str:
    """The automatic name: the one it has, or a new one."""
    if rule.property in olds.get(DEFAULTS, []) and rule.property in olds:
        return str(olds[rule.property])
    if not rule.random:
        return naming.logical_name
    suffix = evaluate(rule.suffix, inputs) if rule.suffix else ""
    return automatic_name(
        naming,
        rule.max,
        rule.separator,
        lower=rule.lower,
        prefix=rule.prefix,
        suffix=suffix or "",
    )


def _replaces(row: Row, path: str, olds: Properties, news: Properties) -> bool:
    """Whether the real provider makes a new resource for a change at this path."""
    here = plain(path)
    for fixed in ("region", *row.replace):
        if here == fixed or here.startswith(f"{fixed}."):
            return True
        # A change above a fixed part counts if the part differs.
        if fixed.startswith(f"{here}.") and part(olds, fixed) != part(news, fixed):
            return True
    condition = row.replace_when.get(top(path))
    return bool(condition and evaluate(condition, news | {"_old": olds}))


def _as_text(document: Any) -> Any:
    """JSON text of a document that the program gave as an object."""
    if isinstance(document, dict | list):
        return UNKNOWN if holds_unknown(document) else json.dumps(document)
    return document


def _visible(properties: Properties) -> Properties:
    return {k: v for k, v in properties.items() if k not in (DEFAULTS, UNFINISHED)}


def _reason(token: str, error: Exception) -> str:
    if isinstance(error, CALL_ERRORS):
        return explain(token, error)
    return f"{token}: {type(error).__name__}: {error}"
