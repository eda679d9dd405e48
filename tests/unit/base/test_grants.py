"""Grants and the policies that they become."""

from __future__ import annotations

import pytest
from jenkins_platform import JenkinsPlatform, iam
from jenkins_platform.base.context import Context, SubComponent
from jenkins_platform.base.roles import Roles
from jenkins_platform.testing import register

from harness.inputs.lean import SMALL
from harness.stacks.parts import controller, parts


def test_a_grant_after_the_policy_is_attached_fails() -> None:
    def compose(context: Context) -> None:
        role = Roles(context).controller
        role.attach()
        with pytest.raises(RuntimeError, match="controller-task"):
            role.allow(iam.execute_command())

    parts(compose, SMALL)


def test_an_existing_role_gets_no_policy() -> None:
    arn = "arn:aws:iam::123456789012:role/controller"
    found = parts(controller, {**SMALL, "controller": {"task_role_arn": arn}})
    names = {r.name for r in found if r.token == "aws:iam/rolePolicy:RolePolicy"}
    assert "jenkins-controller-task" not in names
    assert "jenkins-controller-execution" in names


def test_sub_components_register_what_others_use_of_them() -> None:
    empty: list[str] = []

    def program() -> None:
        JenkinsPlatform("jenkins", {"schedule": {}, "budget": {"monthly_usd": 100}})

    original = SubComponent.register_outputs

    def record(self: SubComponent, outputs: dict[str, object]) -> None:
        if not outputs:
            empty.append(type(self).__name__)
        original(self, outputs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SubComponent, "register_outputs", record)
        register(program)
    assert empty == []
