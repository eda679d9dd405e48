"""Events of AWS, each with a readable message. Pure.

Patterns name our clusters, our service and our vault, so that other platforms' events never match.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from .. import iam
from ..inputs import Event, MessageFormat

TASK = "ECS Task State Change"
BACKUP = [f"{kind} Job State Change" for kind in ("Backup", "Copy", "Restore")]
BACKUP_FAILURES = ["ABORTED", "EXPIRED", "FAILED"]
_OUT_OF_MEMORY = "OutOfMemory"
_UNHEALTHY = "Task failed"
"""Prefix of the service scheduler's reason for replacing an unhealthy task."""
Pattern = dict[str, Any]


@dataclass(frozen=True)
class Sources:
    """Where events come from.

    Attributes:
        platform: The platform in the events of its Jenkins.
        vault_arn: The backup vault.
        backup_role_arn: The role of AWS Backup.
        agent_group: Prefix of the groups of the agents' tasks, if tasks of others run on the
            agents' cluster too.
    """

    controller_cluster: pulumi.Input[str]
    agents_cluster: pulumi.Input[str]
    service: pulumi.Input[str]
    platform: pulumi.Input[str]
    vault_arn: pulumi.Input[str]
    backup_role_arn: pulumi.Input[str]
    agent_group: pulumi.Input[str] | None = None


@dataclass(frozen=True)
class Message:
    """A rule and the message that it sends.

    Attributes:
        pattern: The rule's pattern.
        template: The message, with names of ``paths`` in angle brackets.
        paths: JSONPath of each name's value in the event.
    """

    pattern: Pattern
    template: str
    paths: Mapping[str, str]

    @property
    def summary(self) -> str:
        """The start of the message, for a description."""
        return self.template.partition(":")[0][:100]

    def input_template(self, message_format: MessageFormat, title: str) -> str:
        """The template for EventBridge (Amazon Q Developer in chat applications Administrator
        Guide, "Custom notifications")."""
        if message_format is MessageFormat.TEXT:
            return json.dumps(self.template)
        content = {"textType": "client-markdown", "title": title, "description": self.template}
        return json.dumps({"version": "1.0", "source": "custom", "content": content})


def messages(of: Sources) -> dict[Event, Message]:
    """The message for each event."""
    task = {"task": "$.detail.taskArn", "reason": "$.detail.stoppedReason"}
    stopped = {"lastStatus": ["STOPPED"]}
    failed_start = {"stopCode": ["TaskFailedToStart"]}
    return {
        Event.CONTROLLER_STOPPED: Message(
            _tasks(
                of.controller_cluster,
                {
                    **stopped,
                    "$or": [
                        {"stopCode": ["EssentialContainerExited", *failed_start["stopCode"]]},
                        {"stoppedReason": [{"prefix": _UNHEALTHY}]},
                    ],
                },
            ),
            "The Jenkins controller stopped: <reason> (<code>, task <task>). ECS starts another; "
            "see its log for details.",
            {**task, "code": "$.detail.stopCode"},
        ),
        Event.AGENT_FAILED: Message(
            _agents(
                of,
                {
                    **stopped,
                    "$or": [
                        failed_start,
                        {"containers": {"reason": [{"prefix": _OUT_OF_MEMORY}]}},
                    ],
                },
            ),
            "A Jenkins agent of <group> failed: <reason> (task <task>). If it ran out of memory, "
            "raise its template's memory_mib.",
            {**task, "group": "$.detail.group"},
        ),
        Event.SPOT_INTERRUPTED: Message(
            # The warning: the task still runs, for two minutes.
            _agents(
                of,
                {
                    "stopCode": ["SpotInterruption"],
                    "lastStatus": ["RUNNING"],
                    "desiredStatus": ["STOPPED"],
                },
            ),
            "A Jenkins agent of <group> loses its Spot capacity in two minutes (task <task>). "
            "Its build fails unless the pipeline retries.",
            {"task": "$.detail.taskArn", "group": "$.detail.group"},
        ),
        Event.DEPLOYMENT_FAILED: Message(
            {
                "source": ["aws.ecs"],
                "detail-type": ["ECS Deployment State Change"],
                "resources": [of.service],
                "detail": {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]},
            },
            "A deployment of Jenkins failed and is rolled back: <reason> (<deployment>). See "
            "the service's events in ECS.",
            {"reason": "$.detail.reason", "deployment": "$.detail.deploymentId"},
        ),
        Event.BUILD_FAILED: Message(
            {
                "source": [iam.BUILD_EVENTS],
                "detail-type": ["Build failed"],
                "detail": {"platform": [of.platform]},
            },
            "Build <number> of <job> failed: <url>",
            {"number": "$.detail.number", "job": "$.detail.job", "url": "$.detail.url"},
        ),
        # Without a schedule too: manual backups and restores can fail.
        Event.BACKUP_FAILED: Message(
            _failed_backups(of),
            "<what>: <state><status> for the Jenkins home. <reason>",
            {
                "what": "$.detail-type",
                # Restore jobs have a status, the others a state.
                "state": "$.detail.state",
                "status": "$.detail.status",
                "reason": "$.detail.statusMessage",
            },
        ),
    }


def metered(of: Sources) -> Pattern:
    """What the meter counts: agents that started or stopped."""
    return _agents(of, {"lastStatus": ["RUNNING", "STOPPED"]})


def _failed_backups(of: Sources) -> Pattern:
    """Backups, copies and restores (tests too) that did not complete."""
    return {
        "source": ["aws.backup"],
        "detail-type": BACKUP,
        "detail": {
            "$or": [
                {"backupVaultArn": [of.vault_arn], "state": BACKUP_FAILURES},
                {"sourceBackupVaultArn": [of.vault_arn], "state": BACKUP_FAILURES},
                {"iamRoleArn": [of.backup_role_arn], "status": BACKUP_FAILURES},
            ]
        },
    }


def _agents(of: Sources, detail: Pattern) -> Pattern:
    if of.agent_group is not None:
        detail = {"group": [{"prefix": of.agent_group}], **detail}
    return _tasks(of.agents_cluster, detail)


def _tasks(cluster: pulumi.Input[str], detail: Pattern) -> Pattern:
    return {
        "source": ["aws.ecs"],
        "detail-type": [TASK],
        "detail": {"clusterArn": [cluster], **detail},
    }
