"""How each image is built: what it is built from, and the tag that follows from that.

Pure: no Pulumi in here.
"""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..inputs import Architecture
from ..settings import Settings
from ..settings.images import (
    AGENT_VERSION,
    JENKINS_VERSION,
    KANIKO_VERSION,
    OFFICIAL_REPOSITORIES,
    ImageSettings,
    ImagesSettings,
)
from ..settings.package_data import folder

PLATFORMS = {Architecture.X86_64: "linux/amd64", Architecture.ARM64: "linux/arm64"}
_JAVA = "jdk21"
_HASH_DIGITS = 16
OPTIONAL_PLUGINS = {
    "aws-secrets-manager-credentials-provider": "2.222.v376939a_9ffb_b",
    "prometheus": "860.v532442b_44e9a_",
}
"""Plugins that only some settings need, of the same set as those in ``plugins.txt``."""


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
        """The version, and a hash of everything that goes into the image."""
        return f"{self.version}-{content_hash(self.context, self.arguments, self.platform)}"


def content_hash(context: Path, arguments: Mapping[str, str], platform: str) -> str:
    """A hash of all files, with their names and permissions, and of how they are built. Owners,
    times and the order of the folder do not count, neither here nor for the Docker provider."""
    digest = hashlib.sha256()
    for file in sorted(f for f in context.rglob("*") if f.is_file()):
        permissions = stat.S_IMODE(file.stat().st_mode)
        name = file.relative_to(context).as_posix()
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(json.dumps([name, permissions, content]).encode())
    digest.update(json.dumps([sorted(arguments.items()), platform]).encode())
    return digest.hexdigest()[:_HASH_DIGITS]


def controller(settings: Settings, architecture: Architecture) -> Recipe:
    images = settings.images
    version = images.controller.version or JENKINS_VERSION
    # jenkins/jenkins: 2.568.2-lts-jdk21 for an LTS, 2.579-jdk21 for a weekly release.
    line = "-lts" if version.count(".") == 2 else ""
    arguments = {
        "BASE": _base("controller", images.controller, f"{version}{line}-{_JAVA}"),
        "PLUGINS": " ".join(f"{name}:{v}" for name, v in sorted(more_plugins(settings).items())),
        "COMMONS_LANG": str(images.commons_lang_compatibility).lower(),
    }
    return _recipe("controller", version, arguments, architecture)


def more_plugins(settings: Settings) -> dict[str, str]:
    """Plugins besides those that every controller has: those that a setting needs, and the user's
    over them."""
    needed = {
        "aws-secrets-manager-credentials-provider": settings.jenkins.credentials is not None,
        "prometheus": settings.monitoring.prometheus,
    }
    return {n: OPTIONAL_PLUGINS[n] for n, on in needed.items() if on} | settings.images.plugins


def agent(settings: Settings, architecture: Architecture) -> Recipe:
    version = settings.images.agent.version or AGENT_VERSION
    arguments = {"BASE": _agent_base(settings.images)}
    return _recipe("agent", version, arguments, architecture)


def kaniko(settings: Settings, architecture: Architecture) -> Recipe:
    images = settings.images
    version = images.kaniko.version or KANIKO_VERSION
    arguments = {
        "BASE": _base("kaniko", images.kaniko, f"v{version}"),
        "AGENT": _agent_base(images),
    }
    return _recipe("kaniko", version, arguments, architecture)


def _agent_base(images: ImagesSettings) -> str:
    version = images.agent.version or AGENT_VERSION
    return _base("agent", images.agent, f"{version}-{_JAVA}")


def _base(role: str, image: ImageSettings, tag: str) -> str:
    repository = image.base_repository or OFFICIAL_REPOSITORIES[role]
    return f"{repository}:{tag}" + (f"@{image.base_digest}" if image.base_digest else "")


def _recipe(
    role: str, version: str, arguments: Mapping[str, str], architecture: Architecture
) -> Recipe:
    return Recipe(folder("images") / role, version, arguments, PLATFORMS[architecture])
