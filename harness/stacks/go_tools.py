"""Tools that are built from source once, at the versions that the modules in ``tools/`` pin."""

from __future__ import annotations

import re
from pathlib import Path

from jenkins_platform_cli.pulumi_cli import golang

_YAML_MODULE = "github.com/pulumi/pulumi-yaml"
_YAML_HOST = "pulumi-language-yaml"


class Preparation(golang.Lines):
    """Reports only what takes long."""

    def advance(self, label: str, done: int, total: int) -> None: ...


def built(module: str, package: str, flags: str = "", name: str = "") -> Path:
    """Folder with the program of a Go package.

    Args:
        module: Folder in ``tools/``; the first requirement of its ``go.mod`` has the version.
        package: Import path of the program.
        flags: For the linker; ``{version}`` is replaced by the version.
        name: Folder in ``.tools``. Default: that of the module.
    """
    pins = golang.ROOT / "tools" / module
    version = re.search(r"^require \S+ v(\S+)$", (pins / "go.mod").read_text(), re.MULTILINE)
    assert version, f"tools/{module}/go.mod requires nothing"
    target = golang.TOOLS / (name or module) / version[1] / "bin"
    with golang.exclusive(golang.TOOLS):
        if not target.exists():
            linker = f"-s -w {flags.format(version=version[1])}"
            golang.install(Preparation(), golang.TOOLS, pins, package, target, linker)
    return target


def sdk_generator() -> Path:
    """The generators of SDKs in Pulumi's own module."""
    return built("pulumi", "jenkins-platform/tools/pulumi/sdk", name="sdk-generator") / "sdk"


def actionlint() -> Path:
    """The linter of GitHub workflows."""
    return built("actionlint", "github.com/rhysd/actionlint/cmd/actionlint") / "actionlint"


def cosign() -> Path:
    """The public verifier of image signatures."""
    return built("cosign", "github.com/sigstore/cosign/v2/cmd/cosign") / "cosign"


def yaml_host(folder: Path) -> Path:
    """A folder for PATH with the language host of YAML programs.

    The newest host that can be built is older than the CLI and rejects ``-root``, which it does not
    need: a script removes it.
    """
    flags = f"-X {_YAML_MODULE}/pkg/version.Version=v{{version}}"
    host = built("pulumi-yaml", f"{_YAML_MODULE}/cmd/{_YAML_HOST}", flags) / _YAML_HOST
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / _YAML_HOST
    script.write_text(
        "#!/bin/sh\n"
        'for word; do shift; case $word in -root=*) ;; *) set -- "$@" "$word" ;; esac; done\n'
        f'exec "{host}" "$@"\n'
    )
    script.chmod(0o755)
    return folder


def toolchain() -> str:
    """The ``go`` command."""
    return golang.toolchain(Preparation(), golang.TOOLS)
