"""SDKs of the component for other languages, generated from its schema by Pulumi's own generators.

The CLI generates them in language hosts, which are not on the registries that the tests use; the
generators of TypeScript, Python and Go are in a Go module that is. Those of C# and Java are not.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from docs import node

from . import go_tools
from .hosting import ROOT

SCHEMA = ROOT / "plugin" / "schema.json"
_PACKAGES = {"@pulumi/pulumi": "3.270.0", "@types/node": "20.19.43"}
_AWS = ("@pulumi/aws", "7.48.0")
_TYPESCRIPT = ("typescript", "5.9.3")
_OTHER_MODULES = """\
declare module "@pulumi/aws" {
    export const s3: any;
    export const ec2: any;
    export const vpc: any;
}
"""
"""Not the real one: its types are larger than everything else together."""


def generated(folder: Path) -> Path:
    """A folder with the SDKs in ``nodejs``, ``python`` and ``go``."""
    subprocess.run([go_tools.sdk_generator(), SCHEMA, folder], check=True)
    return folder


def python(sdk: Path, folder: Path) -> Path:
    """A folder for the path of modules in which the Python SDK is installed."""
    words = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*words, "--target", folder, sdk], check=True)
    return folder


class TypeScript:
    """A project that depends on the SDK, which is compiled first.

    Args:
        sdk: The generated SDK.
        folder: Where the project is created.
    """

    def __init__(self, sdk: Path, folder: Path) -> None:
        self.folder = folder
        modules = folder / "node_modules"
        for name, version in _PACKAGES.items():
            link = modules / name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(node.package(name, version))
        source = folder / "sdk"
        shutil.copytree(sdk, source)
        self.compile(source)
        # As it is published: the compiled files beside package.json.
        shutil.copy(source / "package.json", source / "bin")
        package = modules / "@jenkins-platform" / "aws"
        package.parent.mkdir()
        package.symlink_to(source / "bin")
        (folder / "others.d.ts").write_text(_OTHER_MODULES)

    def example(self, name: str = "typescript") -> None:
        """Copy an example into the project."""
        shutil.copytree(ROOT / "examples" / name, self.folder, dirs_exist_ok=True)
        self.settings(["index.ts"])

    def settings(self, files: Sequence[str]) -> None:
        """Write the example's settings of the compiler, for other files."""
        settings = json.loads((ROOT / "examples" / "typescript" / "tsconfig.json").read_text())
        settings["files"] = [*files, "others.d.ts"]
        (self.folder / "tsconfig.json").write_text(json.dumps(settings))

    def make_runnable(self) -> None:
        """Compile, and link the packages that only running programs need."""
        self.compile(self.folder)
        (self.folder / "node_modules" / _AWS[0]).symlink_to(node.package(*_AWS))
        package = json.loads((self.folder / "package.json").read_text())
        (self.folder / "package.json").write_text(json.dumps({**package, "main": "bin/index.js"}))

    def compile(self, project: Path) -> None:
        """Compile a project.

        Raises:
            AssertionError: with the errors of the compiler.
        """
        compiler = node.package(*_TYPESCRIPT) / "bin" / "tsc"
        done = node.run(compiler, "--skipLibCheck", "--project", project)
        assert done.returncode == 0, done.stdout


class Go:
    """A module that holds the SDK and the example, with the versions that ``tools/pulumi`` pins.

    Args:
        sdk: The generated SDK.
        folder: Where the module is created.
    """

    def __init__(self, sdk: Path, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(sdk, folder)
        pins = ROOT / "tools" / "pulumi"
        text = (pins / "go.mod").read_text()
        (folder / "go.mod").write_text(
            text.replace("jenkins-platform/tools/pulumi", "jenkins-platform/sdk/go")
        )
        shutil.copy(pins / "go.sum", folder)
        shutil.copytree(ROOT / "examples" / "go", folder / "example")
        self.program = folder / "example" / "main.go"

    def run(self, *words: str) -> None:
        """Run the ``go`` command.

        Raises:
            AssertionError: with its errors.
        """
        environment = {**os.environ, "GOFLAGS": "-mod=mod -buildvcs=false", "CGO_ENABLED": "0"}
        done = subprocess.run(
            [go_tools.toolchain(), *words],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
