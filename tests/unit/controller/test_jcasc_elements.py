"""Warnings about names in ``extra_jcasc`` that are probably misspelled."""

from __future__ import annotations

import re

import pytest
from jenkins_platform.controller import jcasc_elements
from jenkins_platform.controller.jcasc_elements import COMPLETE, FREQUENT

from harness.inputs.lean import SMALL
from harness.jenkins.documents import render
from harness.stacks.parts import configuration, parts


def test_an_unknown_root_results_in_a_warning() -> None:
    texts = ["jenkins: {}\njobs: []\nx-mine: 1\n", "tool: {}\nUnclasified: {}\nother: {}\n"]
    ending = "Jenkins does not start unless another plugin has it."
    where = "is not a root element of Jenkins or the platform's plugins."
    assert list(jcasc_elements.unknown(texts)) == [
        f"jenkins.extra_jcasc[1]: 'Unclasified' (line 2) {where} Did you mean 'unclassified'? "
        + ending,
        f"jenkins.extra_jcasc[1]: 'other' (line 3) {where} {ending}",
    ]


@pytest.mark.parametrize(
    ("text", "path", "hint"),
    [
        ("jenkins: {numExecuters: 0}", "jenkins.numExecuters", "numExecutors"),
        ("unclassified:\n  timestampers: {}", "unclassified.timestampers", "timestamper"),
        (
            "unclassified: {location: {adminAdress: a}}",
            "unclassified.location.adminAdress",
            "adminAddress",
        ),
        ("security: {apiTokens: {}}", "security.apiTokens", "apiToken"),
        ("tool: {mavn: {}}", "tool.mavn", "maven"),
        (
            "jenkins: {clouds: [ecs: {regionNames: x}]}",
            "jenkins.clouds.ecs.regionNames",
            "regionName",
        ),
        (
            "jenkins: {clouds: [ecs: {templates: [{taskRole: a}, {CPU: 1, labels: a}]}]}",
            "jenkins.clouds.ecs.templates.labels",
            "label",
        ),
        ("configuration-as-code: {unknwon: warn}", "configuration-as-code.unknwon", "unknown"),
    ],
)
def test_a_misspelled_attribute_results_in_one_warning(text: str, path: str, hint: str) -> None:
    (warning,) = jcasc_elements.unknown([text])
    assert f"'{path}' (line " in warning
    assert f"Did you mean '{hint}'? " in warning


@pytest.mark.parametrize(
    "text",
    [
        "jenkins: {NUMEXECUTORS: 0}\nunclassified: {sonarGlobalConfiguration: {x: 1}}",
        "jenkins: {clouds: [kubernetes: {regionNames: x}]}",
        "jenkins: {nodes: [permanent: {templates: 1}]}\ntool: {terraform: {}}",
    ],
)
def test_what_another_plugin_may_have_results_in_no_warning(text: str) -> None:
    assert list(jcasc_elements.unknown([text])) == []


def test_an_attribute_that_the_plugin_does_not_have_is_reported_without_a_similar_one() -> None:
    (warning,) = jcasc_elements.unknown(["jenkins: {clouds: [ecs: {webSocket: true}]}"])
    assert "'jenkins.clouds.ecs.webSocket'" in warning
    assert "Did you mean" not in warning


def test_the_platforms_own_document_has_only_known_names() -> None:
    own, _ = render(agents=[{"name": "a", "capacity": "spot"}])
    assert list(jcasc_elements.unknown([own])) == []
    assert not COMPLETE.keys() & FREQUENT.keys()


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("unclassified: {x: {password: hunter2}}", "unclassified.x.password"),
        ("credentials: {a: [{b: {secret: 12345}}]}", "credentials.a.b.secret"),
        ("unclassified:\n  x: &a {apiToken: abc}", "unclassified.x.apiToken"),
    ],
)
def test_a_secret_in_plain_text_is_reported_without_it(text: str, path: str) -> None:
    (warning,) = jcasc_elements.plain_secrets([text])
    assert f"'{path}' (line " in warning
    assert not {"hunter2", "12345", "abc"} & set(re.findall(r"\w+", warning))


@pytest.mark.parametrize(
    "text",
    [
        "unclassified: {x: {password: '${PASSWORD}', credentialsId: deploy, apiToken: ''}}",
        "unclassified: {x: {usageSecret: true, tokenServerUrl: 'https://a', passwords: []}}",
    ],
)
def test_references_and_other_values_are_not_reported(text: str) -> None:
    assert list(jcasc_elements.plain_secrets([text])) == []


def test_the_warning_reaches_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr("pulumi.log.warn", lambda text, *_: shown.append(text))
    extra = {"extra_jcasc": ["uncategorized: {password: x}"]}
    parts(configuration, {**SMALL, "jenkins": extra})
    assert [text for text in shown if "'uncategorized' (line 1)" in text]
    assert [text for text in shown if "'uncategorized.password' (line 1) seems" in text]
