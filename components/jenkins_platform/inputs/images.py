"""Inputs of the container images and their repositories."""

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


class FindingSeverity(str, Enum):
    """Severities of findings of ECR's scans, of which those above include those below."""

    LOW = "low"
    """All findings but informational ones."""
    MEDIUM = "medium"
    """Medium, high and critical findings."""
    HIGH = "high"
    """High and critical findings."""
    CRITICAL = "critical"
    """Critical findings."""


class ImageArgs(TypedDict):
    """A container image that is either built during the deployment or already exists."""

    existing: NotRequired[pulumi.Input[str]]
    """Reference of an existing image, preferably with a digest:
    ``registry/repository@sha256:…``. Cannot be combined with the other inputs of this group. The
    image must be built from the platform's Dockerfile, because the platform uses its scripts.
    Default: none, the image is built, which requires Docker."""
    version: NotRequired[str]
    """Version of the software in the image: of Jenkins for ``controller``, of the inbound agent for
    ``agent``, of the osscontainertools fork for ``kaniko``. Default: the tested version,
    ``2.580.3``, ``3391.va_37fa_a_305d6d-4`` or ``1.28.3`` respectively."""
    base_repository: NotRequired[str]
    """Repository of the base image without a tag, such as a mirror or a pull-through cache. The tag
    is derived from ``version``. Default: the official repository, ``jenkins/jenkins``,
    ``jenkins/inbound-agent`` or ``ghcr.io/osscontainertools/kaniko``."""
    base_digest: NotRequired[str]
    """Digest of the base image, ``sha256:`` followed by 64 hexadecimal digits. Default: the known
    digest of the official agent image at its default version; otherwise the image that the tag
    refers to at build time."""


class PullThroughCacheArgs(TypedDict):
    """An ECR pull-through cache rule for another registry."""

    prefix: str
    """Repository prefix of the rule, such as ``quay``, unique in the account and region: 2 to 30
    lowercase letters, digits, ``.``, ``_``, ``-`` and ``/``."""
    upstream: str
    """Host name of the upstream registry: ``public.ecr.aws``, ``quay.io``, ``registry.k8s.io``,
    ``registry-1.docker.io``, ``ghcr.io`` or ``registry.gitlab.com``."""
    credential_arn: NotRequired[pulumi.Input[str]]
    """ARN of the Secrets Manager secret with the user name and access token for the registry. Its
    name must start with ``ecr-pullthroughcache/``. Required for the last three registries.
    Default: none."""


class ImagesArgs(TypedDict):
    """The container images and their repositories."""

    controller: NotRequired[ImageArgs]
    """Image of the controller."""
    agent: NotRequired[ImageArgs]
    """Image of agents with ``platform_image`` ``agent``."""
    kaniko: NotRequired[ImageArgs]
    """Image of agents with ``platform_image`` ``kaniko``."""
    build_folder: NotRequired[str]
    """Path, relative to the program, of a folder with what to add to the controller's image:
    ``packages.txt`` with names of Debian packages, one a line; ``files`` with files, at their
    paths from the root of the image; ``init.groovy.d`` with start-up scripts in Groovy;
    ``plugins`` with own plugins as ``.hpi`` or ``.jpi`` files. Each is optional. A change of any
    file builds a new image. Cannot be combined with ``images.controller.existing``.
    Default: none."""
    plugins: NotRequired[dict[str, str]]
    """Jenkins plugins to add to those in ``images/controller/plugins.lock``, or to install in
    another version: exact versions by plugin ID. Dependencies are resolved in the build.
    Default: none."""
    plugin_policy: NotRequired[PluginPolicy]
    """What the build does with a plugin that has a published security warning. If no version fixes
    it, the build stops in either case. Default: ``security``."""
    update_center_url: NotRequired[str]
    """Base URL of the Jenkins update center or a mirror, with
    ``stable/update-center.actual.json``, ``current/update-center.actual.json``,
    ``current/plugin-versions.json`` and ``download/plugins`` below it. ``http``, ``https``, or
    ``file`` for a folder of the base image. Default: ``https://updates.jenkins.io``."""
    commons_lang_compatibility: NotRequired[bool]
    """Whether to add Commons Lang 2.6, which Jenkins removed in 2.579, to every plugin that refers
    to it without bundling it. Versions up to 1.49 of amazon-ecs cannot start agents on newer
    Jenkins without it, and the combination is refused. No effect on older Jenkins.
    Default: ``true``."""
    commons_lang_url: NotRequired[str]
    """URL from which the build downloads ``commons-lang-2.6.jar``, whose SHA-256 is verified.
    Default: the Maven Central repository."""
    application_repositories: NotRequired[list[str]]
    """Names of ECR repositories to create for images that pipelines build: lowercase letters,
    digits, ``.``, ``_``, ``-`` and ``/``. The platform's name is prepended.
    Default: ``["applications"]``."""
    application_repository_arns: NotRequired[list[pulumi.Input[str]]]
    """ARNs of existing ECR repositories in the platform's account to which Kaniko builds can also
    push. With these ``application_repositories`` can be empty. Default: none."""
    fail_on_severity: NotRequired[FindingSeverity]
    """Severity of findings from which ``kanikoBuild`` fails. It waits up to ten minutes for ECR's
    scan of the pushed image, and also fails without a result. Destinations must be in ECR. The
    image stays in the repository. Default: none, builds do not wait for the scan."""
    signing_key_arn: NotRequired[pulumi.Input[str]]
    """ARN of a KMS key for signatures, ``ECC_NIST_P256``, with which ``kanikoBuild`` signs the
    images that it pushes and attests their origin and packages, in the formats of cosign.
    Destinations must be in ECR. Default: none, images are not signed."""
    keep_last: NotRequired[int]
    """Number of images to keep in each repository of the platform's own images, 2 to 1000.
    Application images do not expire unless they are untagged. Default: ``20``."""
    cache_days: NotRequired[int]
    """Days that layers stay in the repository of the Kaniko cache, 1 to 365. Default: ``14``."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """ARN of the KMS key that encrypts the repositories. ECR cannot change the key of a repository;
    a change is refused. Default: none, AES-256 encryption managed by ECR."""
    force_delete: NotRequired[bool]
    """Whether ``application_repositories`` are deleted together with the images in them. The
    platform's own images and the Kaniko cache always are. Default: true if ``removal_policy`` is
    ``destroy``."""
    pull_through_caches: NotRequired[list[PullThroughCacheArgs]]
    """Pull-through cache rules for Kaniko builds. Default: none."""
