"""Commands, settings, programs and links in the documentation.

Groovy is compiled by ``test_groovy.py``, TypeScript and Go by ``tests/engine/test_documents.py``,
since their compilers take time.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import jenkins_platform
import pytest
import yaml
from jenkins_platform.inputs import JenkinsPlatformArgs
from jenkins_platform.settings import Settings, SettingsError

from harness.documentation import commands
from harness.documentation.pages import ROOT, Page, Piece, page, pages
from harness.inputs import inputs

PAGES = pages()
BLOCKS = [block for p in PAGES for block in p.blocks]
LANGUAGES = {"console", "go", "groovy", "json", "python", "sh", "text", "typescript", "yaml"}
KEY = "jenkins-platform:"
HTTPS = {"certificate": {"existing": "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d"}}
"""Load balancer of fragments without one: sign-in with OpenID Connect requires HTTPS."""


def of(*languages: str) -> list[Any]:
    """Blocks in these languages, as test parameters."""
    return [pytest.param(b, id=b.where) for b in BLOCKS if b.language in languages]


def test_every_block_has_a_known_language() -> None:
    assert [b.where for b in BLOCKS if b.language not in LANGUAGES] == []


@pytest.mark.parametrize("block", of("python"))
def test_python_compiles_and_its_imports_exist(block: Piece) -> None:
    tree = ast.parse(block.text)
    ours = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    names = [a.name for n in ours if n.module == "jenkins_platform" for a in n.names]
    assert [n for n in names if not hasattr(jenkins_platform, n)] == []


def settings_in(text: str) -> list[dict[str, Any]]:
    """The platform inputs in a YAML document: a stack file, a fragment of one, or a program.
    Digests may be abbreviated as ``sha256:…``."""
    document = yaml.safe_load(text.replace("sha256:…", f"sha256:{'0' * 64}"))
    if not isinstance(document, dict):
        return []
    if "resources" in document:
        kept = [r for r in document["resources"].values() if r["type"].startswith(KEY)]
        return [snaked(r["properties"]) for r in kept]
    found = document.get("config", document)
    given = {k.removeprefix(KEY): v for k, v in found.items() if k.startswith(KEY)}
    if not given and found.keys() <= JenkinsPlatformArgs.__annotations__.keys():
        given = found
    return [{k: v for k, v in given.items() if k != "name"}] if given else []


def snaked(value: Any) -> Any:
    """Keys of a YAML program in snake case."""
    if isinstance(value, list):
        return [snaked(v) for v in value]
    if not isinstance(value, dict):
        return value
    names = {k: re.sub(r"[A-Z]", lambda m: f"_{m[0].lower()}", k) for k in value}
    return {names[k]: snaked(v) for k, v in value.items()}


@pytest.mark.parametrize("block", of("yaml"))
def test_yaml_parses_and_settings_are_valid(block: Piece) -> None:
    for args in settings_in(block.text):
        Settings.from_args("jenkins", {"load_balancer": HTTPS, **args})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "jenkins-platform:storag: {throughput_mode: elastic}",
        "config:\n  jenkins-platform:agents: [{name: A}]",
        "storage: {throughput_mode: fast}",
        "resources: {j: {type: 'jenkins-platform:index:JenkinsPlatform', properties: {vpc: 1}}}",
    ],
)
def test_invalid_settings_are_detected(text: str) -> None:
    (args,) = settings_in(text)
    with pytest.raises(SettingsError):
        Settings.from_args("jenkins", args)  # type: ignore[arg-type]


@pytest.mark.parametrize("block", of("json"))
def test_json_parses(block: Piece) -> None:
    json.loads(block.text)


@pytest.mark.parametrize("block", of("sh", "console"))
def test_commands_and_options_in_blocks_exist(block: Piece) -> None:
    text = commands.console(block.text) if block.language == "console" else block.text
    assert text.strip(), "the block is empty"
    assert commands.problems(text) == []


def test_commands_and_options_in_text_exist() -> None:
    spans = [c for p in PAGES for c in p.code]
    lines = [c for c in spans if re.match(r"(jenkins-platform|make) \S", c.text)]
    assert len(lines) > 10
    found = [f"{c.where}: {p}" for c in lines for p in commands.problems(c.text)]
    assert found == []


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("jenkins-platform doctor", "'doctor' is none of"),
        ("jenkins-platform up --stak dev", "No such option: --stak"),
        ("jenkins-platform up --cloud mars", "'mars' is not one of"),
        ("cd x && make everything", "everything is not a target"),
        ("aws ecs list-task --cluster c", "list-task is not an operation of ecs"),
        ("aws ecs list-tasks --clusters c", "--clusters: no option"),
        ("aws ecs wait service-stable", "service-stable is nothing"),
        ("python -m benchmarks.nothing", "no module benchmarks.nothing"),
        ("pulumi upp", "pulumi upp"),
        ("jenkins up", "a program that is not known"),
    ],
)
def test_invalid_commands_are_detected(line: str, problem: str) -> None:
    (found,) = commands.problems(line)
    assert problem in found


def test_inputs_named_in_text_exist() -> None:
    """Inputs written as a path, such as ``network.nat`` or ``agents.cpu``."""
    groups, known = set(JenkinsPlatformArgs.__annotations__), set(inputs())
    # The page on JCasC names its keys too, some of which start like ours; the changelog has the old
    # names of inputs; and AWS has services.
    others = ("jcasc.md", "CHANGELOG.md")
    spans = [c for p in PAGES if p.file.name not in others for c in p.code]
    paths = [
        c for c in spans if re.fullmatch(r"[a-z_]+(\.[a-z_]+)+(?<!amazonaws\.com)(?<!yaml)", c.text)
    ]
    named = [c for c in paths if c.text.split(".")[0] in groups]
    assert len(named) > 200
    assert [f"{c.where}: {c.text}" for c in named if c.text not in known] == []


def is_broken(start: Page, target: str) -> bool:
    """Whether the file or the heading that a link refers to does not exist."""
    path, _, anchor = target.partition("#")
    file = (start.file.parent / path).resolve() if path else start.file
    if not file.is_relative_to(ROOT) or not file.exists():
        return True
    return bool(anchor) and anchor not in page(file).anchors


def test_link_targets_exist() -> None:
    links = [(p, link) for p in PAGES for link in p.links if "://" not in link.text]
    assert [f"{x.where}: {x.text}" for p, x in links if is_broken(p, x.text)] == []


def test_broken_links_are_detected() -> None:
    agents = page(ROOT / "docs" / "agents.md")
    assert is_broken(agents, "nothing.md")
    assert is_broken(agents, "inputs.md#nothing")
    assert is_broken(agents, "../../elsewhere.md")
    assert not is_broken(agents, "inputs.md#agenttemplateargs")


def test_all_pages_are_checked() -> None:
    assert {Path(p.name).name for p in PAGES} >= {"README.md", "agents.md", "coverage.md"}
