"""Further JCasC documents: references, merge keys, aliases and lists as Jenkins reads them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jenkins_platform import JenkinsPlatform, SettingsError
from jenkins_platform.controller import jcasc, jcasc_merge
from jenkins_platform.controller.jcasc_references import unresolved
from jenkins_platform.testing import register

from harness.inputs.lean import SMALL
from harness.jenkins.documents import jcasc_reads, render

KNOWN = {"TOKEN", "AWS_REGION"}
OWN = "# The platform's document.\njenkins: {numExecutors: 0}\n"
"""In place of the platform's own document where its content does not matter."""


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("${TOKEN}", []),
        ("${AWS_REGION}", []),
        ("a ${TOKEN} b ${AWS_REGION}", []),
        ("folder('${env.BRANCH_NAME}')", ["env.BRANCH_NAME"]),
        ("${it.name}", ["it.name"]),
        ("${library.ours.version}", ["library.ours.version"]),
        ("${a-b} ${a/b}", ["a-b", "a/b"]),
        ("${a b}", ["a b"]),
        ("${}", [""]),
        ("${ TOKEN }", [" TOKEN "]),
        ("${token}", ["token"]),
        ("${a\nb}", ["a\nb"]),
        ("${NONE:-default}", []),
        ("${NONE:-}", []),
        ("${NONE:-${TOKEN}}", []),
        ("${NONE:-${NEITHER}}", ["NEITHER"]),
        ("${TOKEN:-${NEITHER}}", []),
        ("${NONE-default}", ["NONE-default"]),
        ("^${env.X}", []),
        ("^^${env.X}", []),
        ("$${TOKEN}", []),
        ("^ ${env.X}", ["env.X"]),
        ("^${a${b}}", ["b"]),
        ("^${a^${b}}", []),
        ("${a${b}}", ["a${b"]),
        ("$${:-{^${}}", ["^${"]),
        ("${base64:text}", []),
        ("${readFile:/etc/hostname}", []),
        ("${json:key:${TOKEN}}", []),
        ("${json:key:${NONE}}", []),
        ("${unknown:TOKEN}", []),
        ("${unknown:NONE}", ["unknown:NONE"]),
        ("$TOKEN $(x) {x} $ {x}", []),
        ("${never closed", []),
        ("{${TOKEN}}", []),
        ('def f = { "${it}" }', ["it"]),
    ],
)
def test_references_are_resolved_as_in_jenkins(text: str, names: list[str]) -> None:
    assert list(unresolved(text, KNOWN)) == names


@given(st.text(alphabet="${}^:-aT ", max_size=40))
def test_an_escaped_text_has_no_references(text: str) -> None:
    assert list(unresolved(text.replace("${", "^${"), KNOWN)) == []


def problems(text: str) -> list[str]:
    return [str(p) for p in jcasc_merge.problems(OWN, [text], KNOWN)]


def test_a_reference_in_a_job_is_refused_with_the_escape() -> None:
    (problem,) = problems("jobs:\n- script: 'folder(\"${env.BRANCH_NAME}\")'")
    assert problem == (
        "jenkins.extra_jcasc[0]: '${env.BRANCH_NAME}': refers to a secret that is not in "
        "jenkins.secrets (line 2). Write ^${env.BRANCH_NAME} for the text itself"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("? [a, b]\n: c", "a key is not a text (line 1)"),
        ("unclassified:\n  ? {a: b}\n  : c", "a key is not a text (line 2)"),
        ("x-a: &a {<<: *a}", "contains itself"),
        ("x-a: &a [*a]", "contains itself"),
        ("a: {<<: text}", "a merge key (<<) needs a mapping or a list of mappings"),
        ("a: *b", "found undefined alias"),
        ("a: 1\n---\nb: 2", "but found another document"),
        ("x-a: &a [b]\nc: [" + "*a, " * 52 + "]", "more than 50 aliases of collections"),
        ("x-a: " + "[" * 50 + "]" * 50, "more than 50 collections within each other"),
        ("x-a: " + "{a: " * 50 + "1" + "}" * 50, "more than 50 collections within each other"),
        ("a: " + "[" * 500, "is not valid YAML: maximum recursion depth exceeded"),
        ("unclassified: !!python/object:os.system {}", "which Jenkins does not read (line 1)"),
        ("unclassified: {a: !include b.yaml}", "the tag !include"),
        ("tool: {a: {b: [{c: 1, c: 2}]}}", "is set more than once in this document"),
        ("jenkins: {mailer: 1, Mailer: 2}", "is set more than once in this document"),
    ],
)
def test_a_document_that_jenkins_does_not_read_is_refused(text: str, message: str) -> None:
    (problem,) = problems(text)
    assert message in problem


def test_a_document_that_is_not_valid_is_not_shown() -> None:
    for text in ("password: [hunter2", "hunter2", "password: !x hunter2"):
        (problem,) = problems(text)
        assert "hunter2" not in problem
        assert "jenkins.extra_jcasc[0]: a value that is not shown: " in problem


def test_a_document_may_be_as_deep_as_jenkins_reads() -> None:
    assert problems("x-a: " + "[" * 49 + "]" * 49) == []


