"""The page of what is up, as a browser shows it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.inputs.lean import LEAN
from harness.stacks.user import ROOT, User, project_user

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


@pytest.fixture
def user(tmp_path: Path) -> Iterator[User]:
    with project_user(tmp_path) as found:
        yield found


def browse(page: Path, *options: str) -> str:
    """The page as Chromium renders it, including scripts."""
    profile = f"--user-data-dir={page.parent / 'chromium'}"
    words = [*CHROMIUM, profile, *options, page.as_uri()]
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=120).stdout


@pytest.mark.long
def test_the_page_shows_labels_prices_cost_resources_and_configuration(user: User) -> None:
    early = user.local("show")
    assert (early.returncode, "Stack local is empty" in early.stderr) == (1, True)

    user.set(**LEAN, jenkins={"system_message": "<script>document.title = 'broken'</script>"})
    up = user.local("up")
    assert up.returncode == 0
    page = user.folder / "page.html"
    printed = user.local("show", "--output", str(page))
    assert printed.returncode == 0, printed.stderr
    assert "Jenkins: emulated, nothing runs: LOCALCLOUD_DOCKER is 'none'" in printed.stdout
    found = user.document("show", "--output", str(page))
    assert (found["file"], found["health"], found["tasks"]) == (str(page), "emulated", [])
    assert f"Resources   {found['resources']}: " in up.stdout, "as in the summary"
    assert found["monthly_usd"] == user.document("cost")["monthly_usd"]

    seen = browse(page, "--dump-dom")
    assert f"{found['resources']} resources" in seen
    assert '<span class="state emulated">emulated</span>' in seen
    assert "Application Load Balancer</text>" in seen
    assert ">8080, 50000</text>" in seen, "the ports of the security groups in the state"
    assert '<h2 id="agents">Running agents</h2>' in seen
    assert "<title>jenkins: local</title>" in seen, "text of the settings is not executed"
    assert "&lt;script&gt;document.title" in seen
    for label in ("linux", "linux-spot", "linux-on-demand", "linux-auto"):
        assert f"<code>{label}</code>" in seen
    assert "slaveAgentPort: 50000" in seen
    assert "jenkins-controller-service" in seen
    assert "Tasks" not in seen, "none runs, though the emulator says so"
    assert seen.count('class="bar"') >= 5
    password = user.local("password").stdout.strip()
    assert password not in seen

    ARTEFACTS.mkdir(exist_ok=True)
    picture = ARTEFACTS / "show.png"
    picture.unlink(missing_ok=True)
    browse(page, "--window-size=1200,1600", f"--screenshot={picture}")
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
