"""SDKs of other languages, compiled by their compilers with Pulumi's own SDKs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.stacks import sdks

PYTHON_PROGRAM = """\
import pulumi_jenkins_platform as jenkins

template = jenkins.AgentTemplateArgs(name="build", capacity=jenkins.Capacity.SPOT, cpu=1024)
args = jenkins.JenkinsPlatformArgs(agents=[template], tags={"team": "build"})
assert args.agents[0].capacity == "spot"
"""


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sdks.generated(tmp_path_factory.mktemp("sdks"))


@pytest.mark.long
def test_typescript_compiles_with_the_example(generated: Path, tmp_path: Path) -> None:
    project = sdks.TypeScript(generated / "nodejs", tmp_path / "project")
    project.example()
    project.compile(project.folder)
    source = (project.folder / "index.ts").read_text()
    for right, wrong in (("memoryMib: 2048", "memory: 2048"), ('"spot"', '"cheap"')):
        (project.folder / "index.ts").write_text(source.replace(right, wrong))
        with pytest.raises(AssertionError, match=r"memory|cheap"):
            project.compile(project.folder)


@pytest.mark.long
def test_go_passes_vet_with_the_example(generated: Path, tmp_path: Path) -> None:
    module = sdks.Go(generated / "go", tmp_path / "module")
    module.run("vet", "./...")
    source = module.program.read_text()
    module.program.write_text(source.replace("MemoryMib", "Memory"))
    with pytest.raises(AssertionError, match="unknown field Memory"):
        module.run("vet", "./example")


def test_python_has_the_inputs_and_enums(generated: Path, tmp_path: Path) -> None:
    site = sdks.python(generated / "python", tmp_path / "site")
    words = [sys.executable, "-W", "error", "-c", PYTHON_PROGRAM]
    done = subprocess.run(words, cwd=site, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
