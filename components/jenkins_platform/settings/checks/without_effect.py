"""Inputs that others make useless."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import TYPE_CHECKING

from ...inputs import Alarm, ArtifactStorage, PlatformImage
from ..alarms import possible
from ..validation.base import Group

if TYPE_CHECKING:
    from .. import AgentTemplate, Settings
    from ..images import ImageSettings

_ALARMS = {
    "down_minutes": (Alarm.NO_HEALTHY_TARGET, Alarm.NO_RUNNING_CONTROLLER),
    "cpu_percent": (Alarm.CONTROLLER_CPU,),
    "memory_percent": (Alarm.CONTROLLER_MEMORY,),
    "response_seconds": (Alarm.SLOW_RESPONSES,),
    "server_errors": (Alarm.SERVER_ERRORS,),
    "agents_not_placed": (Alarm.AGENTS_NOT_PLACED,),
    "spot_interruptions": (Alarm.SPOT_INTERRUPTIONS,),
    "log_errors": (Alarm.LOG_ERRORS,),
    "webhook_minutes": (Alarm.WEBHOOKS_WAITING,),
}
"""The alarms that a threshold belongs to."""
_BACKUP_RULE = (
    *("schedule", "time_zone", "start_window_minutes", "completion_window_minutes"),
    *("cold_storage_after_days", "delete_after_days", "recovery_point_tags"),
)
_CONTROLLER_BUILD = (
    *("plugins", "plugin_policy", "update_center_url"),
    *("commons_lang_compatibility", "commons_lang_url"),
)
_KANIKO = ("application_repository_arns", "fail_on_severity", "signing_key_arn", "cache_days")
_NO_KANIKO = "while no template has platform_image kaniko"
_Rule = tuple[str, tuple[str, ...], Callable[["Settings"], bool], str]
"""A group, some of its inputs or all, when they have no effect, and the reason."""

_RULES: tuple[_Rule, ...] = (
    ("backup", _BACKUP_RULE, lambda s: not s.backup.enabled, "while backup.enabled is false"),
    (
        "load_balancer.access_logs",
        ("prefix", "retention_days"),
        lambda s: not s.load_balancer.keeps_access_logs,
        "while access logs are not written. Set enabled",
    ),
    (
        "agent_cloud.reaper",
        ("max_hours",),
        lambda s: not s.agent_cloud.reaper.enabled,
        "while agent_cloud.reaper.enabled is false",
    ),
    (
        "agent_cloud.spot_circuit_breaker",
        ("failure_threshold", "cool_down_minutes"),
        lambda s: not s.agent_cloud.spot_circuit_breaker.enabled,
        "while agent_cloud.spot_circuit_breaker.enabled is false",
    ),
    (
        "agent_cloud",
        ("log_retention_days",),
        lambda s: s.agent_cloud.log_group_name is not None,
        "with agent_cloud.log_group_name: the retention is that of the existing log group",
    ),
    (
        "controller",
        ("log_retention_days",),
        lambda s: s.controller.log_group_name is not None,
        "with controller.log_group_name: the retention is that of the existing log group",
    ),
    (
        "images",
        _CONTROLLER_BUILD,
        lambda s: s.images.controller.existing is not None,
        "with images.controller.existing, which is not built",
    ),
    (
        "images",
        ("commons_lang_url",),
        lambda s: not s.images.commons_lang_compatibility,
        "while images.commons_lang_compatibility is false",
    ),
    ("images", _KANIKO, lambda s: not _uses(s, PlatformImage.KANIKO), _NO_KANIKO),
    ("images.kaniko", (), lambda s: not _uses(s, PlatformImage.KANIKO), _NO_KANIKO),
    (
        "images.agent",
        ("existing",),
        lambda s: not _uses(s, PlatformImage.AGENT),
        "while no template has platform_image agent",
    ),
    (
        "images.agent",
        ("version", "base_repository", "base_digest"),
        # The image of Kaniko contains the agent.
        lambda s: (
            not _uses(s, PlatformImage.AGENT)
            and _uses(s, PlatformImage.KANIKO)
            and s.images.kaniko.existing is not None
        ),
        "while no image with the agent is built",
    ),
    (
        "images.agent",
        ("version", "base_repository", "base_digest"),
        lambda s: not _uses(s, PlatformImage.AGENT) and not _uses(s, PlatformImage.KANIKO),
        "while no template has a platform image",
    ),
    (
        "images",
        ("force_delete",),
        lambda s: not s.images.application_repositories,
        "while images.application_repositories is empty",
    ),
    (
        "monitoring",
        ("disabled_alarms", "events"),
        lambda s: not s.monitoring.on,
        "while monitoring.level is none",
    ),
    *(
        (group, (), lambda s: not s.monitoring.on, "while monitoring.level is none")
        for group in ("monitoring.alarms", "monitoring.topic")
    ),
    (
        "monitoring",
        ("message_format",),
        lambda s: not s.monitoring.events,
        "while monitoring.events is empty",
    ),
    (
        "images",
        ("keep_last",),
        lambda s: all(image.existing is not None for image in _images(s)),
        "while no image is built",
    ),
    (
        "schedule",
        ("time_zone", "holidays"),
        lambda s: s.schedule is not None and not (s.schedule.windows or s.schedule.wake_cron),
        "without windows and cron expressions",
    ),
    (
        "sign_in",
        ("admin_user_name",),
        lambda s: not s.sign_in.has_local_administrator,
        "while users sign in elsewhere and oidc.escape_hatch is false",
    ),
    (
        "agent_cloud",
        ("execution_role_arn",),
        lambda s: all(_own_execution_role(t) for t in s.agents),
        "while every template has its own execution role",
    ),
    (
        "controller",
        ("heap_percentage",),
        lambda s: _sets_heap(s.controller.java_options),
        "with -Xmx in controller.java_options",
    ),
    (
        "usage_estimate",
        ("artifact_gb",),
        lambda s: s.jenkins.artifacts is not ArtifactStorage.S3,
        "while jenkins.artifacts is not s3",
    ),
    *(
        (
            "monitoring.alarms",
            (name,),
            lambda s, kinds=kinds: s.monitoring.on and not _created(s, kinds),
            f"while the alarm {kinds[0].value} is not created",
        )
        for name, kinds in _ALARMS.items()
    ),
)


def without_effect(settings: Settings) -> Iterator[str]:
    """A warning for each input that has another value than its default, but no effect."""
    for path, names, applies, reason in _RULES:
        if applies(settings):
            for name in _changed(attrgetter(path)(settings), names):
                yield f"{path}.{name} has no effect {reason}."
    for index, template in enumerate(settings.agents):
        if _sets_heap(template.java_options):
            for name in _changed(template, ("heap_percentage",)):
                yield f"agents[{index}].{name} has no effect with -Xmx in java_options."
    for permission in sorted({*settings.sign_in.plugin_permissions} - settings.sign_in.granted):
        yield f"sign_in.plugin_permissions has no effect: no one is granted {permission}."
    if settings.backup.copy_to and not settings.backup.enabled:
        yield "backup.copy_to copies nothing while backup.enabled is false."
    if settings.monitoring.on:
        known = possible(settings)
        for alarm in settings.monitoring.disabled_alarms:
            if alarm not in known:
                yield (
                    f"monitoring.disabled_alarms has no effect on {alarm.value}, which other "
                    "inputs disable already."
                )


def _changed(group: Group, names: tuple[str, ...]) -> Iterator[str]:
    """Fields of a group that are set to other values than their defaults."""
    for name in names or type(group).model_fields:
        if getattr(group, name) != type(group).model_fields[name].default:
            yield name


def _own_execution_role(template: AgentTemplate) -> bool:
    return template.execution_role_arn is not None or template.needs_execution_role


def _images(settings: Settings) -> Iterator[ImageSettings]:
    yield settings.images.controller
    yield from settings.agent_images.values()


def _sets_heap(java_options: tuple[str, ...]) -> bool:
    return any(option.startswith("-Xmx") for option in java_options)


def _uses(settings: Settings, image: PlatformImage) -> bool:
    return any(template.uses(image) for template in settings.agents)


def _created(settings: Settings, kinds: Iterable[Alarm]) -> bool:
    disabled = settings.monitoring.disabled_alarms
    return any(kind in possible(settings) and kind not in disabled for kind in kinds)
