"""Settings of authorization: what users may do."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator

from ...inputs import Role
from ..facts import permissions
from ..validation.base import Group, Problem, setting
from ..validation.rules import no_duplicates
from ..validation.values import Text, matching

AUTHENTICATED = "authenticated"
"""Jenkins's group of all authenticated users."""
_GLOBAL = ("Overall/", "Agent/")
"""Permissions that are not on jobs and folders (hudson.security.PermissionScope)."""

Name = Annotated[Text, matching(r"\S(.{0,198}\S)?", "up to 200 characters on one line")]
PermissionName = Annotated[
    str, matching(r"[A-Za-z][A-Za-z ]*/[A-Za-z]+", "a permission like Job/Read")
]
_ESCAPED = re.compile(r"\\[pP]\{\w+\}|\\.")
_CLASS = re.compile(r"\[\^?\]?[^\]]*\]")
_NOT_IN_JAVA = re.compile(r"\(\?(P|\(|#|[a-z-]*[aL])|\{(?!\d+(,\d*)?\})")
"""What Python reads in another way or not as an error (java.util.regex.Pattern, "Summary of
regular-expression constructs")."""


def _expression(value: str) -> str:
    plain = _ESCAPED.sub("x", value)
    if any("[" in found[1:] for found in _CLASS.findall(plain)):
        raise ValueError("contains `[` in a character class, where it must be written `\\[`")
    if found := _NOT_IN_JAVA.search(_CLASS.sub("", plain)):
        raise ValueError(f"contains `{found[0]}`, which is not valid in Java's regular expressions")
    # Classes and named groups as Python writes them.
    shared = re.sub(r"\\[pP]\{\w+\}", r"\\w", value)
    shared = re.sub(r"\(\?<([A-Za-z]\w*)>", r"(?P<\1>", shared)
    shared = re.sub(r"\\k<(\w+)>", r"(?P=\1)", shared)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)
            re.compile(shared)
    except (re.error, FutureWarning) as error:
        raise ValueError(f"is not a valid regular expression: {error}") from None
    return value


ItemPattern = Annotated[
    Text,
    matching(r"[^\n]{1,500}", "a regular expression like team-a(/.*)?"),
    AfterValidator(_expression),
]
"""What the grammars of Python and Java share, so that no pattern prevents Jenkins from starting,
with named groups and classes such as ``\\p{L}`` of Java's."""


class Grant(Group):
    """See `GrantArgs`."""

    name: Name = setting(valid="the name of a group or user")
    role: Role | None = setting(None, valid="admin, developer or viewer")
    permissions: tuple[PermissionName, ...] = setting((), valid="a list such as Job/Read")

    @property
    def all_permissions(self) -> tuple[str, ...]:
        """The permissions of the role, then the others, each once."""
        of_role = permissions.OF_ROLE[self.role] if self.role else ()
        return tuple(dict.fromkeys((*of_role, *self.permissions)))

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of an empty grant or of unauthenticated users."""
        if not self.all_permissions:
            yield Problem(key, self.name, "must have a role, permissions or both")
        if self.name == "anonymous":
            yield Problem(
                f"{key}.name",
                self.name,
                "is not supported: unauthenticated users have no permissions",
            )


class ItemRole(Group):
    """See `ItemRoleArgs`."""

    name: Name = setting(valid="the name of the role")
    pattern: ItemPattern = setting(valid="a regular expression")
    role: Role | None = setting(None, valid="developer or viewer")
    permissions: tuple[PermissionName, ...] = setting((), valid="a list such as Job/Configure")
    groups: tuple[Name, ...] = setting((), valid="up to 200 names", max_length=200)
    users: tuple[Name, ...] = setting((), valid="up to 200 names", max_length=200)

    @property
    def all_permissions(self) -> tuple[str, ...]:
        """The permissions of the role on items, then the others, each once."""
        of_role = permissions.OF_ROLE[self.role] if self.role else ()
        on_items = (name for name in of_role if not name.startswith(_GLOBAL))
        return tuple(dict.fromkeys((*on_items, *self.permissions)))

    @property
    def entries(self) -> tuple[tuple[str, str], ...]:
        """Kind and name of each group and user."""
        return (*(("group", name) for name in self.groups), *(("user", n) for n in self.users))

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of permissions that do not exist on items, and of roles without effect."""
        if self.role is Role.ADMIN:
            message = "is not valid on jobs and folders. Use developer, viewer or permissions"
            yield Problem(f"{key}.role", self.role.value, message)
        elif not self.role and not self.permissions:
            yield Problem(key, self.name, "must have a role, permissions or both")
        for index, name in enumerate(self.permissions):
            if name.startswith(_GLOBAL):
                message = "is not a permission on jobs and folders"
                yield Problem(f"{key}.permissions[{index}]", name, message)
        if not self.groups and not self.users:
            yield Problem(key, self.name, "must have at least one group or user")
        for kind in ("groups", "users"):
            yield from no_duplicates(f"{key}.{kind}", getattr(self, kind))


class RoleStrategySettings(Group):
    """See `RoleStrategyArgs`."""

    item_roles: tuple[ItemRole, ...] = setting((), valid="up to 500 roles", max_length=500)

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of roles with the same name."""
        names = [role.name for role in self.item_roles]
        yield from no_duplicates(f"{key}.item_roles", names, "name")
