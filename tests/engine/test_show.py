"""The page of what is up, as a browser shows it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.inputs.lean import LEAN
from harness.stacks.user import ROOT, User, project_user

pytestmark = pytest.mark.long

ARTEFACTS = ROOT / "tests" / "artefacts"
CHROMIUM = [
    "chromium",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def browse(page: Path, *options: str) -> str:
    """The page as Chromium renders it, including scripts."""
    profile = f"--user-data-dir={page.parent / 'chromium'}"
    words = [*CHROMIUM, profile, *options, page.as_uri()]
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=120).stdout


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    with project_user(tmp_path_factory.mktemp("user")) as found:
        yield found


@dataclass(frozen=True)
class Shown:
    """What `show` made of a running stack: the file, its answer, and the page in a browser."""

    file: Path
    printed: str
    answer: Any
    page: str


@pytest.fixture(scope="module")
def early(user: User) -> subprocess.CompletedProcess[str]:
    """`show` before the first `up`."""
    return user.local("show")


@pytest.fixture(scope="module")
def up(user: User, early: object) -> str:
    """What `up` prints."""
    user.set(**LEAN, jenkins={"system_message": "<script>document.title = 'broken'</script>"})
    done = user.local("up")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def shown(user: User, up: str) -> Shown:
    file = user.folder / "page.html"
    printed = user.local("show", "--output", str(file))
    assert printed.returncode == 0, printed.stderr
    answer = user.document("show", "--output", str(file))
    return Shown(file, printed.stdout, answer, browse(file, "--dump-dom"))


def test_an_empty_stack_has_no_page(early: subprocess.CompletedProcess[str]) -> None:
    assert (early.returncode, "Stack local is empty" in early.stderr) == (1, True)


def test_the_command_says_where_the_page_is_and_what_runs(shown: Shown) -> None:
    assert "Jenkins: emulated, nothing runs: LOCALCLOUD_DOCKER is 'none'" in shown.printed
    found = shown.answer
    assert (found["file"], found["health"], found["tasks"]) == (str(shown.file), "emulated", [])


def test_resources_and_cost_are_those_of_up_and_cost(user: User, up: str, shown: Shown) -> None:
    assert f"Resources   {shown.answer['resources']}: " in up
    assert f"{shown.answer['resources']} resources" in shown.page
    assert shown.answer["monthly_usd"] == user.document("cost")["monthly_usd"]
    assert shown.page.count('class="bar"') >= 5


def test_the_picture_shows_the_ports_of_the_security_groups_in_the_state(shown: Shown) -> None:
    assert "Application Load Balancer</text>" in shown.page
    assert ">8080, 50000</text>" in shown.page


def test_the_page_shows_labels_configuration_and_resources(shown: Shown) -> None:
    for label in ("linux", "linux-spot", "linux-on-demand", "linux-auto"):
        assert f"<code>{label}</code>" in shown.page
    assert "slaveAgentPort: 50000" in shown.page
    assert "jenkins-controller-service" in shown.page


def test_without_docker_the_page_lists_no_tasks(shown: Shown) -> None:
    assert '<span class="state emulated">emulated</span>' in shown.page
    assert '<h2 id="agents">Running agents</h2>' in shown.page
    assert "Tasks" not in shown.page, "none runs, though the emulator says so"


def test_text_of_the_settings_is_not_executed(shown: Shown) -> None:
    assert "<title>jenkins: local</title>" in shown.page
    assert "&lt;script&gt;document.title" in shown.page


def test_the_password_is_not_on_the_page(user: User, shown: Shown) -> None:
    assert user.local("password").stdout.strip() not in shown.page


def test_a_browser_can_photograph_the_page(shown: Shown) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    picture = ARTEFACTS / "show.png"
    picture.unlink(missing_ok=True)
    browse(shown.file, "--window-size=1200,1600", f"--screenshot={picture}")
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
