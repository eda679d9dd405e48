"""Policy documents as functions of ARNs. Nothing here makes a resource.

Every function returns a document whose values may be outputs; `document` turns it into JSON.
Rules: no ``*`` where the service supports a narrower resource, no action that the plugin or ECS
does not call. Where a rule comes from is said beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import pulumi

from ..outputs import concat, when_known

Statement = dict[str, Any]
Arn = pulumi.Input[str]

_ECR = re.compile(r"^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([^:@]+)")


def document(
    *statements: Statement | pulumi.Output[list[Statement]],
) -> pulumi.Output[str]:
    """The JSON text of a policy. A statement may be a list of statements that is known late."""

    def text(parts: list[Statement | list[Statement]]) -> str:
        flat = [s for part in parts for s in (part if isinstance(part, list) else [part])]
        return json.dumps({"Version": "2012-10-17", "Statement": flat})

    return when_known(statements, text)


def allow(
    sid: str,
    actions: Sequence[str],
    resources: Arn | Sequence[Arn],
    condition: dict[str, dict[str, Any]] | None = None,
) -> Statement:
    statement: Statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": resources,
    }
    return statement | ({"Condition": condition} if condition else {})


def trust(account_id: Arn, source_arn: Arn) -> pulumi.Output[str]:
    """Let ECS tasks of this account and region, and nobody else's, take a role."""
    return trust_service("ecs-tasks.amazonaws.com", account_id, source_arn)


def trust_service(
    service: str, account_id: Arn, source_arn: Arn | None = None
) -> pulumi.Output[str]:
    """Let a service take a role, on behalf of this account and of some of its resources only."""
    condition: dict[str, dict[str, Arn]] = {"StringEquals": {"aws:SourceAccount": account_id}}
    if source_arn is not None:
        condition["ArnLike"] = {"aws:SourceArn": source_arn}
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
            "Condition": condition,
        }
    )


def run_agents(
    families: Arn, cluster: Arn, tasks: Arn, pass_roles: Sequence[Arn]
) -> list[Statement]:
    """What the amazon-ecs plugin calls when every template names its own task definition.

    ``ecs:DescribeTaskDefinition`` knows no resources (Service Authorization Reference), and the
    plugin tags each task that it runs, for which ECS asks ``ecs:TagResource``.
    """
    on_cluster = {"ArnEquals": {"ecs:cluster": cluster}}
    return [
        allow("RunAgents", ["ecs:RunTask"], families, on_cluster),
        allow("WatchAndStopAgents", ["ecs:DescribeTasks", "ecs:StopTask"], tasks, on_cluster),
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


def mount_home(file_system: Arn, access_point: Arn) -> Statement:
    """Mount the home through its access point; never as root."""
    return allow(
        "MountHome",
        ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
        file_system,
        {"StringEquals": {"elasticfilesystem:AccessPointArn": access_point}},
    )


def file_system(file_system: Arn, access_point: Arn, controller_role: Arn) -> list[Statement]:
    """Only the controller's role, only through the access point, only with TLS."""
    may_mount = mount_home(file_system, access_point)
    return [
        {
            **may_mount,
            "Principal": {"AWS": controller_role},
            "Condition": {
                **may_mount["Condition"],
                "Bool": {"aws:SecureTransport": "true"},
            },
        },
        {
            "Sid": "NothingWithoutTls",
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "*",
            "Resource": file_system,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    ]


def write_logs(log_group: Arn) -> Statement:
    streams = concat(log_group, ":*")
    return allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], streams)


def read_secrets(secrets: Sequence[Arn]) -> pulumi.Output[list[Statement]]:
    """Read exactly these secrets of Secrets Manager and parameters of SSM, and decrypt nothing
    but them: the key's use is bound to their names by the encryption context."""

    def statements(arns: list[str]) -> list[Statement]:
        # ECS takes "<secret>:<JSON key>:<stage>:<version>"; the secret itself ends before that.
        names = sorted({":".join(arn.split(":")[:7]) for arn in arns})
        stored = [n for n in names if ":secretsmanager:" in n]
        parameters = [n for n in names if ":ssm:" in n]
        return [
            *_read("secretsmanager:GetSecretValue", "SecretARN", "Secrets", stored),
            *_read("ssm:GetParameters", "PARAMETER_ARN", "Parameters", parameters),
        ]

    return pulumi.Output.all(*secrets).apply(statements)


