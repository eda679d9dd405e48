"""Settings of the Jenkins configuration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from ..inputs import ArtifactStorage, ConfigurationRollout, LogLevel, ToolKind
from .job_identity import JobIdentitySettings
from .source_code import HostKey
from .source_code.bitbucket import BitbucketSettings
from .source_code.github import GitHubSettings
from .source_code.gitlab import GitLabSettings
from .validation.arns import SecretArn
from .validation.base import Group, OutputOr, Problem, setting
from .validation.rules import no_duplicates
from .validation.values import HttpsUrl, NoCredentials, Text, VariableName, matching
from .validation.variables import reserved

PLATFORM_LIBRARY = "jenkins-platform"
"""Name of the platform's own library (templates/jcasc/library.yaml.j2)."""

Line = Annotated[Text, matching(r"[^\n]{1,200}", "up to 200 characters on one line")]
Title = Annotated[Text, matching(r"\S([^\n]{0,98}\S)?", "up to 100 characters on one line")]
MailAddress = Annotated[
    Text,
    matching(
        r"[^\n<>@]{0,150}<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+",
        "an email address, or a name and an email address in <>",
    ),
]
LibraryName = Annotated[
    str, matching(r"[A-Za-z][A-Za-z0-9._-]{0,99}", "a letter, then letters, digits, '.', '_', '-'")
]
Remote = Annotated[
    str,
    matching(
        r"(https://|git://|ssh://(?:[\w.-]+@)?)[^\s/@]+(/\S{0,500})?|[\w.-]+@[\w.-]+:\S{1,500}",
        "a URL like https://host/path.git or git@host:path.git, without a password or token",
    ),
    NoCredentials,
]
GitVersion = Annotated[
    str, matching(r"(?!-)[A-Za-z0-9._/-]{1,200}", "the name of a branch or tag, or a commit")
]
CredentialsId = Annotated[str, matching(r"[A-Za-z0-9_.-]{1,200}", "letters, digits, '_', '.', '-'")]
Logger = Annotated[
    str, matching(r"([A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*)?", "a Java name like hudson.model")
]
TagText = Annotated[str, matching(r"(?u:[\w .:/=+@-]{1,128})", "letters, digits, spaces, _.:/=+-@")]


class BuildDiscarderSettings(Group):
    """See `BuildDiscarderArgs`."""

    keep_builds: int | None = setting(None, valid="1 to 100000 builds", ge=1, le=100_000)
    keep_days: int | None = setting(None, valid="1 to 3650 days", ge=1, le=3650)
    keep_builds_with_artifacts: int | None = setting(
        None, valid="1 to 100000 builds", ge=1, le=100_000
    )

    def rules(self, key: str) -> Iterator[Problem]:
        """The problem of an empty group."""
        if all(getattr(self, name) is None for name in type(self).model_fields):
            fields = ", ".join(type(self).model_fields)
            yield Problem(key, {}, f"is empty. Set at least one of {fields}")


class Library(Group):
    """See `LibraryArgs`."""

    name: LibraryName = setting(valid="a name such as our-steps")
    remote: Remote = setting(valid="the URL of a Git repository", hidden=True)
    default_version: GitVersion = setting("main", valid="a branch, tag or commit")
    implicit: bool = setting(False, valid="true or false")
    allow_version_override: bool = setting(True, valid="true or false")
    credentials_id: CredentialsId | None = setting(None, valid="the ID of a Jenkins credential")


class CredentialsSettings(Group):
    """See `CredentialsArgs`."""

    tag_key: TagText = setting("jenkins:credentials:platform", valid="a tag key")
    tag_value: TagText | None = setting(None, valid="a tag value")


class LogRecorder(Group):
    """See `LogRecorderArgs`."""

    name: Title = setting(valid="the name of the log recorder")
    loggers: tuple[Logger, ...] = setting(valid="at least one Java logger", min_length=1)
    level: LogLevel = setting(LogLevel.FINE, valid=", ".join(level.value for level in LogLevel))


