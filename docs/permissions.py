"""``permissions.md``: what each role of the default platform may do, from the code."""

from __future__ import annotations

import json

from jenkins_platform import AgentTemplateArgs, Capacity, JenkinsPlatform
from jenkins_platform.testing import Registration, register

_ROLE, _POLICY = "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"
_START = """\
# Permissions

Every role of the default platform, its trust policy and its permissions. Region, account and the
platform's random name are examples. Your own roles (`controller.task_role_arn` and the like) need
the same permissions. This page is generated from the code by `make docs`.
"""
_INSTANCES = """\
## Agents on instances

The roles that templates with `capacity: instances` add: here `big` on managed instances, and
`builder` with `docker` in an Auto Scaling group. The infrastructure role also has the AWS managed
policy `AmazonECSInfrastructureRolePolicyForManagedInstances`.
"""
_ON_INSTANCES: list[AgentTemplateArgs] = [
    {"name": "big", "capacity": Capacity.INSTANCES},
    {
        "name": "builder",
        "capacity": Capacity.INSTANCES,
        "docker": True,
        "cpu": 2048,
        "memory_mib": 4096,
    },
]


def pages() -> dict[str, str]:
    """The text of the page, by file name."""
    usual, on_instances = _sections(None), _sections(_ON_INSTANCES)
    more = [text for name, text in on_instances.items() if name not in usual]
    return {"docs/permissions.md": "\n".join([_START, *usual.values(), _INSTANCES, *more])}


def _sections(agents: list[AgentTemplateArgs] | None) -> dict[str, str]:
    """The text about each role by its name."""
    found = register(lambda: JenkinsPlatform("jenkins", {"agents": agents} if agents else {}))
    policies = {r.name: r for r in found if r.token == _POLICY}
    roles = sorted((r for r in found if r.token == _ROLE), key=lambda r: r.name)
    return {role.name: _section(role, policies) for role in roles}


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
