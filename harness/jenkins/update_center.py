"""The extract of the update center's facts, and what tests plant in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jenkins_plugins import lock
from jenkins_plugins.update_center import UpdateCenter

from harness.files import write_files

LOCK = Path(lock.__file__).parents[1] / "plugins.lock"
FOLDER = Path(__file__).parents[2] / "tests" / "data" / "update-center"
"""A folder that can be used instead of the update center's URL."""


class Facts:
    """The two documents of an update center, for a test to change."""

    @classmethod
    def of_the_lock(cls) -> Facts:
        """The extract with all that the lock names, whatever that was made from; and a plugin
        ``shop`` whose version 1.0 is affected by SECURITY-1, and which needs ``cart``."""
        facts = cls()
        for name, release in lock.read(LOCK).plugins.items():
            needs = (f"{'?' * d.optional}{d.name}:{d.version}" for d in release.dependencies)
            facts.publish(name, str(release.version), *needs, core=str(release.required_core))
        facts.publish("cart", "1.0")
        facts.publish("shop", "1.0", "cart:1.0")
        facts.publish("shop", "1.1", "cart:1.0")
        facts.warn("shop", r"1[.]0")
        return facts

    def __init__(self) -> None:
        self.site = json.loads((FOLDER / "stable" / "update-center.actual.json").read_text())
        self.versions = json.loads((FOLDER / "current" / "plugin-versions.json").read_text())

    @property
    def center(self) -> UpdateCenter:
        return UpdateCenter(self.site, self.versions)

    def write(self, folder: Path) -> str:
        """Write the documents as a mirror has them, and return its URL."""
        documents = {
            "stable/update-center.actual.json": self.site,
            "current/plugin-versions.json": self.versions,
        }
        write_files(folder, {path: json.dumps(document) for path, document in documents.items()})
        return folder.as_uri()

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
