"""The lock: every plugin of the closure, with its version and what it needs.

JSON with one line for each plugin, so that a change of the lock reads as a list of plugins.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .update_center import Dependency, Release
from .versions import Version

PUBLIC = "https://updates.jenkins.io"
"""The update center of the Jenkins project."""


@dataclass(frozen=True)
class Lock:
    """The plugins of the default image.

    Attributes:
        core: The version of Jenkins that they were resolved for.
        source: Where the facts came from: the URL of an update center, or a file of an extract.
        date: The day that those facts are from, such as ``2026-11-28``.
        plugins: Releases by name.
    """

    core: Version
    source: str
    date: str
    plugins: Mapping[str, Release]

    @property
    def is_public(self) -> bool:
        """Whether the Jenkins project's own update center was asked."""
        return self.source == PUBLIC


def closure(
    plugins: Mapping[str, Release], roots: Iterable[str], core: Version
) -> dict[str, Release]:
    """The roots and all that they need on a core, as far as they are among the plugins."""
    found: dict[str, Release] = {}
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name in plugins and name not in found:
            found[name] = plugins[name]
            waiting += [d.name for d in found[name].needs(core) if not d.optional]
    return found


def read(path: Path) -> Lock:
    document = json.loads(path.read_text(encoding="utf-8"))
    return Lock(
        core=Version(document["core"]),
        source=document["source"],
        date=document["date"],
        plugins={name: _release(name, entry) for name, entry in document["plugins"].items()},
    )


def write(path: Path, lock: Lock) -> None:
    origin = (
        "from the public update center"
        if lock.is_public
        else "from an extract of public records, not from the public update center: before a "
        "release run it where the update center can be reached"
    )
    header = {
        "comment": f"Written by `make plugins` {origin}. Do not edit: change plugins.txt.",
        "core": str(lock.core),
        "source": lock.source,
        "date": lock.date,
    }
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}," for key, value in header.items()]
    plugins = [
        f"    {json.dumps(name)}: {json.dumps(_entry(release))}"
        for name, release in sorted(lock.plugins.items())
    ]
    text = "\n".join(["{", *lines, '  "plugins": {', ",\n".join(plugins), "  }", "}", ""])
    path.write_text(text, encoding="utf-8")


def roots(text: str) -> dict[str, Version | None]:
    """The plugins of a ``plugins.txt``: one name on a line, with ``:version`` where exactly one
    version will do; ``#`` starts a comment."""
    found: dict[str, Version | None] = {}
    for line in text.splitlines():
        name, _, version = line.partition("#")[0].strip().partition(":")
        if name:
            found[name] = Version(version) if version else None
    return found


def _entry(release: Release) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "version": str(release.version),
        "core": str(release.required_core),
        "needs": [
            f"{d.name}:{d.version}" + (":optional" if d.optional else "")
            for d in release.dependencies
        ],
    }
    return entry | ({"sha256": release.sha256} if release.sha256 else {})


def _release(name: str, entry: Mapping[str, Any]) -> Release:
    needs = (need.split(":") for need in entry["needs"])
    return Release(
        name=name,
        version=Version(entry["version"]),
        required_core=Version(entry["core"]),
        dependencies=tuple(Dependency(n[0], Version(n[1]), len(n) > 2) for n in needs),
        sha256=entry.get("sha256", ""),
    )
