"""Settings of the container images."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated

from jenkins_plugins import lock
from jenkins_plugins.commons_lang import FIRST_CORE_WITHOUT
from jenkins_plugins.versions import Version as JenkinsVersion

from ..inputs import FindingSeverity, PluginPolicy
from .build_folder import BuildFolder
from .facts.package_data import folder
from .validation.arns import PARTITION, CacheCredentialArn, KmsKeyArn, RepositoryArn
from .validation.base import Group, OutputOr, Problem, setting
from .validation.rules import no_duplicates
from .validation.values import ImageReference, matching

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
"""Repositories of the layer caches, one for each template with Kaniko, are below this name."""
OWN_REPOSITORIES = (*OFFICIAL_REPOSITORIES, CACHE_REPOSITORY)
ECS_PLUGIN = "amazon-ecs"
LAST_WITH_COMMONS_LANG = JenkinsVersion("1.49")
"""Last amazon-ecs version that requires it (jenkinsci/amazon-ecs-plugin issue 436)."""
PRIVATE_UPSTREAMS = ("registry-1.docker.io", "ghcr.io", "registry.gitlab.com")
"""Registries for which ECR requires credentials (ECR User Guide, "Pull through cache")."""
UPSTREAMS = ("public.ecr.aws", "quay.io", "registry.k8s.io", *PRIVATE_UPSTREAMS)

_NAME = r"[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*"
Version = Annotated[
    str,
    matching(
        r"\d+(\.[A-Za-z0-9_]+)+(-\d+)?",
        "a version such as 2.580.3, from which the image tag is derived",
    ),
]
RepositoryName = Annotated[
    str, matching(rf"(?=.{{2,128}}$){_NAME}", "a repository name such as web/shop")
]
FolderPath = Annotated[str, matching(r"[^\x00]{1,1000}", "the path of a folder")]
PushRepository = Annotated[
    str,
    matching(
        rf"(?=.{{2,128}}$){_NAME}|arn:{PARTITION}:ecr:[a-z0-9-]+:\d{{12}}:repository/{_NAME}",
        "a name in images.application_repositories, or the ARN of an ECR repository",
    ),
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
BaseUrl = Annotated[DownloadUrl, matching(r"[^?#]*", "a URL without a query")]
CachePrefix = Annotated[
    str, matching(rf"(?=.{{2,30}}$){_NAME}", "2 to 30 lowercase letters, digits and ._-/")
]


class ImageSettings(Group):
    """See `ImageArgs`."""

    existing: OutputOr[ImageReference] | None = setting(None, valid="an image reference")
    version: Version | None = setting(None, valid="a version such as 2.580.3")
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
    build_folder: FolderPath | None = setting(None, valid="the path of a folder")
    plugins: dict[PluginName, PluginVersion] = setting({}, valid="a map of names to versions")
    plugin_policy: PluginPolicy = setting(PluginPolicy.SECURITY, valid="security or locked")
    update_center_url: BaseUrl = setting(lock.PUBLIC, valid="a URL")
    commons_lang_compatibility: bool = setting(True, valid="true or false")
    commons_lang_url: DownloadUrl = setting(COMMONS_LANG_URL, valid="a URL")
    application_repositories: tuple[RepositoryName, ...] = setting(
        ("applications",), valid="a list of repository names"
    )
    application_repository_arns: tuple[OutputOr[RepositoryArn], ...] = setting(
        (), valid="a list of ARNs of ECR repositories"
    )
    fail_on_severity: FindingSeverity | None = setting(None, valid="low, medium, high or critical")
    signing_key_arn: OutputOr[KmsKeyArn] | None = setting(None, valid="the ARN of a KMS key")
    keep_last: int = setting(20, valid="2 to 1000", ge=2, le=1000)
    cache_days: int = setting(14, valid="1 to 365", ge=1, le=365)
    kms_key_arn: OutputOr[KmsKeyArn] | None = setting(None, valid="the ARN of a KMS key")
    force_delete: bool | None = setting(None, valid="true or false")
    pull_through_caches: tuple[PullThroughCache, ...] = setting((), valid="a list of caches")

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of plugins, repositories and caches."""
        if self.controller.existing is None:
            yield from self._plugin_rules(key)
            yield from self._build_folder_rules(key)
        elif self.build_folder is not None:
            message = f"cannot be combined with {key}.controller.existing, which is not built"
            yield Problem(f"{key}.build_folder", self.build_folder, message)
        names = self.application_repositories
        if not names and not self.application_repository_arns:
            message = "must have at least one name if application_repository_arns is empty"
            yield Problem(f"{key}.application_repositories", [], message)
        yield from no_duplicates(f"{key}.application_repositories", names)
        yield from no_duplicates(
            f"{key}.application_repository_arns", self.application_repository_arns
        )
        for index, name in enumerate(names):
            if name in OWN_REPOSITORIES or name.startswith(f"{CACHE_REPOSITORY}/"):
                message = "is a repository of the platform: choose another name"
                yield Problem(f"{key}.application_repositories[{index}]", name, message)
        prefixes = [cache.prefix for cache in self.pull_through_caches]
        yield from no_duplicates(f"{key}.pull_through_caches", prefixes, "prefix")

    @cached_property
    def additions(self) -> BuildFolder | None:
        """What the build folder adds to the controller's image."""
        return None if self.build_folder is None else BuildFolder(Path(self.build_folder).resolve())

    def _build_folder_rules(self, key: str) -> Iterator[Problem]:
        if (additions := self.additions) is None:
            return
        jenkins = JenkinsVersion(self.controller.version or JENKINS_VERSION)
        for message in additions.problems(jenkins, self.plugins):
            yield Problem(f"{key}.build_folder", self.build_folder, message)

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
                f"cannot start agents with {ECS_PLUGIN} {plugin}: Jenkins removed Commons Lang 2 "
                "in 2.579, which the plugin up to 1.49 requires (jenkinsci/amazon-ecs-plugin#436). "
                f"Set a newer {ECS_PLUGIN} in {key}.plugins, or set "
                f"{key}.commons_lang_compatibility to true",
            )


@cache
def locked_plugins() -> lock.Lock:
    """The plugins of the default image, with their dependencies."""
    return lock.read(folder("images") / "controller" / "plugins.lock")
