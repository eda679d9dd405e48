"""Lists of facts about AWS, Jenkins and containers, against their source or as a whole."""

from __future__ import annotations

import botocore.session
import pytest
from jenkins_platform.settings.agents.volumes import _safe
from jenkins_platform.settings.facts import regions
from jenkins_platform.settings.validation.renamed import new_name
from jenkins_platform.settings.validation.secret_names import (
    contains_secret,
    names_place_of_secret,
    names_secret,
)
from jenkins_platform.settings.validation.values import LOG_RETENTION_DAYS
from jenkins_platform.settings.validation.variables import AGENT_VARIABLES, TASK_VARIABLES


def test_the_regions_are_those_that_the_sdk_knows() -> None:
    session = botocore.session.get_session()
    partitions = ("aws", "aws-cn", "aws-us-gov")
    assert {
        region for p in partitions for region in session.get_available_regions("ecs", p)
    } == regions.KNOWN


def test_the_plugin_knows_all_regions_but_the_latest() -> None:
    assert {
        "ap-east-2",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "mx-central-1",
    } == regions.KNOWN - regions.KNOWN_TO_THE_PLUGIN
    assert regions.supported("ap-southeast-4") == "ap-southeast-4"
    with pytest.raises(ValueError, match=r"'ap-southeast-5' is not supported by the AWS SDK 1[.]x"):
        regions.supported("ap-southeast-5")


def test_the_retention_periods_are_those_of_cloudwatch_logs() -> None:
    """API Reference, PutRetentionPolicy."""
    days = "1 3 5 7 14 30 60 90 120 150 180 365 400 545 731 1096 1827 2192 2557 2922 3288 3653"
    assert tuple(map(int, days.split())) == LOG_RETENTION_DAYS


def test_a_renamed_input_may_have_moved_to_another_group() -> None:
    assert new_name("without", {"disabled_alarms"}) == "disabled_alarms"
    assert new_name("without", {"level"}) == "monitoring.disabled_alarms"
    assert new_name("scope", {"name"}) is None


def test_the_variables_that_are_set_for_every_task_and_agent() -> None:
    assert sorted(TASK_VARIABLES) == [
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_EXECUTION_ENV",
        "ECS_AGENT_URI",
        "ECS_CONTAINER_METADATA_URI",
        "ECS_CONTAINER_METADATA_URI_V4",
    ]
    of_jenkins = [
        "AGENT_NAME",
        "AGENT_WORKDIR",
        "DIRECT_CONNECTION",
        "INSTANCE_IDENTITY",
        "JAVA_BIN",
        "JAVA_OPTS",
        "NAME",
        "PROTOCOLS",
        "SECRET",
        "TUNNEL",
        "URL",
        "WEB_SOCKET",
    ]
    assert sorted(AGENT_VARIABLES - TASK_VARIABLES) == [
        *(f"JENKINS_{name}" for name in of_jenkins),
        "SLAVE_NODE_NAME",
        "SLAVE_NODE_SECRET",
    ]


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/bin", "/boot", "/home", "/home/jenkins", "/lib", "/lib64", "/opt", "/opt/java"),
        *("/root", "/run", "/sbin", "/usr", "/usr/bin", "/usr/lib", "/usr/local"),
        *("/usr/local/bin", "/usr/sbin", "/usr/share", "/var", "/var/lib", "/var/run"),
        *("/dev/shm", "/etc", "/etc/a", "/home/jenkins/agent", "/kaniko/a", "/proc/1", "/sys/a"),
    ],
)
def test_no_volume_hides_a_system_directory(path: str) -> None:
    with pytest.raises(ValueError, match=r"must not (hide a system directory|be in /dev)"):
        _safe(path)


@pytest.mark.parametrize("path", ["/cache", "/home/jenkins/.m2", "/opt/tools", "/etcetera"])
def test_other_paths_can_have_a_volume(path: str) -> None:
    assert _safe(path) == path


SECRETS = [
    "DB_PASSWORD",
    "dbPasswd",
    "passphrase",
    "PWD",
    "client_secret",
    "accessToken",
    "bearer",
    "credentials",
    "signature",
    "api-key",
    "accessKey",
    "ACCOUNT_KEY",
    "private.key",
    "sharedKey",
    "signing_key",
    "encryption-key",
    "auth",
    "key",
    "sig",
]


@pytest.mark.parametrize("name", SECRETS)
def test_a_name_of_a_secret(name: str) -> None:
    assert names_secret(name)


@pytest.mark.parametrize(
    "name", ["author", "KEYBOARD", "monkey", "design", "cwd", "path", "tag_key"]
)
def test_a_name_of_something_else(name: str) -> None:
    assert not names_secret(name)


@pytest.mark.parametrize(
    ("name", "place"),
    [("TOKEN_FILE", True), ("secret_arn", True), ("tokenUrls", True), ("TOKEN", False)],
)
def test_a_name_may_say_where_a_secret_is(name: str, place: bool) -> None:
    assert names_place_of_secret(name) is place


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://user:hunter2@example.com", True),
        ("ssh://git@example.com", False),
        ("https://${USER}@example.com", False),
        ("https://example.com/?sig=a", True),
        ("https://example.com/?page=a", False),
        ("glpat-" + "a" * 20, True),
        ("AKIA" + "A" * 16, True),
        ("AKIA" + "A" * 15, False),
        ("-----BEGIN RSA PRIVATE KEY-----", True),
        ("-----BEGIN CERTIFICATE-----", False),
    ],
)
def test_recognizable_secrets(text: str, expected: bool) -> None:
    assert contains_secret(text) is expected