class Tool(Group):
    """See `ToolArgs`."""

    kind: ToolKind = setting(valid="git, jdk or maven")
    name: Title = setting(valid="the name of the tool")
    home: Line | None = setting(None, valid="a path")
    archive_url: HttpsUrl | None = setting(None, valid="an HTTPS URL")
    archive_folder: Line | None = setting(None, valid="a directory in the archive")
    version: (
        Annotated[str, matching(r"[0-9][0-9A-Za-z.-]{0,30}", "a version like 3.9.9")] | None
    ) = setting(None, valid="a version of Maven")

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of the ways to install the tool."""
        ways = [n for n in ("home", "archive_url", "version") if getattr(self, n) is not None]
        if len(ways) != 1:
            yield Problem(
                key, ways or self.name, "must set one of home, archive_url and, for maven, version"
            )
        if self.version is not None and self.kind is not ToolKind.MAVEN:
            yield Problem(
                f"{key}.version",
                self.version,
                f"is only valid with kind maven, not {self.kind.value}",
            )
        if self.archive_folder is not None and self.archive_url is None:
            yield Problem(
                f"{key}.archive_folder", self.archive_folder, "is only valid with archive_url"
            )


class JenkinsSettings(Group):
    """See `JenkinsArgs`."""

    system_message: Text = setting(
        "This Jenkins is managed as code: changes made here are lost at the next start.",
        valid="a text of up to 10000 characters",
        max_length=10_000,
    )
    html_descriptions: bool = setting(False, valid="true or false")
    mail_address: MailAddress | None = setting(None, valid="an email address")
    quiet_period_seconds: int = setting(5, valid="0 to 86400 seconds", ge=0, le=86_400)
    build_discarder: BuildDiscarderSettings | None = setting(None, valid="a group")
    artifacts: ArtifactStorage = setting(ArtifactStorage.HOME, valid="home or s3")
    timestamps: bool = setting(True, valid="true or false")
    github: GitHubSettings | None = setting(None, valid="a group")
    gitlab: GitLabSettings | None = setting(None, valid="a group")
    bitbucket: BitbucketSettings | None = setting(None, valid="a group")
    job_identity: JobIdentitySettings | None = setting(None, valid="a group")
    git_host_keys: tuple[HostKey, ...] | None = setting(
        None, valid="1 to 100 host keys", min_length=1, max_length=100
    )
    libraries: tuple[Library, ...] = setting((), valid="up to 50 libraries", max_length=50)
    credentials: CredentialsSettings | None = setting(None, valid="a group")
    log_recorders: tuple[LogRecorder, ...] = setting(
        (), valid="up to 50 log recorders", max_length=50
    )
    tools: tuple[Tool, ...] = setting((), valid="up to 100 tools", max_length=100)
    sample_jobs: bool = setting(True, valid="true or false")
    secrets: dict[VariableName, OutputOr[SecretArn]] = setting(
        {}, valid="ARNs of up to 50 secrets by name", hidden=True, max_length=50
    )
    extra_jcasc: tuple[str, ...] = setting(
        (), valid="up to 20 YAML texts", hidden=True, max_length=20
    )
    configuration_rollout: ConfigurationRollout = setting(
        ConfigurationRollout.RESTART, valid="restart or reload"
    )
    configuration_reload_seconds: int = setting(60, valid="30 to 3600 seconds", ge=30, le=3600)

    def library_credentials(self, library: Library) -> str | None:
        """ID of the credential for a library's repository, if there is one."""
        if library.credentials_id:
            return library.credentials_id
        found = (source.credentials_id(library.remote) for source in self.sources.values())
        return next((id_ for id_ in found if id_), None)

    @property
    def sources(self) -> dict[str, GitHubSettings | GitLabSettings | BitbucketSettings]:
        """Where the source code is, by the name of the input."""
        given = {"github": self.github, "gitlab": self.gitlab, "bitbucket": self.bitbucket}
        return {name: source for name, source in given.items() if source}

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of names and of the reload interval."""
        folders: dict[str, tuple[str, str]] = {}
        for name, source in self.sources.items():
            for folder, owner in source.folders:
                other = folders.setdefault(folder.lower(), (name, owner))
                if (other[0], other[1].lower()) != (name, owner.lower()):
                    message = f"would have the same folder in Jenkins as {other[1]} of {other[0]}"
                    yield Problem(f"{key}.{name}", owner, message)
        for name, reference in self.secrets.items():
            if reason := reserved(name):
                yield Problem(f"{key}.secrets.{name}", reference, reason)
        names = [library.name for library in self.libraries]
        yield from no_duplicates(f"{key}.libraries", names, "name")
        for index, name in enumerate(names):
            if name == PLATFORM_LIBRARY:
                message = "is the name of the platform's own library"
                yield Problem(f"{key}.libraries[{index}].name", name, message)
        recorders = [recorder.name for recorder in self.log_recorders]
        yield from no_duplicates(f"{key}.log_recorders", recorders, "name")
        tools = [f"{tool.kind.value} {tool.name}" for tool in self.tools]
        yield from no_duplicates(f"{key}.tools", tools)
        if (
            "configuration_reload_seconds" in self.model_fields_set
            and self.configuration_rollout is not ConfigurationRollout.RELOAD
        ):
            yield Problem(
                f"{key}.configuration_reload_seconds",
                self.configuration_reload_seconds,
                "is only valid with configuration_rollout reload",
            )
