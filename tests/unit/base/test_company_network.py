"""The proxy and the certificate authorities of a company, in every container."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest
from jenkins_platform import JenkinsPlatform
from jenkins_platform.controller.secrets import Secrets
from jenkins_platform.settings import Settings, SettingsError
from jenkins_platform.settings.network import NetworkSettings
from jenkins_platform.testing import Registration, register
from jenkins_platform_cli.pulumi_cli.golang import ROOT

from harness.inputs.lean import SMALL
from harness.jenkins.documents import render
from harness.stacks.mocks import platform
from harness.stacks.parts import parts
from harness.stacks.registered import of_type, statements

SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ca-AbCdEf"
NEW_SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:new-ca-AbCdEf"
PARAMETER = "arn:aws:ssm:eu-central-1:123456789012:parameter/ca"
OBJECT = "arn:aws:s3:::company/ca/root.pem"
PROXY = {"url": "http://proxy.example.com:3128", "no_proxy": [".example.com", "10.0.0.1"]}
LOCAL = "localhost,127.0.0.1,169.254.169.254,169.254.170.2"
CONTROLLER = "controller.jenkins-abcdef.internal"


def network(**values: Any) -> dict[str, Any]:
    return {**SMALL, "network": {**SMALL["network"], **values}}


@pytest.fixture(scope="module")
def behind_proxy() -> list[Registration]:
    """A platform behind a proxy that trusts a company's certificates."""

    def program() -> None:
        # Another program creates the last secret.
        arns = [SECRET, OBJECT, PARAMETER, pulumi.Output.from_input(NEW_SECRET)]
        templates = [
            {"name": "linux"},
            {"name": "own", "image": "registry.example.com/own:1"},
            {"name": "other", "environment": {"https_proxy": "http://other:1"}},
        ]
        args = {
            **network(proxy=PROXY, ca_certificate_arns=arns),
            "agents": templates,
            "controller": {"environment": {"TEAM": "a b"}},
        }
        JenkinsPlatform("jenkins", args)  # type: ignore[arg-type]

    return register(program)


def definition(found: list[Registration], role: str) -> dict[str, Any]:
    task = of_type(found, "aws:ecs/taskDefinition:TaskDefinition")[role]
    (container,) = json.loads(task.inputs["containerDefinitions"])
    assert isinstance(container, dict)
    return container


def controller(found: list[Registration]) -> dict[str, Any]:
    return definition(found, "controller")


def agent(found: list[Registration], name: str = "linux") -> dict[str, Any]:
    return definition(found, f"agent-{name}")


def variables(found: dict[str, Any]) -> dict[str, str]:
    return {entry["name"]: entry["value"] for entry in found["environment"]}


def secrets(found: dict[str, Any]) -> dict[str, str]:
    return {entry["name"]: entry["valueFrom"] for entry in found.get("secrets", [])}


def test_programs_of_controller_and_agents_use_the_proxy(behind_proxy: list[Registration]) -> None:
    for found, direct in (
        (variables(controller(behind_proxy)), LOCAL),
        (variables(agent(behind_proxy)), f"{LOCAL},.example.com,10.0.0.1,{CONTROLLER}"),
    ):
        for name in ("http_proxy", "https_proxy"):
            assert found[name] == found[name.upper()] == "http://proxy.example.com:3128"
        assert found["no_proxy"] == found["NO_PROXY"]
        assert set(found["no_proxy"].split(",")) >= set(direct.split(","))


def test_the_jvms_of_controller_and_agents_use_the_proxy(behind_proxy: list[Registration]) -> None:
    java = variables(controller(behind_proxy))["JENKINS_JAVA_OPTS"].split()
    hosts = [*LOCAL.split(","), "*.example.com", "10.0.0.1"]
    expected = [
        "-Dhttp.proxyHost=proxy.example.com",
        "-Dhttp.proxyPort=3128",
        "-Dhttps.proxyHost=proxy.example.com",
        "-Dhttps.proxyPort=3128",
    ]
    assert [option for option in java if "roxy" in option] == [
        *expected,
        f"-Dhttp.nonProxyHosts={'|'.join(hosts)}",
    ]
    assert variables(agent(behind_proxy))["JAVA_TOOL_OPTIONS"].split() == [
        *expected,
        f"-Dhttp.nonProxyHosts={'|'.join([*hosts, CONTROLLER])}",
    ]


def test_jenkins_itself_uses_the_proxy() -> None:
    _, document = render(network={"proxy": PROXY})
    assert document["jenkins"]["proxy"] == {
        "name": "proxy.example.com",
        "port": 3128,
        "noProxyHost": "\n".join([*LOCAL.split(","), "*.example.com", "10.0.0.1"]),
    }


