"""Job DSL, pipelines and library steps, compiled as in Jenkins."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jenkins_platform.controller import jcasc
from jenkins_platform.settings import SettingsError
from jenkins_platform.settings.sign_in.authorization import ItemRole
from pydantic import ValidationError

from harness.jenkins.documents import jcasc_reads, odd_texts, render
from harness.jenkins.groovy import Compiler, DoesNotCompile, compiler, printed

ROOT = Path(__file__).parent.parent.parent
PROFILES: dict[str, dict[str, Any]] = {
    "default": {},
    "kaniko": {"agents": [{"name": "images", "platform_image": "kaniko"}]},
    "other-labels": {"agents": [{"name": "build", "labels": ["a.b_c-1"]}, {"name": "linux"}]},
}


def shipped() -> dict[str, str]:
    """Groovy files, and Groovy blocks in the documentation, by name and line."""
    files = [*ROOT.glob("images/**/*.groovy"), *ROOT.glob("examples/**/Jenkinsfile")]
    found = {str(f.relative_to(ROOT)): f.read_text() for f in files}
    for page in [ROOT / "README.md", *ROOT.glob("docs/*.md")]:
        text = page.read_text()
        for piece in re.finditer(r"^```groovy\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
            found[f"{page.name}:{text.count(chr(10), 0, piece.start()) + 1}"] = piece[1]
    return found


SHIPPED = shipped()


@pytest.fixture(scope="module")
def groovy() -> Iterator[Compiler]:
    with compiler() as running:
        yield running


def job_scripts(**args: Any) -> list[str]:
    """The Job DSL scripts of some inputs, as Jenkins reads them."""
    return [jcasc_reads(job["script"]) for job in render(**args)[1]["jobs"]]


def pipelines(groovy: Compiler, script: str) -> list[str]:
    """The pipelines in a Job DSL script: its texts of several lines."""
    return [text for text in groovy.outline(script).texts if "\n" in text]


@pytest.mark.parametrize("profile", PROFILES)
def test_every_job_and_the_pipeline_in_it_compiles(groovy: Compiler, profile: str) -> None:
    scripts = job_scripts(**PROFILES[profile])
    assert len(scripts) >= 2
    for script in scripts:
        (pipeline,) = pipelines(groovy, script)
        assert groovy.outline(pipeline).shape


def test_every_organization_folder_compiles(groovy: Compiler) -> None:
    github = {
        "app_id": "1",
        "private_key_secret_arn": "arn:aws:ssm:eu-central-1:123456789012:parameter/key",
        "organizations": ["acme", "labs"],
        "api_url": "https://git.example.com/api/v3",
    }
    token = {"token_secret_arn": github["private_key_secret_arn"]}
    others = {
        "gitlab": {**token, "groups": ["team", "team-b/web"]},
        "bitbucket": {**token, "workspaces": ["space", "other"], "url": "https://git.example.com"},
    }
    scripts = job_scripts(jenkins={"github": github, **others, "sample_jobs": False})
    outlines = [groovy.outline(script) for script in scripts]
    for name, first, second in zip(
        ("acme", "team", "space"), outlines[::2], outlines[1::2], strict=True
    ):
        assert first.shape == second.shape
        assert first.texts.count(name) == (3 if name == "team" else 2)
    assert {"team-b-web", "team-b/web"} <= set(outlines[3].texts)


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_all_shipped_groovy_compiles(groovy: Compiler, name: str) -> None:
    assert groovy.outline(SHIPPED[name]).shape


@pytest.mark.parametrize("text", ["pipeline {", "echo 'one", "def = 1", "node { sh('a' 'b') }"])
def test_invalid_groovy_is_refused(groovy: Compiler, text: str) -> None:
    with pytest.raises(DoesNotCompile, match="line 1"):
        groovy.outline(text)


@given(text=odd_texts())
def test_every_text_is_quoted_as_one_literal(groovy: Compiler, text: str) -> None:
    outline = groovy.outline(f"echo({jcasc.groovy_text(text)})")
    assert outline.shape == "block ( do ( echo ( this text ) ) )"
    assert outline.texts == [text]


@given(name=st.from_regex(r"[a-z][a-z0-9-]{0,15}[a-z0-9]", fullmatch=True))
def test_an_agent_name_changes_only_the_label_of_a_job(groovy: Compiler, name: str) -> None:
    for script, usual in zip(job_scripts(agents=[{"name": name}]), job_scripts(), strict=True):
        (pipeline,), (usual_pipeline,) = pipelines(groovy, script), pipelines(groovy, usual)
        assert groovy.outline(script).shape == groovy.outline(usual).shape
        assert groovy.outline(pipeline).shape == groovy.outline(usual_pipeline).shape


BOTH = (
    *("team-a(/.*)?", "(?i)team-.*", "^a$", "a{2}", "a{2,}", "a{2,3}", "[{]a", "a\\{b\\}", "a}"),
    *("\\p{L}+", "(?<n>a)-\\k<n>", "[^/\\[]+", "[]a]", "a++", "(?:a|b)", "(?<=a)b", "(?s:x)"),
)
PYTHON_ONLY = (
    "(?P<n>a)",
    "team{a}",
    "{team}/.*",
    "a{,3}",
    "[a[b]",
    "(?a)x",
    "(?#c)x",
    "(a)(?(1)b|c)",
)


def accepted(pattern: str) -> bool:
    try:
        ItemRole(name="a", pattern=pattern, permissions=("Job/Read",), groups=("a",))
    except (SettingsError, ValidationError):
        return False
    return True


def test_patterns_of_roles_are_those_that_java_reads() -> None:
    """Jenkins does not start with another one."""
    pieces = [
        "a",
        "/",
        "(",
        ")",
        "(?",
        "P",
        "<n>",
        "[",
        "]",
        "{",
        "}",
        "1",
        ",",
        "*",
        "+",
        "?",
        "\\",
    ]
    choose = random.Random(0)
    odd = ["".join(choose.choices(pieces, k=choose.randint(1, 7))) for _ in range(3000)]
    taken = [p for p in odd if accepted(p)]
    assert len(taken) > 300
    asked = [*BOTH, *PYTHON_ONLY, *taken]
    encoded = [base64.b64encode(p.encode()).decode() for p in asked]
    said = printed(
        f"for (text in {encoded!r}) {{ try {{ "
        "java.util.regex.Pattern.compile(new String(text.decodeBase64())); println true "
        "} catch (Exception e) { println false } }"
    )
    valid = dict(zip(asked, (line == "true" for line in said), strict=True))
    assert [p for p in taken if not valid[p]] == []
    assert [p for p in BOTH if not (valid[p] and accepted(p))] == []
    assert [p for p in PYTHON_ONLY if valid[p] or accepted(p)] == []
