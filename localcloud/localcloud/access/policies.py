"""Evaluates policy statements, conditions included. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any

Statement = Mapping[str, Any]
Context = Mapping[str, "str | list[str]"]


class Effect(Enum):
    """What some statements say about a request."""

    ALLOW = "allow"
    DENY = "deny"
    NOTHING = "nothing"


def statements(document: Mapping[str, Any]) -> list[Statement]:
    """The statements of a policy document, which may hold one without a list."""
    return _listed(document.get("Statement"))


def evaluate(
    found: Iterable[Statement],
    action: str,
    resource: str,
    context: Context,
    principal: str | None = None,
) -> Effect:
    """What statements say about an action: a Deny wins over any Allow.

    Args:
        action: Such as ``ecs:RunTask``.
        resource: ARN, or ``*`` for actions that know no resources.
        context: Condition keys and their values.
        principal: ARN of the role, for policies of resources; identities' have no principals.
    """
    effect = Effect.NOTHING
    for statement in found:
        if not _is_about(statement, action, resource, context, principal):
            continue
        if statement["Effect"] == "Deny":
            return Effect.DENY
        effect = Effect.ALLOW
    return effect


def _is_about(
    statement: Statement, action: str, resource: str, context: Context, principal: str | None
) -> bool:
    if principal is not None and not _names(statement, principal):
        return False
    if "Action" in statement:
        if not any(like(a, action, ignore_case=True) for a in _listed(statement["Action"])):
            return False
    elif any(like(a, action, ignore_case=True) for a in _listed(statement["NotAction"])):
        return False
    if not _covers(statement, resource, context):
        return False
    return all(
        _holds(operator, key, _listed(wanted), context)
        for operator, keys in (statement.get("Condition") or {}).items()
        for key, wanted in keys.items()
    )


def _covers(statement: Statement, resource: str, context: Context) -> bool:
    def among(key: str) -> bool:
        return any(like(_filled(r, context), resource) for r in _listed(statement[key]))

    if "Resource" in statement:
        return among("Resource")
    # The policy of an ECR repository names no resource: it is about the repository.
    return "NotResource" not in statement or not among("NotResource")


def _names(statement: Statement, principal: str) -> bool:
    if "NotPrincipal" in statement:
        return not _names({"Principal": statement["NotPrincipal"]}, principal)
    given = statement.get("Principal")
    if given == "*":
        return True
    account = principal.split(":")[4]
    known = {"*", principal, account, f"arn:{principal.split(':')[1]}:iam::{account}:root"}
    return isinstance(given, Mapping) and bool(known & set(_listed(given.get("AWS"))))


def like(pattern: str, value: str, *, ignore_case: bool = False) -> bool:
    """Whether a value matches a pattern with ``*`` and ``?``."""
    wild = {"*": ".*", "?": "."}
    expression = "".join(wild.get(c, re.escape(c)) for c in pattern)
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    return re.fullmatch(expression, value, flags) is not None


def _arn_like(pattern: str, value: str) -> bool:
    """As `like`, but no part of an ARN matches across a colon, the last excepted."""
    wanted, given = pattern.split(":", 5), value.split(":", 5)
    return len(wanted) == len(given) and all(map(like, wanted, given))


def _date(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def _in_range(wanted: str, given: str) -> bool:
    return ipaddress.ip_address(given) in ipaddress.ip_network(wanted, strict=False)


_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "BinaryEquals": lambda wanted, given: wanted == given,
    "Bool": lambda wanted, given: wanted.lower() == given.lower(),
    "DateEquals": lambda wanted, given: _date(given) == _date(wanted),
    "DateGreaterThan": lambda wanted, given: _date(given) > _date(wanted),
    "DateGreaterThanEquals": lambda wanted, given: _date(given) >= _date(wanted),
    "DateLessThan": lambda wanted, given: _date(given) < _date(wanted),
    "DateLessThanEquals": lambda wanted, given: _date(given) <= _date(wanted),
    "IpAddress": _in_range,
    "NumericEquals": lambda wanted, given: float(given) == float(wanted),
    "NumericGreaterThan": lambda wanted, given: float(given) > float(wanted),
    "NumericGreaterThanEquals": lambda wanted, given: float(given) >= float(wanted),
    "NumericLessThan": lambda wanted, given: float(given) < float(wanted),
    "NumericLessThanEquals": lambda wanted, given: float(given) <= float(wanted),
    "StringEquals": lambda wanted, given: wanted == given,
    "StringEqualsIgnoreCase": lambda wanted, given: wanted.lower() == given.lower(),
    "StringLike": like,
}
_NEGATED = {
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
}


def _holds(operator: str, key: str, wanted: list[Any], context: Context) -> bool:
    """Whether one condition is met."""
    quantifier, _, name = operator.rpartition(":")
    if_exists = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    given = next((v for k, v in context.items() if k.lower() == key.lower()), None)
    values = [] if given is None else _listed(given)
    texts = [_filled(_text(w), context) for w in wanted]
    if name == "Null":
        return any((not values) == (t.lower() == "true") for t in texts)
    negated = name in _NEGATED
    compare = _COMPARISONS[_NEGATED.get(name, name)]
    if not values:
        return if_exists or negated or quantifier == "ForAllValues"
    met = [any(compare(t, v) for t in texts) != negated for v in values]
    return any(met) if quantifier == "ForAnyValue" else all(met)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _filled(text: str, context: Context) -> str:
    """A text with its policy variables, such as ``${aws:PrincipalAccount}``, filled in."""

    def value(match: re.Match[str]) -> str:
        if match[1] in ("*", "?", "$"):
            return match[1]
        found = context.get(match[1])
        return found if isinstance(found, str) else match[0]

    return re.sub(r"\$\{([^}]+)\}", value, text)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]
