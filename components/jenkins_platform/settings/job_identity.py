"""Settings of the AWS identity of jobs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from .agents.containers import PolicyStatement
from .validation.arns import MANAGED_POLICIES_VALID, PolicyArn
from .validation.base import Group, OutputOr, Problem, setting
from .validation.rules import no_duplicates
from .validation.values import matching

_PART = r"[^/*?$\s\x00-\x1f](?:[^/*?$\x00-\x1f]*[^/*?$\s\x00-\x1f])?"
Job = Annotated[
    str,
    matching(
        rf"(?=.{{1,400}}$){_PART}(/{_PART})*(/\*)?",
        "the full name of a job, or of a folder followed by /*",
    ),
]
RoleName = Annotated[
    str,
    matching(r"[a-z][a-z0-9-]{0,18}[a-z0-9]|[a-z]", "1 to 20 lowercase letters, digits, hyphens"),
]


class JobRole(Group):
    """See `JobRoleArgs`."""

    name: RoleName = setting(valid="a name such as deploy")
    jobs: tuple[Job, ...] = setting(valid="1 to 50 jobs", min_length=1, max_length=50)
    policy_statements: tuple[PolicyStatement, ...] = setting(
        valid="1 to 20 statements", min_length=1, max_length=20
    )
    managed_policy_arns: tuple[OutputOr[PolicyArn], ...] = setting((), valid=MANAGED_POLICIES_VALID)

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of policies that are listed more than once."""
        yield from no_duplicates(f"{key}.managed_policy_arns", self.managed_policy_arns)


class JobIdentitySettings(Group):
    """See `JobIdentityArgs`."""

    roles: tuple[JobRole, ...] = setting(valid="1 to 100 roles", min_length=1, max_length=100)

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of roles that share a name."""
        yield from no_duplicates(f"{key}.roles", [role.name for role in self.roles], "name")
