"""LoadBalancer and sign-in: what is refused, and what is registered for each way in."""

from __future__ import annotations

import json
import re
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jenkins_platform import JenkinsPlatform
from jenkins_platform.controller import jcasc
from jenkins_platform.load_balancer.listener_rules import CREATED
from jenkins_platform.settings import Settings, SettingsError
from jenkins_platform.settings.facts.limits import CONDITION_VALUES, CONDITION_WILDCARDS
from jenkins_platform.settings.sign_in.listener_conditions import portions
from jenkins_platform.testing import Registration, register

from harness.inputs.lean import SMALL
from harness.stacks.mocks import platform
from harness.stacks.parts import configuration, controller, load_balancer, parts
from harness.stacks.registered import EVERYTHING

SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:oidc-AbCdEf"
CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/abc"
OIDC = {
    "well_known_url": "https://id.example.com/.well-known/openid-configuration",
    "client_id": "jenkins",
    "client_secret_arn": SECRET,
}
AT_THE_BALANCER = {
    "issuer": "https://id.example.com",
    "authorization_endpoint": "https://id.example.com/authorize",
    "token_endpoint": "https://id.example.com/token",
    "user_info_endpoint": "https://id.example.com/userinfo",
    "client_id": "balancer",
    "client_secret_arn": f"{SECRET}:secret::",
}
ADMINS = [{"name": "admins", "role": "admin"}]
TLS: dict[str, Any] = {"domain_name": "ci.example.com", "certificate": {"existing": CERTIFICATE}}


def problems(**args: Any) -> list[str]:
    """The problems of some inputs, as the user reads them."""
    with pytest.raises(SettingsError) as caught:
        jcasc.check(Settings.from_args("jenkins", args))  # type: ignore[arg-type]
    return [str(problem) for problem in caught.value.problems]


def front(**values: Any) -> dict[str, Any]:
    return {"load_balancer": values}


def sign_in(**values: Any) -> dict[str, Any]:
    return {"load_balancer": TLS, "sign_in": values}


def oidc(**values: Any) -> dict[str, Any]:
    return sign_in(oidc={**OIDC, **values}, groups=ADMINS)


def balancer(**values: Any) -> dict[str, Any]:
    return sign_in(load_balancer_oidc={**AT_THE_BALANCER, **values})


def jenkins(**values: Any) -> dict[str, Any]:
    return {"jenkins": values}


