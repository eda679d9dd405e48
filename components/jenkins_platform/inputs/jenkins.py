"""Inputs of the Jenkins configuration (Configuration as Code)."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired

from .bitbucket import BitbucketArgs
from .github import GitHubArgs
from .gitlab import GitLabArgs
from .job_identity import JobIdentityArgs


class ConfigurationRollout(str, Enum):
    """How a changed configuration is applied to Jenkins."""

    RESTART = "restart"
    """With a new task for the version: an ECS rollback also reverts the configuration."""
    RELOAD = "reload"
    """While Jenkins runs: builds are not interrupted, but an invalid configuration is not rolled
    back."""


class ArtifactStorage(str, Enum):
    """Where Jenkins stores artifacts and stashes of builds."""

    HOME = "home"
    """With the builds, in the Jenkins home on EFS."""
    S3 = "s3"
    """In an S3 bucket (plugin artifact-manager-s3). Agents upload and browsers download with
    presigned URLs, so they need no permissions, but must reach S3."""


class BuildDiscarderArgs(TypedDict):
    """Global build discarder. A job can keep fewer builds, not more. At least one input is
    required."""

    keep_builds: NotRequired[int]
    """Number of builds to keep, 1 to 100000. Default: none, no limit."""
    keep_days: NotRequired[int]
    """Days to keep builds, 1 to 3650. Default: none, no limit."""
    keep_builds_with_artifacts: NotRequired[int]
    """Number of builds whose artifacts are kept, 1 to 100000. Default: none, no limit."""


class LibraryArgs(TypedDict):
    """A global pipeline library in a Git repository."""

    name: str
    """Name of the library in pipelines: a letter followed by letters, digits, ``.``, ``_`` and
    ``-``, at most 100 characters. ``jenkins-platform`` is reserved."""
    remote: str
    """URL of the Git repository (``https``, ``ssh`` or ``git``) or ``git@host:path``. An HTTPS URL
    must not contain a user name, a password or a token; use ``credentials_id``."""
    default_version: NotRequired[str]
    """Branch, tag or commit to use if the pipeline specifies none. Default: ``main``."""
    implicit: NotRequired[bool]
    """Whether every pipeline loads the library automatically. Default: ``false``."""
    allow_version_override: NotRequired[bool]
    """Whether a pipeline can select another version. An implicit library with an overridden version
    runs code from that branch. Default: ``true``."""
    credentials_id: NotRequired[str]
    """ID of the Jenkins credential for the repository. Default: for an HTTPS URL of an
    organization, group or workspace in ``jenkins.github``, ``gitlab`` or ``bitbucket`` its
    credential, else none."""


class CredentialsArgs(TypedDict):
    """Jenkins credentials in Secrets Manager (plugin aws-secrets-manager-credentials-provider). A
    secret becomes a credential if it has the tag below and the tag ``jenkins:credentials:type``
    with the credential type."""

    tag_key: NotRequired[str]
    """Tag key. Default: ``jenkins:credentials:platform``."""
    tag_value: NotRequired[str]
    """Tag value. Default: the name of the platform."""


class LogLevel(str, Enum):
    """Level of a Java logger."""

    OFF = "off"
    """No messages."""
    SEVERE = "severe"
    """Errors."""
    WARNING = "warning"
    """Warnings and errors."""
    INFO = "info"
    """Informational messages and above."""
    CONFIG = "config"
    """Configuration messages and above."""
    FINE = "fine"
    """Debug messages."""
    FINER = "finer"
    """More detailed debug messages."""
    FINEST = "finest"
    """The most detailed debug messages."""
    ALL = "all"
    """All messages."""


class LogRecorderArgs(TypedDict):
    """A log recorder in *Manage Jenkins, System Log*."""

    name: str
    """Name of the log recorder, at most 100 characters."""
    loggers: list[str]
    """Java loggers, such as ``com.cloudbees.jenkins.plugins.amazonecs``, at least one."""
    level: NotRequired[LogLevel]
    """Minimum level to record. Default: ``fine``."""


class ToolKind(str, Enum):
    """Type of a build tool."""

    GIT = "git"
    """Git."""
    JDK = "jdk"
    """A Java development kit."""
    MAVEN = "maven"
    """Apache Maven."""


class ToolArgs(TypedDict):
    """A tool that pipelines refer to in ``tools``, preinstalled in the agent image or installed on
    demand. Exactly one of ``home``, ``archive_url`` and ``version`` is required."""

    kind: ToolKind
    """Type of the tool."""
    name: str
    """Name of the tool in pipelines, at most 100 characters, unique for its type."""
    home: NotRequired[str]
    """Path of the tool in the agent image; for ``git`` the executable. Default: none, the tool is
    installed on demand."""
    archive_url: NotRequired[str]
    """HTTPS URL of a ``.zip`` or ``.tar.gz`` archive with the tool. Default: none."""
    archive_folder: NotRequired[str]
    """Directory in the archive that is the tool's home. Only valid with ``archive_url``.
    Default: none, the root of the archive."""
    version: NotRequired[str]
    """Maven version to install from the Apache archive, such as ``3.9.9``. Only valid with kind
    ``maven``. Default: none."""


class JenkinsArgs(TypedDict):
    """Global configuration of Jenkins."""

    system_message: NotRequired[str]
    """Text at the top of the dashboard, at most 10000 characters.
    Default: ``This Jenkins is managed as code: changes made here are lost at the next start.``"""
    html_descriptions: NotRequired[bool]
    """Whether descriptions of jobs, builds and views, and the system message, can contain HTML that
    the OWASP sanitizer considers safe (plugin antisamy-markup-formatter). Default: ``false``, they
    are plain text."""
    mail_address: NotRequired[str]
    """System administrator email address, the sender of email from Jenkins. Default: none."""
    quiet_period_seconds: NotRequired[int]
    """Quiet period in seconds between triggering and starting a build, 0 to 86400.
    Default: ``5``."""
    build_discarder: NotRequired[BuildDiscarderArgs]
    """Global build discarder. Default: none, each job decides."""
    artifacts: NotRequired[ArtifactStorage]
    """Where artifacts and stashes of new builds are stored. Builds find those that were stored
    before, as long as the bucket is not removed. Default: ``home``."""
    timestamps: NotRequired[bool]
    """Whether every line of a pipeline log has a timestamp. Default: ``true``."""
    github: NotRequired[GitHubArgs]
    """Organizations on GitHub whose repositories Jenkins builds. Default: none."""
    gitlab: NotRequired[GitLabArgs]
    """Groups on GitLab whose projects Jenkins builds. Default: none."""
    bitbucket: NotRequired[BitbucketArgs]
    """Workspaces of Bitbucket Cloud, or projects of Bitbucket Data Center, whose repositories
    Jenkins builds. Default: none."""
    job_identity: NotRequired[JobIdentityArgs]
    """AWS roles for jobs, without keys and whichever agent they run on. Default: none."""
    git_host_keys: NotRequired[list[str]]
    """SSH host keys that Git accepts, 1 to 100 lines such as
    ``git.example.com ssh-ed25519 AAAA…``. Default: none, those that the image knows."""
    libraries: NotRequired[list[LibraryArgs]]
    """Global pipeline libraries in addition to the platform's own, at most 50. Default: none."""
    credentials: NotRequired[CredentialsArgs]
    """Jenkins credentials in Secrets Manager; ``{}`` uses the default tag. An existing controller
    image must contain the plugin ``aws-secrets-manager-credentials-provider``. Default: none."""
    log_recorders: NotRequired[list[LogRecorderArgs]]
    """Log recorders, at most 50. Default: none."""
    tools: NotRequired[list[ToolArgs]]
    """Build tools in addition to the Git in the image, at most 100. Default: none."""
    sample_jobs: NotRequired[bool]
    """Whether to create the sample jobs: a critical one on on-demand capacity and an interruptible
    one on Spot. Default: ``true``."""
    secrets: NotRequired[dict[str, pulumi.Input[str]]]
    """Secrets that ``extra_jcasc`` refers to as ``${NAME}``: complete ARNs from Secrets Manager or
    SSM Parameter Store by name, at most 50. Jenkins reads them at startup. Names that the operating
    system, the AWS SDK or the start script uses are reserved, such as ``PATH``, ``LD_*``, ``AWS_*``
    and ``JENKINS_*``. Default: none."""
    extra_jcasc: NotRequired[list[str]]
    """Additional JCasC documents as YAML text, at most 20, merged after the platform's own:
    mappings are merged, lists are appended. Values that the platform sets cannot be overridden.
    Default: none."""
    configuration_rollout: NotRequired[ConfigurationRollout]
    """How a changed configuration is applied to Jenkins. Default: ``restart``."""
    configuration_reload_seconds: NotRequired[int]
    """Interval in seconds at which a changed configuration is detected, 30 to 3600. Only valid with
    ``configuration_rollout`` ``reload``. Default: ``60``."""
