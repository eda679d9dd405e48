"""Evaluates IAM policies, conditions included, with Principal Mapper's simulation.

The policies are read from the emulated AWS, as they were deployed.
"""

from __future__ import annotations

import collections
import collections.abc
import json
from dataclasses import dataclass
from typing import Any

# Principal Mapper imports these from where Python had them before 3.10.
for _name in ("Mapping", "MutableMapping"):
    setattr(collections, _name, getattr(collections.abc, _name))

from localcloud.cloud import LocalCloud  # noqa: E402
from principalmapper.common import Node, Policy  # type: ignore[import-untyped]  # noqa: E402
from principalmapper.querying.query_interface import (  # type: ignore[import-untyped]  # noqa: E402
    local_check_authorization_full,
)

ACCOUNT = "123456789012"


@dataclass(frozen=True)
class Actor:
    """A role in the emulated AWS."""

    node: Any
    role_arn: str

    @classmethod
    def load(cls, cloud: LocalCloud, role_arn: str) -> Actor:
        iam, name = cloud.client("iam"), role_arn.rsplit("/", 1)[-1]
        role = iam.get_role(RoleName=name)["Role"]
        policies = [
            Policy(
                role_arn,
                inline,
                iam.get_role_policy(RoleName=name, PolicyName=inline)["PolicyDocument"],
            )
            for inline in iam.list_role_policies(RoleName=name)["PolicyNames"]
        ]
        for attached in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            arn = attached["PolicyArn"]
            version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            found = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
            policies.append(Policy(arn, attached["PolicyName"], found["Document"]))
        node = Node(
            role_arn,
            role["RoleId"],
            policies,
            None,
            role["AssumeRolePolicyDocument"],
            None,
            0,
            False,
            False,
            None,
            False,
            None,
        )
        return cls(node, role_arn)

    def may(
        self,
        action: str,
        resource: str,
        context: dict[str, str] | None = None,
        resource_policy: dict[str, Any] | None = None,
    ) -> bool:
        """Whether the role may do something to a resource in a context."""
        owner = ACCOUNT if resource_policy else None
        given = {"aws:PrincipalArn": self.role_arn, **(context or {})}
        allowed: bool = local_check_authorization_full(
            self.node, action, resource, given, resource_policy, owner
        )
        return allowed


def file_system_policy(cloud: LocalCloud, file_system: str) -> dict[str, Any]:
    policy = cloud.client("efs").describe_file_system_policy(FileSystemId=file_system)
    parsed: dict[str, Any] = json.loads(policy["Policy"])
    return parsed


def judged(document: dict[str, Any], action: str, resource: str, context: dict[str, str]) -> bool:
    """Whether a role with one policy may do something."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/r"
    node = Node(
        arn, "id", [Policy(arn, "p", document)], None, {}, None, 0, False, False, None, False, None
    )
    return Actor(node, arn).may(action, resource, context)
