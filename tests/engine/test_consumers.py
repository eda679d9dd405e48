"""The component in other people's projects: the wheel, and the examples in Python, YAML and CI."""

from __future__ import annotations

import json
import re
import runpy
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.inputs.lean import READY_IMAGES
from harness.stacks.engine import Stack
from harness.stacks.guardrails import mandatory

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = ROOT / "examples"
TOKEN = "jenkins-platform:index:JenkinsPlatform"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as users install it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    subprocess.run([*command, "--no-build-isolation", "-w", folder, ROOT], check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The schema of the hosted component; `make lint` checks that it is fresh."""
    made: dict[str, Any] = json.loads((ROOT / "plugin" / "schema.json").read_text())
    return made


def test_the_wheel_holds_the_component_its_templates_and_image_contexts(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "jenkins_platform/py.typed" in names
    assert "jenkins_platform/templates/jcasc/jenkins.yaml.j2" in names
    assert "jenkins_platform_cli/cli.py" in names
    tools = {n.rsplit("/", 1)[-1] for n in names if n.startswith("jenkins_platform_cli/tools/")}
    assert tools == {"go.mod", "go.sum", "tools.go"}, "only what builds the CLI"
    assert [n for n in names if n.endswith(".dist-info/licenses/LICENSE")]
    assert [n for n in names if n.startswith("jenkins_platform/images/")]
    assert not [n for n in names if "test" in n.split("/")[0]]


@pytest.mark.long
def test_the_source_distribution_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build"]
    subprocess.run([*build, "--target", "sdist", "--directory", tmp_path], cwd=ROOT, check=True)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as source:
        source.extractall(tmp_path, filter="data")
    unpacked = tmp_path / archive.name.removesuffix(".tar.gz")
    subprocess.run([*build, "--target", "wheel", "--directory", tmp_path], cwd=unpacked, check=True)
    (rebuilt,) = tmp_path.glob("*.whl")
    contents = [
        {n.filename: n.CRC for n in zipfile.ZipFile(file).infolist() if "RECORD" not in n.filename}
        for file in (wheel, rebuilt)
    ]
    assert contents[0] == contents[1]
    assert (unpacked / "docs" / "agents.md").exists()
    assert not (unpacked / "tests").exists()


@pytest.fixture
def installed(wheel: Path, tmp_path: Path) -> Iterator[Path]:
    """The content of the wheel in a separate folder, first on the path."""
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    shadowed = {k: v for k, v in sys.modules.items() if k.split(".")[0] == "jenkins_platform"}
    for name in shadowed:
        del sys.modules[name]
    sys.path.insert(0, str(site))
    yield site
    sys.path.remove(str(site))
    for name in [n for n in sys.modules if n.split(".")[0] == "jenkins_platform"]:
        del sys.modules[name]
    sys.modules.update(shadowed)


@pytest.mark.long
def test_the_python_example_runs_on_the_wheel_in_a_folder_of_its_own(
    installed: Path, tmp_path: Path, make_stack: Callable[..., Stack]
) -> None:
    project = tmp_path / "project"
    shutil.copytree(EXAMPLES / "python", project)
    used: list[str] = []

    def program() -> None:
        runpy.run_path(str(project / "__main__.py"), run_name="__main__")
        used.append(str(sys.modules["jenkins_platform"].__file__))

    stack = make_stack(program, config={"test:images": json.dumps(READY_IMAGES)})
    outputs = stack.up()
    assert used[0].startswith(str(installed))
    assert outputs["labels"][:3] == ["build", "build-spot", "build-on-demand"]
    assert outputs["jenkins_url"].startswith("http://jenkins-alb-")
    assert mandatory(stack.guarded_resources()) == [], "the policy pack"
    urns = [r["urn"] for r in stack.resources()]
    (protected,) = [r for r in stack.resources() if r["urn"].endswith("FileSystem::jenkins-home")]
    assert protected["protect"], "data is kept by default"
    assert [u for u in urns if u.endswith("SecurityGroupIngressRule::database-from-agents")]
    stack.stack.workspace.pulumi_command.run(
        ["state", "unprotect", "--all", "--yes", "--stack", stack.name],
        str(stack.folder),
        stack.stack.workspace.env_vars,
    )


def test_every_input_and_output_of_the_schema_is_described(schema: dict[str, Any]) -> None:
    component = schema["resources"][TOKEN]
    groups = {t: d.get("properties", {}) for t, d in schema["types"].items()}
    groups |= {"inputs": component["inputProperties"], "outputs": component["properties"]}
    undescribed = [
        f"{group}.{name}"
        for group, properties in groups.items()
        for name, definition in properties.items()
        if not definition.get("description")
    ]
    assert undescribed == []
    values = [v for t in schema["types"].values() for v in t.get("enum", [])]
    assert all(v.get("description") for v in values)


def check(schema: dict[str, Any], definition: dict[str, Any], value: Any, path: str) -> list[str]:
    """Errors in a value of a program, by the component's schema."""
    if isinstance(value, str) and value.startswith("${"):
        return []
    if reference := definition.get("$ref"):
        found = schema["types"][reference.removeprefix("#/types/")]
        if "enum" in found:
            allowed = [v["value"] for v in found["enum"]]
            return [] if value in allowed else [f"{path}: {value!r} is none of {allowed}"]
        return check_properties(schema, found["properties"], value, path)
    kind = definition["type"]
    if kind == "array":
        items = definition["items"]
        return [p for i, v in enumerate(value) for p in check(schema, items, v, f"{path}[{i}]")]
    if kind == "object":
        inner = definition["additionalProperties"]
        return [p for k, v in value.items() for p in check(schema, inner, v, f"{path}.{k}")]
    types = {"string": str, "integer": int, "number": (int, float), "boolean": bool}
    return [] if isinstance(value, types[kind]) else [f"{path}: {value!r} is not of type {kind}"]


def check_properties(
    schema: dict[str, Any], properties: dict[str, Any], given: dict[str, Any], path: str
) -> list[str]:
    unknown = [f"{path}.{k}: unknown" for k in given.keys() - properties.keys()]
    known = [(k, v) for k, v in given.items() if k in properties]
    return unknown + [p for k, v in known for p in check(schema, properties[k], v, f"{path}.{k}")]


def test_the_yaml_example_fits_the_schema(schema: dict[str, Any]) -> None:
    program = yaml.safe_load((EXAMPLES / "yaml" / "Pulumi.yaml").read_text())
    component, resource = schema["resources"][TOKEN], program["resources"]["jenkins"]
    assert resource["type"] == TOKEN
    assert check_properties(schema, component["inputProperties"], resource["properties"], "") == []
    used = set(re.findall(r"\$\{jenkins\.(\w+)", json.dumps(program)))
    assert used
    assert used <= component["properties"].keys()
    wrong = {**resource["properties"], "agents": [{"name": "x", "capacity": "cheap", "cpus": 1}]}
    problems = check_properties(schema, component["inputProperties"], wrong, "")
    assert len(problems) == 2, "the check sees wrong values"


@pytest.mark.parametrize(
    ("name", "commands"),
    [("github-actions", {"check", "preview", "up", "drift"}), ("nightly", {"check"})],
)
def test_the_workflow_example_is_a_valid_workflow(name: str, commands: set[str]) -> None:
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    workflow = EXAMPLES / "ci" / f"{name}.yaml"
    subprocess.run([*words, "vendor.github-workflows", str(workflow)], check=True)
    assert set(re.findall(r"jenkins-platform (\w+)", workflow.read_text())) == commands
