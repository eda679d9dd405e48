"""Programs in TypeScript and Python that use the generated SDKs, on the embedded cloud.

No language host is needed: Pulumi's Automation API runs a program inside its own process.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
from localcloud.cloud import REGION, LocalCloud
from pulumi import automation as auto

from docs import node
from harness import sdks
from harness.engine import PASSPHRASE, Stack
from harness.hosting import host
from harness.lean import LEAN, READY_IMAGES

PROGRAM = """
const { LocalWorkspace } = require("@pulumi/pulumi/automation");
const { JenkinsPlatform, Capacity } = require("@jenkins-platform/aws");

async function program() {
    const jenkins = new JenkinsPlatform("jenkins", {
        ...JSON.parse(process.env.INPUTS),
        agents: [{ name: "build", capacity: "spot", cpu: 1024, memoryMib: 2048 }],
    });
    return { labels: jenkins.agentLabels, url: jenkins.url };
}

async function main() {
    const stack = await LocalWorkspace.createOrSelectStack(
        { stackName: "dev", projectName: "consumer", program });
    await stack.setConfig("aws:region", { value: process.env.AWS_REGION });
    const outputs = (await stack.up()).outputs;
    const changed = (await stack.preview()).changeSummary;
    process.stdout.write(JSON.stringify({ outputs, changed }));
}
main().catch(error => { console.error(error); process.exit(1); });
"""
INPUTS = {"images": READY_IMAGES, "removalPolicy": "destroy"}


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sdks.generated(tmp_path_factory.mktemp("sdks"))


def test_a_typescript_program_deploys_the_component(
    generated: Path, tmp_path: Path, cloud: LocalCloud, pulumi_command: auto.PulumiCommand
) -> None:
    project = sdks.TypeScript(generated / "nodejs", tmp_path / "project")
    script, state = project.folder / "program.js", tmp_path / "state"
    script.write_text(PROGRAM)
    state.mkdir()
    folders = [host(tmp_path / "host"), Path(pulumi_command.command).parent]
    environment = {
        **os.environ,
        **cloud.environment,
        "AWS_REGION": REGION,
        "INPUTS": json.dumps(INPUTS),
        "PATH": os.pathsep.join([*map(str, folders), os.environ["PATH"]]),
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    done = subprocess.run(
        [node.EXECUTABLE, script], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    outputs = {name: output["value"] for name, output in found["outputs"].items()}
    assert outputs["labels"] == ["build", "build-spot", "build-on-demand"]
    assert outputs["url"].startswith("http://jenkins-alb-")
    assert found["changed"].keys() == {"same"}
    assert len(cloud.client("efs").describe_file_systems()["FileSystems"]) == 1
    cloud.reset()


def test_a_python_program_deploys_the_component_through_the_generated_sdk(
    generated: Path,
    tmp_path: Path,
    make_stack: Callable[..., Stack],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(generated / "python"))
    monkeypatch.setenv("PATH", f"{host(tmp_path / 'host')}{os.pathsep}{os.environ['PATH']}")

    def program() -> None:
        sdk: Any = importlib.import_module("pulumi_jenkins_platform")
        template = sdk.AgentTemplateArgs(name="build", capacity=sdk.Capacity.SPOT)
        platform = sdk.JenkinsPlatform(
            "jenkins",
            agents=[template],
            removal_policy="destroy",
            network={"nat": LEAN["network"]["nat"]},
            images={role: {"existing": i["existing"]} for role, i in READY_IMAGES.items()},
        )
        pulumi.export("labels", platform.agent_labels)

    stack = make_stack(program)
    assert stack.up()["labels"] == ["build", "build-spot", "build-on-demand"]
    types = {r["type"] for r in stack.resources()}
    assert {"jenkins-platform:index:JenkinsPlatform", "aws:ecs/service:Service"} <= types
