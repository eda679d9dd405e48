"""Choices that AWS cannot change later: a run that asks for another one is refused."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from ..settings.encryption import EncryptionKey
from ..settings.validation.base import Problem, SettingsError
from .context import SubComponent

AWS_MANAGED_KEY = "the AWS managed key"
"""The choice of a key where none is configured."""


def key_choice(settings: EncryptionKey | None) -> pulumi.Input[str]:
    """The choice of a KMS key, as text."""
    if settings is None:
        return AWS_MANAGED_KEY
    return "a dedicated key" if settings.existing is None else settings.existing


def ensure_unchanged(
    component: SubComponent,
    role: str,
    choices: Mapping[str, pulumi.Input[str]],
    remedy: str,
    retained: bool = True,
) -> None:
    """Remember choices as they were first made, and fail the run if the inputs change them.

    The resource itself ignores such a change (`SubComponent.retained_child`), so nothing happens
    to it; this makes sure that a change is not ignored silently. Resources that the component
    registers afterwards wait for the comparison.

    Args:
        component: Parent of the memory.
        role: The resource that the choices are for.
        choices: What was chosen, by key of the input, such as ``storage.performance_mode``.
        remedy: How to get what the inputs ask for.
        retained: Whether the memory is retained like data; false if the inputs can remove it.
    """
    stash = pulumi.Stash(
        f"{component.context.name}-{role}-choices",
        input=choices,
        opts=component.retained_child() if retained else component.child(),
    )

    def check(known: list[Mapping[str, str]]) -> pulumi.Resource:
        requested, first = known
        problems = [
            Problem(
                key,
                requested[key],
                f"it was created with {first[key]}, which cannot be changed. {remedy}",
            )
            for key in requested
            if first.get(key, requested[key]) != requested[key]
        ]
        if problems:
            raise SettingsError(problems)
        return stash

    # A secret choice does not make everything that waits for the comparison secret.
    compared = pulumi.Output.all(choices, stash.output).apply(check)
    component.unchanged.append(pulumi.Output.unsecret(compared))
