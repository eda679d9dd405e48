"""The stacks' files that come with the project."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from harness.stacks.user import User, project_user


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    with project_user(tmp_path_factory.mktemp("user")) as found:
        yield found


@pytest.mark.parametrize("stack", [pytest.param("dev", marks=pytest.mark.long), "prod"])
def test_a_stack_file_is_complete_and_can_be_previewed(user: User, stack: str) -> None:
    planned = user.run("preview", "--stack", stack, "--cloud", "local", "--json")
    assert planned.returncode == 3, planned.stderr
    changes = json.loads(planned.stdout)["changes"]
    assert {c["op"] for c in changes} == {"create"}
    kinds = {c["type"] for c in changes}
    assert {"aws:ecs/service:Service", "aws:efs/fileSystem:FileSystem"} <= kinds
    assert ("aws:wafv2/webAcl:WebAcl" in kinds) == (stack == "prod")


def test_every_offline_command_accepts_the_stack_files(user: User) -> None:
    for stack in ("dev", "prod"):
        rendered = user.run("render", "--stack", stack)
        assert (rendered.returncode, rendered.stderr) == (0, "")
        priced = user.run("cost", "--stack", stack, "--json")
        assert json.loads(priced.stdout)["monthly_usd"] > 0
