"""Options with which a JVM would not start, or would need more memory than its task has."""

from __future__ import annotations

import pytest
from jenkins_platform.settings.validation.java_options import (
    OF_CONTROLLER,
    controller_property_rules,
    java_option_rules,
)

KEY = "agents[0].java_options"
LARGER = "must be less than the task's memory of 1024 MiB"


def problems(*options: str, memory_mib: int = 1024) -> list[tuple[str, str]]:
    return [(p.key, p.message) for p in java_option_rules(KEY, options, memory_mib)]


@pytest.mark.parametrize("option", ["-Xmx", "-Xms", "-XX:MaxHeapSize=", "-XX:InitialHeapSize="])
@pytest.mark.parametrize(
    ("largest", "refused"),
    [
        ("1073741823", "1073741824"),
        ("1048575k", "1048576K"),
        ("1023m", "1024M"),
        ("0g", "1G"),
        ("0t", "1T"),
    ],
)
def test_a_heap_must_be_smaller_than_the_memory(option: str, largest: str, refused: str) -> None:
    assert problems(f"{option}{largest}") == []
    assert problems(f"{option}{refused}") == [(f"{KEY}[0]", LARGER)]


def test_units_are_those_of_the_jvm() -> None:
    """The smallest size of each unit that reaches the memory of the largest tasks."""
    mib = 122_880
    for size in ("119g", "122879m", "125829119k"):
        assert problems(f"-Xmx{size}", memory_mib=mib) == []
    for size in ("120g", "122880m", "125829120k"):
        assert len(problems(f"-Xmx{size}", memory_mib=mib)) == 1
    tebibyte = 2**20
    assert problems("-Xmx1t", memory_mib=tebibyte + 1) == []
    assert len(problems("-Xmx1t", memory_mib=tebibyte)) == 1


@pytest.mark.parametrize("size", ["", "m", "1x", "1mb", "-1m", "1 m", "1" * 16])
def test_other_sizes_are_refused(size: str) -> None:
    assert problems(f"-Xmx{size}") == [
        (f"{KEY}[0]", "is not a size. Valid: a number and k, m or g")
    ]


def test_the_initial_heap_is_at_most_the_maximum() -> None:
    larger = "have an initial heap that is larger than the maximum"
    assert problems("-Xms512m", "-Xmx512m") == []
    assert problems("-Xms513m", "-Xmx512m") == [(KEY, larger)]
    assert problems("-XX:InitialHeapSize=513m", "-XX:MaxHeapSize=512m") == [(KEY, larger)]


@pytest.mark.parametrize(
    "option", ["-jar", "-cp", "--version", "-?", "-m", "--class-path=a", "--prefix=/x", "--dry-run"]
)
def test_other_arguments_of_java_are_refused(option: str) -> None:
    message = "is not an option of the JVM, but another argument of java"
    assert problems("-Xss1m", option) == [(f"{KEY}[1]", message)]


@pytest.mark.parametrize("option", ["--add-opens=a/b=c", "--enable-preview", "-ea", "-verbose:gc"])
def test_options_of_the_jvm_are_accepted(option: str) -> None:
    assert problems(option) == []


def test_collectors_exclude_each_other() -> None:
    names = ("G1", "Parallel", "Serial", "Shenandoah", "Z")
    for name in names:
        assert problems(f"-XX:+Use{name}GC", f"-XX:+Use{name}GC") == []
        other = "Z" if name == "G1" else "G1"
        assert problems(f"-XX:+Use{name}GC", f"-XX:+Use{other}GC") == [
            (KEY, "select more than one garbage collector")
        ]


def test_the_heap_percentage_has_an_input() -> None:
    assert problems("-XX:MaxRAMPercentage=50") == [
        (f"{KEY}[0]", "is set by the platform. Use heap_percentage")
    ]


def test_properties_that_the_platform_sets_are_refused_for_the_controller() -> None:
    options = ["-Dours=1", *(f"-D{name}=x" for name in OF_CONTROLLER)]
    assert OF_CONTROLLER.keys() == {
        *("HUDSON_HOME", "JENKINS_HOME", "casc.jenkins.config", "java.io.tmpdir"),
        *(f"hudson.slaves.NodeProvisioner.{name}" for name in ("initialDelay", "recurrencePeriod")),
        *(f"jenkins.model.Jenkins.slaveAgentPort{name}" for name in ("", "Enforce")),
        "jenkins.install.runSetupWizard",
        "org.jenkinsci.plugins.workflow.support.pickles.ExecutorPickle.timeoutForNodeMillis",
    }
    found = list(controller_property_rules("controller.java_options", options))
    assert [p.key for p in found] == [
        f"controller.java_options[{index}]" for index in range(1, len(options))
    ]
    assert [p.message for p in found] == [
        f"is set by the platform: {reason}" for reason in OF_CONTROLLER.values()
    ]
