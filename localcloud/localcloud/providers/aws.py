"""The ``aws`` package: every resource is a row of the table, every call goes through botocore.

Each request is checked against AWS's own service models before it leaves, so a wrong name or
type fails here exactly as it would against AWS.
"""

from __future__ import annotations

import json
from typing import Any

import botocore.exceptions
from pulumi.runtime.rpc import UNKNOWN

from . import schema, waiting
from .accounts import Account, Accounts
from .calls import CALL_ERRORS, Caller, Scope, explain, first_call, gone, new_scope
from .differences import DEFAULTS, changes, part, plain, top
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
from .reading import NO_REGION, UNFINISHED, Reader, around, visible
from .recorder import Place, Recorder
from .table import AutoName, Row, Table, Update


class AwsPackage(Package):
    """The AWS provider of the embedded cloud."""

    name = "aws"

    def __init__(self, endpoint: str, table: Table, version: str, recorder: Recorder) -> None:
        self.version = version
        self.table = table
        self._recorder = recorder
        self._accounts = Accounts(endpoint)
        self._caller = Caller(self._accounts, recorder)
        self._reader = Reader(table, self._caller)

    def schema(self) -> dict[str, Any]:
        return schema.of(self.name, self.version, self.table.resources)

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
        if "tags" in row.properties:
            checked = self._accounts.of(instance, checked).tags.added(checked)
        if filled or not checked:
            # Not even a resource without inputs looks like one that is only read.
            checked[DEFAULTS] = sorted(filled)
        step = first_call(row)
        if step and not failures and not holds_unknown(checked):
            # Check the creating call against AWS's model already at preview.
            account = self._accounts.of(instance, checked)
            parameters = build(step.send, new_scope(account, checked, row)) or {}
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
            return "", visible(inputs)
        account = self._accounts.of(instance, inputs)
        scope = new_scope(account, inputs, row)
        place = Place(token, f"new {scope['_uuid']}", account.id, account.region)
        resource_id = ""
        try:
            for step in row.create:
                self._caller.run(row.client, step, scope, account, place, row.recorded_only or "")
                if not resource_id and (made := evaluate(row.id, scope)):
                    known = Place(token, str(made), account.id, account.region)
                    if row.recorded_only and self._recorder.knows(known):
                        raise ProviderError(f"'{made}' already exists")
                    self._recorder.move(place, known)
                    resource_id, scope["_id"], place = known.id, known.id, known
            return resource_id, self._reader.outputs(row, scope, account, place)
        except Exception as error:
            reason = _reason(token, error)
            if resource_id:
                marked = visible(inputs) | {UNFINISHED: True}
                raise InitError(resource_id, marked, reason) from error
            self._recorder.drop(place)
            raise ProviderError(reason) from error

    def read(
        self, instance: str, token: str, resource_id: str, inputs: Properties, outputs: Properties
    ) -> tuple[Properties, Properties] | None:
        row = self.table.row(token)
        account = self._accounts.of(instance, inputs or outputs)
        scope = new_scope(account, inputs, row) | {"_id": resource_id, "_out": outputs}
        place = Place(token, resource_id, account.id, account.region)
        found = self._reader.find(row, scope, account, place)
        if found is None:
            return None
        now = (
            self._reader.inputs(row, place, inputs, found)
            if inputs
            # An import, or a resource that is only read.
            else self._reader.all_inputs(row, found)
        )
        if "tags" in now:
            now["tags"] = account.tags.managed(now["tags"])
        unfinished = {k: v for k, v in outputs.items() if k == UNFINISHED}
        return now, self._reader.outputs(row, now, account, place, found) | unfinished

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
            return kept | visible(news)
        account = self._accounts.of(instance, news)
        place = Place(token, resource_id, account.id, account.region)
        scope = new_scope(account, news, row) | {"_id": resource_id, "_out": outputs}
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
            return self._reader.outputs(row, scope, account, place)
        except Exception as error:
            marked = outputs | visible(news) | {UNFINISHED: True}
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
        scope = new_scope(account, inputs, row) | {"_id": resource_id, "_out": outputs}
        missing: Exception | None = None
        for step in row.delete:
            try:
                self._caller.run(row.client, step, scope, account, place, row.recorded_only or "")
            except CALL_ERRORS as error:
                if not gone(error):
                    raise ProviderError(explain(token, error)) from error
                missing = error
        if missing and not row.recorded_only and self._reader.find(row, scope, account, place):
            # Something else was missing; the resource itself is still there.
            raise ProviderError(explain(token, missing)) from missing
        self._recorder.drop(place)

    def invoke(self, instance: str, token: str, arguments: Properties) -> Properties:
        function = self.table.function(token)
        asked = {k: v for k, v in arguments.items() if v is not None}
        if unused := function.not_used(asked):
            raise ProviderError(f"'{unused[0]}' of {token} is not used by its row in the table")
        account = self._accounts.of(instance, asked)
        scope = new_scope(account, asked)
        place = Place(token, scope["_uuid"], account.id, account.region)
        try:
            for step in function.read:
                self._caller.run(function.client, step, scope, account, place)
        except CALL_ERRORS as error:
            raise ProviderError(explain(token, error)) from error
        found = evaluate(function.found, scope)
        if not found:
            raise ProviderError(f"{token} found nothing for {json.dumps(asked)}")
        surroundings = around(found, scope, account)
        answer = {k: evaluate(v, surroundings) for k, v in function.result.items()}
        if function.client not in NO_REGION:
            answer.setdefault("region", account.region)
        return {k: v for k, v in answer.items() if v is not None}

    def cancel(self) -> None:
        waiting.cancel()

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


def _reason(token: str, error: Exception) -> str:
    if isinstance(error, CALL_ERRORS):
        return explain(token, error)
    return f"{token}: {type(error).__name__}: {error}"
