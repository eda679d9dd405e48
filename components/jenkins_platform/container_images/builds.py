"""How each image is built: its base, its arguments, and the tag that follows from both. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from jenkins_plugins import lock
from jenkins_plugins.order import Order
from jenkins_plugins.resolver import Policy
from jenkins_plugins.versions import Version, is_lts

from ..inputs import Architecture, ArtifactStorage
from ..settings import Settings
from ..settings.facts.package_data import folder
from ..settings.images import (
    AGENT_VERSION,
    JENKINS_VERSION,
    KANIKO_VERSION,
    OFFICIAL_DIGESTS,
    OFFICIAL_REPOSITORIES,
    ImageSettings,
    ImagesSettings,
    locked_plugins,
)
from .build_contexts import content_hash, with_additions

PLATFORMS = {Architecture.X86_64: "linux/amd64", Architecture.ARM64: "linux/arm64"}
_JAVA = "jdk21"


@dataclass(frozen=True)
class Recipe:
    """One image.

    Attributes:
        context: The build context.
        version: Version of its main content.
        arguments: Build arguments. They are in the image's history, so never a secret.
        platform: Docker platform, such as ``linux/arm64``.
    """

    context: Path
    version: str
    arguments: Mapping[str, str]
    platform: str

    @property
    def tag(self) -> str:
        """The version, and a hash of everything that goes into the image."""
        return f"{self.version}-{content_hash(self.context, self.arguments, self.platform)}"


def controller(settings: Settings, architecture: Architecture) -> Recipe:
    """The controller's image."""
    images = settings.images
    version = images.controller.version or JENKINS_VERSION
    # jenkins/jenkins: 2.580.3-lts-jdk21 for an LTS, 2.579-jdk21 for a weekly release.
    line = "-lts" if is_lts(Version(version)) else ""
    arguments = {
        "BASE": _base("controller", images.controller, f"{version}{line}-{_JAVA}"),
        "CORE": version,
        "PACKAGES": "",
        "PLUGINS": " ".join(more_plugins(settings)),
        "PLUGIN_POLICY": images.plugin_policy.value,
        "UPDATE_CENTER": images.update_center_url.rstrip("/"),
        "COMMONS_LANG": images.commons_lang_url if images.commons_lang_compatibility else "",
    }
    recipe = _recipe("controller", version, arguments, architecture)
    if (additions := images.additions) is None:
        return recipe
    arguments["PACKAGES"] = " ".join(additions.packages)
    return replace(recipe, context=with_additions(recipe.context, additions, settings.name))


def more_plugins(settings: Settings) -> list[str]:
    """Plugins besides those that every controller has: those that a setting needs, at their locked
    versions, and the user's as ``name:version``."""
    optional = {
        "artifact-manager-s3": settings.jenkins.artifacts is ArtifactStorage.S3,
        "antisamy-markup-formatter": settings.jenkins.html_descriptions,
        "aws-secrets-manager-credentials-provider": settings.jenkins.credentials is not None,
        "audit-trail": settings.monitoring.audit_trail,
        "opentelemetry": settings.monitoring.opentelemetry_endpoint is not None,
        "gitlab-branch-source": settings.jenkins.gitlab is not None,
        "cloudbees-bitbucket-branch-source": settings.jenkins.bitbucket is not None,
        "oidc-provider": settings.jenkins.job_identity is not None,
        "prometheus": settings.monitoring.prometheus,
    }
    needed = {name for name, on in optional.items() if on} | settings.sign_in.plugins
    chosen = settings.images.plugins
    locked = needed - chosen.keys()
    return sorted([*locked, *(f"{name}:{version}" for name, version in chosen.items())])


def installed_plugins(settings: Settings) -> Order:
    """What the build of the controller's image installs, before it asks the update center."""
    images = settings.images
    listed = (folder("images") / "controller" / "plugins.txt").read_text()
    return Order(
        core=Version(images.controller.version or JENKINS_VERSION),
        roots=frozenset(lock.roots(listed)),
        more=lock.roots("\n".join(more_plugins(settings))),
        locked=locked_plugins().plugins,
        policy=Policy(images.plugin_policy.value),
        update_center=images.update_center_url.rstrip("/"),
        own={} if images.additions is None else images.additions.plugins,
    )


def agent(settings: Settings, architecture: Architecture) -> Recipe:
    """The image of plain agents."""
    version = settings.images.agent.version or AGENT_VERSION
    arguments = {"BASE": _agent_base(settings.images)}
    return _recipe("agent", version, arguments, architecture)


def kaniko(settings: Settings, architecture: Architecture) -> Recipe:
    """The image of agents that build images."""
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
    default = image.version is None and image.base_repository is None
    digest = image.base_digest or (OFFICIAL_DIGESTS.get(role) if default else None)
    return f"{repository}:{tag}" + (f"@{digest}" if digest else "")


def _recipe(
    role: str, version: str, arguments: Mapping[str, str], architecture: Architecture
) -> Recipe:
    return Recipe(folder("images") / role, version, arguments, PLATFORMS[architecture])
