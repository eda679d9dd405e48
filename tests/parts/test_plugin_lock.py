"""The verb that writes the lock of plugins, as a process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from jenkins_platform.settings.facts.package_data import folder
from jenkins_platform.settings.images import JENKINS_VERSION
from jenkins_plugins import lock

from harness.jenkins.update_center import FOLDER

CONTROLLER = folder("images") / "controller"


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
