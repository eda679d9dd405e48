"""A language host for compiled programs: `python -m harness.language_host nodejs|go|java`.

The official hosts are on none of the registries that the tests use. Like those, this one starts the
program with the addresses of the engine and the resource monitor. The program and Pulumi's SDK in
it are the real ones; a compiled program is the runtime option `binary`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import language_pb2 as language
from pulumi.runtime.proto import language_pb2_grpc as language_grpc
from pulumi.runtime.proto import plugin_pb2 as plugin

from docs.node import EXECUTABLE as NODE

from .hosting import ROOT


def install(folder: Path, name: str) -> Path:
    """Put the host of a language into a folder for PATH, and return it."""
    script = folder / f"pulumi-language-{name}"
    folder.mkdir(parents=True, exist_ok=True)
    paths = os.pathsep.join(str(ROOT / p) for p in ("automation", "."))
    script.write_text(
        f'#!/bin/sh\nPYTHONPATH="{paths}" exec "{sys.executable}" -m harness.language_host '
        f'{name} "$@"\n'
    )
    script.chmod(0o755)
    return folder


class Host(language_grpc.LanguageRuntimeServicer):
    """The calls that `preview`, `up` and `destroy` need.

    Args:
        name: `nodejs`, `go` or `java`.
        engine: Address of the engine.
    """

    def __init__(self, name: str, engine: str) -> None:
        self.name = name
        self.engine = engine

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802
        return language.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        return plugin.PluginInfo(version="1.0.0")

    def GetRequiredPackages(self, request: Any, context: Any) -> Any:  # noqa: N802
        return language.GetRequiredPackagesResponse()

    def GetRequiredPlugins(self, request: Any, context: Any) -> Any:  # noqa: N802
        return language.GetRequiredPluginsResponse()

    def Run(self, request: Any, context: Any) -> Any:  # noqa: N802
        options = dict(request.info.options.items())
        binary = str(options.get("binary", ""))
        values = {
            "monitor": request.monitor_address,
            "engine": self.engine,
            "project": request.project,
            "stack": request.stack,
            "organization": request.organization,
            "dry_run": str(request.dryRun).lower(),
            "parallel": str(request.parallel),
        }
        done = subprocess.run(
            [*self._command(binary, values, request), *request.args],
            cwd=request.info.program_directory,
            env={**os.environ, **self._variables(values, request)},
            stdout=sys.stderr,
        )
        return language.RunResponse(
            error=f"the program ended with exit code {done.returncode}" if done.returncode else ""
        )

    def _command(self, binary: str, values: dict[str, str], request: Any) -> list[str]:
        folder = Path(request.info.program_directory)
        if self.name == "go":
            return [str(folder / binary)]
        if self.name == "java":
            return ["java", "-jar", str(folder / binary)]
        runner = folder / "node_modules" / "@pulumi" / "pulumi" / "cmd" / "run"
        flags = [
            f"--{k.replace('_', '-')}={v}"
            for k, v in values.items()
            if k != "dry_run" or request.dryRun
        ]
        return [str(NODE), str(runner), *flags, f"--pwd={folder}", request.info.entry_point]

    def _variables(self, values: dict[str, str], request: Any) -> dict[str, str]:
        return {
            **{f"PULUMI_{k.upper()}": v for k, v in values.items()},
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }


def main() -> None:
    server = grpc.server(ThreadPoolExecutor(4))
    language_grpc.add_LanguageRuntimeServicer_to_server(Host(sys.argv[1], sys.argv[-1]), server)
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
