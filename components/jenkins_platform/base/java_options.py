"""Java options as text in an environment variable, so that each reaches the JVM as one argument."""

from __future__ import annotations

import re
from collections.abc import Iterable

JENKINS = "JENKINS_JAVA_OPTS"
"""Variable of the official images' start scripts, controller and agent."""
JDK = "JDK_JAVA_OPTIONS"
"""Variable of the ``java`` command."""
EVERY_JVM = "JAVA_TOOL_OPTIONS"
"""Variable of every JVM."""
KANIKO_DEFAULTS = ("-Djava.io.tmpdir=/kaniko/tmp", "-XX:-UsePerfData")
"""Options that images/kaniko/Dockerfile sets in ``JDK``."""
_BLANK = re.compile(r"\s")


def quoted_for_xargs(options: Iterable[str]) -> str:
    """Options for the controller, whose start script (jenkinsci/docker, ``jenkins.sh``) splits the
    variable with ``xargs``: a backslash before a character takes it literally."""
    return " ".join(re.sub(r"([\s'\"\\])", r"\\\1", option) for option in options)


def agent_variables(options: Iterable[str], existing: str = "") -> dict[str, str]:
    """Environment variables with the options of an agent.

    The start script of agents (jenkinsci/docker-agent, ``jenkins-agent``) splits its variable at
    blanks and has no quotes. Options with blanks go into the variable of the ``java`` command,
    which has (the JDK's manual page of ``java``, "Using the JDK_JAVA_OPTIONS Launcher Environment
    Variable"); Java programs of builds inherit that one.

    Args:
        options: The options.
        existing: Value of ``JDK`` without these options.
    """
    options = list(options)
    variables = {JENKINS: " ".join(o for o in options if not _BLANK.search(o))}
    blanks = " ".join(_quoted_for_java(o) for o in options if _BLANK.search(o))
    if blanks:
        variables[JDK] = f"{existing} {blanks}".lstrip()
    return variables


def _quoted_for_java(option: str) -> str:
    """The option in quotes. A quotation mark is in quotes of the other kind; nothing is escaped."""
    return "".join(
        f"'{part}'" if part == '"' else f'"{part}"' for part in re.split(r'(")', option) if part
    )
