"""Options as text in environment variables. `tests/parts/test_java_options.py` asks a real JVM."""

from __future__ import annotations

from pathlib import Path

import pytest
from jenkins_platform.base.java_options import (
    JDK,
    KANIKO_DEFAULTS,
    agent_variables,
    quoted_for_xargs,
)

DOCKERFILE = Path(__file__).parents[3] / "images/kaniko/Dockerfile"


def test_the_options_of_the_kaniko_agent_are_those_of_its_image() -> None:
    assert f'{JDK}="{" ".join(KANIKO_DEFAULTS)}"' in DOCKERFILE.read_text()


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["-Xmx1g", "-Da=b"], "-Xmx1g -Da=b"),
        (["-Da=b c"], r"-Da=b\ c"),
        (["""-Da='b' "c" \\"""], r"-Da=\'b\'\ \"c\"\ \\"),
        ([], ""),
    ],
)
def test_options_of_the_controller_are_escaped_for_xargs(options: list[str], text: str) -> None:
    assert quoted_for_xargs(options) == text


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["-Xmx1g", "-Da=b"], {"JENKINS_JAVA_OPTS": "-Xmx1g -Da=b"}),
        (
            ["-Da=b c", "-Xmx1g"],
            {"JENKINS_JAVA_OPTS": "-Xmx1g", "JDK_JAVA_OPTIONS": '-Dx "-Da=b c"'},
        ),
        (
            ['-Da=b "c"'],
            {"JENKINS_JAVA_OPTS": "", "JDK_JAVA_OPTIONS": """-Dx "-Da=b "'"'"c"'"'"""},
        ),
    ],
)
def test_options_of_an_agent_with_blanks_are_in_quotes(
    options: list[str], expected: dict[str, str]
) -> None:
    assert agent_variables(options, "-Dx") == expected
