"""The shared library in continuation-passing style, stored and loaded again at every step: what is
not serializable, or differs in that style, fails here as it would in Jenkins."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.jenkins import groovy
from harness.jenkins.groovy import Run
from harness.stacks.hosting import ROOT

VARIABLES = ROOT / "images" / "controller" / "library" / "vars"
BODY = '{ String made = "${sh(\'make\')}"; sh("test ${made}"); return made }'
SPOT = [["parallel", None], ["node", "linux-spot"]]
BUILD = [["sh", "make"], ["sh", "test it"]]


def retry_on_spot(*answers: str | None, options: str = "label: 'linux'") -> Run:
    call = f"new variable().call({options}) {BODY}"
    return groovy.pipeline(VARIABLES / "retryOnSpot.groovy", call, *answers)


def test_a_block_on_spot() -> None:
    assert retry_on_spot(None, None, "it", None) == Run([*SPOT, *BUILD], "it")


def test_a_lost_agent_is_replaced_and_the_last_attempt_is_on_demand() -> None:
    found = retry_on_spot(None, None, "lost", None, None, "it", "lost", None, "it", None)
    first, second, last = [*SPOT, BUILD[0]], [*SPOT, *BUILD], [["node", "linux-on-demand"], *BUILD]
    assert found == Run([*first, *second, *last], "it")


def test_an_agent_that_fails_to_start_while_the_pipeline_waits() -> None:
    found = retry_on_spot("no agent", "refused linux-spot", None, None, "it", None)
    (message,) = [text for name, text in found.stops if name == "echo"]
    assert message == (
        "retryOnSpot: an agent linux-spot failed to start (RESOURCE:CPU); "
        "continuing on linux-on-demand"
    )
    waiting = [["parallel", None], ["waitUntil", None], ["echo", message]]
    assert found == Run([*waiting, ["node", "linux-on-demand"], *BUILD], "it")


def test_a_failure_of_the_block_is_not_retried() -> None:
    call = "new variable().call(label: 'linux') { sh('make'); error('broken') }"
    found = groovy.pipeline(VARIABLES / "retryOnSpot.groovy", call)
    assert found.error == "java.lang.Exception: broken"
    assert found.stops == [*SPOT, BUILD[0]]


@pytest.mark.parametrize("options", ["[:]", "label: 'linux', count: 1", "label: 'a', tries: 2"])
def test_wrong_options_are_refused(options: str) -> None:
    found = retry_on_spot(options=options)
    assert "valid are label (required)" in found.error
    assert found.stops == []


def test_an_image_build() -> None:
    options = "context: 'app', buildArgs: [A: '1'], destination: ['a/b', 'c'], options: ['--x']"
    call = f"new variable().call({options})"
    found = groovy.pipeline(VARIABLES / "kanikoBuild.groovy", call, None, "sha256:1\n")
    words = "--context=app", "--destination=a/b", "--destination=c", "--build-arg=A=1", "--x"
    command = " ".join(f"'{word}'" for word in ("kaniko", *words))
    assert found == Run(
        [["sh", f"#!/kaniko/bin/bash -e\n{command}"], ["readFile", "kaniko.digest"]], "sha256:1"
    )


def test_what_cannot_be_stored_is_noticed(tmp_path: Path) -> None:
    variable = tmp_path / "wrong.groovy"
    variable.write_text("def call() { def thread = new Thread(); sh('make'); return thread.name }")
    found = groovy.pipeline(variable, "new variable().call()")
    assert "NotSerializableException: java.lang.Thread" in found.error
