"""The ``aws`` package: every resource is a row of the table, every call goes through botocore.

botocore checks each request against AWS's own service models before it leaves, so a wrong
name or type fails here exactly as it would against AWS.
"""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import boto3
import botocore.config
import botocore.exceptions
from botocore.validate import ParamValidator
from pulumi.runtime.rpc import UNKNOWN

from . import actions
from .differences import DEFAULTS, changes, keep_shape
from .expressions import build, evaluate
from .naming import automatic_name
from .protocol import (
    Difference,
    InitError,
    Naming,
    Package,
    Properties,
    ProviderError,
    holds_unknown,
)
from .table import Row, Step, Table

OPERATION_HEADER = "X-Localcloud-Operation"
"""Tells the emulator which operation a request is, so that a test can make it fail."""

_GONE = re.compile(r"NotFound|NoSuch|DoesNotExist|NonExistent|^404$|\.NotFound$|Malformed$")
_PROVIDER_OPTIONS = {"region", "assumeRoles", "version", "pluginDownloadURL"}
_PROVIDER_OPTIONS_LEFT_OUT = {
    "skipCredentialsValidation",
    "skipRegionValidation",
    "skipMetadataApiCheck",
    "skipRequestingAccountId",
    "maxRetries",
    "allowedAccountIds",
}


@dataclass(frozen=True)
class Account:
    """Where one configured provider works."""

    region: str
    credentials: tuple[str, str, str | None] = ("localcloud", "localcloud", None)
    id: str = ""


@dataclass
class Recorder:
    """The calls that the emulator cannot take, kept for whoever wants to look."""

    entries: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, key: str, operation: str, parameters: Any, why: str) -> None:
        self.entries.setdefault(key, []).append(
            {"operation": operation, "parameters": parameters, "why": why}
        )

    def rename(self, old: str, new: str) -> None:
        if old in self.entries:
            self.entries[new] = self.entries.pop(old)


