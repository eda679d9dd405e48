"""Who may do what in Jenkins, as the templates render it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..settings.facts import permissions
from ..settings.sign_in import SignInSettings

ESCAPE_GROUP = "jenkins-platform-escape-hatch"
"""Group of users who sign in with the escape hatch."""


class Granted(NamedTuple):
    """Permissions of a group or user in all of Jenkins.

    Attributes:
        kind: ``group`` or ``user``.
        name: Its name.
        permissions: Such as ``Job/Read``.
    """

    kind: str
    name: str
    permissions: tuple[str, ...]


class GlobalRole(NamedTuple):
    """A role of the plugin role-strategy in all of Jenkins.

    Attributes:
        name: Unique among the roles.
        permissions: Such as ``Job/Read``.
        entries: Kind and name of each member.
    """

    name: str
    permissions: tuple[str, ...]
    entries: Sequence[tuple[str, str]]


def grants(sign_in: SignInSettings) -> Iterator[Granted]:
    """All grants: of the local administrator, if there is one, then of the inputs."""
    administer = (permissions.ADMINISTER,)
    if sign_in.realm is None:
        yield Granted("user", sign_in.admin_user_name, administer)
    elif sign_in.has_local_administrator:
        # By group and not by name: a user of that name at the provider gains no permissions.
        yield Granted("group", ESCAPE_GROUP, administer)
    for kind, given in (("group", sign_in.group_grants), ("user", sign_in.users)):
        for grant in given:
            yield Granted(kind, grant.name, grant.all_permissions)


def global_roles(sign_in: SignInSettings) -> list[GlobalRole]:
    """The grants as roles: one for each role of the inputs, and one for each other grant."""
    names = {given: role.value for role, given in permissions.OF_ROLE.items()}
    found: dict[str, GlobalRole] = {}
    for kind, name, given in grants(sign_in):
        role = GlobalRole(names.get(given, f"{kind} {name}"), given, [(kind, name)])
        if known := found.get(role.name):
            role = role._replace(entries=[*known.entries, *role.entries])
        found[role.name] = role
    return list(found.values())
