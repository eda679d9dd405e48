"""The permissions of Jenkins and the platform's plugins. Granting an unknown one prevents Jenkins
from starting (matrix-auth, ``AuthorizationContainer.parsePermission``).

Sources: Jenkins core 2.568, credentials, cloudbees-folder (``Job/Move``), workflow-cps
(``Run/Replay``) and matrix-auth 3.3.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from ...inputs import Role

_IN_GROUPS = {
    "Overall": "Administer Manage Read SystemRead",
    "Agent": "Build Configure Connect Create Delete Disconnect ExtendedRead Provision",
    "Credentials": "Create Delete ManageDomains Update UseItem UseOwn View",
    "Job": "Build Cancel Configure Create Delete Discover ExtendedRead Move Read WipeOut Workspace",
    "Run": "Artifacts Delete Replay Update",
    "SCM": "Tag",
    "View": "Configure Create Delete Read",
}
PERMISSIONS = frozenset(
    f"{group}/{name}" for group in _IN_GROUPS for name in _IN_GROUPS[group].split()
)

SWITCHED_OFF = {
    "Overall/Manage": "jenkins.security.ManagePermission",
    "Overall/SystemRead": "jenkins.security.SystemReadPermission",
    "Agent/ExtendedRead": "hudson.security.ExtendedReadPermission",
    "Job/ExtendedRead": "hudson.security.ExtendedReadPermission",
    "Job/WipeOut": "hudson.security.WipeOutPermission",
    "Run/Artifacts": "hudson.security.ArtifactsPermission",
    "Credentials/UseItem": "com.cloudbees.plugins.credentials.UseItemPermission",
    "Credentials/UseOwn": "com.cloudbees.plugins.credentials.UseOwnPermission",
}
"""Permissions that have no effect unless a system property enables them."""

ADMINISTER = "Overall/Administer"
OF_ROLE: dict[Role, tuple[str, ...]] = {
    Role.ADMIN: (ADMINISTER,),
    Role.DEVELOPER: (
        "Overall/Read",
        "Job/Build",
        "Job/Cancel",
        "Job/Discover",
        "Job/Read",
        "Job/Workspace",
        "Run/Replay",
        "View/Read",
    ),
    Role.VIEWER: ("Overall/Read", "Job/Discover", "Job/Read", "View/Read"),
}


def unknown(permission: str, others: Iterable[str]) -> str | None:
    """Why a permission cannot be granted, or None if it can.

    Args:
        permission: The permission, such as ``Job/Read``.
        others: Permissions of additional plugins.
    """
    known = PERMISSIONS | set(others)
    if permission in known:
        return None
    close = difflib.get_close_matches(permission, sorted(known), n=1, cutoff=0.5)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    return f"is not a permission of Jenkins or the platform's plugins.{hint}"


def java_options(granted: Iterable[str]) -> list[str]:
    """JVM options of the controller that enable granted permissions."""
    return [
        f"-D{name}=true" for name in sorted({SWITCHED_OFF[p] for p in granted if p in SWITCHED_OFF})
    ]
