"""Settings of the container images."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

from .arns import CacheCredentialArn, KmsKeyArn, RepositoryArn
from .base import Group, OutputOr, Problem, setting
from .package_data import folder
from .rules import no_duplicates
from .values import ImageReference, matching

JENKINS_VERSION = "2.568.2"
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
"""Jenkins version that removed Commons Lang 2 (jenkinsci/jenkins pull request 26105)."""
LAST_WITH_COMMONS_LANG = (1, 49)
"""Last amazon-ecs version that requires it (jenkinsci/amazon-ecs-plugin issue 436)."""
PRIVATE_UPSTREAMS = ("registry-1.docker.io", "ghcr.io", "registry.gitlab.com")
"""Registries for which ECR requires credentials (ECR User Guide, "Pull through cache")."""
UPSTREAMS = ("public.ecr.aws", "quay.io", "registry.k8s.io", *PRIVATE_UPSTREAMS)

_NAME = r"[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*"
Version = Annotated[
    str,
    matching(
        r"\d+(\.[A-Za-z0-9_]+)+(-\d+)?",
        "a version such as 2.568.2, from which the image tag is derived",
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
    str, matching(rf"(?=.{{2,30}}$){_NAME}", "2 to 30 lowercase letters, digits and ._-/")
]


class ImageSettings(Group):
    """See `ImageArgs`."""

    existing: OutputOr[ImageReference] | None = setting(None, valid="an image reference")
    version: Version | None = setting(None, valid="a version such as 2.568.2")
    base_repository: Repository | None = setting(None, valid="a repository without a tag")
    base_digest: Digest | None = setting(None, valid="sha256: and 64 hexadecimal digits")

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of an existing image with inputs for building one."""
        if self.existing is None:
            return
        for name in ("version", "base_repository", "base_digest"):
            if (value := getattr(self, name)) is not None:
                message = "cannot be combined with `existing`"
                yield Problem(f"{key}.{name}", value, message)


class PullThroughCache(Group):
    """See `PullThroughCacheArgs`."""

    prefix: CachePrefix = setting(valid="a prefix such as quay")
    upstream: str = setting(valid=", ".join(UPSTREAMS))
    credential_arn: OutputOr[CacheCredentialArn] | None = setting(
        None, valid="the complete ARN of a secret named ecr-pullthroughcache/…", hidden=True
    )

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of the registry and its credentials."""
        if self.upstream not in UPSTREAMS:
            valid = ", ".join(UPSTREAMS)
            message = f"is not a registry that ECR supports. Valid: {valid}"
            yield Problem(f"{key}.upstream", self.upstream, message)
        elif self.upstream in PRIVATE_UPSTREAMS and self.credential_arn is None:
            message = f"required, because ECR requires credentials for {self.upstream}"
            yield Problem(f"{key}.credential_arn", None, message)


class ImagesSettings(Group):
    """See `ImagesArgs`."""

    controller: ImageSettings = setting(ImageSettings(), valid="a group")
    agent: ImageSettings = setting(ImageSettings(), valid="a group")
    kaniko: ImageSettings = setting(ImageSettings(), valid="a group")
    plugins: dict[PluginName, PluginVersion] = setting({}, valid="a map of names to versions")
    commons_lang_compatibility: bool = setting(False, valid="true or false")
    application_repositories: tuple[RepositoryName, ...] = setting(
        ("applications",), valid="a list of repository names"
    )
    application_repository_arns: tuple[OutputOr[RepositoryArn], ...] = setting(
        (), valid="a list of ARNs of ECR repositories"
    )
    keep_last: int = setting(20, valid="2 to 1000", ge=2, le=1000)
    cache_days: int = setting(14, valid="1 to 365", ge=1, le=365)
    kms_key_arn: OutputOr[KmsKeyArn] | None = setting(None, valid="the ARN of a KMS key")
    force_delete: bool | None = setting(None, valid="true or false")
    pull_through_caches: tuple[PullThroughCache, ...] = setting((), valid="a list of caches")

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of plugins, repositories and caches."""
        if self.controller.existing is None:
            yield from self._plugin_rules(key)
        names = self.application_repositories
        if not names and not self.application_repository_arns:
            message = "must have at least one name if application_repository_arns is empty"
            yield Problem(f"{key}.application_repositories", [], message)
        yield from no_duplicates(f"{key}.application_repositories", names)
        yield from no_duplicates(
            f"{key}.application_repository_arns", self.application_repository_arns
        )
        for index, name in enumerate(names):
            if name in OWN_REPOSITORIES:
                message = "is a repository of the platform: choose another name"
                yield Problem(f"{key}.application_repositories[{index}]", name, message)
        prefixes = [cache.prefix for cache in self.pull_through_caches]
        yield from no_duplicates(f"{key}.pull_through_caches", prefixes, "prefix")

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
                f"cannot start agents with {ECS_PLUGIN} {plugin}: Jenkins removed Commons Lang 2 "
                "in 2.579, which the plugin up to 1.49 requires (jenkinsci/amazon-ecs-plugin#436). "
                f"Use a 2.568 version, set a newer {ECS_PLUGIN} in {key}.plugins, or set "
                f"{key}.commons_lang_compatibility",
            )

    @property
    def all_plugins(self) -> dict[str, str]:
        """The versions of all plugins by ID: the platform's, replaced and extended by `plugins`."""
        lines = (folder("images") / "controller" / "plugins.txt").read_text().splitlines()
        ours = dict(line.split(":") for line in lines if line and not line.startswith("#"))
        return ours | self.plugins


def numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version: (1, 49) for 1.49 and for 1.49-rc1."""
    found = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()
