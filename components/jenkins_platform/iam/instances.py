"""Permissions of the EC2 instances that agents run on, and of ECS to launch them."""

from __future__ import annotations

from typing import Any

import pulumi

from .document import ArnInput, Statement, allow, document

INSTANCE_TAG = "JenkinsTemplate"
"""Tag of a container instance: the template whose agents it runs."""

_DRAIN = "UpdateContainerInstancesState"


def trust_only(service: ArnInput) -> pulumi.Output[str]:
    """Trust policy: a service can assume the role. For instance profiles and infrastructure roles
    AWS documents no condition key; only principals with ``iam:PassRole`` can hand the role over,
    which never applies across accounts."""
    principal = {"Service": service}
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


def container_instance(
    cluster: ArnInput, instances: ArnInput, template: str | None = None
) -> list[Statement]:
    """What the ECS agent calls, which leaves pulling images and writing logs to execution roles.

    With ``template`` only for container instances with its tag. Through ``ecs:Poll`` ECS hands an
    instance the credentials of its tasks, so a build that takes over an instance must not poll for
    another template's. ``ecs:DiscoverPollEndpoint`` supports no resources (Service Authorization
    Reference).
    """
    ours: dict[str, dict[str, Any]] | None = None
    tagging: list[Statement] = []
    if template is not None:
        ours = {"StringEquals": {f"aws:ResourceTag/{INSTANCE_TAG}": template}}
        only: dict[str, dict[str, Any]] = {
            "StringEquals": {
                "ecs:CreateAction": "RegisterContainerInstance",
                f"aws:RequestTag/{INSTANCE_TAG}": template,
            },
            "ForAllValues:StringEquals": {"aws:TagKeys": [INSTANCE_TAG]},
        }
        tagging = [allow("TagItself", ["ecs:TagResource"], instances, only)]
    reporting = ("SubmitAttachmentStateChanges", "SubmitContainerStateChange")
    polling = ("Poll", "PutSystemLogEvents", "StartTelemetrySession")
    return [
        allow("FindEcs", ["ecs:DiscoverPollEndpoint"], "*"),
        allow("Register", ["ecs:RegisterContainerInstance"], cluster),
        *tagging,
        allow("RunTasks", [f"ecs:{name}" for name in (*polling, _DRAIN)], instances, ours),
        allow(
            "ReportTasks",
            [f"ecs:{name}" for name in (*reporting, "SubmitTaskStateChange")],
            cluster,
        ),
    ]


def pass_instance_role(role: ArnInput) -> Statement:
    """Give instances their role."""
    to_ec2 = {"StringLike": {"iam:PassedToService": "ec2.*"}}
    return allow("GiveInstancesTheirRole", ["iam:PassRole"], role, to_ec2)


def session_manager(instances: ArnInput) -> list[Statement]:
    """Sessions of Systems Manager on an instance. ``ssmmessages`` supports no resources (Service
    Authorization Reference)."""
    channels = ("CreateControlChannel", "CreateDataChannel", "OpenControlChannel")
    actions = [f"ssmmessages:{name}" for name in (*channels, "OpenDataChannel")]
    return [
        allow("OpenSessions", actions, "*"),
        allow("AnnounceItself", ["ssm:UpdateInstanceInformation"], instances),
    ]
