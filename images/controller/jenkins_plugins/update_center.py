"""What Jenkins's update center says: releases of plugins, their dependencies, security warnings.

The formats are those of ``update-center.actual.json`` and ``plugin-versions.json``, which
jenkins-infra/update-center2 makes. A plugin or release that the Jenkins project suspended is in
neither.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .versions import Version

CORE = "core"
_SPLIT_PLUGINS = (
    ("maven-plugin", "1.296", "1.296"),
    ("subversion", "1.310", "1.0"),
    ("cvs", "1.340", "0.1"),
    ("ant", "1.430", "1.0"),
    ("javadoc", "1.430", "1.0"),
    ("external-monitor-job", "1.467", "1.0"),
    ("ldap", "1.467", "1.0"),
    ("pam-auth", "1.467", "1.0"),
    ("mailer", "1.493", "1.2"),
    ("matrix-auth", "1.535", "1.0.2"),
    ("antisamy-markup-formatter", "1.553", "1.0"),
    ("matrix-project", "1.561", "1.0"),
    ("junit", "1.577", "1.0"),
    ("bouncycastle-api", "2.16", "2.16.0"),
    ("command-launcher", "2.86", "1.0"),
    ("jdk-tool", "2.112", "1.0"),
    ("jaxb", "2.163", "2.3.0"),
    ("trilead-api", "2.184", "1.0.4"),
    ("sshd", "2.281", "3.236.ved5e1b_cb_50b_2"),
    ("javax-activation-api", "2.330", "1.2.0-2"),
    ("javax-mail-api", "2.330", "1.6.2-5"),
    ("instance-identity", "2.356", "3.1"),
)
"""Plugins that were split from core: name, the last core with the function, the version implied.
A plugin made for that core or an older one needs them on a newer one without saying so. From core's
``split-plugins.txt``."""


@dataclass(frozen=True)
class Dependency:
    """What one release needs of another plugin.

    Attributes:
        name: The other plugin.
        version: The lowest version that will do.
        optional: The plugin is not needed, but if it is there, then in this version or a newer one.
    """

    name: str
    version: Version
    optional: bool = False


@dataclass(frozen=True)
class Release:
    """One version of one plugin.

    Attributes:
        required_core: The lowest version of Jenkins that loads it.
        dependencies: As the plugin declares them.
        sha256: Of the file, in Base64 as the update center gives it; empty if it gives none.
    """

    name: str
    version: Version
    required_core: Version
    dependencies: tuple[Dependency, ...] = ()
    sha256: str = ""

    def needs(self, core: Version) -> tuple[Dependency, ...]:
        """What the release needs on a core: the dependencies that it declares, and the plugins that
        were split from core between the version that it was made for and this one."""
        declared = {d.name for d in self.dependencies} | {self.name}
        implied = (
            Dependency(name, Version(version))
            for name, last_core, version in _SPLIT_PLUGINS
            if name not in declared and self.required_core <= Version(last_core) < core
        )
        return (*self.dependencies, *implied)


@dataclass(frozen=True)
class SecurityWarning:
    """A published security warning.

    Attributes:
        id: Such as ``SECURITY-3704``.
        component: The plugin, or ``core``.
        patterns: Regular expressions of the versions affected; all versions if there is none.
    """

    id: str
    component: str
    message: str
    url: str
    patterns: tuple[str, ...]

    def affects(self, version: Version) -> bool:
        if not self.patterns:
            return True
        return any(_matches(pattern, version.text) for pattern in self.patterns)


class UpdateCenter:
    """Everything known about plugins and core.

    Attributes:
        newest_core: The newest Jenkins of the line that the document is for; None if not given.
        date: The day that the document was made, such as ``2026-11-28``; empty if not given.
        warnings: Security warnings by plugin; those of Jenkins itself by ``core``.
    """

    def __init__(self, site: Mapping[str, Any], versions: Mapping[str, Any] | None = None) -> None:
        """Put the documents together.

        Args:
            site: ``update-center.actual.json``: the newest release of each plugin, the newest core,
                and all warnings.
            versions: ``plugin-versions.json``: all releases. None: only the newest are known.

        Raises:
            ValueError: A document lacks what it must have, so nothing can be said about safety.
        """
        if not site.get("plugins") or not site.get("warnings"):
            raise ValueError("the update center's document has no plugins or no security warnings")
        self._newest: Mapping[str, Any] = site["plugins"]
        self._all: Mapping[str, Any] = (versions or {}).get("plugins", {})
        self._releases: dict[str, tuple[Release, ...]] = {}
        core = site.get("core", {}).get("version")
        self.newest_core = Version(core) if core else None
        self.date = str(site.get("generationTimestamp", ""))[:10]
        self.warnings: dict[str, list[SecurityWarning]] = {}
        for entry in site["warnings"]:
            if entry["type"] in ("plugin", CORE):
                component = CORE if entry["type"] == CORE else entry["name"]
                self.warnings.setdefault(component, []).append(_warning(component, entry))

    def releases_of(self, name: str) -> tuple[Release, ...]:
        """All releases of a plugin, the newest first; none for a plugin that is not published."""
        if name not in self._releases:
            entries = dict(self._all.get(name, {}))
            if newest := self._newest.get(name):
                entries[newest["version"]] = newest
            releases = (_release(name, entry) for entry in entries.values())
            self._releases[name] = tuple(sorted(releases, key=lambda r: r.version, reverse=True))
        return self._releases[name]

    def release(self, name: str, version: Version) -> Release | None:
        return next((r for r in self.releases_of(name) if r.version == version), None)

    def newest(self, name: str, core: Version) -> Version | None:
        """The newest version of a plugin that a core loads."""
        return next((r.version for r in self.releases_of(name) if r.required_core <= core), None)

    def warnings_of(self, name: str, version: Version) -> list[SecurityWarning]:
        """The warnings that hold for a version of a plugin, or of ``core``."""
        return [w for w in self.warnings.get(name, ()) if w.affects(version)]


def _release(name: str, entry: Mapping[str, Any]) -> Release:
    return Release(
        name=name,
        version=Version(entry["version"]),
        required_core=Version(entry.get("requiredCore") or "1.0"),
        dependencies=tuple(
            Dependency(d["name"], Version(d["version"]), bool(d.get("optional")))
            for d in entry.get("dependencies", ())
        ),
        sha256=entry.get("sha256", ""),
    )


def _warning(component: str, entry: Mapping[str, Any]) -> SecurityWarning:
    return SecurityWarning(
        id=entry["id"],
        component=component,
        message=entry.get("message", ""),
        url=entry.get("url", ""),
        patterns=tuple(v.get("pattern", ".*") for v in entry.get("versions", ())),
    )


def _matches(pattern: str, version: str) -> bool:
    """As Jenkins does: a pattern that cannot be read matches everything."""
    try:
        return re.fullmatch(pattern, version) is not None
    except re.error:
        return True