LIBRARY = {"name": "ours", "remote": "https://git.example.com/ours.git"}

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "public-without-a-certificate": (
        front(scheme="internet-facing"),
        "load_balancer.certificate: nothing: required with scheme internet-facing: plain HTTP is "
        "not allowed from the internet",
    ),
    "public-with-a-name-but-no-zone": (
        front(scheme="internet-facing", domain_name="ci.example.com"),
        "load_balancer.certificate: nothing: required with scheme internet-facing",
    ),
    "certificate-of-another-service": (
        front(certificate={"existing": "arn:aws:iam::123456789012:server-certificate/x"}),
        "load_balancer.certificate.existing: 'arn:aws:iam::123456789012:server-certificate/x': "
        "must be an ARN like arn:aws:acm:<region>:<account>:certificate/<id>",
    ),
    "certificate-given-and-made": (
        front(certificate={"existing": CERTIFICATE, "validation_zone_id": "Z012345"}),
        "load_balancer.certificate.validation_zone_id: 'Z012345': is only valid "
        "with a certificate that is created",
    ),
    "certificate-without-a-name": (
        front(certificate={"validation_zone_id": "Z012345"}),
        "load_balancer.domain_name: nothing: required to create a certificate",
    ),
    "certificate-without-a-zone": (
        front(certificate={}, domain_name="ci.example.com"),
        "load_balancer.certificate.validation_zone_id: nothing: required to create a certificate",
    ),
    "zone-without-a-name": (
        front(zone_id="Z012345"),
        "load_balancer.domain_name: nothing: required with zone_id",
    ),
    "name-with-a-scheme": (
        front(domain_name="https://ci.example.com"),
        "load_balancer.domain_name: 'https://ci.example.com': must be a DNS name",
    ),
    "address-range": (
        front(allowed_cidrs=["203.0.113.7/24"]),
        "load_balancer.allowed_cidrs[0]: '203.0.113.7/24': is not the first address of "
        "the range 203.0.113.0/24",
    ),
    "groups-of-your-own-and-ranges": (
        front(security_group_ids=["sg-0a1b2c3d"], allowed_cidrs=["203.0.113.0/24"]),
        "load_balancer.allowed_cidrs: [203.0.113.0/24]: is only valid "
        "with a security group that is created",
    ),
    "idle-timeout": (
        front(idle_timeout_seconds=20),
        "load_balancer.idle_timeout_seconds: 20: must be at least 60. Valid: 60 to 4000 seconds",
    ),
    "log-bucket": (
        front(access_logs={"existing": "Our_Logs"}),
        "load_balancer.access_logs.existing: 'Our_Logs': must be 3 to 63 lowercase letters",
    ),
    "log-prefix": (
        front(access_logs={"prefix": "AWSLogs/ci"}),
        "load_balancer.access_logs.prefix: 'AWSLogs/ci': must be a prefix like "
        "jenkins/load_balancer, "
        "not containing AWSLogs",
    ),
    "web-acl-of-cloudfront": (
        front(web_acl={"existing": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/b"}),
        "load_balancer.web_acl.existing: "
        "'arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/b': must "
        "be an ARN like arn:aws:wafv2",
    ),
    "rule-group-twice": (
        front(web_acl={"managed_rule_groups": [{"name": "A"}, {"name": "A"}]}),
        "load_balancer.web_acl.managed_rule_groups[1].name: 'A': is listed more than once",
    ),
    "admin-name": (
        {"sign_in": {"admin_user_name": "root user"}},
        "sign_in.admin_user_name: 'root user': must be a letter, then letters",
    ),
    "oidc-without-tls": (
        {"sign_in": {"oidc": OIDC, "groups": ADMINS}},
        "load_balancer.certificate: nothing: required with sign_in.oidc: providers redirect "
        "only to HTTPS URLs",
    ),
    "oidc-without-an-administrator": (
        sign_in(oidc=OIDC, groups=[{"name": "all", "role": "viewer"}]),
        "sign_in.groups: ",
    ),
    "oidc-secret-as-a-value": (
        oidc(client_secret_arn="hunter2"),
        "sign_in.oidc.client_secret_arn: a value that is not shown: "
        "must be the complete ARN of a secret",
    ),
    "oidc-secret-under-another-key": (
        oidc(client_secret="hunter2"),
        "sign_in.oidc.client_secret: a value that is not shown: unknown key. Did you mean "
        "'client_secret_arn'?",
    ),
    "oidc-by-plain-http": (
        oidc(well_known_url="http://id.example.com/.well-known/openid-configuration"),
        "sign_in.oidc.well_known_url: 'http://id.example.com/.well-known/openid-configuration': "
        "must be a URL that starts with https://",
    ),
    "oidc-with-the-issuer-for-the-document": (
        oidc(well_known_url="https://id.example.com"),
        "sign_in.oidc.well_known_url: 'https://id.example.com': must be a URL that ends "
        "with /.well-known/openid-configuration",
    ),
    "scope-with-a-blank": (
        oidc(scopes=["openid groups"]),
        "sign_in.oidc.scopes[0]: 'openid groups': must be a scope without spaces",
    ),
    "balancer-issuer-by-plain-http": (
        balancer(issuer="http://id.example.com"),
        "sign_in.load_balancer_oidc.issuer: 'http://id.example.com': must be a URL that "
        "starts with https://. Valid: an HTTPS URL",
    ),
    "balancer-secret-in-parameter-store": (
        balancer(client_secret_arn="arn:aws:ssm:eu-central-1:123456789012:parameter/x"),
        "sign_in.load_balancer_oidc.client_secret_arn: ",
    ),
    "balancer-path-without-a-slash": (
        balancer(bypass_paths=["github-webhook"]),
        "sign_in.load_balancer_oidc.bypass_paths[0]: 'github-webhook': must be a path like "
        "/github-webhook/*",
    ),
    "balancer-path-with-too-many-wildcards": (
        balancer(paths=["/*/*/*/*/*/*"]),
        "sign_in.load_balancer_oidc.paths[0]: '/*/*/*/*/*/*': has more than 5 wildcards",
    ),
    "balancer-that-reaches-no-provider": (
        {**balancer(), "network": {"nat": "none"}},
        "sign_in.load_balancer_oidc: '…': an internal load balancer must reach the provider over a "
        "NAT gateway, but network.nat is none",
    ),
    "grant-of-nothing": (
        sign_in(groups=[{"name": "all"}]),
        "sign_in.groups[0]: 'all': must have a role, permissions or both",
    ),
    "grant-to-anybody": (
        sign_in(groups=[{"name": "anonymous", "role": "viewer"}]),
        "sign_in.groups[0].name: 'anonymous': is not supported",
    ),
    "grant-twice": (
        sign_in(users=[{"name": "a", "role": "viewer"}, {"name": "a", "role": "admin"}]),
        "sign_in.users[1].name: 'a': is listed more than once",
    ),
    "role": (
        sign_in(users=[{"name": "a", "role": "root"}]),
        "sign_in.users[0].role: 'root': is not one of the valid values",
    ),
    "permission-misspelt": (
        sign_in(users=[{"name": "a", "permissions": ["Job/Biuld"]}]),
        "sign_in.users[0].permissions[0]: 'Job/Biuld': is not a permission of Jenkins or the "
        "platform's plugins. Did you mean 'Job/Build'?",
    ),
    "discarder-of-nothing": (
        jenkins(build_discarder={}),
        "jenkins.build_discarder: {}: is empty. Set at least one of keep_builds",
    ),
    "library-with-a-password": (
        jenkins(libraries=[LIBRARY | {"remote": "https://me:pw@git.example.com/x.git"}]),
        "jenkins.libraries[0].remote: ",
    ),
    "library-twice": (
        jenkins(libraries=[LIBRARY, LIBRARY]),
        "jenkins.libraries[1].name: 'ours': is listed more than once",
    ),
    "tool-from-nowhere": (
        jenkins(tools=[{"kind": "jdk", "name": "21"}]),
        "jenkins.tools[0]: '21': must set one of home, archive_url and, for maven, version",
    ),
    "tool-version-of-a-jdk": (
        jenkins(tools=[{"kind": "jdk", "name": "21", "version": "21"}]),
        "jenkins.tools[0].version: '21': is only valid with kind maven, not jdk",
    ),
    "secret-as-a-value": (
        jenkins(secrets={"SMTP_PASSWORD": "hunter2"}),
        "jenkins.secrets.SMTP_PASSWORD: a value that is not shown: "
        "must be the complete ARN of a secret",
    ),
    "secret-under-a-taken-name": (
        jenkins(secrets={"JENKINS_HOME": SECRET}),
        f"jenkins.secrets.JENKINS_HOME: '{SECRET}': names that start with AWS_",
    ),
    "reload-seconds-without-reload": (
        jenkins(configuration_reload_seconds=90),
        "jenkins.configuration_reload_seconds: 90: is only valid with configuration_rollout reload",
    ),
    "extra-that-is-no-yaml": (
        jenkins(extra_jcasc=["a: [b"]),
        "jenkins.extra_jcasc[0]: a value that is not shown: is not valid YAML: "
        "expected ',' or ']', but got '<stream end>' (line 1)",
    ),
    "extra-that-is-a-list": (
        jenkins(extra_jcasc=["- a"]),
        "jenkins.extra_jcasc[0]: a value that is not shown: must be a mapping with keys "
        "such as unclassified",
    ),
    "extra-that-clashes": (
        jenkins(extra_jcasc=["\njenkins:\n  systemMessage: mine\n"]),
        "jenkins.extra_jcasc[0]: 'jenkins.systemMessage': is set by the platform (line 3). Leave "
        "it out, and use the platform's inputs instead",
    ),
    "extra-that-clashes-in-another-case": (
        jenkins(extra_jcasc=["jenkins: {numexecutors: 2}"]),
        "jenkins.extra_jcasc[0]: 'jenkins.numexecutors': is set by the platform (line 1)",
    ),
    "extra-with-a-second-realm": (
        jenkins(extra_jcasc=["jenkins: {securityRealm: {ldap: {}}}"]),
        "jenkins.extra_jcasc[0]: 'jenkins.securityRealm': is set by the platform (line 1)",
    ),
    "extra-with-an-unknown-secret": (
        jenkins(extra_jcasc=['unclassified: {mailer: {authentication: "${SMTP}"}}']),
        "jenkins.extra_jcasc[0]: '${SMTP}': refers to a secret that is not in jenkins.secrets "
        "(line 1). Write ^${SMTP} for the text itself",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_mistake_is_reported_once_with_its_fix(name: str) -> None:
    args, expected = REFUSED[name]
    (problem,) = problems(**args)
    assert problem.startswith(expected)
    assert "hunter2" not in problem, "what may be a secret is not repeated"


PROFILES = [
    ("internal", "made", "local"),
    ("internal", "given", "oidc"),
    ("internal", "given", "both"),
    ("internet-facing", "given", "local"),
    ("internet-facing", "made", "oidc"),
    ("internet-facing", "made", "both"),
]
"""Each choice with each choice of the others; the engine's tests bring all of them up."""


def inputs(scheme: str, certificate: str, ways: str) -> dict[str, Any]:
    args: dict[str, Any] = {
        "load_balancer": {"scheme": scheme, "domain_name": "ci.example.com"},
        "sign_in": {},
    }
    args["load_balancer"] |= TLS if certificate == "given" else {"zone_id": "Z012345"}
    if ways != "local":
        args["sign_in"] |= {"oidc": OIDC, "groups": ADMINS}
    if ways == "both":
        args["sign_in"]["load_balancer_oidc"] = AT_THE_BALANCER
    return args


def only(found: list[Registration], token: str, name: str) -> Registration:
    (one,) = [r for r in found if r.token == token and r.name == name]
    return one


def container(found: list[Registration]) -> Any:
    task = only(found, "aws:ecs/taskDefinition:TaskDefinition", "jenkins-controller")
    return json.loads(task.inputs["containerDefinitions"])[0]


def document(args: dict[str, Any]) -> str:
    """The configuration of Jenkins."""
    found = parts(configuration, {**SMALL, **args})
    name = "jenkins-configuration"
    return str(only(found, "aws:s3/bucketObjectv2:BucketObjectv2", name).inputs["content"])


@pytest.mark.parametrize(
    ("reference", "value"),
    [(f"{SECRET}:secret::", f"value of {SECRET}"), (SECRET, f'{{"secret": "value of {SECRET}"}}')],
    ids=["a key of JSON", "the whole secret"],
)
def test_the_load_balancer_gets_the_value_of_the_secret(reference: str, value: str) -> None:
    at_the_balancer = AT_THE_BALANCER | {"client_secret_arn": reference}
    found = parts(load_balancer, {**SMALL, **sign_in(load_balancer_oidc=at_the_balancer)})
    listener = only(found, "aws:lb/listener:Listener", "jenkins-https")
    assert listener.inputs["defaultActions"][0]["authenticateOidc"]["clientSecret"] == value
    assert listener.secrets == ("defaultActions",)


@pytest.mark.parametrize("profile", PROFILES, ids="-".join)
def test_a_platform_has_what_its_way_of_signing_in_needs(profile: tuple[str, str, str]) -> None:
    args = {**SMALL, **inputs(*profile)}
    found = parts(lambda context: (load_balancer(context), controller(context)), args)
    text = document(args)
    local = profile[2] == "local"
    assert ("\n    local:\n" in text, "\n    oic:\n" in text) == (local, not local)
    assert [s["name"] for s in container(found)["secrets"]] == [
        "JENKINS_ADMIN_PASSWORD" if local else "JENKINS_REALM_SECRET"
    ]
    https = only(found, "aws:lb/listener:Listener", "jenkins-https").inputs["defaultActions"]
    assert [a["type"] for a in https] == (
        ["authenticate-oidc", "forward"] if profile[2] == "both" else ["forward"]
    )
    assert "a-generated-value" not in json.dumps(container(found))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"client_secret_arn": f"{SECRET}:other::"},
            f"client_secret_arn: {SECRET}:other::: the secret is not JSON with the key 'other'",
        ),
        (
            {"client_secret_arn": pulumi.Output.secret("hunter2")},
            "an output: a value that is not shown: ",
        ),
    ],
    ids=["another-key", "value-of-an-output"],
)
def test_a_secret_without_the_key_is_reported_without_its_value(
    values: dict[str, Any], message: str
) -> None:
    with pytest.raises(Exception, match=re.escape(message)) as caught:
        parts(load_balancer, {**SMALL, **balancer(**values)})
    assert "hunter2" not in str(caught.value)
    assert "value of" not in str(caught.value)


