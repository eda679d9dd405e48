"""Permissions of ECS tasks, and of the functions that find and stop them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pulumi

from ..outputs import concat
from ..settings.facts.arn import Arn
from ..settings.facts.regions import via
from .document import ArnInput, Statement, allow


def run_agents(
    definitions: Sequence[ArnInput],
    cluster: ArnInput,
    tasks: ArnInput,
    pass_roles: Sequence[ArnInput],
    owned: Mapping[str, str],
) -> list[Statement]:
    """What the amazon-ecs plugin calls when every template has its own task definition.

    ``ecs:DescribeTaskDefinition`` supports no resources (Service Authorization Reference). The
    plugin tags each task that it runs, which requires ``ecs:TagResource``.

    Args:
        definitions: Revisions of the agents' task definitions.
        cluster: The agents' cluster.
        tasks: All tasks on it.
        pass_roles: Roles of the agents.
        owned: Tags of the tasks that may be watched and stopped; none for all.
    """
    on_cluster = {"ArnEquals": {"ecs:cluster": cluster}}
    watched: dict[str, dict[str, Any]] = {**on_cluster, **_tagged(owned)}
    return [
        allow("RunAgents", ["ecs:RunTask"], definitions, on_cluster),
        allow(
            "WatchAndStopAgents",
            ["ecs:DescribeTasks", "ecs:StopTask"],
            tasks,
            watched,
        ),
        allow("FindAgentDefinitions", ["ecs:DescribeTaskDefinition"], "*"),
        allow(
            "TagAgents",
            ["ecs:TagResource"],
            tasks,
            {"StringEquals": {"ecs:CreateAction": "RunTask"}},
        ),
        allow(
            "GiveAgentsTheirRoles",
            ["iam:PassRole"],
            pass_roles,
            {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        ),
    ]


def find_tasks(instances: ArnInput, tasks: ArnInput, owned: Mapping[str, str]) -> list[Statement]:
    """Find tasks of a cluster and stop them. The resource of ListTasks is the cluster's container
    instances, even on Fargate, which has none (Service Authorization Reference).

    Args:
        instances: All container instances of the cluster.
        tasks: All tasks on the cluster.
        owned: Tags of the tasks that may be stopped; none for all.
    """
    listing = allow("ListAgents", ["ecs:ListTasks"], instances)
    if not owned:
        both = ["ecs:DescribeTasks", "ecs:StopTask"]
        return [listing, allow("LookAtAndStopAgents", both, tasks)]
    return [
        listing,
        allow("LookAtTasks", ["ecs:DescribeTasks"], tasks),
        allow("StopAgents", ["ecs:StopTask"], tasks, _tagged(owned)),
    ]


def _tagged(tags: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The condition that a resource has these tags."""
    if not tags:
        return {}
    return {"StringEquals": {f"aws:ResourceTag/{key}": value for key, value in tags.items()}}


def write_logs(log_group: ArnInput) -> Statement:
    """Write to the streams of one log group."""
    streams = concat(log_group, ":*")
    return allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], streams)


def read_secrets(secrets: Sequence[ArnInput]) -> pulumi.Output[list[Statement]]:
    """Read exactly these secrets of Secrets Manager and parameters of SSM, and decrypt nothing
    else: the encryption context limits the use of the key to them."""

    def statements(arns: list[str]) -> list[Statement]:
        found = sorted({Arn.parse(arn).secret for arn in arns})
        stored = [arn for arn in found if arn.service == "secretsmanager"]
        parameters = [arn for arn in found if arn.service == "ssm"]
        return [
            *_read("GetSecretValue", "SecretARN", "Secrets", stored),
            *_read("GetParameters", "PARAMETER_ARN", "Parameters", parameters),
        ]

    return pulumi.Output.all(*secrets).apply(statements)


def _read(action: str, context: str, sid: str, found: list[Arn]) -> list[Statement]:
    if not found:
        return []
    service = found[0].service
    arns = [str(arn) for arn in found]
    keys = sorted({f"arn:{a.partition}:kms:{a.region}:{a.account}:key/*" for a in found})
    services = sorted({host for a in found for host in via(service, a.region)})
    return [
        allow(f"Read{sid}", [f"{service}:{action}"], arns),
        allow(
            f"Decrypt{sid}",
            ["kms:Decrypt"],
            keys,
            {
                "StringEquals": {"kms:ViaService": services},
                "StringLike": {f"kms:EncryptionContext:{context}": arns},
            },
        ),
    ]


def execute_command() -> Statement:
    """ECS Exec. Its actions support no resources (Service Authorization Reference)."""
    channels = ("CreateControlChannel", "CreateDataChannel", "OpenControlChannel")
    actions = [f"ssmmessages:{name}" for name in (*channels, "OpenDataChannel")]
    return allow("ExecuteCommand", actions, "*")


def read_configuration(objects: ArnInput) -> Statement:
    """Read objects of the configuration bucket, at any version."""
    return allow("ReadConfiguration", ["s3:GetObject", "s3:GetObjectVersion"], objects)


def read_credentials(
    secrets: ArnInput, keys: ArnInput, region: ArnInput, tag: tuple[str, str]
) -> list[Statement]:
    """Read the secrets of Secrets Manager that have a tag, whichever KMS key encrypts them.

    ``secretsmanager:ListSecrets`` supports no resources (Service Authorization Reference); it
    returns names and tags, not values. Decryption is only possible through Secrets Manager, which
    checks the tag first, and with the encryption context that it sends (AWS Secrets Manager User
    Guide, "Secret encryption and decryption").
    """
    key, value = tag
    by_tag = {"StringEquals": {f"aws:ResourceTag/{key}": value}}
    through_secrets_manager: dict[str, dict[str, Any]] = {
        "StringEquals": {
            "kms:ViaService": pulumi.Output.from_input(region).apply(partial(via, "secretsmanager"))
        },
        "StringLike": {"kms:EncryptionContext:SecretARN": secrets},
    }
    return [
        allow("FindCredentials", ["secretsmanager:ListSecrets"], "*"),
        allow("ReadCredentials", ["secretsmanager:GetSecretValue"], secrets, by_tag),
        allow("DecryptCredentials", ["kms:Decrypt"], keys, through_secrets_manager),
    ]
