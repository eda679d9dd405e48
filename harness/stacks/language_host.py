"""A language host: `python -m harness.stacks.language_host nodejs|go|python`.

The official hosts are on none of the registries that the tests use. Like those, this one starts
programs in TypeScript and Go with the addresses of the engine and the resource monitor; a compiled
Go program is the runtime option `binary`. For Python it installs and starts plugins. Programs and
plugins use Pulumi's own SDKs.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import language_pb2 as language
from pulumi.runtime.proto import language_pb2_grpc as language_grpc
from pulumi.runtime.proto import plugin_pb2 as plugin

from docs.node import EXECUTABLE as NODE

from .hosting import executable


def install(folder: Path, name: str) -> Path:
    """Put the host of a language into a folder for PATH, and return it."""
    words = f"-m harness.stacks.language_host {name}"
    return executable(folder / f"pulumi-language-{name}", "automation", words)


class Host(language_grpc.LanguageRuntimeServicer):
    """The calls that the life cycle of a program and `package add` need.

    Args:
        name: `nodejs`, `go` or `python`.
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

    def InstallDependencies(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802
        """Of a plugin in Python: its requirements, into its virtual environment."""
        environment = self._virtual_environment(request.info)
        if not environment.exists():
            subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        requirements = Path(request.info.program_directory) / "requirements.txt"
        words = (environment / "bin" / "pip", "install", "--quiet", "--requirement", requirements)
        done = subprocess.run(words, capture_output=True, cwd=requirements.parent)
        yield language.InstallDependenciesResponse(stdout=done.stdout, stderr=done.stderr)
        if done.returncode:
            context.abort(grpc.StatusCode.INTERNAL, done.stderr.decode())

    def RunPlugin(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802
        """Start a plugin in Python; the engine reads the port from its output, and cancels."""
        interpreter = self._virtual_environment(request.info) / "bin" / "python"
        with subprocess.Popen(
            [interpreter, request.info.program_directory, *request.args],
            cwd=request.pwd,
            env=dict(pair.split("=", 1) for pair in request.env) or None,
            stdout=subprocess.PIPE,
            stderr=sys.stderr,
        ) as process:
            context.add_callback(process.terminate)
            assert process.stdout
            for line in process.stdout:
                yield language.RunPluginResponse(stdout=line)
        yield language.RunPluginResponse(exitcode=process.returncode)

    def _virtual_environment(self, info: Any) -> Path:
        return Path(info.program_directory) / str(dict(info.options.items())["virtualenv"])

    def _command(self, binary: str, values: dict[str, str], request: Any) -> list[str]:
        folder = Path(request.info.program_directory)
        if self.name == "go":
            return [str(folder / binary)]
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
    with contextlib.suppress(KeyboardInterrupt):
        server.wait_for_termination()


if __name__ == "__main__":
    main()
