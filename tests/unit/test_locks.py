"""The pinned versions and hashes of what is installed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXTRAS = PROJECT["project"]["optional-dependencies"]
GROUPS = PROJECT["dependency-groups"]
LOCAL = tomllib.loads((ROOT / "localcloud" / "pyproject.toml").read_text())["project"]
INSTALLED = [*PROJECT["project"]["dependencies"], *EXTRAS["cli"], *LOCAL["dependencies"]]
CONTENTS = {
    "up": [*INSTALLED, *GROUPS["build"]],
    "test": [*INSTALLED, *EXTRAS["dev"], *GROUPS["build"]],
    "release": GROUPS["release"],
    "scan": GROUPS["scan"],
}


def locked(name: str) -> dict[str, list[Requirement]]:
    """The pins of a lock, by package; a package may have a version for each Python."""
    text = (ROOT / "locks" / f"{name}.txt").read_text()
    found: dict[str, list[Requirement]] = {}
    for entry in re.sub(r"\s*\\\n\s*", " ", text).splitlines():
        if entry and not entry.startswith("#"):
            requirement = Requirement(entry.split(" --hash=")[0])
            assert "--hash=sha256:" in entry, f"no hash: {entry}"
            found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


def version(requirement: Requirement) -> str:
    (pin,) = requirement.specifier
    assert pin.operator == "==", requirement
    return pin.version


@pytest.mark.parametrize("name", CONTENTS)
def test_a_lock_pins_every_requirement_of_the_project(name: str) -> None:
    """If this fails: `make lock`."""
    pins = locked(name)
    for text in CONTENTS[name]:
        wanted = Requirement(text)
        found = pins.get(canonicalize_name(wanted.name))
        assert found, f"{text} is not in locks/{name}.txt: run `make lock`"
        for pin in found:
            assert version(pin) in wanted.specifier, f"{pin} is not {text}: run `make lock`"


def test_the_extra_installs_the_embedded_cloud_of_this_checkout() -> None:
    assert EXTRAS["local"] == [f"{LOCAL['name']}=={LOCAL['version']}"]


def test_the_requirements_of_the_project_are_this_checkout_and_its_command() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["-e .[cli]"]


def test_the_component_requires_nothing_of_an_extra() -> None:
    required, *extras = (
        {canonicalize_name(Requirement(text).name) for text in texts}
        for texts in (PROJECT["project"]["dependencies"], *EXTRAS.values())
    )
    assert required & set().union(*extras) == set()


@pytest.mark.parametrize("name", ["up", "release"])
def test_locks_pin_the_same_versions(name: str) -> None:
    tested = locked("test")
    for package, pins in locked(name).items():
        if package in tested:
            assert {version(p) for p in pins} <= {version(p) for p in tested[package]}, package


@pytest.mark.parametrize("name", CONTENTS)
def test_a_lock_names_no_host(name: str) -> None:
    assert "://" not in (ROOT / "locks" / f"{name}.txt").read_text()


@pytest.mark.parametrize("tool", ["mypy", "ruff"])
def test_linters_are_pinned_in_the_project(tool: str) -> None:
    (wanted,) = [r for r in map(Requirement, EXTRAS["dev"]) if r.name == tool]
    assert version(wanted) in {version(p) for p in locked("test")[tool]}


def test_the_makefile_installs_from_the_locks_only() -> None:
    targets = [".venv/.up", ".venv/.test", ".venv/.release", ".venv/scan/.done"]
    commands = ["make", "--dry-run", "--always-make", "--no-print-directory", *targets]
    printed = subprocess.run(commands, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    installs = re.findall(r"pip --disable-pip-version-check install ([^&'\n]*)", printed)
    locks = [
        match[1] for i in installs if (match := re.search(r"--require-hashes .*locks/(\w+)", i))
    ]
    assert set(locks) == set(CONTENTS)
    others = {i.strip() for i in installs if "--require-hashes" not in i}
    assert others == {
        "--quiet --no-deps --no-build-isolation --editable . --editable ./localcloud"
    }, "only the project itself, without its dependencies"
