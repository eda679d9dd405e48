"""Jenkins itself: what goes into its configuration as code."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired


class ConfigurationRollout(str, Enum):
    """How a changed configuration reaches Jenkins."""

    RESTART = "restart"
    """By a new task, which names the version: ECS's rollback also takes the configuration back."""
    RELOAD = "reload"
    """Jenkins takes it while it runs: no build waits, but a mistake stays until it is mended."""


class BuildDiscarderArgs(TypedDict):
    """Which builds are kept of every job, at the most: a job may keep fewer, not more."""

    keep_builds: NotRequired[int]
    """Number of builds to keep, 1 to 100000. Default: no limit."""
    keep_days: NotRequired[int]
    """Days to keep builds, 1 to 3650. Default: no limit."""
    keep_builds_with_artifacts: NotRequired[int]
    """Number of builds to keep artifacts of, 1 to 100000. Default: no limit."""


class LibraryArgs(TypedDict):
    """A shared library of pipeline steps, in a Git repository."""

    name: str
    """Name by which pipelines ask for it: a letter, then letters, digits, ``.``, ``_``, ``-``."""
    remote: str
    """Address of the repository, without credentials in it."""
    default_version: NotRequired[str]
    """Branch, tag or commit that is used where a pipeline names none. Default ``main``."""
    implicit: NotRequired[bool]
    """Whether every pipeline has it without asking. Default false."""
    allow_version_override: NotRequired[bool]
    """Whether a pipeline may ask for another version. Default true. An implicit library that may
    be overridden runs what a branch says."""
    credentials_id: NotRequired[str]
    """Id of the Jenkins credential for the repository. Default: none."""


class CredentialsArgs(TypedDict):
    """Jenkins credentials that live in Secrets Manager (plugin
    aws-secrets-manager-credentials-provider). A secret is one when it has the tag that this group
    names, and the tag ``jenkins:credentials:type``, which says what kind it is."""

    tag_key: NotRequired[str]
    """Key of the tag. Default ``jenkins:credentials:platform``."""
    tag_value: NotRequired[str]
    """Value of the tag. Default: the platform's name."""


class LogLevel(str, Enum):
    """Level of a Java logger."""

    OFF = "off"
    """Nothing."""
    SEVERE = "severe"
    """Errors."""
    WARNING = "warning"
    """Warnings and worse."""
    INFO = "info"
    """What happens."""
    CONFIG = "config"
    """Configuration."""
    FINE = "fine"
    """For finding faults."""
    FINER = "finer"
    """More of it."""
    FINEST = "finest"
    """Most of it."""
    ALL = "all"
    """Everything."""


class LogRecorderArgs(TypedDict):
    """A log of its own in *Manage Jenkins, System Log*."""

    name: str
    """Name of the log."""
    loggers: list[str]
    """Java loggers, such as ``com.cloudbees.jenkins.plugins.amazonecs``."""
    level: NotRequired[LogLevel]
    """Level from which on something is recorded. Default ``fine``."""


class ToolKind(str, Enum):
    """Kind of a build tool."""

    GIT = "git"
    """Git."""
    JDK = "jdk"
    """A Java development kit."""
    MAVEN = "maven"
    """Apache Maven."""


class ToolArgs(TypedDict):
    """A tool that pipelines name in ``tools``: part of the agents' image, or got when needed."""

    kind: ToolKind
    """What it is."""
    name: str
    """Name by which pipelines ask for it."""
    home: NotRequired[str]
    """Where it is in the agents' image; for git its program. Default: it is got."""
    archive_url: NotRequired[str]
    """HTTPS address of a ``.zip`` or ``.tar.gz`` with the tool."""
    archive_folder: NotRequired[str]
    """Folder in the archive that is the tool's home. Default: the archive itself."""
    version: NotRequired[str]
    """Version of Maven, such as ``3.9.9``, to get from Apache's archive; only for ``maven``."""


class JenkinsArgs(TypedDict):
    """Global settings of Jenkins."""

    system_message: NotRequired[str]
    """Text at the top of the dashboard. Default: says that Jenkins is managed by code."""
    mail_address: NotRequired[str]
    """Mail address of those who run Jenkins, the sender of its mails. Default: none."""
    quiet_period_seconds: NotRequired[int]
    """Seconds between a build's being asked for and its start, 0 to 86400. Default 5."""
    build_discarder: NotRequired[BuildDiscarderArgs]
    """Which builds are kept of every job, at the most. Default: what each job says itself."""
    timestamps: NotRequired[bool]
    """Whether every line of a pipeline's log has its time. Default true."""
    libraries: NotRequired[list[LibraryArgs]]
    """Shared libraries of pipeline steps. Default: only the platform's own."""
    credentials: NotRequired[CredentialsArgs]
    """Jenkins credentials in Secrets Manager. Default: none; ``{}`` takes those with the default
    tag. An adopted image must hold the plugin ``aws-secrets-manager-credentials-provider``."""
    log_recorders: NotRequired[list[LogRecorderArgs]]
    """Logs of their own. Default: none."""
    tools: NotRequired[list[ToolArgs]]
    """Build tools. Default: only the Git that the image has."""
    sample_jobs: NotRequired[bool]
    """Whether the sample jobs are made: a critical one on on-demand capacity and an interruptible
    one on Spot. Default true."""
    secrets: NotRequired[dict[str, pulumi.Input[str]]]
    """Secrets that ``extra_jcasc`` refers to as ``${NAME}``: ARNs from Secrets Manager or SSM
    Parameter Store by name. Jenkins reads them when it starts. Default: none."""
    extra_jcasc: NotRequired[list[str]]
    """Further JCasC documents, as YAML text, merged in last: mappings are merged, lists are
    continued. What the platform sets itself cannot be set again. Default: none."""
    configuration_rollout: NotRequired[ConfigurationRollout]
    """How a changed configuration reaches Jenkins. Default ``restart``."""
    configuration_reload_seconds: NotRequired[int]
    """Seconds between two looks for a changed configuration, 30 to 3600, only with
    ``configuration_rollout`` ``reload``. Default 60."""
