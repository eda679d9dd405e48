"""How each image is built: what it is built from, and the tag that follows from that.

Pure: no Pulumi in here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .inputs import Architecture
from .resources import folder
from .settings.images import (
    AGENT_VERSION,
    JENKINS_VERSION,
    KANIKO_VERSION,
    OFFICIAL_REPOSITORIES,
    ImageSettings,
    ImagesSettings,
)

PLATFORMS = {Architecture.X86_64: "linux/amd64", Architecture.ARM64: "linux/arm64"}
_JAVA = "jdk21"
_HASH_DIGITS = 16


@dataclass(frozen=True)
class Recipe:
    """One image.

    Attributes:
        context: The build context.
        version: Version of what is in it.
        arguments: Build arguments. They are in the image's history, so never a secret.
        platform: Platform in Docker's words, such as ``linux/arm64``.
    """

    context: Path
    version: str
    arguments: Mapping[str, str]
    platform: str

    @property
    def tag(self) -> str:
        """The version, and a hash of everything that goes into the image. No other image is ever
        pushed under it, so that tags can be immutable."""
        return f"{self.version}-{content_hash(self.context, self.arguments, self.platform)}"


def content_hash(context: Path, arguments: Mapping[str, str], platform: str) -> str:
    """A hash of all files, with their names and whether they can be executed, and of how they are
    built. Owners, times and the order of the folder do not count."""
    digest = hashlib.sha256()
    for file in sorted(f for f in context.rglob("*") if f.is_file()):
        executable = bool(file.stat().st_mode & 0o100)
        name = file.relative_to(context).as_posix()
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(json.dumps([name, executable, content]).encode())
    digest.update(json.dumps([sorted(arguments.items()), platform]).encode())
    return digest.hexdigest()[:_HASH_DIGITS]


def controller(settings: ImagesSettings, architecture: Architecture) -> Recipe:
    version = settings.controller.version or JENKINS_VERSION
    # jenkins/jenkins: 2.568.2-lts-jdk21 for an LTS, 2.579-jdk21 for a weekly release.
    line = "-lts" if version.count(".") == 2 else ""
    arguments = {
        "BASE": _base("controller", settings.controller, f"{version}{line}-{_JAVA}"),
        "PLUGINS": " ".join(f"{name}:{v}" for name, v in sorted(settings.plugins.items())),
        "COMMONS_LANG": str(settings.commons_lang_compatibility).lower(),
    }
    return _recipe("controller", version, arguments, architecture)


def agent(settings: ImagesSettings, architecture: Architecture) -> Recipe:
    version = settings.agent.version or AGENT_VERSION
    arguments = {"BASE": _agent_base(settings)}
    return _recipe("agent", version, arguments, architecture)


def kaniko(settings: ImagesSettings, architecture: Architecture) -> Recipe:
    version = settings.kaniko.version or KANIKO_VERSION
    arguments = {
        "BASE": _base("kaniko", settings.kaniko, f"v{version}"),
        "AGENT": _agent_base(settings),
    }
    return _recipe("kaniko", version, arguments, architecture)


def _agent_base(settings: ImagesSettings) -> str:
    version = settings.agent.version or AGENT_VERSION
    return _base("agent", settings.agent, f"{version}-{_JAVA}")


def _base(role: str, image: ImageSettings, tag: str) -> str:
    repository = image.base_repository or OFFICIAL_REPOSITORIES[role]
    return f"{repository}:{tag}" + (f"@{image.base_digest}" if image.base_digest else "")


def _recipe(
    role: str, version: str, arguments: Mapping[str, str], architecture: Architecture
) -> Recipe:
    return Recipe(folder("images") / role, version, arguments, PLATFORMS[architecture])
