"""Options of the JVM, and those with which Jenkins or an agent would not start."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from .problems import Problem
from .values import Text, matching

JavaOption = Annotated[Text, matching(r"-\S[^\n]*", "one option that starts with '-'")]

_COLLECTOR = re.compile(r"-XX:\+Use(G1|Parallel|Serial|Shenandoah|Z)GC")
_SIZES = {
    "-Xmx": "maximum",
    "-XX:MaxHeapSize=": "maximum",
    "-Xms": "initial",
    "-XX:InitialHeapSize=": "initial",
}
_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
_PERCENTAGE = "-XX:MaxRAMPercentage="
_NOT_OPTIONS = frozenset(
    (
        *("-jar", "-cp", "-classpath", "--class-path", "-p", "--module-path", "-m", "--module"),
        *("-d", "--describe-module", "--list-modules", "--validate-modules", "--dry-run"),
        *("-version", "--version", "-fullversion", "--full-version"),
        *("-h", "-?", "-help", "--help", "-X", "--help-extra"),
    )
)
"""Arguments of ``java`` that need another argument, or with which it starts no program (the JDK's
manual page of ``java``)."""
_LONG_OPTIONS = frozenset(
    (
        *("--add-exports", "--add-modules", "--add-opens", "--add-reads", "--limit-modules"),
        *("--enable-native-access", "--enable-preview", "--illegal-native-access"),
        *("--finalization", "--patch-module", "--sun-misc-unsafe-memory-access"),
        *("--show-module-resolution", "--upgrade-module-path"),
    )
)
"""Options with two hyphens; others, such as those of Jenkins, end the JVM."""
OF_JENKINS = {
    "--prefix": "is not an option of the JVM, but of Jenkins. Use load_balancer.path_prefix"
}
"""Options of Jenkins that the platform sets, with the input."""
OF_CONTROLLER: Mapping[str, str] = {
    "HUDSON_HOME": "the home is a mounted file system",
    "JENKINS_HOME": "the home is a mounted file system",
    "casc.jenkins.config": "use jenkins.extra_jcasc",
    "hudson.slaves.NodeProvisioner.initialDelay": (
        "use agent_cloud.provisioning.initial_delay_seconds"
    ),
    "hudson.slaves.NodeProvisioner.recurrencePeriod": (
        "use agent_cloud.provisioning.recurrence_seconds"
    ),
    "java.io.tmpdir": "no other folder is writable",
    "jenkins.install.runSetupWizard": "the configuration replaces the wizard",
    "jenkins.model.Jenkins.slaveAgentPort": "use agent_cloud.connection",
    "jenkins.model.Jenkins.slaveAgentPortEnforce": "use agent_cloud.connection",
    "org.jenkinsci.plugins.workflow.support.pickles.ExecutorPickle.timeoutForNodeMillis": (
        "use agent_cloud.reconnect_timeout_seconds"
    ),
}
"""System properties of the controller that the platform sets, with the reason or the input."""


def java_option_rules(
    key: str, options: Sequence[str], memory_mib: int, others: Mapping[str, str] | None = None
) -> Iterator[Problem]:
    """Problems of options with which a JVM would not start, or would need more memory than its task
    has.

    Args:
        key: Key of the options.
        options: The options.
        memory_mib: Memory of the task.
        others: Messages for options of the program, by name.
    """
    chosen = [option for option in options if _COLLECTOR.fullmatch(option)]
    if len(set(chosen)) > 1:
        yield Problem(key, chosen, "select more than one garbage collector")
    heap: dict[str, int] = {}
    for index, option in enumerate(options):
        where = f"{key}[{index}]"
        name = re.split(r"[=\s]", option)[0]
        if name in _NOT_OPTIONS or (name.startswith("--") and name not in _LONG_OPTIONS):
            message = "is not an option of the JVM, but another argument of java"
            yield Problem(where, option, (others or {}).get(name, message))
        if option.startswith(_PERCENTAGE):
            yield Problem(where, option, "is set by the platform. Use heap_percentage")
        for start, which in _SIZES.items():
            if not option.startswith(start):
                continue
            size = re.fullmatch(r"(\d{1,15})([kmgt]?)", option[len(start) :].lower())
            if not size:
                yield Problem(where, option, "is not a size. Valid: a number and k, m or g")
                continue
            heap[which] = int(size[1]) * _UNITS[size[2]]
            if heap[which] >= memory_mib * 2**20:
                message = f"must be less than the task's memory of {memory_mib} MiB"
                yield Problem(where, option, message)
    if 0 < heap.get("maximum", 0) < heap.get("initial", 0):
        yield Problem(key, list(options), "have an initial heap that is larger than the maximum")


def controller_property_rules(key: str, options: Sequence[str]) -> Iterator[Problem]:
    """Problems of system properties of the controller that the platform sets."""
    for index, option in enumerate(options):
        name = option.removeprefix("-D").partition("=")[0]
        if option.startswith("-D") and name in OF_CONTROLLER:
            message = f"is set by the platform: {OF_CONTROLLER[name]}"
            yield Problem(f"{key}[{index}]", option, message)
