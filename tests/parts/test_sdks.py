"""SDKs of other languages, compiled by their compilers with Pulumi's own SDKs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness import sdks
from harness.hosting import ROOT

GO_PROGRAM = """\
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	jenkins "jenkins-platform/sdk/go/jenkinsplatform"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		platform, err := jenkins.NewJenkinsPlatform(ctx, "jenkins", &jenkins.JenkinsPlatformArgs{
			Agents: jenkins.AgentTemplateArray{&jenkins.AgentTemplateArgs{
				Name:      pulumi.String("build"),
				Capacity:  jenkins.CapacitySpot,
				Cpu:       pulumi.Int(1024),
				MemoryMib: pulumi.Int(2048),
			}},
			Tags: pulumi.StringMap{"team": pulumi.String("build")},
		})
		if err != nil {
			return err
		}
		ctx.Export("url", platform.Url)
		return nil
	})
}
"""
PYTHON_PROGRAM = """\
import pulumi_jenkins_platform as jenkins

template = jenkins.AgentTemplateArgs(name="build", capacity=jenkins.Capacity.SPOT, cpu=1024)
args = jenkins.JenkinsPlatformArgs(agents=[template], tags={"team": "build"})
assert args.agents[0].capacity == "spot"
"""


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sdks.generated(tmp_path_factory.mktemp("sdks"))


def test_typescript_compiles_with_the_example(generated: Path, tmp_path: Path) -> None:
    project = sdks.TypeScript(generated / "nodejs", tmp_path / "project")
    shutil.copytree(ROOT / "examples" / "typescript", project.folder, dirs_exist_ok=True)
    settings = json.loads((project.folder / "tsconfig.json").read_text())
    settings["files"].append("others.d.ts")
    settings["compilerOptions"]["noEmit"] = True
    (project.folder / "tsconfig.json").write_text(json.dumps(settings))
    project.compile(project.folder)
    source = (project.folder / "index.ts").read_text()
    for right, wrong in (("memoryMib: 2048", "memory: 2048"), ('"spot"', '"cheap"')):
        (project.folder / "index.ts").write_text(source.replace(right, wrong))
        with pytest.raises(AssertionError, match=r"memory|cheap"):
            project.compile(project.folder)


def test_go_passes_vet_with_a_program(generated: Path, tmp_path: Path) -> None:
    module = sdks.Go(generated / "go", tmp_path / "module")
    (module.folder / "program").mkdir()
    (module.folder / "program" / "main.go").write_text(GO_PROGRAM)
    module.run("vet", "./...")
    (module.folder / "program" / "main.go").write_text(GO_PROGRAM.replace("MemoryMib", "Memory"))
    with pytest.raises(AssertionError, match="unknown field Memory"):
        module.run("vet", "./program")


def test_python_has_the_inputs_and_enums(generated: Path) -> None:
    words = [sys.executable, "-W", "error", "-c", PYTHON_PROGRAM]
    done = subprocess.run(words, cwd=generated / "python", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_no_generated_description_has_the_indentation_of_a_docstring(generated: Path) -> None:
    files = [f for f in (generated / "go").rglob("*.go") if "//\n//\t" in f.read_text()]
    assert files == [], "Go would show the rest of the description as code"
