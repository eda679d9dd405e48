"""Build contexts: the shipped folders, with what the user adds to them, and hashes of both."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pulumi

from ..settings.build_folder import PACKAGES, BuildFolder

FOLDER = ".jenkins-platform"
"""Folder beside the program for build contexts that are put together."""
_ADDITIONS = "custom"
"""Where the controller's Dockerfile expects the build folder of the user, in its context."""
_KEPT = 3
"""Contexts of one image that are kept: another run may still build an earlier one."""
_HASH_DIGITS = 16


def content_hash(context: Path, arguments: Mapping[str, str], platform: str) -> str:
    """A hash of all files, with their names and permissions, and of how they are built. Owners,
    times, the order of files and compiled Python do not count, as for the Docker provider."""
    digest = hashlib.sha256()
    for file in _files(context):
        permissions = stat.S_IMODE(file.stat().st_mode)
        name = file.relative_to(context).as_posix()
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(json.dumps([name, permissions, content]).encode())
    digest.update(json.dumps([sorted(arguments.items()), platform]).encode())
    return digest.hexdigest()[:_HASH_DIGITS]


def with_additions(shipped: Path, additions: BuildFolder, platform: str) -> Path:
    """A build context of the shipped one and the user's folder, in a folder that is named after
    its content: an unchanged context has the same path on every machine.

    Args:
        shipped: The shipped build context.
        additions: The user's folder.
        platform: Name of the platform, whose older contexts are removed.
    """
    parent = Path.cwd() / FOLDER / pulumi.get_stack() / platform
    parent.mkdir(parents=True, exist_ok=True)
    (Path.cwd() / FOLDER / ".gitignore").write_text("*\n")
    with tempfile.TemporaryDirectory(dir=parent) as temporary:
        context = Path(temporary) / "context"
        for file in _files(shipped):
            _copy(file, context / file.relative_to(shipped))
        for file in additions.files:
            name = file.relative_to(additions.path)
            if name == Path(PACKAGES):
                continue  # a build argument
            target = context / _ADDITIONS / name
            _copy(file, target)
            # Permissions of a checkout depend on the umask; only whether a file can be run counts.
            target.chmod(0o755 if file.stat().st_mode & stat.S_IXUSR else 0o644)
        final = parent / content_hash(context, {}, "")
        if not final.exists():
            context.rename(final)
    os.utime(final)
    contexts = sorted(parent.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in contexts[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return final


def relative(context: Path) -> str:
    """A build context relative to the program's folder if possible, so that it is the same on
    every machine: another path would be a change, and so another build.

    The Docker provider runs in the program's folder, unless the program is a function of an
    Automation API driver; then the engine does not report that folder.
    """
    root = pulumi.runtime.get_root_directory()
    if root and Path(root).resolve() == Path.cwd() and context.is_relative_to(Path.cwd()):
        return os.path.relpath(context)
    return str(context)


def _files(folder: Path) -> Iterator[Path]:
    files = (f for f in folder.rglob("*") if f.is_file() and "__pycache__" not in f.parts)
    yield from sorted(files)


def _copy(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, target)
