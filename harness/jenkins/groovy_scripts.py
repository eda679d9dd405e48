"""Runs the Groovy scripts of the controller, with stand-ins for Jenkins's classes."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Mapping
from typing import Any

from jenkins_platform_cli.pulumi_cli import golang

from harness.docker.standins import HERE, debian, in_root, maven
from harness.jenkins.groovy import QUICK

_JAVA = " ".join(("java", *QUICK, "-cp", "groovy.jar"))
_GROOVY = "org/codehaus/groovy/groovy-all/2.4.21/groovy-all-2.4.21.jar"
_GROOVY_DIGEST = "de65260cf2070442e99882f2f3d72e7531725c1e6a257446cc0cea525c607bd0"


def library_step(scenario: str) -> dict[str, Any]:
    """What the steps of the shared library do in a piece of Groovy: in the version of Groovy that
    Jenkins has, but not in its interpreter. See `tests/images/standins/library.groovy`."""
    work = debian() / "root" / "tmp" / "library"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(golang.ROOT / "images/controller/library/vars", work / "vars")
    shutil.copy(HERE / "library.groovy", work)
    shutil.copy(maven(_GROOVY, _GROOVY_DIGEST), work / "groovy.jar")
    (work / "scenario").write_text(scenario)
    printed = in_root(
        debian() / "root",
        f"cd /tmp/library && {_JAVA} groovy.ui.GroovyMain library.groovy vars scenario",
    )
    done: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return done


def stale_nodes(nodes: str) -> dict[str, Any]:
    """What the controller's start-up hook does with some nodes, written in Groovy: the nodes that
    are left, and what it printed."""
    printed = _hook("remove-stale-nodes", "run.groovy", {"nodes": nodes})
    return {"printed": printed[:-1], "left": json.loads(printed[-1])}


def start_agents(scenario: str) -> Any:
    """What the start-up hook for agents does in a piece of Groovy, for a cloud with the label
    ``linux``. See `tests/images/standins/hook/start.groovy`."""
    printed = _hook("start-agents", "start.groovy", {"scenario": scenario})
    return json.loads(printed[-1])


def warm_agents(scenario: str, wanted: Mapping[str, Any]) -> list[str]:
    """What the start-up hook for warm agents prints in a piece of Groovy, for a cloud with the
    label ``linux``. See `tests/images/standins/hook/warm.groovy`.

    Args:
        wanted: The variable ``WARM_AGENTS``.
    """
    environment = {"WARM_AGENTS": json.dumps(wanted)}
    return _hook("warm-agents", "warm.groovy", {"scenario": scenario}, environment)


START_LINE = "jenkins-platform: start of {}: queued {} s, connected {} s, accepted {} s"
"""What the start-up hook that reports the starts of agents prints for each."""


def reported_starts(scenario: str) -> list[str]:
    """What it prints in a piece of Groovy: see `tests/images/standins/hook/starts.groovy`."""
    return _hook("report-starts", "starts.groovy", {"scenario": scenario})


def credentials(
    environment: Mapping[str, str], secrets: Mapping[str, str], existing: str = "[]"
) -> dict[str, Any]:
    """What the start-up hook for credentials leaves of some credentials, written in Groovy, when it
    runs twice: the credentials, how often it saved them, and what it printed."""
    files = {**{f"secrets-{name}": text for name, text in secrets.items()}, "existing": existing}
    # Prints what would be sent to S3.
    files["bin/s3-request"] = '#!/bin/sh\necho "$@" $(cat "${9#@}")\n'
    printed = _hook("credentials", "keys.groovy", files, environment)
    return {"printed": printed[:-1], **json.loads(printed[-1])}


def reported_builds(answer: str) -> list[str]:
    """What the start-up hook that reports builds does for a build with each result: each argument
    that ``signed-curl`` gets, and what is printed. It answers with a text."""
    script = f"#!/bin/sh\nprintf '%s\\n' \"$@\" >>/tmp/hook/called\necho {shlex.quote(answer)}\n"
    printed = _hook(
        "report-builds", "builds.groovy", {"bin/signed-curl": script}, {"BUILD_EVENTS": "acme"}
    )
    called = debian() / "root" / "tmp" / "hook" / "called"
    return [*called.read_text().splitlines(), *printed]


def _hook(
    name: str, script: str, files: Mapping[str, str], environment: Mapping[str, str] | None = None
) -> list[str]:
    """Run a start-up hook with stand-ins for Jenkins's classes. Returns the printed lines. Files
    named ``secrets-NAME`` are in the folder of secrets."""
    work = debian() / "root" / "tmp" / "hook"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(HERE / "hook", work)
    shutil.copy(golang.ROOT / f"images/controller/hooks/{name}.groovy", work)
    shutil.copy(maven(_GROOVY, _GROOVY_DIGEST), work / "groovy.jar")
    (work / "secrets").mkdir()
    (work / "bin").mkdir()
    for file, text in files.items():
        path = work / file.replace("secrets-", "secrets/")
        path.write_text(text)
        path.chmod(0o755)
    variables = {
        "DEFAULT_LABEL": "linux",
        "SECRETS": "secrets",
        "SPOT_FOLDER": "/tmp/hook",
        **(environment or {}),
    }
    exports = " ".join(f"{key}={shlex.quote(value)}" for key, value in variables.items())
    printed = in_root(
        debian() / "root",
        f"cd /tmp/hook && export {exports} PATH=$PWD/bin:$PATH && mkdir classes"
        f" && find com hudson io jenkins org -name '*.groovy' | xargs {_JAVA}"
        " org.codehaus.groovy.tools.FileSystemCompiler -d classes"
        f" && {_JAVA}:classes groovy.ui.GroovyMain {script}",
    )
    return printed.splitlines()
