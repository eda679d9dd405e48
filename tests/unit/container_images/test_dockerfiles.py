"""The Dockerfiles of the images and what the platform relies on. That they build, and what is in
the images, is tested in tests/images."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from jenkins_platform.container_images import builds
from jenkins_platform.controller.container import HOME, SCRATCH
from jenkins_platform.inputs import Architecture
from jenkins_platform.settings import Settings
from jenkins_platform.settings.facts.package_data import folder

from harness.inputs.lean import SMALL
from harness.stacks.parts import controller, parts
from harness.stacks.registered import container_in

IMAGES = folder("images")
RECIPES = {"controller": builds.controller, "agent": builds.agent, "kaniko": builds.kaniko}
NOT_COPIED = {"Dockerfile", ".dockerignore", "optional-plugins.txt", "__pycache__"}
"""``optional-plugins.txt`` is for `make plugins`."""


def instructions(role: str) -> list[tuple[str, str]]:
    """Name and arguments of each instruction of a Dockerfile, in order."""
    text = (IMAGES / role / "Dockerfile").read_text()
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    found = [line.partition(" ") for line in joined.splitlines() if line.strip()]
    return [(name, arguments.strip()) for name, _, arguments in found]


def last_stage(role: str) -> list[tuple[str, str]]:
    found = instructions(role)
    start = max(index for index, (name, _) in enumerate(found) if name == "FROM")
    return found[start:]


@pytest.mark.parametrize("role", RECIPES)
def test_every_argument_of_a_build_is_declared_and_used(role: str) -> None:
    given = RECIPES[role](Settings.from_args("jenkins", {}), Architecture.X86_64).arguments
    found = instructions(role)
    declared = {arguments.partition("=")[0] for name, arguments in found if name == "ARG"}
    used = {
        name
        for kind, arguments in found
        if kind != "ARG"
        for name in re.findall(r"\$\{?([A-Z_]+)", arguments)
    }
    assert given.keys() == declared
    assert given.keys() <= used


@pytest.mark.parametrize("role", RECIPES)
def test_every_file_is_copied(role: str) -> None:
    copied = {
        source.rstrip("/")
        for name, arguments in instructions(role)
        if name == "COPY" and "--from=" not in arguments
        for source in shlex.split(arguments)[:-1]
    }
    entries = {entry.name for entry in (IMAGES / role).iterdir()}
    assert copied == entries - NOT_COPIED


@pytest.mark.parametrize("role", ["controller", "agent"])
def test_containers_do_not_run_as_root(role: str) -> None:
    users = [arguments for name, arguments in last_stage(role) if name == "USER"]
    assert users == ["root", "jenkins"]


def test_the_controllers_image_and_task_agree() -> None:
    found = dict(last_stage("controller"))
    assert found["VOLUME"] == SCRATCH
    assert found["ENTRYPOINT"] == '["/usr/local/bin/start-controller"]'
    check = container_in(parts(controller, SMALL), "controller")["healthCheck"]
    options, _, command = found["HEALTHCHECK"].partition(" CMD ")
    assert options.split() == [
        f"--interval={check['interval']}s",
        f"--timeout={check['timeout']}s",
        f"--start-period={check['startPeriod']}s",
        f"--retries={check['retries']}",
    ]
    assert "http://localhost:8080$JENKINS_PREFIX/health/" in command
    script = (IMAGES / "controller/scripts/start-controller").read_text()
    assert f"\nstate={SCRATCH}\n" in script
    assert HOME == "/var/jenkins_home"


def test_stages_of_the_controllers_image_hand_on_everything() -> None:
    copied = [a for name, a in last_stage("controller") if name == "COPY" and "--from=" in a]
    assert copied == [
        "--from=content /additions /",
        "--from=content --chown=jenkins:jenkins /usr/share/jenkins/ref/plugins "
        "/usr/share/jenkins/ref/plugins",
        "--from=content /library /usr/share/jenkins-platform/library",
    ]


def test_the_start_script_has_every_hook() -> None:
    image = IMAGES / "controller"
    script = (image / "scripts/start-controller").read_text()
    found = re.findall(r"cp /usr/share/jenkins-platform/hooks/([\w.-]+)", script)
    assert sorted(found) == sorted(path.name for path in Path(image / "hooks").iterdir())
