"""The build context with a user's additions."""

from __future__ import annotations

import os
from pathlib import Path

import pulumi
import pytest
from jenkins_platform.container_images import builds
from jenkins_platform.container_images.build_contexts import relative
from jenkins_platform.inputs import Architecture
from jenkins_platform.settings import Settings
from jenkins_platform.settings.facts.package_data import folder as shipped_folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    script = tmp_path / "additions" / "init.groovy.d" / "a.groovy"
    script.parent.mkdir(parents=True)
    script.write_text("println 1")
    tool = tmp_path / "additions" / "files" / "opt" / "tool"
    tool.parent.mkdir(parents=True)
    tool.write_text("#!/bin/sh\n")
    tool.chmod(0o700)
    (tmp_path / "additions" / "packages.txt").write_text("maven\njq\n")
    return tmp_path / "additions"


def recipe(folder: str = "additions", name: str = "jenkins") -> builds.Recipe:
    given = Settings.from_args(name, {"images": {"build_folder": folder}})
    return builds.controller(given, Architecture.X86_64)


def test_the_additions_are_beside_the_shipped_files(folder: Path) -> None:
    found = recipe()
    assert found.arguments["PACKAGES"] == "jq maven"
    shipped = shipped_folder("images") / "controller"
    for name in ("Dockerfile", "scripts/start-controller", "plugins.lock"):
        assert (found.context / name).read_bytes() == (shipped / name).read_bytes()
        assert (found.context / name).stat().st_mode == (shipped / name).stat().st_mode
    assert (found.context / "custom/init.groovy.d/a.groovy").read_text() == "println 1"


def test_the_context_is_relative_to_the_program_and_outside_of_version_control(
    folder: Path,
) -> None:
    context = recipe().context.relative_to(Path.cwd())
    assert context.parts[:3] == (".jenkins-platform", pulumi.get_stack(), "jenkins")
    assert Path(".jenkins-platform/.gitignore").read_text() == "*\n"


@pytest.mark.parametrize(
    ("root", "context", "expected"),
    [
        (".", "a/b", "a/b"),
        (".", "/elsewhere/b", "/elsewhere/b"),
        ("..", "a/b", None),
        ("", "a/b", None),
    ],
    ids=["inside", "outside", "another folder", "unknown folder"],
)
def test_a_context_is_relative_if_the_provider_runs_in_the_same_folder(
    root: str, context: str, expected: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = str(tmp_path / root) if root else ""
    monkeypatch.setattr(pulumi.runtime, "get_root_directory", lambda: folder)
    absolute = tmp_path / context
    assert relative(absolute) == (expected or str(absolute))


def test_what_does_not_matter_for_the_image_changes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = recipe()
    script = folder / "init.groovy.d" / "a.groovy"
    os.utime(script, (1, 1))
    script.chmod(0o600)  # as with another umask
    (folder / "README.md").write_text("more")
    (folder / "packages.txt").write_text("jq # for scripts\nmaven\n")
    assert recipe() == before
    assert recipe().tag == before.tag
    # On another machine.
    elsewhere = folder.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "additions").symlink_to(folder)
    monkeypatch.chdir(elsewhere)
    found = recipe()
    assert found.tag == before.tag
    assert found.context.relative_to(elsewhere) == before.context.relative_to(folder.parent)


@pytest.mark.parametrize("change", ["content", "permission", "name", "package", "removal"])
def test_every_change_is_another_tag(folder: Path, change: str) -> None:
    before = recipe()
    tool = folder / "files" / "opt" / "tool"
    if change == "content":
        tool.write_text("#!/bin/bash\n")
    elif change == "permission":
        tool.chmod(0o600)
    elif change == "name":
        tool.rename(tool.with_name("other"))
    elif change == "package":
        (folder / "packages.txt").write_text("maven\n")
    else:
        tool.unlink()
    after = recipe()
    assert after.tag != before.tag
    assert (after.context == before.context) is (change == "package")
    assert before.context.is_dir()


def test_older_contexts_are_removed_but_the_last_ones(folder: Path) -> None:
    other = recipe(name="other").context
    contexts = []
    for number in range(5):
        (folder / "files" / "opt" / "tool").write_text(str(number))
        contexts.append(recipe().context)
        os.utime(contexts[-1], (number, number))
    assert [context.exists() for context in contexts] == [False, False, True, True, True]
    assert other.exists()
    tool = folder / "files" / "opt" / "tool"
    for content in ("2", "5"):  # the oldest that is kept is built again, and then a new one
        tool.write_text(content)
        recipe()
    assert [context.exists() for context in contexts] == [False, False, True, False, True]
