"""Settings of the images."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

from .base import Group, Late, Problem, setting
from .package_data import folder
from .values import ImageReference, KmsKeyArn, RepositoryArn, arn, matching

JENKINS_VERSION = "2.580.3"
AGENT_VERSION = "3385.vf1123fb_515da_-1"
KANIKO_VERSION = "1.28.3"
OFFICIAL_REPOSITORIES = {
    "controller": "jenkins/jenkins",
    "agent": "jenkins/inbound-agent",
    "kaniko": "ghcr.io/osscontainertools/kaniko",
}
CACHE_REPOSITORY = "kaniko-cache"
OWN_REPOSITORIES = (*OFFICIAL_REPOSITORIES, CACHE_REPOSITORY)
ECS_PLUGIN = "amazon-ecs"
FIRST_WITHOUT_COMMONS_LANG = (2, 579)
"""Version of Jenkins that dropped Commons Lang 2 (jenkinsci/jenkins pull request 26105)."""
LAST_WITH_COMMONS_LANG = (1, 49)
"""Version of amazon-ecs that still loads classes of it (jenkinsci/amazon-ecs-plugin issue 436)."""
PRIVATE_UPSTREAMS = ("registry-1.docker.io", "ghcr.io", "registry.gitlab.com")
"""Registries that ECR only caches with credentials."""
UPSTREAMS = ("public.ecr.aws", "quay.io", "registry.k8s.io", *PRIVATE_UPSTREAMS)

_NAME = r"[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*"
Version = Annotated[
    str,
    matching(
        r"\d+(\.[A-Za-z0-9_]+)+(-\d+)?",
        "a version such as 2.568.2, of which the tag of the image is made",
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
PluginName = Annotated[str, matching(r"[a-z][a-z0-9_-]*", "the name of a plugin such as slack")]
PluginVersion = Annotated[
    str, matching(r"\d[A-Za-z0-9._-]*", "an exact version such as 1.49; not 'latest'")
]
CachePrefix = Annotated[
    str, matching(rf"(?=.{{2,30}}$){_NAME}", "2 to 30 lower-case letters, digits and ._-/")
]


class ImageSettings(Group):
    existing: Late[ImageReference] | None = setting(None, valid="an image reference")
    version: Version | None = setting(None, valid="a version such as 2.568.2")
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
    commons_lang_compatibility: bool = setting(False, valid="true or false")
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
        plugin = self.all_plugins[ECS_PLUGIN]
        if (
            numbers(jenkins) >= FIRST_WITHOUT_COMMONS_LANG
            and numbers(plugin) <= LAST_WITH_COMMONS_LANG
            and not self.commons_lang_compatibility
        ):
            yield Problem(
                f"{key}.controller.version",
                jenkins,
                f"starts no agent with {ECS_PLUGIN} {plugin}: Jenkins dropped Commons Lang 2 in "
                "2.579, and the plugin up to 1.49 needs it (jenkinsci/amazon-ecs-plugin#436). "
                f"Take a 2.568 version, a newer {ECS_PLUGIN} by '{key}.plugins', or set "
                f"'{key}.commons_lang_compatibility'",
            )

    @property
    def all_plugins(self) -> dict[str, str]:
        """The plugins that are asked for, with their versions: ours and the user's over them."""
        lines = (folder("images") / "controller" / "plugins.txt").read_text().splitlines()
        ours = dict(line.split(":") for line in lines if line and not line.startswith("#"))
        return ours | self.plugins


def numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version: (1, 49) of 1.49 and of 1.49-rc1."""
    found = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()
