"""What must be true on the day of a release. Each check returns its problems, none if it passes."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from jenkins_platform.settings.images import (
    AGENT_VERSION,
    JENKINS_VERSION,
    KANIKO_VERSION,
    locked_plugins,
)
from jenkins_plugins import sources
from jenkins_plugins.lock import PUBLIC, Lock
from jenkins_plugins.resolver import Request, ResolutionError, describe, resolve
from jenkins_plugins.update_center import CORE, UpdateCenter
from jenkins_plugins.versions import Version

LOCK_DAYS = 7
"""Age of a lock that a release may still use."""
_RELEASES = "https://api.github.com/repos/{}/releases/latest"
_IMAGES = {
    "agent": ("jenkinsci/docker-agents", AGENT_VERSION),
    "kaniko": ("osscontainertools/kaniko", f"v{KANIKO_VERSION}"),
}
Read = Callable[[str, float], Any]
"""Reads a JSON document from a URL, within some seconds."""
Problems = list[str]


def check_lock(lock: Lock, today: date) -> Problems:
    """The lock is for the default core, recent, and from the public update center."""
    problems = []
    if not lock.is_public:
        problems.append(f"plugins.lock was made from {lock.source}, not from {PUBLIC}")
    if str(lock.core) != JENKINS_VERSION:
        problems.append(f"plugins.lock is for Jenkins {lock.core}, not for {JENKINS_VERSION}")
    if (today - date.fromisoformat(lock.date)).days > LOCK_DAYS:
        problems.append(f"plugins.lock is of {lock.date}, more than {LOCK_DAYS} days old")
    return [f"{problem}: run make plugins" for problem in problems]


def check_plugins(lock: Lock, center: UpdateCenter) -> Problems:
    """Core and the whole closure are the newest, and no security warning is about them."""
    problems = []
    if warnings := center.warnings_of(CORE, lock.core):
        problems.append(f"Jenkins {lock.core} is affected by {describe(warnings)}")
    if center.newest_core and lock.core < center.newest_core:
        problems.append(f"Jenkins {lock.core} is behind {center.newest_core}")
    for name, release in lock.plugins.items():
        if warnings := center.warnings_of(name, release.version):
            problems.append(f"{name} {release.version} is affected by {describe(warnings)}")
    try:
        now = resolve(Request(lock.core, frozenset(lock.plugins)), center).plugins
    except ResolutionError as error:
        return [*problems, *str(error).splitlines()]
    behind = [n for n, r in lock.plugins.items() if r.version < now[n].version]
    if behind:
        problems.append(f"plugins are behind, run make plugins: {', '.join(behind)}")
    return problems


def check_images(read: Read = sources.document) -> Problems:
    """The agent and Kaniko images are at the newest release."""
    problems = []
    for role, (repository, version) in _IMAGES.items():
        newest = read(_RELEASES.format(repository), 10)["tag_name"]
        if newest != version:
            problems.append(f"the {role} image is at {version}; the newest release is {newest}")
    return problems


def check_command(*command: str) -> Problems:
    """A command that must succeed."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 0:
        return []
    return [f"{' '.join(command)}: {(done.stdout + done.stderr).strip()[-2000:]}"]


def check_recorded(project: Path, recorded: Path) -> Problems:
    """The states of the version are recorded, so that later versions can be previewed on them."""
    (version,) = re.findall(r'^version = "(.*)"$', project.read_text(), re.M)
    found = list((recorded / version).glob("*.json"))
    return [] if found else [f"no states of {version} in {recorded}: run make record"]


def check_clean() -> Problems:
    """Everything is committed."""
    status = ["git", "status", "--porcelain"]
    changed = subprocess.run(status, capture_output=True, text=True, check=True).stdout.split("\n")
    files = [line[3:] for line in changed if line]
    return [f"not committed: {', '.join(files)}"] if files else []


def run() -> dict[str, Problems]:
    """The problems of every check, by what it looks at."""
    lock = locked_plugins()
    python = sys.executable
    checks: dict[str, Callable[[], Problems]] = {
        "lock of plugins": lambda: check_lock(lock, date.today()),
        "plugins and core": lambda: check_plugins(
            lock, sources.update_center(Version(JENKINS_VERSION))
        ),
        "agent and Kaniko": check_images,
        "generated pages": lambda: check_command(python, "-m", "docs", "--check"),
        "Python packages": lambda: check_command("make", "--silent", "audit"),
        "bill of materials": lambda: check_command("make", "--silent", "sbom"),
        "states for upgrades": lambda: check_recorded(
            Path("pyproject.toml"), Path("tests/data/recorded")
        ),
        "working tree": check_clean,
    }
    return {subject: _attempt(check) for subject, check in checks.items()}


def _attempt(check: Callable[[], Problems]) -> Problems:
    """What cannot be looked at is a problem: silence is not safety."""
    try:
        return check()
    except (sources.UnreachableError, OSError, KeyError) as error:
        return [f"could not be checked: {error}"]
