"""Policies from functions that yield messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

Properties = Mapping[str, Any]
Check = Callable[[Properties], Iterator[str]]


def rule(
    name: str,
    description: str,
    types: Iterable[str],
    check: Check,
    level: EnforcementLevel | None = None,
) -> ResourceValidationPolicy:
    """A policy over the resources of some types; each message of ``check`` is a violation."""
    wanted = frozenset(types)

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if args.resource_type in wanted:
            for message in check(args.props):
                report(message, None)

    return ResourceValidationPolicy(name, description, validate, enforcement_level=level)


def configured_rule(
    name: str,
    description: str,
    types: Iterable[str],
    check: Callable[[Properties, Properties], Iterator[str]],
    config: Mapping[str, Mapping[str, Any]],
) -> ResourceValidationPolicy:
    """A policy as of `rule`, advisory unless its configuration says otherwise.

    Args:
        check: Called with the properties of a resource and the configuration.
        config: JSON schema of each property of the configuration, with its default.
    """
    wanted = frozenset(types)
    defaults = {key: schema["default"] for key, schema in config.items()}

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if args.resource_type in wanted:
            for message in check(args.props, {**defaults, **args.get_config()}):
                report(message, None)

    return ResourceValidationPolicy(
        name,
        description,
        validate,
        enforcement_level=EnforcementLevel.ADVISORY,
        config_schema=PolicyConfigSchema({key: dict(schema) for key, schema in config.items()}),
    )


def stack_rule(
    name: str, description: str, check: Callable[[list[Any]], Iterator[tuple[str, str]]]
) -> StackValidationPolicy:
    """A policy over all resources at once; ``check`` yields messages and resource URNs."""

    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        for message, urn in check(args.resources):
            report(message, urn)

    return StackValidationPolicy(name, description, validate)


def listed(value: Any) -> list[Any]:
    """A value that can be a single item or a list, as a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