class AwsPackage(Package):
    """The AWS provider of the embedded cloud."""

    name = "aws"

    def __init__(self, endpoint: str, table: Table, version: str, recorder: Recorder) -> None:
        self.version = version
        self.table = table
        self.recorder = recorder
        self._endpoint = endpoint
        self._accounts: dict[str, Account] = {}
        self._clients: dict[tuple[str, Account], Any] = {}
        self._lock = threading.Lock()

    # --- configuration -----------------------------------------------------------------

    def check_config(self, inputs: Properties) -> dict[str, str]:
        known = _PROVIDER_OPTIONS | _PROVIDER_OPTIONS_LEFT_OUT
        failures = {
            key: f"the embedded cloud's aws provider has no option '{key}'"
            for key in inputs.keys() - known
        }
        if not inputs.get("region"):
            failures["region"] = "aws:region is not set; set it to a region such as 'eu-central-1'"
        return failures

    def configure(self, instance: str, inputs: Properties) -> None:
        account = Account(region=inputs["region"])
        for role in inputs.get("assumeRoles", []):
            sts = self._client("sts", account)
            given = sts.assume_role(RoleArn=role["roleArn"], RoleSessionName="localcloud")
            keys = given["Credentials"]
            account = Account(
                region=account.region,
                credentials=(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]),
            )
        identity = self._client("sts", account).get_caller_identity()
        self._accounts[instance] = Account(account.region, account.credentials, identity["Account"])

    def _account(self, instance: str, inputs: Properties) -> Account:
        account = self._accounts[instance]
        region = inputs.get("region")
        if region and region != UNKNOWN:
            return Account(region, account.credentials, account.id)
        return account

    def _client(self, service: str, account: Account) -> Any:
        with self._lock:
            key = (service, account)
            if key not in self._clients:
                access, secret, token = account.credentials
                client = boto3.session.Session().client(
                    service,
                    region_name=account.region,
                    endpoint_url=self._endpoint,
                    aws_access_key_id=access,
                    aws_secret_access_key=secret,
                    aws_session_token=token,
                    config=botocore.config.Config(
                        retries={"mode": "standard", "max_attempts": 6}, max_pool_connections=50
                    ),
                )
                client.meta.events.register("request-created", _name_operation)
                self._clients[key] = client
            return self._clients[key]

    # --- resources ---------------------------------------------------------------------

    def check(
        self, instance: str, token: str, inputs: Properties, olds: Properties, naming: Naming
    ) -> tuple[Properties, dict[str, str]]:
        row = self.table.row(token)
        checked = {k: v for k, v in inputs.items() if v is not None and k != DEFAULTS}
        failures = {
            path: f"'{path}' of {token} is neither sent to AWS nor left out by its row in the table"
            for path in row.not_sent({k: v for k, v in checked.items() if k != "region"})
        }
        name = row.autoname
        if name and name.property not in checked:
            if DEFAULTS in olds and name.property in olds:
                checked[name.property] = olds[name.property]
            else:
                checked[name.property] = automatic_name(naming, name.max, name.separator)
            checked[DEFAULTS] = [name.property]
        if not failures and not holds_unknown(checked):
            self._validate_first_call(instance, row, checked, failures)
        return checked, failures

    def _validate_first_call(
        self, instance: str, row: Row, inputs: Properties, failures: dict[str, str]
    ) -> None:
        """Check the creating call against AWS's model already at preview."""
        step = row.create[0]
        if step.each or any(path[0] in ("_res", "_id") for path in step.paths()):
            return
        account = self._account(instance, inputs)
        problem = self._invalid(row, step, build(step.send, self._scope(account, inputs)), account)
        if problem:
            failures[step.call] = problem

    def diff(self, token: str, olds: Properties, news: Properties) -> Difference:
        row = self.table.row(token)
        found = changes(olds, news, sets=row.sets, json_text=row.json_text)
        replace = set(row.replace) | {"region"}
        found = [
            type(c)(c.path, c.kind, c.path.split(".")[0].split("[")[0] in replace) for c in found
        ]
        chosen = row.autoname is not None and row.autoname.property not in news.get(DEFAULTS, [])
        same = row.autoname is not None and olds.get(row.autoname.property) == news.get(
            row.autoname.property
        )
        return Difference(found, delete_before_replace=chosen and same)

    def create(
        self, instance: str, token: str, inputs: Properties, preview: bool
    ) -> tuple[str, Properties]:
        row = self.table.row(token)
        if preview:
            return "", _visible(inputs)
        account = self._account(instance, inputs)
        scope = self._scope(account, inputs)
        resource_id, key = "", f"{token} {scope['_uuid']}"
        try:
            for step in row.create:
                self._run(row, step, scope, account, key)
                if not resource_id:
                    resource_id = str(evaluate(row.id, scope) or "")
                    scope["_id"] = resource_id
                    self.recorder.rename(key, key := f"{token} {resource_id}")
            return resource_id, self._outputs(token, account, resource_id, inputs, scope)
        except (ProviderError, botocore.exceptions.ClientError) as error:
            if resource_id:
                raise InitError(resource_id, _visible(inputs), _explain(token, error)) from error
            raise ProviderError(_explain(token, error)) from error

    def read(
        self, instance: str, token: str, resource_id: str, inputs: Properties, outputs: Properties
    ) -> tuple[Properties, Properties] | None:
        row = self.table.row(token)
        account = self._account(instance, inputs)
        scope = self._scope(account, inputs) | {"_id": resource_id, "_out": outputs}
        found = self._find(token, row, account, scope)
        if found is None:
            return None
        asked = {k: v for k, v in inputs.items() if k in row.inputs} if inputs else row.inputs
        actual = {k: evaluate(row.inputs[k], found) for k in asked}
        actual |= {k: inputs[k] for k in row.forgets if k in inputs and actual.get(k) is None}
        read_back = {k: keep_shape(v, inputs[k]) if inputs else v for k, v in actual.items()}
        now = inputs | {k: v for k, v in read_back.items() if v is not None}
        now = {k: v for k, v in now.items() if read_back.get(k, v) is not None}
        return now, self._outputs(token, account, resource_id, now, scope, found)

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
            kept = {k: v for k, v in outputs.items() if k in row.outputs and k not in row.unstable}
            return kept | _visible(news)
        account = self._account(instance, news)
        changed = {
            c.path.split(".")[0].split("[")[0]
            for c in changes(olds, news, sets=row.sets, json_text=row.json_text)
        }
        scope = self._scope(account, news)
        scope |= {"_id": resource_id, "_old": olds, "_out": outputs, "_changed": sorted(changed)}
        # After a creation or update that stopped half-way every later step is due again.
        unfinished = not changed or not (row.outputs.keys() <= outputs.keys())
        try:
            for step in row.update:
                if unfinished or changed & set(step.changed):
                    self._run(row, step, scope, account, f"{token} {resource_id}")
            if row.tagging and (unfinished or "tags" in changed):
                self._retag(row, scope, account, token)
            return self._outputs(token, account, resource_id, news, scope)
        except (ProviderError, botocore.exceptions.ClientError) as error:
            raise InitError(
                resource_id, outputs | _visible(olds), _explain(token, error)
            ) from error

    def delete(
        self, instance: str, token: str, resource_id: str, inputs: Properties, outputs: Properties
    ) -> None:
        row = self.table.row(token)
        account = self._account(instance, inputs)
        scope = self._scope(account, inputs) | {"_id": resource_id, "_out": outputs}
        for step in row.delete:
            try:
                self._run(row, step, scope, account, f"{token} {resource_id}")
            except botocore.exceptions.ClientError as error:
                if not _GONE.search(error.response["Error"]["Code"]):
                    raise ProviderError(_explain(token, error)) from error
        self.recorder.entries.pop(f"{token} {resource_id}", None)

    def invoke(self, instance: str, token: str, arguments: Properties) -> Properties:
        function = self.table.function(token)
        if unknown := function.not_sent({k: v for k, v in arguments.items() if v is not None}):
            raise ProviderError(f"'{unknown[0]}' of {token} is not used by its row in the table")
        account = self._account(instance, arguments)
        scope = self._scope(account, arguments)
        client = self._client(function.client, account)
        try:
            answer = getattr(client, function.call)(**(build(function.send, scope) or {}))
        except botocore.exceptions.ClientError as error:
            raise ProviderError(_explain(token, error)) from error
        return {k: evaluate(v, scope | answer) for k, v in function.result.items()}

    # --- one step ----------------------------------------------------------------------

    def _scope(self, account: Account, inputs: Properties) -> dict[str, Any]:
        return {
            **inputs,
            "_region": account.region,
            "_account": account.id,
            "_uuid": str(uuid.uuid4()),
            "_res": {},
        }

    def _run(self, row: Row, step: Step, scope: dict[str, Any], account: Account, key: str) -> None:
        if step.when and not evaluate(step.when, scope):
            return
        items: Iterable[Any] = evaluate(step.each, scope) or [] if step.each else [None]
        for item in items:
            parameters = build(step.send, scope | {"_item": item}) or {}
            why = step.recorded_only or row.recorded_only
            if why:
                if problem := self._invalid(row, step, parameters, account):
                    raise ProviderError(f"{step.call}: {problem}")
                self.recorder.add(key, f"{step.client or row.client}.{step.call}", parameters, why)
                continue
            client = self._client(step.client or row.client, account)
            action = getattr(actions, step.call[1:]) if step.call.startswith("!") else None
            try:
                answer = (
                    action(client, **parameters)
                    if action
                    else getattr(client, step.call)(**parameters)
                )
                scope["_res"][step.call.lstrip("!")] = answer
            except botocore.exceptions.ParamValidationError as error:
                raise ProviderError(f"{step.call}: {error}") from error
            except botocore.exceptions.ClientError as error:
                if error.response["Error"]["Code"] not in step.tolerate:
                    raise

    def _invalid(self, row: Row, step: Step, parameters: Any, account: Account) -> str | None:
        """What AWS's own model of the operation says against the parameters."""
        if step.call.startswith("!"):
            return None
        client = self._client(step.client or row.client, account)
        operation = client.meta.service_model.operation_model(
            client.meta.method_to_api_mapping[step.call]
        )
        if operation.input_shape is None:
            return None
        report = ParamValidator().validate(
            _without_tokens(parameters or {}, operation), operation.input_shape
        )
        return report.generate_report() if report.has_errors() else None

    def _find(
        self, token: str, row: Row, account: Account, scope: dict[str, Any]
    ) -> dict[str, Any] | None:
        """The resource as it is out there, ready for the row's expressions."""
        around = {
            "_id": scope["_id"],
            "_in": {k: v for k, v in scope.items() if not k.startswith("_")},
            "_old": scope.get("_out", {}),
            "_region": account.region,
            "_account": account.id,
        }
        if row.recorded_only:
            return around if f"{token} {scope['_id']}" in self.recorder.entries else None
        try:
            for step in row.read:
                self._run(row, step, scope, account, "")
        except botocore.exceptions.ClientError as error:
            if _GONE.search(error.response["Error"]["Code"]):
                return None
            raise ProviderError(_explain(row.client, error)) from error
        found = evaluate(row.found, scope)
        if not found:
            return None
        fields = found if isinstance(found, dict) else {}
        return {**fields, **around, "_found": found, "_res": scope["_res"]}

    def _outputs(
        self,
        token: str,
        account: Account,
        resource_id: str,
        inputs: Properties,
        scope: dict[str, Any],
        found: dict[str, Any] | None = None,
    ) -> Properties:
        row = self.table.row(token)
        if found is None:
            found = self._find(token, row, account, scope | inputs | {"_id": resource_id})
        if found is None:
            raise ProviderError(f"'{resource_id}' was created but cannot be found")
        computed = {k: evaluate(v, found) for k, v in row.outputs.items()}
        return _visible(inputs) | {k: v for k, v in computed.items() if v is not None}

    def _retag(self, row: Row, scope: dict[str, Any], account: Account, token: str) -> None:
        old, new = scope.get("_old", {}).get("tags") or {}, scope.get("tags") or {}
        if old == new:
            return
        tagging = self.table.tagging[row.client]
        target = evaluate(row.tagging or "_id", scope)
        scope = scope | {
            "_target": target,
            "_set": {k: v for k, v in new.items() if old.get(k) != v},
            "_unset": sorted(old.keys() - new.keys()),
        }
        for step, wanted in ((tagging.remove, scope["_unset"]), (tagging.add, scope["_set"])):
            if wanted:
                self._run(row, step, scope, account, f"{token} {scope['_id']}")


def _visible(inputs: Properties) -> Properties:
    return {k: v for k, v in inputs.items() if k != DEFAULTS}


def _explain(token: str, error: Exception) -> str:
    if isinstance(error, botocore.exceptions.ClientError):
        detail = error.response["Error"]
        return f"{token}: {error.operation_name}: {detail['Code']}: {detail.get('Message', '')}"
    return f"{token}: {error}"


def _without_tokens(parameters: dict[str, Any], operation: Any) -> dict[str, Any]:
    """Fill in idempotency tokens, which botocore adds by itself only when it sends."""
    tokens = dict.fromkeys(operation.idempotent_members, "0" * 32)
    return tokens | parameters


def _name_operation(request: Any, operation_name: str, **_: Any) -> None:
    request.headers[OPERATION_HEADER] = operation_name
