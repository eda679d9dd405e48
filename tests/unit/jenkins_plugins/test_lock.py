"""The lock in the repository, and the verb that writes it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from jenkins_platform.settings.facts.package_data import folder
from jenkins_platform.settings.images import JENKINS_VERSION
from jenkins_plugins import lock
from jenkins_plugins.versions import Version

from harness.jenkins.update_center import FOLDER

CONTROLLER = folder("images") / "controller"
ROOT = Path(__file__).parents[3]


def test_the_lock_is_for_the_default_core_and_has_every_root() -> None:
    locked = lock.read(CONTROLLER / "plugins.lock")
    assert locked.core == Version(JENKINS_VERSION)
    for file in ("plugins.txt", "optional-plugins.txt"):
        assert lock.roots((CONTROLLER / file).read_text()).keys() <= locked.plugins.keys()


def test_the_lock_is_closed_and_fits_its_core() -> None:
    """Whatever it was made from: nothing is missing, too old, or for a newer core."""
    locked = lock.read(CONTROLLER / "plugins.lock")
    for release in locked.plugins.values():
        assert release.required_core <= locked.core
        for need in release.needs(locked.core):
            if not need.optional or need.name in locked.plugins:
                assert need.version <= locked.plugins[need.name].version, (release, need)


def test_a_lock_is_read_as_it_was_written(tmp_path: Path) -> None:
    locked = lock.read(CONTROLLER / "plugins.lock")
    lock.write(tmp_path / "plugins.lock", locked)
    assert (tmp_path / "plugins.lock").read_text() == (CONTROLLER / "plugins.lock").read_text()
    assert lock.read(tmp_path / "plugins.lock") == locked


def test_a_hash_is_kept(tmp_path: Path) -> None:
    release = replace(lock.read(CONTROLLER / "plugins.lock").plugins["structs"], sha256="abc=")
    made = lock.Lock(Version("2.580.3"), lock.PUBLIC, "2026-11-28", {"structs": release})
    lock.write(tmp_path / "plugins.lock", made)
    assert lock.read(tmp_path / "plugins.lock").plugins["structs"].sha256 == "abc="


def test_a_lock_says_whether_it_was_made_from_the_public_update_center(tmp_path: Path) -> None:
    for source, words in (
        (lock.PUBLIC, "from the public update center."),
        ("some/folder", "from an extract of public records, not from the public update center"),
    ):
        made = lock.Lock(Version("2.580.3"), source, "2026-11-28", {})
        lock.write(tmp_path / "plugins.lock", made)
        assert words in (tmp_path / "plugins.lock").read_text()
        assert lock.read(tmp_path / "plugins.lock").is_public == (source == lock.PUBLIC)


def test_roots_may_name_a_version() -> None:
    roots = lock.roots("# comment\ngit\nslack:1.2 # why\n\nOffice-365-Connector\n")
    assert {n: str(v) if v else None for n, v in roots.items()} == {
        "git": None,
        "slack": "1.2",
        "Office-365-Connector": None,
    }


@pytest.fixture
def controller(tmp_path: Path) -> Path:
    """A copy of the build context, in which the verb may write."""
    subprocess.run(["cp", "-r", str(CONTROLLER), str(tmp_path)], check=True)
    return tmp_path / "controller"


def run(controller: Path, core: str, center: str = str(FOLDER)) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "jenkins_plugins",
            "--core",
            core,
            "--update-center",
            center,
            "lock",
        ],
        cwd=controller,
        capture_output=True,
        text=True,
    )


def test_the_verb_writes_the_lock(controller: Path) -> None:
    (controller / "plugins.lock").unlink()
    done = run(controller, JENKINS_VERSION)
    assert done.returncode == 0, done.stderr
    locked = lock.read(controller / "plugins.lock")
    assert done.stdout == f"plugins.lock: {len(locked.plugins)} plugins for Jenkins 2.580.3\n"
    assert not locked.is_public
    assert locked.date == "2026-11-28"
    assert str(locked.plugins["amazon-ecs"].version) == "1.49"


def test_the_verb_refuses_a_core_with_a_warning(controller: Path) -> None:
    before = (controller / "plugins.lock").read_text()
    done = run(controller, "2.580.1")
    assert done.returncode == 1
    assert "Jenkins 2.580.1 is affected by core-2_588" in done.stderr
    assert (controller / "plugins.lock").read_text() == before


def test_an_update_center_that_does_not_answer_stops_the_verb(controller: Path) -> None:
    done = run(controller, JENKINS_VERSION, "http://localhost:9")
    assert done.returncode == 1
    assert "http://localhost:9/stable/update-center.actual.json cannot be read" in done.stderr
    assert "name a mirror by images.update_center_url" in done.stderr
