"""Variables of the controller's container: who sets them and who reads them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from jenkins_platform.settings.facts.package_data import folder
from jenkins_platform.settings.validation.variables import reserved

from harness.inputs.lean import SMALL
from harness.stacks.registered import ACCOUNT, EVERYTHING, OPTIONAL, container

READ = re.compile(
    r"(?:\$\{?!?|\benv\.|getenv\('|\bsecret\('|\$SECRETS/|\$state/secrets/)([A-Z][A-Z0-9_]+)"
)
"""A variable, or the file with its value, that a script of Bash or Groovy reads."""
OF_JENKINS = {"ITEM_FULL_NAME"}
OF_THE_CONTAINER = {
    *("HOSTNAME", "JAVA_HOME", "JENKINS_HOME", "SECRETS", "TMPDIR"),
    *("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
    *("CASC_RELOAD_TOKEN", "CURL_CA_BUNDLE", "SPOT_FOLDER", "SSL_CERT_FILE"),
}
"""Set by the base image, by ECS and by the scripts for each other."""
FOR_TESTS = {"SPOT_REPORT_SECONDS", "WRITER_WAIT_SECONDS"}
READ_BY_PROGRAMS = {
    *("CASC_STRICT_SECRET_RESOLUTION", "JENKINS_ADMIN_PASSWORD", "JENKINS_OPTS"),
    *("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy"),
}
SECRET = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:s-AbCdEf"
REST: dict[str, Any] = {
    **SMALL,
    "network": {**SMALL["network"], "proxy": {"url": "http://proxy.example.com:3128"}},
    "load_balancer": {"path_prefix": "/jenkins"},
    "agent_cloud": {
        "warm": {
            "agents": {"linux": 1},
            "windows": [{"start": "07:00", "end": "19:00"}],
            "time_zone": "UTC",
        }
    },
    "monitoring": {"events": ["build-failed"]},
    "jenkins": {
        "configuration_rollout": "reload",
        "gitlab": {"token_secret_arn": SECRET, "webhook_secret_arn": SECRET, "groups": ["a"]},
        "bitbucket": {
            "token_secret_arn": SECRET,
            "webhook_secret_arn": SECRET,
            "user_name": "ci@example.com",
            "workspaces": ["b"],
        },
    },
}


def names(definition: Mapping[str, Any]) -> set[str]:
    return {pair["name"] for pair in (*definition["environment"], *definition["secrets"])}


def read() -> set[str]:
    """Variables that the controller's scripts read."""
    image = folder("images") / "controller"
    files = [f for part in ("scripts", "hooks", "library") for f in (image / part).rglob("*")]
    texts = [file.read_text() for file in files if file.is_file()]
    found = {name for text in texts for name in READ.findall(text)} - OF_JENKINS
    webhooks = {f"JENKINS_{source}_WEBHOOK_SECRET" for source in ("GITHUB", "GITLAB", "BITBUCKET")}
    assert any('secret("JENKINS_${source.toUpperCase()}_WEBHOOK_SECRET")' in t for t in texts)
    return {name for name in found if not name.startswith("CA_CERTIFICATE_")} | webhooks


@pytest.mark.parametrize("args", [EVERYTHING, OPTIONAL], ids=["everything", "optional"])
def test_users_cannot_set_variables_of_the_task_definition(args: Mapping[str, Any]) -> None:
    found = names(container(args))
    assert {"DEFAULT_LABEL", "SPOT_WAIT_MINUTES", "VARIABLES_AS_FILES"} <= found
    assert [name for name in sorted(found) if not reserved(name)] == []


def test_users_cannot_set_variables_that_the_image_reads() -> None:
    assert [name for name in sorted(read()) if not reserved(name)] == []


def test_the_image_reads_what_the_task_definition_sets_and_nothing_else() -> None:
    given = names(container(EVERYTHING)) | names(container(OPTIONAL))
    given |= names(container(REST))
    ours = {name for name in given if not name.startswith("CA_CERTIFICATE_")}
    assert ours - READ_BY_PROGRAMS == read() - OF_THE_CONTAINER - FOR_TESTS
