"""What a resource was made with and AWS cannot change: asking for something else is refused."""

from __future__ import annotations

import pulumi

from .settings.base import Problem, SettingsError


def refuse_change(
    key: str, wanted: pulumi.Input[str] | None, made: pulumi.Output[str], way_out: str
) -> None:
    """End the run with an error where an input asks for what cannot be.

    The resource itself ignores such a change (`Part.keep`), so that nothing happens to it; this
    makes sure that the change is not ignored silently.

    Args:
        key: The input: ``storage.performance_mode``.
        wanted: What it asks for; None where it asks for nothing particular.
        made: What the resource has.
        way_out: How the user gets what was asked for.
    """

    def check(known: list[str | None]) -> None:
        asked, had = known
        if asked and had and asked != had:
            message = f"it was made with {had}, and AWS cannot change that. {way_out}"
            raise SettingsError([Problem(key, asked, message)])

    pulumi.Output.all(wanted, made).apply(check)
