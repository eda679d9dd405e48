"""The proxy and the certificate authorities of a company, in every container."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
from jenkins_platform import JenkinsPlatform
from jenkins_platform.settings import Settings, SettingsError
from jenkins_platform.testing import register
from jenkins_platform_cli.pulumi_cli.golang import ROOT

from harness.inputs.lean import LEAN, READY_IMAGES
from harness.jenkins.documents import render
from harness.stacks.registered import by_role, container, statements

SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ca-AbCdEf"
PARAMETER = "arn:aws:ssm:eu-central-1:123456789012:parameter/ca"
OBJECT = "arn:aws:s3:::company/ca/root.pem"
READY: dict[str, Any] = {**LEAN, "images": READY_IMAGES}
PROXY = {"url": "http://proxy.example.com:3128", "no_proxy": [".example.com", "10.0.0.1"]}
LOCAL = "localhost,127.0.0.1,169.254.169.254,169.254.170.2"
CONTROLLER = "controller.jenkins-abcdef.internal"


def network(**values: Any) -> dict[str, Any]:
    return {**READY, "network": {**LEAN["network"], **values}}


def agent(args: Mapping[str, Any], name: str = "linux") -> dict[str, Any]:
    definition = by_role("aws:ecs/taskDefinition:TaskDefinition", args)[f"agent-{name}"]
    (found,) = json.loads(definition.inputs["containerDefinitions"])
    assert isinstance(found, dict)
    return found


def variables(found: dict[str, Any]) -> dict[str, str]:
    return {entry["name"]: entry["value"] for entry in found["environment"]}


def secrets(found: dict[str, Any]) -> dict[str, str]:
    return {entry["name"]: entry["valueFrom"] for entry in found.get("secrets", [])}


def test_programs_of_controller_and_agents_use_the_proxy() -> None:
    args = network(proxy=PROXY)
    for found, direct in (
        (variables(container(args)), LOCAL),
        (variables(agent(args)), f"{LOCAL},.example.com,10.0.0.1,{CONTROLLER}"),
    ):
        for name in ("http_proxy", "https_proxy"):
            assert found[name] == found[name.upper()] == "http://proxy.example.com:3128"
        assert found["no_proxy"] == found["NO_PROXY"]
        assert set(found["no_proxy"].split(",")) >= set(direct.split(","))


def test_the_jvms_of_controller_and_agents_use_the_proxy() -> None:
    args = network(proxy=PROXY)
    java = variables(container(args))["JENKINS_JAVA_OPTS"].split()
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
    assert variables(agent(args))["JAVA_TOOL_OPTIONS"].split() == [
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
    for found in (container(READY), agent(READY)):
        assert not [name for name in variables(found) if "proxy" in name.lower()]
    assert "JAVA_TOOL_OPTIONS" not in variables(agent(READY))
    assert "proxy" not in render()[1]["jenkins"]


def test_a_template_can_set_another_proxy() -> None:
    template = {"name": "linux", "environment": {"https_proxy": "http://other:1"}}
    found = variables(agent({**network(proxy=PROXY), "agents": [template]}))
    assert found["https_proxy"] == "http://other:1"
    assert found["HTTPS_PROXY"] == "http://proxy.example.com:3128"


def test_certificates_reach_controller_and_agents_by_reference_or_as_text() -> None:
    args = network(ca_certificate_arns=[SECRET, OBJECT, f"{PARAMETER}"])
    for found in (container(args), agent(args)):
        given = secrets(found)
        assert given["CA_CERTIFICATE_1"] == SECRET
        assert given["CA_CERTIFICATE_3"] == PARAMETER
        assert variables(found)["CA_CERTIFICATE_2"].startswith("-----BEGIN CERTIFICATE-----")
    # The start script reads them itself.
    assert "CA_CERTIFICATE" not in variables(container(args))["VARIABLES_AS_FILES"]


def test_execution_roles_can_read_the_certificates() -> None:
    template = {"name": "own", "image": "registry.example.com/own:1"}
    args = {**network(ca_certificate_arns=[SECRET, PARAMETER]), "agents": [template]}
    policies = by_role("aws:iam/rolePolicy:RolePolicy", args)
    for role in ("controller-execution", "agents-execution", "agents-execution-own"):
        found = statements(policies[role].inputs["policy"])
        assert SECRET in found["ReadSecrets"]["Resource"]
        assert found["ReadParameters"]["Resource"] == [PARAMETER]


def test_an_output_can_name_a_secret_but_no_object() -> None:
    def program(arn: str) -> None:
        output = pulumi.Output.from_input(arn)
        JenkinsPlatform("jenkins", network(ca_certificate_arns=[output]))  # type: ignore[arg-type]

    found = register(lambda: program(SECRET))
    (definition,) = [r for r in found if r.name == "jenkins-agent-linux" and "TaskDef" in r.token]
    assert SECRET in definition.inputs["containerDefinitions"]
    with pytest.raises(SettingsError, match="an S3 object must be known when the program runs"):
        register(lambda: program(OBJECT))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"body": None, "contentType": "application/octet-stream"}, "content type text/plain"),
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
        register(
            lambda: JenkinsPlatform("jenkins", network(ca_certificate_arns=[OBJECT])),  # type: ignore[arg-type]
            calls=calls,
        )


def test_variables_of_the_controller_are_passed_and_known_to_documents() -> None:
    args = {**READY, "controller": {"environment": {"TEAM": "a b"}}}
    assert variables(container(args))["TEAM"] == "a b"
    extra = ["unclassified: {mailer: {charset: '${TEAM}'}}"]
    render(controller={"environment": {"TEAM": "x"}}, jenkins={"extra_jcasc": extra})


@pytest.mark.parametrize("name", ["trust-certificates", "start-agent"])
def test_a_script_is_the_same_in_every_image(name: str) -> None:
    copies = [path for path in (ROOT / "images").rglob(name) if path.is_file()]
    assert len(copies) >= 2
    assert len({path.read_bytes() for path in copies}) == 1
