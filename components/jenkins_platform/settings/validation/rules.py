"""Rules that several groups of settings share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from .base import Group, Problem


def no_duplicates(
    key: str, values: Sequence[object], field: str = "", same: Callable[[str], str] = str
) -> Iterator[Problem]:
    """Problems of a list in which a value is listed more than once. Outputs are not compared.

    Args:
        key: Key of the list.
        values: The values to compare, one per item.
        field: Field of the items that the values belong to.
        same: Form in which values are compared, such as ``str.lower``.
    """
    seen: set[str] = set()
    for index, value in enumerate(values):
        if isinstance(value, str):
            if same(value) in seen:
                where = f"{key}[{index}]{'.' if field else ''}{field}"
                yield Problem(where, value, "is listed more than once")
            seen.add(same(value))


def not_with_existing(
    group: Group, key: str, fields: tuple[str, ...], what: str
) -> Iterator[Problem]:
    """Problems of a group that names an existing resource and also sets fields of a created one."""
    if getattr(group, "existing", None) is not None:
        for name in sorted(group.model_fields_set & set(fields)):
            if getattr(group, name) is not None:
                yield Problem(f"{key}.{name}", getattr(group, name), created_only(what))


def created_only(what: str, other: str = "existing") -> str:
    """The message for a field that does not apply because ``other`` names existing resources."""
    return f"is only valid with {what} that is created. Set only one of this and `{other}`"
