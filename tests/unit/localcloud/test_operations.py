"""Which operation a request is, and what it needs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from localcloud.access import operations
from localcloud.access.operations import Operation, RestRequest
from localcloud.access.requirements import Where, needs

ACCOUNT = "123456789012"
TASK = {
    "taskArn": f"arn:aws:ecs:eu-central-1:{ACCOUNT}:task/c/t",
    "tags": [{"key": "team", "value": "build"}],
}


class Clients:
    """Clients of an ECS with one task."""

    exceptions = SimpleNamespace(ClientError=ClientError)

    def get(self, service: str, region: str) -> Clients:
        return self

    def describe_tasks(self, **_: Any) -> dict[str, Any]:
        return {"tasks": [TASK]}


WHERE = Where("eu-central-1", ACCOUNT, Clients())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("method", "host", "path", "query", "found"),
    [
        ("GET", "s3.eu-central-1.amazonaws.com", "/b/k/l.yaml", {}, "GetObject b k/l.yaml"),
        ("GET", "b.s3.eu-central-1.amazonaws.com", "/k", {"versionId": "1"}, "GetObject b k"),
        ("PUT", "b.s3.amazonaws.com", "/k", {}, "PutObject b k"),
        ("GET", "s3.amazonaws.com", "/b", {"list-type": "2"}, "ListObjectsV2 b None"),
        ("GET", "s3.amazonaws.com", "/b", {"policy": ""}, "GetBucketPolicy b None"),
        ("GET", "s3.amazonaws.com", "/", {}, "ListBuckets None None"),
        ("DELETE", "s3.amazonaws.com", "/b/k", {}, "DeleteObject b k"),
    ],
)
def test_requests_to_s3(
    method: str, host: str, path: str, query: dict[str, str], found: str
) -> None:
    operation = operations.rest("s3", RestRequest(method, host, path, query, {}))
    parameters = operation.parameters
    assert f"{operation.name} {parameters.get('Bucket')} {parameters.get('Key')}" == found


def test_a_copy_and_a_part_are_no_plain_put() -> None:
    host, path = "b.s3.amazonaws.com", "/k"
    copied = RestRequest("PUT", host, path, {}, {"x-amz-copy-source": "/a/secret?versionId=1"})
    operation = operations.rest("s3", copied)
    assert operation.name == "CopyObject"
    assert [(n.action, n.resource) for n in needs(operation, WHERE)] == [
        ("s3:PutObject", "arn:aws:s3:::b/k"),
        ("s3:GetObject", "arn:aws:s3:::a/secret"),
    ]
    part = RestRequest("PUT", host, path, {"uploadId": "1", "partNumber": "1"}, {})
    assert operations.rest("s3", part).name == "UploadPart"


def test_requests_with_a_rest_protocol() -> None:
    path = "/2015-03-31/functions/f/invocations"
    request = RestRequest("POST", "lambda", path, {}, {}, b'{"a": 1}')
    invoked = operations.rest("lambda", request)
    assert (invoked.name, invoked.parameters["FunctionName"]) == ("Invoke", "f")
    path = "/2015-02-01/file-systems/fs-1"
    request = RestRequest("DELETE", "efs", path, {}, {})
    deleted = operations.rest("elasticfilesystem", request)
    assert (deleted.name, deleted.parameters["FileSystemId"]) == ("DeleteFileSystem", "fs-1")


def one(service: str, name: str, **parameters: Any) -> tuple[str, str]:
    (need,) = needs(Operation(service, name, parameters), WHERE)
    return need.action, need.resource


def test_what_operations_need() -> None:
    ecs = f"arn:aws:ecs:eu-central-1:{ACCOUNT}"
    assert one("ecs", "StopTask", cluster="c", task="t") == ("ecs:StopTask", f"{ecs}:task/c/t")
    assert one("ecs", "ListTasks", cluster="c") == (
        "ecs:ListTasks",
        f"{ecs}:container-instance/c/*",
    )
    assert one("s3", "GetObject", Bucket="b", Key="k") == ("s3:GetObject", "arn:aws:s3:::b/k")
    assert one("s3", "GetObject", Bucket="b", Key="k", versionId="1")[0] == "s3:GetObjectVersion"
    assert one("s3", "HeadBucket", Bucket="b") == ("s3:ListBucket", "arn:aws:s3:::b")
    assert one("lambda", "Invoke", FunctionName="f") == (
        "lambda:InvokeFunction",
        f"arn:aws:lambda:eu-central-1:{ACCOUNT}:function:f",
    )
    assert one("ssm", "GetParameter", Name="/a/b")[1].endswith(":parameter/a/b")
    assert one("ecr", "GetAuthorizationToken") == ("ecr:GetAuthorizationToken", "*")
    assert one("sns", "Publish", TopicArn="arn:aws:sns:x:1:t") == (
        "sns:Publish",
        "arn:aws:sns:x:1:t",
    )
    assert needs(Operation("sts", "GetCallerIdentity", {}), WHERE) == []


def test_calls_on_tasks_carry_their_cluster_and_tags() -> None:
    (need,) = needs(Operation("ecs", "DescribeTasks", {"cluster": "c", "tasks": ["t"]}), WHERE)
    assert need.context == {
        "ecs:cluster": f"arn:aws:ecs:eu-central-1:{ACCOUNT}:cluster/c",
        "aws:ResourceTag/team": "build",
    }
