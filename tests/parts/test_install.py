"""The package as strangers install it: from an index, from Git, from a requirements file."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.long

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


def test_the_extras_add_the_command_and_the_embedded_cloud(index: str) -> None:
    packages = resolved("--extra-index-url", index, "jenkins-platform[cli,local]")
    assert packages["jenkins-platform-localcloud"].startswith(index)
    assert packages.keys() >= OPTIONAL


def test_a_wheel_with_the_command_as_the_examples_say(tmp_path: Path) -> None:
    """The two lines of `examples/README.md`, with this checkout."""
    page = (ROOT / "examples" / "README.md").read_text()
    (build,) = re.findall(r"^pip (wheel .*)$", page, re.MULTILINE)
    (install,) = re.findall(r'^pip install "(dist/.*\.whl\[cli\])"$', page, re.MULTILINE)
    words = build.replace("<checkout of jenkins-platform>", str(ROOT)).split()
    subprocess.run([sys.executable, "-m", "pip", *words, "--quiet"], cwd=tmp_path, check=True)
    packages = resolved(install, folder=tmp_path)
    assert packages["jenkins-platform"] == (tmp_path / install.removesuffix("[cli]")).as_uri()
    assert {"typer", "boto3", "filelock"} <= packages.keys()
    assert packages.keys() & {"moto", "jenkins-platform-localcloud"} == set()


def test_what_an_index_installs_runs(index: str, tmp_path: Path) -> None:
    """The line of the installation page, with all extras: the command runs in a new project."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    programs = tmp_path / "venv" / "bin"
    wanted = "jenkins-platform[cli,local]"
    words = [programs / "pip", "install", "--quiet", "--extra-index-url", index, wanted]
    subprocess.run(words, check=True)
    shutil.copytree(ROOT / "examples" / "python", tmp_path / "project")
    (tmp_path / "project" / "Pulumi.dev.yaml").write_text("config:\n  aws:region: eu-central-1\n")
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    environment["HOME"] = str(tmp_path)
    words = [programs / "jenkins-platform", "cost", "--stack", "dev", "--json"]
    done = subprocess.run(
        words, cwd=tmp_path / "project", env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["monthly_usd"] > 0


def test_git_by_tag(tmp_path: Path) -> None:
    clone, tag = tmp_path / "clone", f"v{version('jenkins-platform')}"
    subprocess.run(["git", "clone", "--quiet", "--no-local", ROOT, clone], check=True)
    subprocess.run(["git", "tag", tag], cwd=clone, check=True)
    # pip 23, which Python 3.11 installs, knows no "name @ URL" for a URL without a host.
    packages = resolved(f"git+{clone.as_uri()}@{tag}#egg=jenkins-platform")
    assert packages["jenkins-platform"] == clone.as_uri()
    assert packages.keys() & OPTIONAL == set()


def test_the_requirements_of_the_python_example() -> None:
    folder = ROOT / "examples" / "python"
    packages = resolved("--requirement", "requirements.txt", folder=folder)
    assert packages["jenkins-platform"] == ROOT.as_uri()


def test_the_requirements_of_the_project() -> None:
    """`requirements.txt`, from which `pulumi up` creates the virtual environment."""
    packages = resolved("--requirement", "requirements.txt")
    assert packages["jenkins-platform"] == ROOT.as_uri()
    assert {"pulumi", "typer", "boto3"} <= packages.keys()


RUN = """
import runpy, jenkins_platform
from jenkins_platform.testing import register
found = register(lambda: runpy.run_path("__main__.py", run_name="__main__"))
print(jenkins_platform.__file__, sum(r.custom for r in found))
"""


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The Python example in a separate folder."""
    folder = tmp_path / "example"
    shutil.copytree(ROOT / "examples" / "python", folder)
    for name in ("requirements.txt", "pyproject.toml"):
        file = folder / name
        file.write_text(file.read_text().replace("../..", str(ROOT)))
    return folder


def with_pip(folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", ".venv"], cwd=folder, check=True)
    words = [folder / ".venv" / "bin" / "pip", "install", "--quiet", "-r", "requirements.txt"]
    subprocess.run(words, cwd=folder, check=True)


def with_uv(folder: Path) -> None:
    tool = folder.parent / "uv"
    words = [sys.executable, "-m", "pip", "install", "--quiet", "--target", tool, "uv>=0.9,<1"]
    subprocess.run(words, check=True)
    # Not into the environment in which the tests run.
    environment = {k: v for k, v in os.environ.items() if k != "VIRTUAL_ENV"}
    words = [tool / "bin" / "uv", "sync", "--quiet"]
    subprocess.run(words, cwd=folder, env=environment, check=True)


@pytest.mark.parametrize("install", [with_pip, with_uv])
def test_the_python_example_runs_in_what_a_toolchain_installs(
    install: Callable[[Path], None], example: Path
) -> None:
    """As `pulumi install` does it, with the program registered against mocks."""
    install(example)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    words = [example / ".venv" / "bin" / "python", "-c", RUN]
    done = subprocess.run(words, cwd=example, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    place, _, count = done.stdout.strip().rpartition(" ")
    assert Path(place).is_relative_to(example)
    assert int(count) > 100
