"""The extract of the update center's facts, and what tests plant in it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from jenkins_plugins.update_center import UpdateCenter

FOLDER = Path(__file__).parents[1] / "data" / "update-center"
"""A folder that can be used instead of the update center's URL."""


class Facts:
    """The two documents of an update center, for a test to change."""

    def __init__(self) -> None:
        self.site = json.loads((FOLDER / "stable" / "update-center.actual.json").read_text())
        self.versions = json.loads((FOLDER / "current" / "plugin-versions.json").read_text())

    @property
    def center(self) -> UpdateCenter:
        return UpdateCenter(copy.deepcopy(self.site), copy.deepcopy(self.versions))

    def publish(self, name: str, version: str, *needs: str, core: str = "2.479.1") -> None:
        """Add a release. What it needs is written ``name:version``, with ``?`` before it where it
        is optional."""
        entry: dict[str, Any] = {
            "name": name,
            "version": version,
            "requiredCore": core,
            "dependencies": [
                {
                    "name": need.lstrip("?").split(":")[0],
                    "version": need.split(":")[1],
                    "optional": need.startswith("?"),
                }
                for need in needs
            ],
        }
        self.versions["plugins"].setdefault(name, {})[version] = entry
        self.site["plugins"][name] = entry

    def suspend(self, name: str, version: str | None = None) -> None:
        """Take a plugin, or one release, off the update center."""
        if version is None:
            self.site["plugins"].pop(name, None)
            self.versions["plugins"].pop(name, None)
            return
        del self.versions["plugins"][name][version]
        if self.site["plugins"][name]["version"] == version:
            del self.site["plugins"][name]

    def warn(self, name: str, pattern: str, identifier: str = "SECURITY-1") -> None:
        """Publish a security warning on the versions of a pattern."""
        self.site["warnings"].append(
            {
                "id": identifier,
                "type": "core" if name == "core" else "plugin",
                "name": name,
                "message": "A vulnerability",
                "url": f"https://www.jenkins.io/security/advisory/2026-12-01/#{identifier}",
                "versions": [{"lastVersion": "9", "pattern": pattern}],
            }
        )