def test_a_key_of_an_earlier_document_is_refused() -> None:
    texts = ["unclassified: {shell: {shell: a}}", "unclassified: {shell: {shell: b}}"]
    (problem,) = jcasc_merge.problems(OWN, texts, KNOWN)
    assert str(problem) == (
        "jenkins.extra_jcasc[1]: 'unclassified.shell.shell': is set by the platform or an earlier "
        "document (line 1). Leave it out"
    )


@pytest.mark.parametrize("choice", ["securityRealm", "authorizationStrategy"])
def test_a_second_realm_or_strategy_is_refused(choice: str) -> None:
    own = f"# The platform's document.\njenkins: {{{choice}: {{one: {{}}}}}}\n"
    (problem,) = jcasc_merge.problems(own, [f"jenkins: {{{choice}: {{other: {{}}}}}}"], KNOWN)
    assert str(problem) == (
        f"jenkins.extra_jcasc[0]: 'jenkins.{choice}': is set by the platform (line 1). "
        "Leave it out, and use the platform's inputs instead"
    )


def test_documents_that_are_too_large_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def texts(characters: int) -> list[str]:
        """Two documents that have so many characters together with the platform's."""
        first, second = "x-a: a", "x-b: "
        return [first, second.ljust(characters - len(OWN) - len(first), "b")]

    limit = 3_145_728
    (problem,) = jcasc_merge.problems(OWN, texts(limit + 1), KNOWN)
    assert str(problem) == (
        "jenkins.extra_jcasc: '3145729 characters': together with the platform's document has more "
        "than 3145728 characters, the most that Jenkins reads"
    )
    # Reading a document as large as that takes half a second.
    monkeypatch.setattr(jcasc_merge, "MAX_CHARACTERS", 500)
    assert list(jcasc_merge.problems(OWN, texts(500), KNOWN)) == []
    (problem,) = jcasc_merge.problems(OWN, texts(501), KNOWN)
    assert problem.key == "jenkins.extra_jcasc"


def merged(*texts: str, **jenkins: Any) -> dict[str, Any]:
    _, document = render(jenkins={"extra_jcasc": list(texts), **jenkins})
    assert isinstance(document, dict)
    return document


def test_merge_keys_and_aliases_are_resolved() -> None:
    text = (
        "x-usual: &usual {size: 1, kind: a}\n"
        "x-more: &more {size: 2, color: red}\n"
        "tool:\n"
        "  one: {<<: *usual, kind: b}\n"
        "  two: {<<: [*usual, *more]}\n"
        "  three: *usual\n"
    )
    assert problems(text) == []
    assert merged(text)["tool"] == {
        "one": {"kind": "b", "size": 1},
        "two": {"size": 1, "kind": "a", "color": "red"},
        "three": {"size": 1, "kind": "a"},
    }


def test_what_is_merged_into_one_use_of_an_anchor_is_not_in_the_others() -> None:
    found = merged("tool:\n  a: &a {x: 1}\n  b: *a\n", "tool: {a: {y: 2}}\n")
    assert found["tool"] == {"a": {"x": 1, "y": 2}, "b": {"x": 1}}


@pytest.mark.parametrize(
    "item", ["jobBuildDiscarder", "jobBuildDiscarder: {}", "jobBuildDiscarder:"]
)
def test_a_symbol_of_a_list_is_rendered_once(item: str) -> None:
    text = f"unclassified: {{buildDiscarders: {{configuredBuildDiscarders: [{item}]}}}}"
    found = merged(text)["unclassified"]["buildDiscarders"]["configuredBuildDiscarders"]
    assert found == ["jobBuildDiscarder"]


def test_roots_that_jenkins_ignores_and_keys_are_not_resolved() -> None:
    assert problems("x-note: '${NONE}'\nunclassified: {a: {'${NONE}': 1}}") == []


def test_variables_of_the_container_and_secrets_of_the_platform_resolve() -> None:
    text = "unclassified: {a: '${AWS_REGION} ${JENKINS_HOME} ${JENKINS_ADMIN_PASSWORD}'}"
    (value,) = [merged(text)["unclassified"]["a"]]
    assert value == "${AWS_REGION} ${JENKINS_HOME} ${JENKINS_ADMIN_PASSWORD}"


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_every_escaped_text_arrives(text: str) -> None:
    document = yaml.safe_dump({"unclassified": {"a": text.replace("${", "^${")}})
    assert list(jcasc_merge.problems(OWN, [document], KNOWN)) == []
    found = yaml.safe_load(jcasc_merge.merged(OWN, [document]))["unclassified"]["a"]
    assert jcasc_reads(found) == text


def test_the_variables_of_the_task_are_known() -> None:
    assert {"AWS_REGION", "JENKINS_OPTS", "CONFIGURATION_BUCKET"} <= jcasc.CONTAINER_VARIABLES


def test_a_document_that_cannot_be_merged_registers_nothing(names: set[str]) -> None:
    args: Any = {**SMALL, "jenkins": {"extra_jcasc": ["jenkins: {numExecutors: 2}"]}}
    with pytest.raises(SettingsError, match="numExecutors"):
        register(lambda: JenkinsPlatform("jenkins", args))
    assert names == set()
