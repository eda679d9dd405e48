"""Judges calls that are made with a task's or a function's credentials."""

from __future__ import annotations

import json
import re
import threading
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ..runner.clients import Clients
from ..runner.errors import RefusedError
from ..runner.sessions import Principal, Sessions
from . import operations
from .policies import Effect, Statement, evaluate, statements
from .requirements import Need, Where, needs

if TYPE_CHECKING:
    from ..runner.gate import Call

_READING = re.compile(r"(Get|List|Simulate|Generate)")
_XML = ("elasticloadbalancing", "iam", "s3", "sts", "ec2", "sns", "monitoring", "autoscaling")


class Guard:
    """Says no where IAM would: by the policies of the role, its boundary and, for S3, Secrets
    Manager and ECR, the policy of the resource.

    Args:
        clients: The emulated AWS.
        sessions: Whose a key is.
    """

    def __init__(self, clients: Clients, sessions: Sessions) -> None:
        self._clients, self._sessions = clients, sessions
        self._policies: dict[str, tuple[list[Statement], list[Statement] | None]] = {}
        self._lock = threading.Lock()

    def check(self, call: Call, *, inside: bool) -> None:
        """Let a call pass.

        Args:
            inside: Whether it came out of a container.

        Raises:
            RefusedError: it is denied.
        """
        principal = self._sessions.principal(call.key)
        if principal is None:
            if inside:
                raise RefusedError(
                    "InvalidClientTokenId",
                    "The security token included in the request is invalid.",
                    403,
                )
            self._note(call)
            return
        account = principal.role_arn.split(":")[4]
        where = Where(call.region, account, self._clients)
        try:
            wanted = needs(_operation(call), where)
        except ClientError:
            return  # what it is about is not there; the service says that better
        for need in wanted:
            self._judge(call, principal, need, where)
        self._note(call)

    def _note(self, call: Call) -> None:
        """Forget what is known of policies when one may have changed."""
        if call.service == "iam" and not _READING.match(call.operation):
            with self._lock:
                self._policies.clear()

    def _judge(self, call: Call, principal: Principal, need: Need, where: Where) -> None:
        context = {
            "aws:PrincipalAccount": where.account,
            "aws:PrincipalArn": principal.role_arn,
            "aws:RequestedRegion": call.region,
            "aws:SecureTransport": "true",
            **need.context,
        }
        own, boundary = self._of_role(principal.role_arn)
        identity = evaluate(own, need.action, need.resource, context)
        others = _resource_policy(need, where)
        resource = evaluate(others, need.action, need.resource, context, principal.role_arn)
        if Effect.DENY in (identity, resource):
            kind = "identity-based" if identity is Effect.DENY else "resource-based"
            raise _denied(call, principal, need, f"with an explicit deny in a {kind} policy")
        if boundary is not None and (
            evaluate(boundary, need.action, need.resource, context) is not Effect.ALLOW
        ):
            why = f"because no permissions boundary allows the {need.action} action"
            raise _denied(call, principal, need, why)
        if Effect.ALLOW not in (identity, resource):
            why = f"because no identity-based policy allows the {need.action} action"
            raise _denied(call, principal, need, why)

    def _of_role(self, arn: str) -> tuple[list[Statement], list[Statement] | None]:
        """Statements of a role's policies, and of its boundary if it has one."""
        with self._lock:
            if arn not in self._policies:
                self._policies[arn] = self._read(arn)
            return self._policies[arn]

    def _read(self, arn: str) -> tuple[list[Statement], list[Statement] | None]:
        iam, name = self._clients.get("iam", "us-east-1"), arn.rsplit("/", 1)[-1]
        role = iam.get_role(RoleName=name)["Role"]
        documents = [
            iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
        ]
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        documents += [_managed(iam, policy["PolicyArn"]) for policy in attached]
        boundary = (role.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
        bounds = statements(_managed(iam, boundary)) if boundary else None
        return [s for document in documents for s in statements(document)], bounds


def _managed(iam: Any, arn: str) -> dict[str, Any]:
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found = iam.get_policy_version(PolicyArn=arn, VersionId=version)
    document: dict[str, Any] = found["PolicyVersion"]["Document"]
    return document


def _operation(call: Call) -> operations.Operation:
    request = call.request
    if call.operation:
        return operations.Operation(call.service, call.operation, call.form or call.json())
    return operations.rest(
        call.service,
        operations.RestRequest(
            request.method,
            request.host,
            request.path,
            request.args.to_dict(),
            {name.lower(): value for name, value in request.headers.items()},
            call.body if call.service != "s3" else b"",
        ),
    )


def _resource_policy(need: Need, where: Where) -> list[Statement]:
    service, client = need.action.split(":")[0], where.clients.get
    try:
        if service == "s3" and need.resource != "*":
            bucket = need.resource.split(":::")[1].split("/")[0]
            text = client("s3", where.region).get_bucket_policy(Bucket=bucket)["Policy"]
        elif service == "secretsmanager" and need.resource != "*":
            found = client(service, where.region).get_resource_policy(SecretId=need.resource)
            text = found.get("ResourcePolicy") or "{}"
        elif service == "ecr" and need.resource != "*":
            name = need.resource.split(":repository/")[1]
            found = client("ecr", where.region).get_repository_policy(repositoryName=name)
            text = found["policyText"]
        else:
            return []
    except ClientError:
        return []
    return statements(json.loads(text))


def _denied(call: Call, principal: Principal, need: Need, why: str) -> RefusedError:
    message = (
        f"User: {principal.session_arn} is not authorized to perform: {need.action} on resource:"
        f" {need.resource} {why}"
    )
    if call.service in _XML:
        return RefusedError("AccessDenied", message, 403)
    return RefusedError("AccessDeniedException", message, 400 if call.operation else 403)