@pytest.mark.parametrize(
    ("region", "domain"),
    [
        ("eu-central-1", "*.eu-central-1.amazonaws.com"),
        ("cn-north-1", "*.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_endpoints_are_reached_directly(region: str, domain: str) -> None:
    isolated = Settings.from_args("jenkins", {"network": {"nat": "none", "proxy": PROXY}})  # type: ignore[typeddict-item]
    assert domain in isolated.network.direct_patterns(region)
    usual = Settings.from_args("jenkins", {"network": {"proxy": PROXY}})  # type: ignore[typeddict-item]
    assert domain not in usual.network.direct_patterns(region)


def test_without_a_proxy_there_is_no_trace_of_one() -> None:
    usual = platform(SMALL)
    for found in (controller(usual), agent(usual)):
        assert not [name for name in variables(found) if "proxy" in name.lower()]
    assert "JAVA_TOOL_OPTIONS" not in variables(agent(usual))
    assert "proxy" not in render()[1]["jenkins"]


def test_a_template_can_set_another_proxy(behind_proxy: list[Registration]) -> None:
    found = variables(agent(behind_proxy, "other"))
    assert found["https_proxy"] == "http://other:1"
    assert found["HTTPS_PROXY"] == "http://proxy.example.com:3128"


def test_certificates_reach_controller_and_agents_by_reference_or_as_text(
    behind_proxy: list[Registration],
) -> None:
    for found in (controller(behind_proxy), agent(behind_proxy)):
        given = secrets(found)
        assert given["CA_CERTIFICATE_1"] == SECRET
        assert given["CA_CERTIFICATE_3"] == PARAMETER
        assert given["CA_CERTIFICATE_4"] == NEW_SECRET, "an output can name a secret"
        assert variables(found)["CA_CERTIFICATE_2"].startswith("-----BEGIN CERTIFICATE-----")
    # The start script reads them itself.
    assert "CA_CERTIFICATE" not in variables(controller(behind_proxy))["VARIABLES_AS_FILES"]


def test_execution_roles_can_read_the_certificates(behind_proxy: list[Registration]) -> None:
    policies = of_type(behind_proxy, "aws:iam/rolePolicy:RolePolicy")
    for role in ("controller-execution", "agents-execution", "agents-execution-own"):
        found = statements(policies[role].inputs["policy"])
        assert {SECRET, NEW_SECRET} <= set(found["ReadSecrets"]["Resource"])
        assert found["ReadParameters"]["Resource"] == [PARAMETER]


def test_an_object_is_read_by_its_bucket_and_whole_key(lookups: set[str]) -> None:
    parts(Secrets, network(ca_certificate_arns=[OBJECT]))
    assert 'getObject {"bucket": "company", "key": "ca/root.pem"}' in lookups


def test_an_output_cannot_name_an_object() -> None:
    arns = [pulumi.Output.from_input(OBJECT)]
    with pytest.raises(SettingsError, match="an S3 object must be known when the program runs"):
        parts(Secrets, network(ca_certificate_arns=arns))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"body": None, "contentType": "application/octet-stream"}, "content type text/plain"),
        ({"body": "", "contentType": "binary/octet-stream"}, "content type binary/octet-stream"),
        ({"body": "hello", "contentType": "text/plain"}, "must contain certificates in PEM"),
        (
            {"body": "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----"},
            "must contain certificates in PEM, and no key",
        ),
    ],
)
def test_an_object_without_certificates_is_refused(answer: dict[str, Any], message: str) -> None:
    calls = {"aws:s3/getObject:getObject": {"contentType": "text/plain", **answer}}
    with pytest.raises(SettingsError, match=message):
        parts(Secrets, network(ca_certificate_arns=[OBJECT]), calls=calls)


def test_variables_of_the_controller_are_passed_and_known_to_documents(
    behind_proxy: list[Registration],
) -> None:
    assert variables(controller(behind_proxy))["TEAM"] == "a b"
    extra = ["unclassified: {mailer: {charset: '${TEAM}'}}"]
    render(controller={"environment": {"TEAM": "x"}}, jenkins={"extra_jcasc": extra})


@pytest.mark.parametrize("name", ["trust-certificates", "start-agent"])
def test_a_script_is_the_same_in_every_image(name: str) -> None:
    copies = [path for path in (ROOT / "images").rglob(name) if path.is_file()]
    assert len(copies) >= 2
    assert len({path.read_bytes() for path in copies}) == 1


@pytest.mark.parametrize(
    ("region", "domain"),
    [
        ("eu-central-1", ".eu-central-1.amazonaws.com"),
        ("us-gov-west-1", ".us-gov-west-1.amazonaws.com"),
        ("cn-north-1", ".cn-north-1.amazonaws.com.cn"),
        ("cn-northwest-1", ".cn-northwest-1.amazonaws.com.cn"),
    ],
)
def test_the_endpoints_of_a_network_without_nat_are_not_behind_the_proxy(
    region: str, domain: str
) -> None:
    found = NetworkSettings.model_validate({"nat": "none"})
    assert found.direct_hosts(region)[-1] == domain
    assert found.direct_patterns(region)[-1] == f"*{domain}"
