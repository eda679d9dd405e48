"""The container images of the controller and the agents, and the registry they are in."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired


class PluginPolicy(str, Enum):
    """What the build does with a plugin that a published security warning is about."""

    SECURITY = "security"
    """It installs the first version without a warning that runs on this Jenkins, and reports it."""
    LOCKED = "locked"
    """It stops, and names the version to choose."""


class ImageArgs(TypedDict):
    """One container image: built and pushed with the platform, or a ready one."""

    existing: NotRequired[pulumi.Input[str]]
    """Use this ready image, best by digest: ``registry/repository@sha256:…``. Then nothing is built
    and none of the other fields may be given. It must have been built from the same Dockerfile, as
    the platform relies on its scripts. Default: the image is built, which needs Docker."""
    version: NotRequired[str]
    """Version of what is in the image. ``controller``: of Jenkins, such as ``2.580.3`` (default;
    three parts are an LTS). ``agent``: of the inbound agent, such as ``3391.va_37fa_a_305d6d-4``
    (default). ``kaniko``: of the osscontainertools fork, such as ``1.28.3`` (default)."""
    base_repository: NotRequired[str]
    """Repository that the base image is pulled from, such as a mirror or a pull-through cache.
    Default: the official one, ``jenkins/jenkins``, ``jenkins/inbound-agent`` or
    ``ghcr.io/osscontainertools/kaniko``. The tag follows from ``version``."""
    base_digest: NotRequired[str]
    """Digest of the base image, ``sha256:`` and 64 hexadecimal digits: no other one is built on.
    Default: the known digest of the official agent image at its default version; otherwise whatever
    the tag refers to when the image is built."""


class PullThroughCacheArgs(TypedDict):
    """A cache of another registry's images in ECR."""

    prefix: str
    """First part of the cached repositories' names, such as ``quay``; one for each account and
    region. 2 to 30 lower-case letters, digits and ``._-/``."""
    upstream: str
    """Host of the registry: ``public.ecr.aws``, ``quay.io``, ``registry.k8s.io``,
    ``registry-1.docker.io``, ``ghcr.io`` or ``registry.gitlab.com``."""
    credential_arn: NotRequired[pulumi.Input[str]]
    """ARN of the Secrets Manager secret with the user name and access token for the registry; its
    name must start with ``ecr-pullthroughcache/``. Required for the last three registries."""


class ImagesArgs(TypedDict):
    """The images of the platform and their repositories."""

    controller: NotRequired[ImageArgs]
    """The image of the controller."""
    agent: NotRequired[ImageArgs]
    """The image of agents whose template names none."""
    kaniko: NotRequired[ImageArgs]
    """The image of agents that build images."""
    plugins: NotRequired[dict[str, str]]
    """Jenkins plugins to add, or other versions of those in ``images/controller/plugins.lock``: ID
    to exact version. What they need is resolved in the build. Default: none."""
    plugin_policy: NotRequired[PluginPolicy]
    """What the build does with a plugin that a published security warning is about. Where no
    version fixes it, the build stops in either case. Default ``security``."""
    update_center_url: NotRequired[str]
    """Base URL of the Jenkins update center or a mirror of it, with
    ``stable/update-center.actual.json``, ``current/update-center.actual.json``,
    ``current/plugin-versions.json`` and ``download/plugins`` below it. ``http``, ``https``, or
    ``file`` for a folder of the base image. Default ``https://updates.jenkins.io``."""
    commons_lang_compatibility: NotRequired[bool]
    """Put Commons Lang 2.6, which Jenkins dropped in 2.579, into every plugin that refers to it and
    does not bring it along. Without it amazon-ecs up to 1.49 starts no agent on newer Jenkins, and
    the pair is refused. No effect on older Jenkins. Default true."""
    commons_lang_url: NotRequired[str]
    """Where the build downloads ``commons-lang-2.6.jar`` from; its SHA-256 is checked. Default: the
    Maven Central repository."""
    application_repositories: NotRequired[list[str]]
    """ECR repositories for the images that pipelines build: lower-case letters, digits, ``._-/``.
    Their AWS names start with the platform's. Default: one named ``applications``."""
    application_repository_arns: NotRequired[list[pulumi.Input[str]]]
    """ECR repositories of yours that builds with Kaniko may push to as well: ARNs in the platform's
    account. With these ``application_repositories`` may be empty. Default: none."""
    keep_last: NotRequired[int]
    """How many images each repository of the platform's own images keeps, 2 to 1000. Default 20.
    Images of applications are kept, but for untagged ones."""
    cache_days: NotRequired[int]
    """Days that layers stay in the repository of Kaniko's cache, 1 to 365. Default 14."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """ARN of the KMS key that encrypts the repositories. Default: the one that ECR uses by itself.
    AWS cannot change it later: another one is refused."""
    force_delete: NotRequired[bool]
    """Delete repositories even while there are images in them. Default: only if ``removal_policy``
    is ``delete``."""
    pull_through_caches: NotRequired[list[PullThroughCacheArgs]]
    """Caches of other registries, for builds with Kaniko. Default: none."""