def test_only_rules_and_listeners_know_the_clients_secret() -> None:
    known = [r for r in platform(EVERYTHING) if "value of arn:" in str(r.inputs)]
    assert {r.token.split("/")[0] for r in known} == {"aws:lb"}
    assert {r.secrets for r in known} == {("defaultActions",), ("actions",)}


@pytest.mark.parametrize(
    ("escape_hatch", "name", "secrets"),
    [
        (True, "ecsuser", ["JENKINS_ADMIN_PASSWORD", "JENKINS_REALM_SECRET"]),
        (False, "", ["JENKINS_REALM_SECRET"]),
    ],
)
def test_only_with_an_escape_hatch_there_is_an_administrator_with_a_password(
    escape_hatch: bool, name: str, secrets: list[str]
) -> None:
    found_names: list[str] = []

    def program() -> None:
        args = {**SMALL, **oidc(escape_hatch=escape_hatch)}
        platform = JenkinsPlatform("jenkins", args)  # type: ignore[arg-type]
        platform.admin_user_name.apply(found_names.append)

    found = register(program)
    assert found_names == [name]
    assert [s["name"] for s in container(found)["secrets"]] == secrets


def test_a_granted_permission_that_jenkins_switches_off_is_switched_on() -> None:
    args = sign_in(users=[{"name": "a", "permissions": ["Overall/SystemRead"]}])
    environment = {
        e["name"]: e["value"]
        for e in container(parts(controller, {**SMALL, **args}))["environment"]
    }
    assert "-Djenkins.security.SystemReadPermission=true" in environment["JENKINS_JAVA_OPTS"]


