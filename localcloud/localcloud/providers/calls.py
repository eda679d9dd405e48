"""Making the calls that a row asks for, or recording them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import botocore.exceptions
import jmespath.exceptions
from botocore.validate import ParamValidator

from . import actions, model_limits
from .accounts import Account, Accounts
from .expressions import build, evaluate
from .protocol import Properties, ProviderError
from .recorder import Place, Recorder
from .table import Row, Step

Scope = dict[str, Any]

CALL_ERRORS = (ProviderError, botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError)
"""What a call that does not succeed raises."""

_GONE = re.compile(r"NotFound|NoSuch|DoesNotExist|Non[Ee]xisten|^404$")


def new_scope(account: Account, inputs: Properties, row: Row | None = None) -> Scope:
    """What the expressions of an operation can use from its start."""
    return {
        **inputs,
        "_names": row.names if row else {},
        "_region": account.region,
        "_account": account.id,
        "_uuid": str(uuid.uuid4()),
        "_res": {},
    }


def gone(error: Exception) -> bool:
    """Whether AWS says that the thing is not there."""
    return isinstance(error, botocore.exceptions.ClientError) and bool(
        _GONE.search(error.response["Error"]["Code"])
    )


def explain(token: str, error: Exception) -> str:
    """One line for a person: what was called, and what AWS said."""
    if isinstance(error, botocore.exceptions.ClientError):
        detail = error.response["Error"]
        return f"{token}: {error.operation_name}: {detail['Code']}: {detail.get('Message', '')}"
    return f"{token}: {error}"


@dataclass(frozen=True)
class Caller:
    """Runs steps; their answers gather in ``_res`` of the scope."""

    accounts: Accounts
    recorder: Recorder

    def run(
        self, client: str, step: Step, scope: Scope, account: Account, place: Place, why: str = ""
    ) -> None:
        """Make one call, or one for each item of ``step.each``.

        Args:
            client: The service, unless the step names another.
            why: Why the emulator cannot take any call of this kind.
        """
        if step.when and not evaluate(step.when, scope):
            return
        items: Iterable[Any] = evaluate(step.each, scope) or [] if step.each else [None]
        service, why = step.client or client, step.recorded_only or why
        for item in items:
            try:
                parameters = build(step.send, scope | {"_item": item}) or {}
            except jmespath.exceptions.JMESPathError as error:
                raise ProviderError(f"{step.call}: {error}") from error
            if problem := self.problem(service, step, parameters, account):
                raise ProviderError(f"{step.call}: {problem}")
            if why:
                self.recorder.add(place, f"{service}.{step.call}", parameters, why)
            else:
                answer = self._answer(service, step, parameters, account)
                if answer is not None:
                    scope["_res"][step.name] = answer

    def _answer(self, service: str, step: Step, parameters: Any, account: Account) -> Any:
        client = self.accounts.client(service, account)
        try:
            if step.action:
                return getattr(actions, step.action)(client, **parameters)
            return getattr(client, step.call)(**parameters)
        except botocore.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in step.tolerate:
                raise
            return None

    def problem(self, service: str, step: Step, parameters: Any, account: Account) -> str | None:
        """What AWS's own model of the operation says against the parameters.

        Values are left out of the text: one of them may be a secret.
        """
        if step.action:
            return None
        meta = self.accounts.client(service, account).meta
        operation = meta.service_model.operation_model(meta.method_to_api_mapping[step.call])
        if operation.input_shape is None:
            return None
        # botocore fills idempotency tokens in by itself, but only when it sends.
        complete = dict.fromkeys(operation.idempotent_members, "0" * 32) | parameters
        report = ParamValidator().validate(complete, operation.input_shape)
        if report.has_errors():
            return re.sub(r", value: .*?, type: ", ", type: ", report.generate_report(), flags=re.S)
        exceeded = model_limits.problems(service, step.call, parameters, operation.input_shape)
        return "; ".join(exceeded) or None


def first_call(row: Row) -> Step | None:
    """The creating call, if nothing but the inputs is needed to build it."""
    step = row.create[0]
    needs_more = any(path[0] in ("_res", "_id", "_item") for path in step.paths())
    return None if needs_more or step.each or step.when else step
