"""Options of the inputs reach a real JVM unchanged, through the words of the official scripts."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jenkins_platform.base import java_options

SHOW = """
public class Show {
    public static void main(String[] arguments) throws Exception {
        for (int i = 0; System.getProperty("p" + i) != null; i++) {
            byte[] text = System.getProperty("p" + i).getBytes("UTF-8");
            System.out.println(new java.math.BigInteger(1, text).toString(16));
        }
        System.out.println("arguments " + arguments.length);
    }
}
"""
CONTROLLER = """
options=()
while IFS= read -r -d '' option; do options+=("$option"); done \
  < <(xargs printf '%s\\0' <<<"$JAVA_OPTS $JENKINS_JAVA_OPTS")
exec java "${options[@]}" Show
"""
"""How jenkins.sh of jenkinsci/docker reads the variable."""
AGENT = "exec java $JENKINS_JAVA_OPTS Show"
"""How jenkins-agent of jenkinsci/docker-agent reads the variable."""
ODD = [
    "sandbox allow-scripts; default-src 'self';",
    "it's",
    'a"b',
    "'\"'\"",
    "\\",
    "C:\\x y\\",
    "$HOME `id` $(id) && x",
    "*",
    " ",
    "a\tb",
    "é \u2028 x",
    "#x",
    "-- -jar",
]
VALUES = st.one_of(
    st.sampled_from(ODD),
    st.text(
        # A Problem of settings.values.Text otherwise.
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp"]),
        min_size=1,
        max_size=30,
    ),
)


@pytest.fixture(scope="module")
def java_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("java")
    (folder / "Show.java").write_text(SHOW)
    subprocess.run(["javac", "Show.java"], cwd=folder, check=True)
    return folder


def seen(folder: Path, script: str, variables: dict[str, str]) -> list[str]:
    """The values of the properties p0, p1 … in the JVM."""
    environment = {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "JAVA_OPTS": "",
        **variables,
    }
    result = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, check=True, capture_output=True
    )
    *values, count = result.stdout.decode().splitlines()
    assert count == "arguments 0"
    return [bytes.fromhex(v.zfill(len(v) + len(v) % 2)).decode() for v in values]


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(values=st.lists(VALUES, min_size=1, max_size=8))
def test_every_option_of_the_controller_is_one_argument(
    java_class: Path, values: list[str]
) -> None:
    options = [f"-Dp{index}={value}" for index, value in enumerate(values)]
    variables = {java_options.JENKINS: java_options.quoted_for_xargs(options)}
    assert seen(java_class, CONTROLLER, variables) == values


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(values=st.lists(VALUES, min_size=1, max_size=8))
def test_every_option_of_an_agent_is_one_argument(java_class: Path, values: list[str]) -> None:
    options = [f"-Dp{index}={value}" for index, value in enumerate(values)]
    assert seen(java_class, AGENT, java_options.agent_variables(options)) == values


@pytest.mark.parametrize("value", ODD)
def test_odd_options_arrive(java_class: Path, value: str) -> None:
    options = ["-Dp0=first", f"-Dp1={value}", "-Dp2=last"]
    controller = {java_options.JENKINS: java_options.quoted_for_xargs(options)}
    assert seen(java_class, CONTROLLER, controller) == ["first", value, "last"]
    agent = java_options.agent_variables(options, "-Dother=1")
    assert seen(java_class, AGENT, agent) == ["first", value, "last"]
