"""Find a Pulumi CLI, download one, or build one from source."""

from __future__ import annotations

import shutil
import socket
import subprocess
from importlib.metadata import version as installed_version
from pathlib import Path

from pulumi.automation import PulumiCommand
from pulumi.automation.errors import InvalidVersionError
from semver import VersionInfo

from . import golang
from .golang import PINS, TOOLS, Lines, Progress, ToolchainError, exclusive

BUILT_VERSION = "3.259.0"
"""Version of the CLI that ``tools/pulumi/go.mod`` builds."""
OLDEST = VersionInfo.parse("3.250.0")
"""Oldest supported CLI: since then the engine passes naming options to providers."""
_DOWNLOAD_HOST = ("get.pulumi.com", 443)
_REACH_SECONDS = 3.0
_MODULE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"


def pulumi_cli(progress: Progress, tools: Path = TOOLS) -> PulumiCommand:
    """The CLI on PATH, a cached one, the official download, or a build; the first that works.

    Raises:
        ToolchainError: none of them works.
    """
    tried: list[str] = []
    for name, get in (
        ("PATH", _on_path),
        ("cache", lambda _: _cached(tools)),
        ("download", lambda p: _download(p, tools)),
        ("build", lambda p: build(p, tools)),
    ):
        try:
            return get(progress)
        except (OSError, InvalidVersionError, ToolchainError, subprocess.SubprocessError) as error:
            tried.append(f"{name}: {error}")
    raise ToolchainError("No Pulumi CLI is available.\n  " + "\n  ".join(tried))


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
    # The SDK's installer waits for minutes if the host does not respond: test the connection first.
    try:
        socket.create_connection(_DOWNLOAD_HOST, timeout=_REACH_SECONDS).close()
    except OSError as error:
        raise ToolchainError(f"{_DOWNLOAD_HOST[0]} cannot be reached ({error})") from error
    progress.say(f"Downloading the Pulumi CLI {wanted}")
    return PulumiCommand.install(root=str(tools / "pulumi" / str(wanted)), version=wanted)


def build(progress: Progress, tools: Path) -> PulumiCommand:
    """The CLI, built from source into ``tools`` unless it exists."""
    with exclusive(tools):
        root = tools / "pulumi" / BUILT_VERSION
        if not (root / "bin" / "pulumi").exists():
            progress.say(f"Building the Pulumi CLI {BUILT_VERSION} from source; takes minutes")
            flags = f"-s -w -X {_VERSION_VARIABLE}=v{BUILT_VERSION}"
            golang.install(progress, tools, PINS / "pulumi", _MODULE, root / "bin", flags)
        return PulumiCommand(root=str(root), version=OLDEST)


if __name__ == "__main__":
    print(f"Pulumi CLI {pulumi_cli(Lines()).version}")