def _read(action: str, context: str, sid: str, arns: list[str]) -> list[Statement]:
    if not arns:
        return []
    service, (_, partition, _, region, account, *_) = action.split(":")[0], arns[0].split(":")
    return [
        allow(f"Read{sid}", [action], arns),
        allow(
            f"Decrypt{sid}",
            ["kms:Decrypt"],
            f"arn:{partition}:kms:{region}:{account}:key/*",
            {
                "StringEquals": {"kms:ViaService": f"{service}.{region}.amazonaws.com"},
                "StringLike": {f"kms:EncryptionContext:{context}": arns},
            },
        ),
    ]


def execute_command() -> Statement:
    """ECS Exec. The actions know no resources (Service Authorization Reference)."""
    channels = ("CreateControlChannel", "CreateDataChannel", "OpenControlChannel")
    actions = [f"ssmmessages:{name}" for name in (*channels, "OpenDataChannel")]
    return allow("ExecuteCommand", actions, "*")


_PULL = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
)
_PUSH = (
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)
_MANAGE = (
    "ecr:BatchDeleteImage",
    "ecr:DeleteLifecyclePolicy",
    "ecr:DeleteRepository",
    "ecr:DeleteRepositoryPolicy",
    "ecr:PutImageScanningConfiguration",
    "ecr:PutImageTagMutability",
    "ecr:PutLifecyclePolicy",
    "ecr:SetRepositoryPolicy",
)


def _sign_in_to_ecr() -> Statement:
    # GetAuthorizationToken knows no resources (Service Authorization Reference).
    return allow("SignInToEcr", ["ecr:GetAuthorizationToken"], "*")


def pull_images(
    partition: Arn, images: Sequence[pulumi.Input[str]]
) -> pulumi.Output[list[Statement]]:
    """Pull from exactly the ECR repositories that the images are in; others need no permission."""

    def statements(partition: str, references: list[str]) -> list[Statement]:
        found = sorted({m.groups() for r in references if (m := _ECR.match(r))})
        if not found:
            return []
        repositories = [f"arn:{partition}:ecr:{r}:{a}:repository/{n}" for a, r, n in found]
        return [
            _sign_in_to_ecr(),
            allow("PullImages", _PULL, repositories),
        ]

    return pulumi.Output.all(partition, *images).apply(lambda v: statements(v[0], v[1:]))


def push_images(repositories: Sequence[Arn]) -> list[Statement]:
    """Push to some repositories and pull from them, but delete nothing."""
    return [_sign_in_to_ecr(), allow("PushImages", [*_PULL, *_PUSH], list(repositories))]


