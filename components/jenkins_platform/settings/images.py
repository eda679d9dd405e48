"""Settings of the images."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Annotated

from jenkins_plugins import lock
from jenkins_plugins.commons_lang import FIRST_CORE_WITHOUT
from jenkins_plugins.versions import Version as JenkinsVersion

from ..inputs import PluginPolicy
from .base import Group, Late, Problem, setting
from .package_data import folder
from .values import ImageReference, KmsKeyArn, RepositoryArn, arn, matching

JENKINS_VERSION = "2.580.3"
AGENT_VERSION = "3391.va_37fa_a_305d6d-4"
KANIKO_VERSION = "1.28.3"
OFFICIAL_REPOSITORIES = {
    "controller": "jenkins/jenkins",
    "agent": "jenkins/inbound-agent",
    "kaniko": "ghcr.io/osscontainertools/kaniko",
}
OFFICIAL_DIGESTS = {
    "agent": "sha256:c5d50ca09a7de45999983c69e0527499ca667efe00a85cf1ce5ed968b5b21719",
}
"""Digests of official images at the default versions, as far as they are known."""
COMMONS_LANG_URL = (
    "https://repo.maven.apache.org/maven2/commons-lang/commons-lang/2.6/commons-lang-2.6.jar"
)
CACHE_REPOSITORY = "kaniko-cache"
OWN_REPOSITORIES = (*OFFICIAL_REPOSITORIES, CACHE_REPOSITORY)
ECS_PLUGIN = "amazon-ecs"
LAST_WITH_COMMONS_LANG = JenkinsVersion("1.49")
"""Version of amazon-ecs that still loads classes of it (jenkinsci/amazon-ecs-plugin issue 436)."""
PRIVATE_UPSTREAMS = ("registry-1.docker.io", "ghcr.io", "registry.gitlab.com")
"""Registries that ECR only caches with credentials."""
UPSTREAMS = ("public.ecr.aws", "quay.io", "registry.k8s.io", *PRIVATE_UPSTREAMS)

_NAME = r"[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*"
Version = Annotated[
    str,
    matching(
        r"\d+(\.[A-Za-z0-9_]+)+(-\d+)?",
        "a version such as 2.580.3, of which the tag of the image is made",
    ),
]
RepositoryName = Annotated[
    str, matching(rf"(?=.{{2,128}}$){_NAME}", "a repository name such as web/shop")
]
Repository = Annotated[
    str,
    matching(
        rf"([a-zA-Z0-9.-]+(:\d+)?/)?{_NAME}",
        "a repository such as registry.example.com/jenkins/jenkins, without a tag",
    ),
]
Digest = Annotated[str, matching(r"sha256:[0-9a-f]{64}", "sha256: and 64 hexadecimal digits")]
PluginName = Annotated[
    str, matching(r"[A-Za-z0-9][A-Za-z0-9._-]*", "the ID of a plugin such as slack")
]
PluginVersion = Annotated[
    str, matching(r"\d[A-Za-z0-9._-]*", "an exact version such as 1.49; not 'latest'")
]
DownloadUrl = Annotated[
    str,
    matching(
        r"(https?://[A-Za-z0-9.-]+(:\d+)?|file://)(/[!-;=?-~]*)?",
        "a URL such as https://mirror.example.com/jenkins, without a user name or password",
    ),
]
CachePrefix = Annotated[
    str, matching(rf"(?=.{{2,30}}$){_NAME}", "2 to 30 lower-case letters, digits and ._-/")
]


class ImageSettings(Group):
    existing: Late[ImageReference] | None = setting(None, valid="an image reference")
    version: Version | None = setting(None, valid="a version such as 2.580.3")
    base_repository: Repository | None = setting(None, valid="a repository without a tag")
    base_digest: Digest | None = setting(None, valid="sha256: and 64 hexadecimal digits")

    def rules(self, key: str) -> Iterator[Problem]:
        if self.existing is None:
            return
        for name in ("version", "base_repository", "base_digest"):
            if (value := getattr(self, name)) is not None:
                message = "says how to build an image, but 'existing' names a ready one: give one"
                yield Problem(f"{key}.{name}", value, message)


class PullThroughCache(Group):
    prefix: CachePrefix = setting(valid="a prefix such as quay")
    upstream: str = setting(valid=", ".join(UPSTREAMS))
    credential_arn: (
        Late[Annotated[str, arn("secretsmanager", "secret:ecr-pullthroughcache/")]] | None
    ) = setting(None, valid="the ARN of a secret named ecr-pullthroughcache/…", hidden=True)

    def rules(self, key: str) -> Iterator[Problem]:
        if self.upstream not in UPSTREAMS:
            valid = ", ".join(UPSTREAMS)
            message = f"is not a registry that ECR can cache. Valid: {valid}"
            yield Problem(f"{key}.upstream", self.upstream, message)
        elif self.upstream in PRIVATE_UPSTREAMS and self.credential_arn is None:
            message = f"required, as ECR only caches {self.upstream} with credentials"
            yield Problem(f"{key}.credential_arn", None, message)


class ImagesSettings(Group):
    controller: ImageSettings = setting(ImageSettings(), valid="a group")
    agent: ImageSettings = setting(ImageSettings(), valid="a group")
    kaniko: ImageSettings = setting(ImageSettings(), valid="a group")
    plugins: dict[PluginName, PluginVersion] = setting({}, valid="a map of names to versions")
    plugin_policy: PluginPolicy = setting(PluginPolicy.SECURITY, valid="security or locked")
    update_center_url: DownloadUrl = setting(lock.PUBLIC, valid="a URL")
    commons_lang_compatibility: bool = setting(True, valid="true or false")
    commons_lang_url: DownloadUrl = setting(COMMONS_LANG_URL, valid="a URL")
    application_repositories: tuple[RepositoryName, ...] = setting(
        ("applications",), valid="a list of repository names"
    )
    application_repository_arns: tuple[Late[RepositoryArn], ...] = setting(
        (), valid="a list of ARNs of ECR repositories"
    )
    keep_last: int = setting(20, valid="2 to 1000", ge=2, le=1000)
    cache_days: int = setting(14, valid="1 to 365", ge=1, le=365)
    kms_key_arn: Late[KmsKeyArn] | None = setting(None, valid="the ARN of a KMS key")
    force_delete: bool | None = setting(None, valid="true or false")
    pull_through_caches: tuple[PullThroughCache, ...] = setting((), valid="a list of caches")

    def rules(self, key: str) -> Iterator[Problem]:
        if self.controller.existing is None:
            yield from self._plugin_rules(key)
        names = self.application_repositories
        if not names and not self.application_repository_arns:
            message = "should have at least one name where application_repository_arns has none"
            yield Problem(f"{key}.application_repositories", [], message)
        for name in sorted({n for n in names if names.count(n) > 1}):
            message = f"holds '{name}' more than once"
            yield Problem(f"{key}.application_repositories", list(names), message)
        for name in names:
            if name in OWN_REPOSITORIES:
                message = f"'{name}' is one of the platform's own repositories: choose another name"
                yield Problem(f"{key}.application_repositories", list(names), message)
        prefixes = [cache.prefix for cache in self.pull_through_caches]
        for index, prefix in enumerate(prefixes):
            if prefix in prefixes[:index]:
                message = "is the prefix of another cache too"
                yield Problem(f"{key}.pull_through_caches[{index}].prefix", prefix, message)

    def _plugin_rules(self, key: str) -> Iterator[Problem]:
        jenkins = self.controller.version or JENKINS_VERSION
        locked = str(locked_plugins().plugins[ECS_PLUGIN].version)
        plugin = self.plugins.get(ECS_PLUGIN, locked)
        if (
            JenkinsVersion(jenkins) >= FIRST_CORE_WITHOUT
            and JenkinsVersion(plugin) <= LAST_WITH_COMMONS_LANG
            and not self.commons_lang_compatibility
        ):
            yield Problem(
                f"{key}.controller.version",
                jenkins,
                f"starts no agent with {ECS_PLUGIN} {plugin}: Jenkins dropped Commons Lang 2 in "
                "2.579, and the plugin up to 1.49 needs it (jenkinsci/amazon-ecs-plugin#436). "
                f"Leave '{key}.commons_lang_compatibility' at true, or choose a newer {ECS_PLUGIN} "
                f"by '{key}.plugins'",
            )


@cache
def locked_plugins() -> lock.Lock:
    """The plugins of the default image, with all that they need."""
    return lock.read(folder("images") / "controller" / "plugins.lock")
