"""``permissions.md``: what each role of the default platform may do, from the code."""

from __future__ import annotations

import json

from jenkins_platform import Capacity, JenkinsPlatform, JenkinsPlatformArgs
from jenkins_platform.testing import Registration, register

_ROLE, _POLICY = "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"
_START = """\
# Permissions

Every role of the default platform, its trust policy and its permissions. Region, account and the
platform's random name are examples. Your own roles (`controller.task_role_arn` and the like) need
the same permissions. This page is generated from the code by `make docs`.
"""
_CALLERS = """\
## Callers of jenkins-platform

`up` and `destroy` need what Pulumi's AWS provider calls for the resources of the stack: create,
read, update, tag and delete, and `iam:PassRole` for the roles above. To delete buckets and
repositories with their contents and Cloud Map services with their instances, the provider also
calls `s3:ListBucketVersions`, `s3:DeleteObject`, `s3:DeleteObjectVersion`, `ecr:DeleteRepository`,
`servicediscovery:ListInstances` and `servicediscovery:DeregisterInstance`. These are the commands'
own calls:

| command | calls |
| --- | --- |
| `destroy`, before it deletes anything | `elasticloadbalancing:ModifyLoadBalancerAttributes` \
on the load balancer, `ecs:UpdateService` on the controller's service, `ecs:ListTasks`, \
`ecs:DescribeTasks` and `ecs:StopTask` on both clusters |
| `destroy`, afterwards | `logs:DeleteLogGroup` on the log groups of Container Insights; without \
it they remain, with a warning |
| `up --drain`, `preview --drain` | `ecs:ListServices` and `ecs:DescribeServices` on the \
controller's cluster, `secretsmanager:GetSecretValue` on the administrator's secret or the one of \
`--credentials-secret`, and `kms:Decrypt` if your own key encrypts it |
| `password` | `secretsmanager:GetSecretValue` on the administrator's secret |
"""
_INSTANCES = """\
## Agents on instances

The roles that templates with `capacity: instances` add: here `big` on managed instances, and
`builder` with `docker` in an Auto Scaling group. The infrastructure role also has the AWS managed
policy `AmazonECSInfrastructureRolePolicyForManagedInstances`.
"""
_ON_INSTANCES: JenkinsPlatformArgs = {
    "agents": [
        {"name": "big", "capacity": Capacity.INSTANCES},
        {
            "name": "builder",
            "capacity": Capacity.INSTANCES,
            "docker": True,
            "cpu": 2048,
            "memory_mib": 4096,
        },
    ]
}
_MORE = """\
## With `schedule` and `webhooks`

The roles that these inputs add.
"""
_OPTIONAL: JenkinsPlatformArgs = {
    "schedule": {"wake_page": True},
    "webhooks": {
        "github_secret_arn": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:hook-AbCdEf",
        "wake": True,
    },
}
"""Inputs with roles that the default platform does not have."""


def pages() -> dict[str, str]:
    """The text of the page, by file name."""
    default = _sections({})
    text = [_START, *default.values()]
    for heading, args in ((_MORE, _OPTIONAL), (_INSTANCES, _ON_INSTANCES)):
        text += [heading, *(t for name, t in _sections(args).items() if name not in default)]
    text.append(_CALLERS)
    return {"docs/permissions.md": "\n".join(text)}


def _sections(args: JenkinsPlatformArgs) -> dict[str, str]:
    """The section of each role of a platform, by its name."""
    found = register(lambda: JenkinsPlatform("jenkins", args))
    policies = {r.name: r for r in found if r.token == _POLICY}
    roles = sorted((r for r in found if r.token == _ROLE), key=lambda r: r.name)
    return {r.name: _section(r, policies) for r in roles}


def _section(role: Registration, policies: dict[str, Registration]) -> str:
    (trust,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    condition = json.dumps(trust.get("Condition", {}), sort_keys=True)
    lines = [
        f"## {role.name}",
        "",
        f"{role.inputs['description']}. Trusts `{trust['Principal']['Service']}`, "
        + (f"on the condition `{condition}`." if "Condition" in trust else "without a condition."),
        "",
    ]
    policy = policies.get(role.name)
    if policy is None:
        return "\n".join([*lines, "No permissions.", ""])
    document = json.dumps(json.loads(policy.inputs["policy"])["Statement"], indent=2)
    return "\n".join([*lines, "```json", document, "```", ""])
