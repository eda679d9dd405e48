"""Permissions of Jenkins: which roles grant them, and what enables those without effect."""

from __future__ import annotations

import pytest
from jenkins_platform.inputs import Role
from jenkins_platform.settings.facts import permissions

ROLES = {
    Role.ADMIN: "Overall/Administer",
    Role.DEVELOPER: (
        "Overall/Read Job/Build Job/Cancel Job/Discover Job/Read Job/Workspace Run/Replay View/Read"
    ),
    Role.VIEWER: "Overall/Read Job/Discover Job/Read View/Read",
}
PROPERTIES = {
    "Overall/Manage": "jenkins.security.ManagePermission",
    "Overall/SystemRead": "jenkins.security.SystemReadPermission",
    "Agent/ExtendedRead": "hudson.security.ExtendedReadPermission",
    "Job/ExtendedRead": "hudson.security.ExtendedReadPermission",
    "Job/WipeOut": "hudson.security.WipeOutPermission",
    "Run/Artifacts": "hudson.security.ArtifactsPermission",
    "Credentials/UseItem": "com.cloudbees.plugins.credentials.UseItemPermission",
    "Credentials/UseOwn": "com.cloudbees.plugins.credentials.UseOwnPermission",
}
"""System properties in the sources of Jenkins and of the plugin credentials."""


@pytest.mark.parametrize("role", Role)
def test_each_role_grants_exactly_these(role: Role) -> None:
    assert permissions.OF_ROLE[role] == tuple(ROLES[role].split())
    assert [permissions.unknown(name, ()) for name in permissions.OF_ROLE[role]] == [
        None for _ in permissions.OF_ROLE[role]
    ]


@pytest.mark.parametrize("name", sorted(permissions.PERMISSIONS))
def test_a_permission_without_effect_is_enabled_where_it_is_granted(name: str) -> None:
    enabled = [f"-D{PROPERTIES[name]}=true"] if name in PROPERTIES else []
    assert permissions.java_options(["Overall/Read", name]) == enabled


def test_a_property_is_set_once() -> None:
    both = ["Job/ExtendedRead", "Agent/ExtendedRead"]
    assert permissions.java_options(both) == ["-Dhudson.security.ExtendedReadPermission=true"]


def test_an_unknown_permission_suggests_the_intended_one() -> None:
    message = "is not a permission of Jenkins or the platform's plugins."
    assert permissions.unknown("Job/Reed", ()) == f"{message} Did you mean 'Job/Read'?"
    assert permissions.unknown("Lockable Resources/Unlock", ()) == message
    assert permissions.unknown("Lockable Resources/Unlock", ["Lockable Resources/Unlock"]) is None
