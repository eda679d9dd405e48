"""Choices that AWS lets nobody change later: asking for something else is refused."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from ..settings.base import Problem, SettingsError
from ..settings.encryption import EncryptionKey
from .context import SubComponent

KEY_OF_AWS = "the key of AWS"
"""What was chosen where no key was."""


def key_choice(settings: EncryptionKey | None) -> pulumi.Input[str]:
    """Which KMS key was chosen, in a word."""
    if settings is None:
        return KEY_OF_AWS
    return "a key of its own" if settings.existing is None else settings.existing


def ensure_unchanged(
    part: SubComponent, role: str, choices: Mapping[str, pulumi.Input[str]], way_out: str
) -> pulumi.Output[str]:
    """Remember choices as they were first made, and end the run where the inputs change them.

    The resource itself ignores such a change (`SubComponent.keep`), so that nothing happens to it;
    this sees to it that a change is not ignored silently.

    Args:
        role: Of the resource that is made with the choices.
        choices: What was chosen, by the input that says it: ``storage.performance_mode``.
        way_out: How the user gets what was asked for.

    Returns:
        The role, for what must not be made when a change is refused.
    """
    made = pulumi.Stash(f"{part.context.name}-{role}-choices", input=choices, opts=part.keep())

    def check(known: list[Mapping[str, str]]) -> str:
        asked, first = known
        problems = [
            Problem(
                key,
                asked[key],
                f"it was made with {first[key]}, and AWS cannot change that. {way_out}",
            )
            for key in asked
            if first.get(key, asked[key]) != asked[key]
        ]
        if problems:
            raise SettingsError(problems)
        return role

    return pulumi.Output.all(choices, made.output).apply(check)
