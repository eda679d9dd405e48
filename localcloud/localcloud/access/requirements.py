"""What a call needs: actions on resources in a context (Service Authorization Reference)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from ..runner.clients import Clients
from .operations import Operation


@dataclass(frozen=True)
class Need:
    """One action on one resource."""

    action: str
    resource: str
    context: Mapping[str, str | list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Where:
    """Where a call is made, for ARNs."""

    region: str
    account: str
    clients: Clients

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


_FREE = {("sts", "GetCallerIdentity"), ("sts", "GetSessionToken")}
"""What needs no permission."""
_S3 = {
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteObjects": "DeleteObject",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "UploadPart": "PutObject",
}
_LAMBDA = {"Invoke": "InvokeFunction", "InvokeAsync": "InvokeFunction"}
_PREFIXES = {"monitoring": "cloudwatch"}
_TO_ECS = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}


def needs(operation: Operation, where: Where) -> list[Need]:
    """All that must be allowed for a call.

    An operation that is not known in detail is judged on the ARNs among its parameters, or on
    ``*`` where there are none.
    """
    if (operation.service, operation.name) in _FREE:
        return []
    known = _BY_SERVICE.get(operation.service)
    return known(operation, where) if known else _by_arns(operation, where)


def _by_arns(operation: Operation, where: Where) -> list[Need]:
    prefix = _PREFIXES.get(operation.service, operation.service)
    found = sorted(set(_arns(operation.parameters)))
    return [Need(f"{prefix}:{operation.name}", arn) for arn in found or ["*"]]


def _arns(value: Any) -> Iterable[str]:
    if isinstance(value, str) and value.startswith("arn:"):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _arns(item)


def _ecs(operation: Operation, where: Where) -> list[Need]:
    asked, action = operation.parameters, f"ecs:{operation.name}"
    cluster = asked.get("cluster") or "default"
    if not str(cluster).startswith("arn:"):
        cluster = where.arn("ecs", f"cluster/{cluster}")
    name, on = cluster.rsplit("/", 1)[-1], {"ecs:cluster": cluster}
    if operation.name == "RunTask":
        return _run_task(asked, where, name, on)
    if operation.name in ("DescribeTasks", "StopTask", "ExecuteCommand"):
        tasks = asked.get("tasks") or [asked.get("task", "")]
        arns = [_long(t, where, "task", name) for t in tasks]
        tags = _tags_of_tasks(where, cluster, arns)
        return [Need(action, arn, {**on, **_tags("aws", tags.get(arn, {}))}) for arn in arns]
    if operation.name in ("DescribeServices", "UpdateService", "DeleteService", "CreateService"):
        services = asked.get("services") or [asked.get("service") or asked.get("serviceName", "")]
        return [Need(action, _long(s, where, "service", name), on) for s in services]
    if operation.name == "ListTasks":
        return [Need(action, where.arn("ecs", f"container-instance/{name}/*"), on)]
    if operation.name == "DescribeClusters":
        clusters = asked.get("clusters") or ["default"]
        return [
            Need(action, c if c.startswith("arn:") else where.arn("ecs", f"cluster/{c}"))
            for c in clusters
        ]
    if operation.name in ("TagResource", "UntagResource", "ListTagsForResource"):
        return [Need(action, asked.get("resourceArn", ""))]
    return [Need(action, "*", on if "cluster" in asked else {})]


def _tags_of_tasks(where: Where, cluster: str, arns: list[str]) -> dict[str, dict[str, str]]:
    client = where.clients.get("ecs", where.region)
    try:
        found = client.describe_tasks(cluster=cluster, tasks=arns, include=["TAGS"])["tasks"]
    except client.exceptions.ClientError:
        return {}
    return {t["taskArn"]: {g["key"]: g["value"] for g in t.get("tags") or []} for t in found}


def _run_task(
    asked: Mapping[str, Any], where: Where, cluster: str, on: dict[str, str]
) -> list[Need]:
    found = where.clients.get("ecs", where.region).describe_task_definition(
        taskDefinition=asked.get("taskDefinition", "")
    )["taskDefinition"]
    overrides = asked.get("overrides") or {}
    roles = {overrides.get(name) or found.get(name) for name in ("taskRoleArn", "executionRoleArn")}
    wanted = [Need("ecs:RunTask", found["taskDefinitionArn"], on)]
    wanted += [Need("iam:PassRole", role, _TO_ECS) for role in sorted(r for r in roles if r)]
    if asked.get("tags"):
        task = where.arn("ecs", f"task/{cluster}/*")
        wanted.append(Need("ecs:TagResource", task, {**on, "ecs:CreateAction": "RunTask"}))
    return wanted


def _long(name: str, where: Where, kind: str, cluster: str) -> str:
    if name.startswith("arn:"):
        return name
    return where.arn("ecs", f"{kind}/{cluster}/{name}")


def _s3(operation: Operation, where: Where) -> list[Need]:
    asked = operation.parameters
    action = _S3.get(operation.name, operation.name)
    bucket, key = asked.get("Bucket"), asked.get("Key")
    if action in ("GetObject", "DeleteObject") and asked.get("versionId"):
        action = f"{action}Version"
    resource = f"arn:aws:s3:::{bucket}" if bucket else "*"
    if operation.name == "DeleteObjects":
        key = "*"
    context = {"s3:prefix": asked["prefix"]} if "prefix" in asked else {}
    found = [Need(f"s3:{action}", f"{resource}/{key}" if key else resource, context)]
    if source := unquote(asked.get("x-amz-copy-source", "")).lstrip("/"):
        found.append(Need("s3:GetObject", f"arn:aws:s3:::{source.partition('?')[0]}"))
    return found


def _secrets(operation: Operation, where: Where) -> list[Need]:
    action, name = f"secretsmanager:{operation.name}", operation.parameters.get("SecretId")
    if not name:
        return [Need(action, "*")]
    client = where.clients.get("secretsmanager", where.region)
    try:
        found = client.describe_secret(SecretId=name)
    except client.exceptions.ResourceNotFoundException:
        return [
            Need(
                action,
                name if name.startswith("arn:") else where.arn("secretsmanager", f"secret:{name}"),
            )
        ]
    tags = {t["Key"]: t["Value"] for t in found.get("Tags", [])}
    context = {"secretsmanager:SecretId": found["ARN"], **_tags("aws", tags)}
    return [Need(action, found["ARN"], {**context, **_tags("secretsmanager", tags)})]


def _tags(prefix: str, tags: Mapping[str, str]) -> dict[str, str]:
    return {f"{prefix}:ResourceTag/{k}": v for k, v in tags.items()}


def _ssm(operation: Operation, where: Where) -> list[Need]:
    asked, action = operation.parameters, f"ssm:{operation.name}"
    names = asked.get("Names") or ([asked["Name"]] if asked.get("Name") else [])
    if "Path" in asked:
        names = [asked["Path"]]
    arns = [
        n if n.startswith("arn:") else where.arn("ssm", f"parameter/{n.removeprefix('/')}")
        for n in names
    ]
    return [Need(action, arn) for arn in arns or ["*"]]


def _sts(operation: Operation, where: Where) -> list[Need]:
    return [Need(f"sts:{operation.name}", operation.parameters.get("RoleArn") or "*")]


def _iam(operation: Operation, where: Where) -> list[Need]:
    asked, action = operation.parameters, f"iam:{operation.name}"
    if "RoleName" in asked:
        client = where.clients.get("iam", where.region)
        try:
            arn = client.get_role(RoleName=asked["RoleName"])["Role"]["Arn"]
        except client.exceptions.NoSuchEntityException:
            arn = f"arn:aws:iam::{where.account}:role/{asked['RoleName']}"
        return [Need(action, arn)]
    if "UserName" in asked:
        return [Need(action, f"arn:aws:iam::{where.account}:user/{asked['UserName']}")]
    return _by_arns(operation, where)


def _lambda(operation: Operation, where: Where) -> list[Need]:
    name = operation.parameters.get("FunctionName")
    action = f"lambda:{_LAMBDA.get(operation.name, operation.name)}"
    if not name:
        return [Need(action, "*")]
    return [
        Need(action, name if name.startswith("arn:") else where.arn("lambda", f"function:{name}"))
    ]


def _logs(operation: Operation, where: Where) -> list[Need]:
    asked, action = operation.parameters, f"logs:{operation.name}"
    group = asked.get("logGroupName") or asked.get("logGroupIdentifier")
    if not group:
        return [Need(action, "*")]
    stream = asked.get("logStreamName")
    end = f":log-stream:{stream}" if stream else ":*"
    return [Need(action, where.arn("logs", f"log-group:{group}{end}"))]


def _ecr(operation: Operation, where: Where) -> list[Need]:
    name, action = operation.parameters.get("repositoryName"), f"ecr:{operation.name}"
    return [Need(action, where.arn("ecr", f"repository/{name}") if name else "*")]


def _balancing(operation: Operation, where: Where) -> list[Need]:
    if operation.name.startswith("Describe"):
        # These know no resources.
        return [Need(f"elasticloadbalancing:{operation.name}", "*")]
    return _by_arns(operation, where)


def _efs(operation: Operation, where: Where) -> list[Need]:
    name = operation.parameters.get("FileSystemId")
    resource = where.arn("elasticfilesystem", f"file-system/{name}") if name else "*"
    return [Need(f"elasticfilesystem:{operation.name}", resource)]


_BY_SERVICE: dict[str, Callable[[Operation, Where], list[Need]]] = {
    "ecr": _ecr,
    "ecs": _ecs,
    "elasticfilesystem": _efs,
    "elasticloadbalancing": _balancing,
    "iam": _iam,
    "lambda": _lambda,
    "logs": _logs,
    "s3": _s3,
    "secretsmanager": _secrets,
    "ssm": _ssm,
    "sts": _sts,
}
