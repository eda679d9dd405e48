"""``permissions.md``: what each role of the default platform may do, from the code."""

from __future__ import annotations

import json

from jenkins_platform import JenkinsPlatform

from tests.support.mocks import Registration, register

_ROLE, _POLICY = "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"
_START = """\
# Permissions

Every role of the default platform, who may take it, and all that it may do. The region, the account
and the platform's random name are stand-ins. A role of your own (`controller.task_role_arn` and the
like) needs the same. This page is written by `make docs` from the code.
"""


def pages() -> dict[str, str]:
    """The text of the page, by file name."""
    found = register(lambda: JenkinsPlatform("jenkins"))
    policies = {r.inputs["role"]: r for r in found if r.token == _POLICY}
    roles = sorted((r for r in found if r.token == _ROLE), key=lambda r: r.name)
    return {"docs/permissions.md": "\n".join([_START, *(_section(r, policies) for r in roles)])}


def _section(role: Registration, policies: dict[str, Registration]) -> str:
    trust = json.loads(role.inputs["assumeRolePolicy"])
    (taker,) = trust["Statement"]
    condition = json.dumps(taker.get("Condition", {}), sort_keys=True)
    lines = [
        f"## {role.name}",
        "",
        f"{role.inputs['description']}. Taken by `{taker['Principal']['Service']}`, only where "
        f"`{condition}`.",
        "",
    ]
    policy = policies.get(role.name)
    if policy is None:
        return "\n".join([*lines, "It may do nothing.", ""])
    document = json.dumps(json.loads(policy.inputs["policy"])["Statement"], indent=2)
    return "\n".join([*lines, "```json", document, "```", ""])
