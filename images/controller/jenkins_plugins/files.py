"""Plugins that come as files instead of from the update center."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from email.parser import HeaderParser
from pathlib import Path

from .update_center import Dependency, Release
from .versions import Version

SUFFIXES = (".hpi", ".jpi")
_MANIFEST = "META-INF/MANIFEST.MF"


def releases(folder: Path) -> dict[Path, Release]:
    """The plugins in a folder, by file.

    Raises:
        ValueError: A file is not a plugin, or two files are the same plugin.
    """
    found: dict[Path, Release] = {}
    by_name: dict[str, Path] = {}
    for file in sorted(f for f in folder.glob("*") if f.suffix in SUFFIXES):
        found[file] = release = read(file)
        if other := by_name.get(release.name):
            raise ValueError(f"{other.name} and {file.name} are both the plugin {release.name}")
        by_name[release.name] = file
    return found


def read(file: Path) -> Release:
    """The release in a plugin's archive, as its manifest describes it.

    Raises:
        ValueError: The file is not a plugin's archive.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            text = archive.read(_MANIFEST).decode()
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError) as error:
        raise ValueError(f"{file.name} is not a plugin's archive: {error}") from error
    main = text.replace("\r\n", "\n").replace("\r", "\n").split("\n\n")[0]
    # Lines have up to 72 bytes; the next ones start with a space, which is not part of the value.
    manifest = HeaderParser().parsestr(main.replace("\n ", ""))
    values = {}
    for name in ("Short-Name", "Plugin-Version", "Jenkins-Version"):
        value = (manifest.get(name) or "").strip()
        if not value:
            raise ValueError(f"{file.name} is not a plugin: its manifest has no {name}")
        values[name] = value
    return Release(
        name=values["Short-Name"],
        version=Version(values["Plugin-Version"]),
        required_core=Version(values["Jenkins-Version"]),
        dependencies=tuple(
            _dependency(file, entry.strip())
            for entry in (manifest.get("Plugin-Dependencies") or "").split(",")
            if entry.strip()
        ),
        sha256=base64.b64encode(hashlib.sha256(file.read_bytes()).digest()).decode(),
    )


def _dependency(file: Path, entry: str) -> Dependency:
    """Such as ``git:5.0`` or ``junit:1.2;resolution:=optional``."""
    name, *attributes = entry.split(";")
    name, _, version = name.partition(":")
    if not name or not version:
        raise ValueError(f"{file.name} has the dependency '{entry}', without a name or a version")
    return Dependency(name, Version(version), "resolution:=optional" in attributes)
