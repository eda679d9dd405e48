"""Files and names of a project."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
import typer
from jenkins_platform_cli.app import _stack_name
from jenkins_platform_cli.engine.project import _passphrase


def test_the_passphrase_of_local_stacks_is_random_and_only_for_its_owner(tmp_path: Path) -> None:
    mask = os.umask(0o000)
    try:
        first, second = (_passphrase(tmp_path / name / "passphrase") for name in "ab")
    finally:
        os.umask(mask)
    assert (len(first), first != second) == (43, True)
    assert _passphrase(tmp_path / "a/passphrase") == first
    assert stat.S_IMODE((tmp_path / "a/passphrase").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["", "a/b", "../dev", "a" * 101, "dev prod"])
def test_a_stack_has_no_name_that_leaves_the_folder(name: str) -> None:
    with pytest.raises(typer.BadParameter, match="must be 1 to 100 letters"):
        _stack_name(name)


def test_a_stack_may_have_any_other_name() -> None:
    assert _stack_name("Dev_1.2-b") == "Dev_1.2-b"