def test_without_a_certificate_the_load_balancer_is_internal_with_a_warning(
    warned: list[str],
) -> None:
    # Not one that has warned before.
    found = register(lambda: JenkinsPlatform("jenkins", SMALL))  # type: ignore[arg-type]
    alb = only(found, "aws:lb/loadBalancer:LoadBalancer", "jenkins-alb")
    assert alb.inputs["internal"] is True
    assert "load_balancer has no certificate: users reach Jenkins over plain HTTP" in str(warned)


def test_rules_of_a_listener_never_share_a_priority() -> None:
    args = inputs("internal", "given", "both") | {"schedule": {"wake_page": True}}
    args["sign_in"]["load_balancer_oidc"] |= {"paths": [f"/guarded-{i}/*" for i in range(60)]}
    found = parts(load_balancer, {**SMALL, **args})
    rules = [r for r in found if r.token == "aws:lb/listenerRule:ListenerRule"]
    priorities = [r.inputs["priority"] for r in rules]
    assert len(set(priorities)) == len(rules) > 20
    (wake,) = [r for r in rules if r.name == "jenkins-wake-page"]
    assert wake.inputs["priority"] < CREATED.sign_in
    assert [a["type"] for a in wake.inputs["actions"]] == ["authenticate-oidc", "forward"]


