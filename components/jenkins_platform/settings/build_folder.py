"""The folder of a user with what to add to the controller's image, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from jenkins_plugins.files import SUFFIXES, releases
from jenkins_plugins.update_center import Release
from jenkins_plugins.versions import Version

from .facts.package_data import folder

PACKAGES, FILES, SCRIPTS, PLUGINS = "packages.txt", "files", "init.groovy.d", "plugins"
_VALID = f"{PACKAGES}, {FILES}, {SCRIPTS}, {PLUGINS}"
_IGNORED = (".DS_Store", ".gitattributes", ".gitignore", ".gitkeep", "README.md")
_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]+(=[A-Za-z0-9.+:~-]+)?")
_SCRIPT = re.compile(r"[A-Za-z0-9._-]+\.groovy")
_OWN_PREFIX = "jenkins-platform-"
_TAKEN = {
    "proc": "is not a part of an image",
    "sys": "is not a part of an image",
    "dev": "is not a part of an image",
    "run": "is a temporary file system",
    "var/run": "is a temporary file system",
    "tmp": "is a temporary file system",
    "var/jenkins_home": "is the home, which is mounted over it",
    "usr/share/jenkins": f"belongs to Jenkins: use {SCRIPTS} and {PLUGINS}",
    "usr/share/jenkins-platform": "belongs to the platform",
    "usr/local/bin/jenkins.sh": "belongs to Jenkins",
}
"""Folders that files of the user cannot be in."""
_SECRETS = {
    "a private key": re.compile(rb"-----BEGIN ([A-Z]+ )*PRIVATE KEY( BLOCK)?-----"),
    "an AWS access key": re.compile(rb"\b(AKIA|ASIA)[A-Z2-7]{16}\b"),
}


@dataclass(frozen=True)
class BuildFolder:
    """A folder that exists, or is reported by `problems`.

    Attributes:
        path: Its absolute path.
    """

    path: Path

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """Its files, without those that only matter for a checkout."""
        found = (f for f in self.path.rglob("*") if f.is_file() or f.is_symlink())
        return tuple(sorted(f for f in found if not self._ignored(f)))

    @cached_property
    def packages(self) -> tuple[str, ...]:
        """Debian packages, with versions where the user chose them: ``name`` or ``name=version``.

        In the order of the alphabet, because only the set matters for the image.
        """
        file = self.path / PACKAGES
        lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
        listed = (line.partition("#")[0].strip() for line in lines)
        return tuple(sorted({line for line in listed if line}))

    @cached_property
    def plugins(self) -> dict[str, Release]:
        """The user's own plugins, by name.

        Raises:
            ValueError: A file is not a plugin, or two files are the same plugin.
        """
        return {r.name: r for r in releases(self.path / PLUGINS).values()}

    def problems(self, jenkins: Version, chosen: Collection[str]) -> Iterator[str]:
        """Messages about what cannot be built.

        Args:
            jenkins: Version of Jenkins in the image.
            chosen: Plugins that the user takes from the update center.
        """
        try:
            found = self.path.is_dir()
        except OSError as error:
            yield f"cannot be read: {error.strerror}"
            return
        if not found:
            yield f"is not a folder: there is none at {self.path}"
            return
        # Probably another folder, which may be large or contain what cannot be read.
        if others := [e.name for e in sorted(self.path.iterdir()) if not self._is_valid(e)]:
            yield from (f"has the entry {name}. Valid: {_VALID}" for name in others)
            return
        for file in self.files:
            if message := self._problem_of(file):
                yield f"has the file {self._name(file)}, which {message}"
        yield from self._package_problems()
        yield from self._plugin_problems(jenkins, chosen)

    def _is_valid(self, entry: Path) -> bool:
        if entry.name in (FILES, SCRIPTS, PLUGINS) and entry.is_dir():
            return True
        return (entry.name == PACKAGES and entry.is_file()) or self._ignored(entry)

    def _problem_of(self, file: Path) -> str | None:
        if file.is_symlink():
            return "is a symbolic link: copy what it refers to"
        content = file.read_bytes()
        for what, pattern in _SECRETS.items():
            if pattern.search(content):
                return f"contains {what}, which everyone who can pull the image can read"
        top, *rest = file.relative_to(self.path).parts
        if top == SCRIPTS:
            return _problem_of_script("/".join(rest))
        if top == PLUGINS and (len(rest) > 1 or file.suffix not in SUFFIXES):
            return f"is not a plugin: must be named *{' or *'.join(SUFFIXES)}"
        if top == FILES:
            return _problem_of_place(PurePosixPath(*rest))
        return None

    def _package_problems(self) -> Iterator[str]:
        try:
            packages = self.packages
        except UnicodeDecodeError:
            yield f"has a {PACKAGES} that is not UTF-8"
            return
        for package in packages:
            if not _PACKAGE.fullmatch(package):
                yield f"lists '{package}' in {PACKAGES}: must be a Debian package such as maven"

    def _plugin_problems(self, jenkins: Version, chosen: Collection[str]) -> Iterator[str]:
        try:
            plugins = self.plugins
        except ValueError as error:
            yield f"has a file in {PLUGINS} that cannot be installed: {error}"
            return
        for name, release in sorted(plugins.items()):
            if jenkins < release.required_core:
                yield (
                    f"has the plugin {name} {release.version}, which needs Jenkins "
                    f"{release.required_core} or newer, but images.controller.version is {jenkins}"
                )
            if name in chosen:
                yield f"has the plugin {name}, which is also in images.plugins: choose one"

    def _ignored(self, file: Path) -> bool:
        """Files of a checkout; below ``files`` nearly everything is meant for the image."""
        inside = file.relative_to(self.path).parts
        if "__pycache__" in inside:
            return True
        return file.name in _IGNORED and (inside[0] != FILES or file.name == ".gitkeep")

    def _name(self, file: Path) -> str:
        return file.relative_to(self.path).as_posix()


def _problem_of_script(name: str) -> str | None:
    if not _SCRIPT.fullmatch(name):
        return "is not a start-up script: must be named like tools.groovy"
    if name.startswith(_OWN_PREFIX):
        return f"is named like those of the platform: must not start with {_OWN_PREFIX}"
    return None


def _problem_of_place(path: PurePosixPath) -> str | None:
    for taken, reason in _TAKEN.items():
        if path.is_relative_to(taken):
            return f"cannot be added: /{taken} {reason}"
    scripts = folder("images") / "controller" / "scripts"
    if path.parent == PurePosixPath("usr/local/bin") and (scripts / path.name).exists():
        return f"cannot be added: /{path} belongs to the platform"
    return None
