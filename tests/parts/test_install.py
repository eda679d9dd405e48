"""The package as strangers install it: from an index, from Git, from a requirements file."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent
OPTIONAL = {"boto3", "typer", "rich", "moto", "docker", "jenkins-platform-localcloud"}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a simple index with the wheels of this checkout."""
    folder = tmp_path_factory.mktemp("index")
    for name, source in (("jenkins-platform", "."), ("jenkins-platform-localcloud", "localcloud")):
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
        words = ["--no-build-isolation", "--wheel-dir", str(folder / name), str(ROOT / source)]
        subprocess.run([*command, *words], check=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def resolved(*words: str, folder: Path = ROOT) -> dict[str, str]:
    """What `pip install` would install: URLs by package name."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
    result = subprocess.run(
        [*command, "--report", "-", *words], cwd=folder, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    return {
        canonicalize_name(p["metadata"]["name"]): p["download_info"]["url"]
        for p in report["install"]
    }


def test_a_plain_consumer_installs_neither_command_nor_embedded_cloud(index: str) -> None:
    packages = resolved("--extra-index-url", index, "jenkins-platform")
    assert packages["jenkins-platform"].startswith(index)
    assert {"pulumi", "pulumi-aws", "pydantic"} <= packages.keys()
    assert packages.keys() & OPTIONAL == set()


@pytest.mark.long
def test_the_extras_add_the_command_and_the_embedded_cloud(index: str) -> None:
    packages = resolved("--extra-index-url", index, "jenkins-platform[cli,local]")
    assert packages["jenkins-platform-localcloud"].startswith(index)
    assert packages.keys() >= OPTIONAL


@pytest.mark.long
def test_git_by_tag(tmp_path: Path) -> None:
    clone, tag = tmp_path / "clone", f"v{version('jenkins-platform')}"
    subprocess.run(["git", "clone", "--quiet", "--no-local", ROOT, clone], check=True)
    subprocess.run(["git", "tag", tag], cwd=clone, check=True)
    packages = resolved(f"jenkins-platform @ git+{clone.as_uri()}@{tag}")
    assert packages["jenkins-platform"] == clone.as_uri()
    assert packages.keys() & OPTIONAL == set()


@pytest.mark.long
def test_the_requirements_of_the_python_example() -> None:
    folder = ROOT / "examples" / "python"
    packages = resolved("--requirement", "requirements.txt", folder=folder)
    assert packages["jenkins-platform"] == ROOT.as_uri()


def test_the_requirements_of_the_project() -> None:
    """`requirements.txt`, from which `pulumi up` creates the virtual environment."""
    packages = resolved("--requirement", "requirements.txt")
    assert packages["jenkins-platform"] == ROOT.as_uri()
    assert {"pulumi", "typer", "boto3"} <= packages.keys()