PATHS = st.lists(st.text("ab*?", min_size=1, max_size=5).map("/".__add__), max_size=20)


@given(paths=PATHS)
def test_paths_are_shared_out_among_rules_within_the_limits_of_elb(paths: list[str]) -> None:
    found = list(portions(paths))
    assert [path for portion in found for path in portion] == paths
    for portion in found:
        assert 1 <= len(portion) <= CONDITION_VALUES.maximum
        wildcards = len(re.findall(r"[*?]", "".join(portion)))
        assert wildcards <= CONDITION_WILDCARDS.maximum


@pytest.mark.parametrize(
    "changes",
    [
        {"network": {"nat": "public-subnets"}},
        {"network": {"nat": "none", "endpoint_services": ["cognito-idp"]}},
        {
            "network": {"nat": "none"},
            "controller": {"java_options": ["-Dhttps.proxyHost=proxy.example.com"]},
        },
    ],
)
def test_jenkins_can_reach_the_provider_without_nat(changes: dict[str, Any]) -> None:
    Settings.from_args("jenkins", {**oidc(), **changes})  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    ("scopes", "groups", "expected"),
    [
        (["openid", "profile"], ADMINS, True),
        (["openid", "groups"], ADMINS, False),
        (["openid", "https://idp.example.com/Roles"], ADMINS, False),
        (["openid"], [{"name": "authenticated", "role": "admin"}], False),
    ],
)
def test_groups_need_a_scope_at_some_providers(
    scopes: list[str], groups: list[dict[str, str]], expected: bool
) -> None:
    args = sign_in(oidc={**OIDC, "scopes": scopes}, groups=groups)
    settings = Settings.from_args("jenkins", args)  # type: ignore[arg-type]
    assert settings.sign_in.groups_without_scope is expected


def test_groups_of_local_users_need_no_scope() -> None:
    args = {"sign_in": {"groups": ADMINS}}
    settings = Settings.from_args("jenkins", args)  # type: ignore[arg-type]
    assert not settings.sign_in.groups_without_scope
