"""Names of environment variables that users cannot set.

The controller's start script (images/controller/scripts) reads secrets from its environment, so
their names must not be those of its own variables, of bash, of the dynamic linker, of Java or of
the AWS SDKs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .base import Problem

TASK_VARIABLES = frozenset(
    {
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_EXECUTION_ENV",
        "ECS_AGENT_URI",
        "ECS_CONTAINER_METADATA_URI",
        "ECS_CONTAINER_METADATA_URI_V4",
    }
)
"""Environment variables that ECS sets in every container (Amazon ECS Developer Guide, "Task
metadata" and "Task IAM role")."""
AGENT_VARIABLES = TASK_VARIABLES | {
    "JENKINS_AGENT_NAME",
    "JENKINS_AGENT_WORKDIR",
    "JENKINS_DIRECT_CONNECTION",
    "JENKINS_INSTANCE_IDENTITY",
    "JENKINS_JAVA_BIN",
    "JENKINS_JAVA_OPTS",
    "JENKINS_NAME",
    "JENKINS_PROTOCOLS",
    "JENKINS_SECRET",
    "JENKINS_TUNNEL",
    "JENKINS_URL",
    "JENKINS_WEB_SOCKET",
    "SLAVE_NODE_NAME",
    "SLAVE_NODE_SECRET",
}
"""Environment variables of an agent that ECS, the plugin or the platform sets, or whose place the
plugin's arguments take: the start script of the image (jenkinsci/docker-agent, ``jenkins-agent``)
would pass both."""
RESERVED_PREFIXES = (
    *(
        "AWS_",
        "BASH",
        "CA_CERTIFICATE_",
        "CASC_",
        "CONFIGURATION_",
        "CURL_",
        "ECS_",
        "GIT_",
        "JAVA_",
        "JDK_",
    ),
    *("JENKINS_", "LC_", "LD_", "OIDC_", "SECRET", "SSL_", "TINI_", "_"),
)
_NAMES = (
    # The start script, and what it starts.
    "BUILD_EVENTS COPY_REFERENCE_FILE_LOG DEFAULT_LABEL REF REMOVE_STALE_NODES SPOT_BREAKER "
    "SPOT_FOLDER SPOT_REPORT_SECONDS SPOT_WAIT_MINUTES VARIABLES_AS_FILES WARM_AGENTS "
    "WRITER_WAIT_SECONDS credentials endpoint etag hook known name names next partial state "
    "suffix task url wait_seconds writer "
    # Bash and the programs that the script starts.
    "CDPATH COLUMNS COPROC DIRSTACK ENV EUID FUNCNAME GLOBIGNORE GROUPS HISTFILE HOME HOSTNAME "
    "HOSTTYPE IFS LANG LANGUAGE LINENO LINES LOGNAME MACHTYPE MAIL MAPFILE OLDPWD OPTARG OPTERR "
    "OPTIND OSTYPE PATH PIPESTATUS POSIXLY_CORRECT PPID PROMPT_COMMAND PS0 PS1 PS2 PS3 PS4 PWD "
    "RANDOM READLINE_LINE REPLY SECONDS SHELL SHELLOPTS SHLVL SRANDOM TEMP TERM TIMEFORMAT TMOUT "
    "TMP TMPDIR UID USER "
    "ALL_PROXY HTTPS_PROXY HTTP_PROXY NO_PROXY all_proxy http_proxy https_proxy no_proxy"
)
RESERVED_NAMES = frozenset(_NAMES.split())


def reserved(name: str) -> str | None:
    """Why a secret of the controller cannot have a name, or None if it can."""
    if name.startswith(RESERVED_PREFIXES):
        return f"names that start with {', '.join(RESERVED_PREFIXES)} are reserved"
    if name in RESERVED_NAMES:
        return "is reserved for the shell or the start script of the controller's image"
    return None


def variable_rules(
    key: str, environment: Mapping[str, str], secrets: Mapping[str, object], ours: frozenset[str]
) -> Iterator[Problem]:
    """Problems of a container's variables, each of which can be set once and none by ``ours``."""
    for name in sorted((environment.keys() | secrets.keys()) & ours):
        where = "environment" if name in environment else "secrets"
        yield Problem(f"{key}.{where}.{name}", "…", "is set by the platform")
    for name in sorted(environment.keys() & secrets.keys()):
        yield Problem(f"{key}.secrets.{name}", "…", "is also in `environment`")
