"""Settings of Jenkins itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from ..inputs import ConfigurationRollout, LogLevel, ToolKind
from .base import Group, Late, Problem, setting
from .values import HttpsUrl, SecretArn, Text, VariableName, matching

RESERVED = ("AWS_", "CASC_", "CONFIGURATION_", "ECS_", "JAVA_", "JENKINS_", "OIDC_", "SECRET")
"""Beginnings of the variables that the controller gets from the platform and from ECS."""

Line = Annotated[Text, matching(r"[^\n]{1,200}", "up to 200 characters on one line")]
Title = Annotated[Text, matching(r"\S([^\n]{0,98}\S)?", "up to 100 characters on one line")]
MailAddress = Annotated[
    Text,
    matching(
        r"[^\n<>@]{0,150}<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+",
        "a mail address, or a name and a mail address in <>",
    ),
]
LibraryName = Annotated[
    str, matching(r"[A-Za-z][A-Za-z0-9._-]{0,99}", "a letter, then letters, digits, '.', '_', '-'")
]
Remote = Annotated[
    str,
    matching(
        r"(https|ssh|git)://(?![^/]*:[^/]*@)\S{1,500}|[\w.-]+@[\w.-]+:\S{1,500}",
        "an address like https://host/path.git or git@host:path.git, without a password",
    ),
]
GitVersion = Annotated[
    str, matching(r"(?!-)[A-Za-z0-9._/-]{1,200}", "the name of a branch or tag, or a commit")
]
CredentialsId = Annotated[str, matching(r"[A-Za-z0-9_.-]{1,200}", "letters, digits, '_', '.', '-'")]
Logger = Annotated[
    str, matching(r"([A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*)?", "a Java name like hudson.model")
]
TagText = Annotated[str, matching(r"[\w .:/=+@-]{1,128}", "letters, digits, spaces, _.:/=+-@")]


class BuildDiscarderSettings(Group):
    keep_builds: int | None = setting(None, valid="1 to 100000 builds", ge=1, le=100_000)
    keep_days: int | None = setting(None, valid="1 to 3650 days", ge=1, le=3650)
    keep_builds_with_artifacts: int | None = setting(
        None, valid="1 to 100000 builds", ge=1, le=100_000
    )

    def rules(self, key: str) -> Iterator[Problem]:
        if not self.model_dump(exclude_none=True):
            fields = ", ".join(type(self).model_fields)
            yield Problem(key, {}, f"says nothing. Give at least one of {fields}")


class Library(Group):
    name: LibraryName = setting(valid="a name such as our-steps")
    remote: Remote = setting(valid="the address of a Git repository", hidden=True)
    default_version: GitVersion = setting("main", valid="a branch, tag or commit")
    implicit: bool = setting(False, valid="true or false")
    allow_version_override: bool = setting(True, valid="true or false")
    credentials_id: CredentialsId | None = setting(None, valid="the id of a Jenkins credential")


class CredentialsSettings(Group):
    tag_key: TagText = setting("jenkins:credentials:platform", valid="the key of a tag")
    tag_value: TagText | None = setting(None, valid="the value of a tag")


class LogRecorder(Group):
    name: Title = setting(valid="the name of the log")
    loggers: tuple[Logger, ...] = setting(valid="a list of Java loggers", min_length=1)
    level: LogLevel = setting(LogLevel.FINE, valid=", ".join(level.value for level in LogLevel))


class Tool(Group):
    kind: ToolKind = setting(valid="git, jdk or maven")
    name: Title = setting(valid="the name of the tool")
    home: Line | None = setting(None, valid="a path")
    archive_url: HttpsUrl | None = setting(None, valid="an HTTPS address")
    archive_folder: Line | None = setting(None, valid="a folder in the archive")
    version: (
        Annotated[str, matching(r"[0-9][0-9A-Za-z.-]{0,30}", "a version like 3.9.9")] | None
    ) = setting(None, valid="a version of Maven")

    def rules(self, key: str) -> Iterator[Problem]:
        ways = [n for n in ("home", "archive_url", "version") if getattr(self, n) is not None]
        if len(ways) != 1:
            yield Problem(
                key, ways or self.name, "needs one of home, archive_url and, for maven, version"
            )
        if self.version is not None and self.kind is not ToolKind.MAVEN:
            yield Problem(
                f"{key}.version", self.version, f"goes with kind maven, not {self.kind.value}"
            )
        if self.archive_folder is not None and self.archive_url is None:
            yield Problem(
                f"{key}.archive_folder", self.archive_folder, "goes with archive_url only"
            )


class JenkinsSettings(Group):
    system_message: Text = setting(
        "This Jenkins is managed by code: changes made here are lost at the next start.",
        valid="a text of up to 10000 characters",
        max_length=10_000,
    )
    mail_address: MailAddress | None = setting(None, valid="a mail address")
    quiet_period_seconds: int = setting(5, valid="0 to 86400 seconds", ge=0, le=86_400)
    build_discarder: BuildDiscarderSettings | None = setting(None, valid="a group")
    timestamps: bool = setting(True, valid="true or false")
    libraries: tuple[Library, ...] = setting((), valid="a list of libraries", max_length=50)
    credentials: CredentialsSettings | None = setting(None, valid="a group")
    log_recorders: tuple[LogRecorder, ...] = setting((), valid="a list of logs", max_length=50)
    tools: tuple[Tool, ...] = setting((), valid="a list of tools", max_length=100)
    sample_jobs: bool = setting(True, valid="true or false")
    secrets: dict[VariableName, Late[SecretArn]] = setting(
        {}, valid="ARNs of secrets by name", hidden=True, max_length=50
    )
    extra_jcasc: tuple[str, ...] = setting(
        (), valid="a list of YAML texts", hidden=True, max_length=20
    )
    configuration_rollout: ConfigurationRollout = setting(
        ConfigurationRollout.RESTART, valid="restart or reload"
    )
    configuration_reload_seconds: int = setting(60, valid="30 to 3600 seconds", ge=30, le=3600)

    def rules(self, key: str) -> Iterator[Problem]:
        for name, reference in self.secrets.items():
            if name.startswith(RESERVED):
                yield Problem(
                    f"{key}.secrets.{name}",
                    reference,
                    f"names that start with {', '.join(RESERVED)} are taken",
                )
        for kind, items in (("libraries", self.libraries), ("log_recorders", self.log_recorders)):
            names = [item.name for item in items]
            for name in sorted({n for n in names if names.count(n) > 1}):
                yield Problem(f"{key}.{kind}", name, "is there twice")
        tools = [(tool.kind, tool.name) for tool in self.tools]
        for _, name in sorted({t for t in tools if tools.count(t) > 1}):
            yield Problem(f"{key}.tools", name, "is there twice")
        if (
            "configuration_reload_seconds" in self.model_fields_set
            and self.configuration_rollout is not ConfigurationRollout.RELOAD
        ):
            yield Problem(
                f"{key}.configuration_reload_seconds",
                self.configuration_reload_seconds,
                "goes with configuration_rollout reload",
            )