def pull_through(repositories: Sequence[Arn]) -> list[Statement]:
    """Pull through caches of other registries, which ECR fills, and makes, at the first pull."""
    if not repositories:
        return []
    actions = [*_PULL, "ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
    return [allow("PullThroughCaches", actions, list(repositories))]


def guard_repository(builds: Arn, only_pulled: bool) -> Statement:
    """A repository policy's statement: whatever their roles allow, builds delete nothing from it
    and change none of its settings, and do not push to it where ``only_pulled``."""
    return {
        "Sid": "BuildsOnlyPull" if only_pulled else "BuildsDeleteNothing",
        "Effect": "Deny",
        "Principal": "*",
        "Action": [*_MANAGE, *(_PUSH if only_pulled else ())],
        "Condition": {"ArnLike": {"aws:PrincipalArn": builds}},
    }


def read_configuration(objects: Arn) -> Statement:
    return allow("ReadConfiguration", ["s3:GetObject", "s3:GetObjectVersion"], objects)


def endpoint(account_id: Arn) -> pulumi.Output[str]:
    """Policy of an interface endpoint: only for identities of this account, so that nobody's
    foreign credentials carry data out. What those may do is said by their own policies."""
    return document(_anything_by(account_id, "*"))


def s3_endpoint(account_id: Arn, partition: Arn, region: Arn) -> pulumi.Output[str]:
    """Policy of the S3 endpoint where it is the only way out: identities of this account, and the
    layers of images, which ECR hands out with signatures of its own."""
    layers = concat("arn:", partition, ":s3:::prod-", region, "-starport-layer-bucket/*")
    return document(
        _anything_by(account_id, "s3:*"),
        {**allow("PullLayers", ["s3:GetObject"], layers), "Principal": "*"},
    )


def _anything_by(account_id: Arn, action: str) -> Statement:
    only = {"StringEquals": {"aws:PrincipalAccount": account_id}}
    return {**allow("OnlyThisAccount", [action], "*", only), "Principal": "*"}


def only_with_tls(bucket: Arn) -> Statement:
    """A bucket policy's statement that turns away plain HTTP."""
    return {
        "Sid": "NothingWithoutTls",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": [bucket, concat(bucket, "/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def trust_backup() -> pulumi.Output[str]:
    """Let AWS Backup take a role. Whoever starts a job must be allowed to pass it; AWS documents no
    condition key for this call, and a backup that cannot start is worse than a wide trust."""
    principal = {"Service": "backup.amazonaws.com"}
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


def back_up(
    file_system: Arn, vaults: Sequence[Arn], recovery_points: Arn, copies: Arn | None
) -> list[Statement]:
    """Back up one file system, and copy its recovery points to one other vault.

    The part for EFS of AWS's own AWSBackupServiceRolePolicyForBackup, for named resources.
    """
    reading = ["elasticfilesystem:Backup", "elasticfilesystem:DescribeTags"]
    filling = ["backup:DescribeBackupVault", "backup:CopyIntoBackupVault"]
    only_there = {"ForAllValues:ArnEquals": {"backup:CopyTargets": [copies]}}
    copying = allow("CopyRecoveryPoints", ["backup:CopyFromBackupVault"], "*", only_there)
    return [
        allow("BackUpHome", reading, file_system),
        allow("FillVaults", filling, vaults),
        allow("TagRecoveryPoints", ["backup:TagResource"], recovery_points),
        # CopyFromBackupVault knows no resources (Service Authorization Reference).
        *([copying] if copies is not None else []),
    ]


def restore(file_systems: Arn, home: Arn) -> list[Statement]:
    """Restore to new file systems, of which nobody knows the id yet; never remove the home.

    The part for EFS of AWS's own AWSBackupServiceRolePolicyForRestores.
    """
    actions = ("Restore", "CreateFileSystem", "DescribeFileSystems", "TagResource")
    removing = ["elasticfilesystem:DeleteFileSystem"]
    restoring = [f"elasticfilesystem:{name}" for name in actions]
    return [
        allow("RestoreToNewFileSystems", [*restoring, *removing], file_systems),
        allow("NeverRemoveTheHome", removing, home) | {"Effect": "Deny"},
    ]


def use_keys(keys: Sequence[Arn]) -> list[Statement]:
    """Use KMS keys for file systems and recovery points, and for nothing else."""
    names = ("Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext")
    actions = [f"kms:{name}" for name in (*names, "ReEncryptFrom", "ReEncryptTo")]
    services = ["elasticfilesystem.*.amazonaws.com", "backup.*.amazonaws.com"]
    if not keys:
        return []
    return [
        allow("DescribeKeys", ["kms:DescribeKey"], keys),
        allow("UseKeys", actions, keys, {"StringLike": {"kms:ViaService": services}}),
        allow(
            "LendKeys", ["kms:CreateGrant"], keys, {"Bool": {"kms:GrantIsForAWSResource": "true"}}
        ),
    ]


def own_key(account_id: Arn, partition: Arn) -> Statement:
    """A key policy that leaves it to IAM who may use the key, so that nobody is locked out."""
    root = concat("arn:", partition, ":iam::", account_id, ":root")
    return allow("IamDecides", ["kms:*"], "*") | {"Principal": {"AWS": root}}


def find_tasks(instances: Arn, tasks: Arn) -> list[Statement]:
    """Find tasks of a cluster and stop them. ListTasks asks for the cluster's container instances,
    even where there are none, as on Fargate (Service Authorization Reference)."""
    return [
        allow("ListAgents", ["ecs:ListTasks"], instances),
        allow("LookAtAndStopAgents", ["ecs:DescribeTasks", "ecs:StopTask"], tasks),
    ]


def deliver_access_logs(folder: Arn, balancers: Arn) -> Statement:
    """A bucket policy's statement that lets some load balancers put their logs into a folder
    (Elastic Load Balancing, "Enable access logs")."""
    return {
        "Sid": "AccessLogs",
        "Effect": "Allow",
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": folder,
        "Condition": {"ArnLike": {"aws:SourceArn": balancers}},
    }


def read_credentials(secrets: Arn, key: str, value: str) -> list[Statement]:
    """Read the secrets of Secrets Manager that have a tag.

    ``secretsmanager:ListSecrets`` knows no resources (Service Authorization Reference); it tells
    names and tags, not values.
    """
    by_tag = {"StringEquals": {f"aws:ResourceTag/{key}": value}}
    return [
        allow("FindCredentials", ["secretsmanager:ListSecrets"], "*"),
        allow("ReadCredentials", ["secretsmanager:GetSecretValue"], secrets, by_tag),
    ]
