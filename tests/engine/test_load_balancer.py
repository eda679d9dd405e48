"""Every kind of load balancer, side by side in one stack."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pulumi
import pytest
from jenkins_platform.base.context import Context
from jenkins_platform.load_balancer.load_balancer import LoadBalancer
from jenkins_platform.network.security_groups import SecurityGroups
from jenkins_platform.network.vpc import Network
from jenkins_platform.settings import Settings
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.aws.load_balancers import PROFILES, PROVIDER, SCHEMES, SECRET, User
from harness.stacks.engine import Stack

OPEN, GUARDED = ["forward"], ["authenticate-oidc", "forward"]


@pytest.fixture(scope="module")
def user(cloud: LocalCloud) -> User:
    return User(cloud)


@dataclass
class Balancer:
    """A load balancer as AWS has it."""

    user: User
    arn: str
    url: str

    @cached_property
    def elb(self) -> Any:
        return self.user.client("elbv2")

    @cached_property
    def found(self) -> dict[str, Any]:
        (found,) = self.elb.describe_load_balancers(LoadBalancerArns=[self.arn])["LoadBalancers"]
        return dict(found)

    @cached_property
    def attributes(self) -> dict[str, str]:
        found = self.elb.describe_load_balancer_attributes(LoadBalancerArn=self.arn)["Attributes"]
        return {a["Key"]: a["Value"] for a in found}

    @cached_property
    def listeners(self) -> dict[int, dict[str, Any]]:
        found = self.elb.describe_listeners(LoadBalancerArn=self.arn)["Listeners"]
        return {listener["Port"]: listener for listener in found}

    @cached_property
    def rules(self) -> list[tuple[list[str], list[str]]]:
        """Condition values and kinds of action of the HTTPS listener's rules, first to last."""
        rules = self.elb.describe_rules(ListenerArn=self.listeners[443]["ListenerArn"])["Rules"]

        def values(condition: Mapping[str, Any]) -> list[str]:
            return [v for k, c in condition.items() if k.endswith("Config") for v in c["Values"]]

        def order(rule: Mapping[str, Any]) -> float:
            return float("inf") if rule["Priority"] == "default" else int(rule["Priority"])

        return [
            (
                [value for condition in rule["Conditions"] for value in values(condition)],
                [action["Type"] for action in rule["Actions"]],
            )
            for rule in sorted(rules, key=order)
        ]


def side_by_side(all_inputs: Mapping[str, Mapping[str, Any]]) -> Callable[[], None]:
    """A program with a load balancer for each of the inputs, without targets."""

    def program() -> None:
        groups: SecurityGroups | None = None
        for name, inputs in all_inputs.items():
            settings = Settings.from_args(name, {"removal_policy": "destroy", **inputs})  # type: ignore[typeddict-item]
            context = Context.of(settings, pulumi.ComponentResource("test:index:Place", name))
            network = Network(context)
            groups = groups or SecurityGroups(context, network)
            load_balancer = LoadBalancer(context, network, groups.load_balancer_ids, None)
            pulumi.export(name, {"arn": load_balancer.load_balancer.arn, "url": load_balancer.url})

    return program


@pytest.fixture(scope="module")
def balancers(
    user: User, pulumi_command: auto.PulumiCommand, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Balancer]]:
    """Every load balancer, by name."""
    folder, program = tmp_path_factory.mktemp("load balancers"), side_by_side(user.all_inputs())
    stack = Stack(user.cloud, folder, pulumi_command, program)
    made = stack.up()
    assert SECRET not in stack.state_file().read_text()
    yield {name: Balancer(user, **found) for name, found in made.items()}
    stack.destroy()
    assert user.records(user.zone_id) == user.records(user.inner_zone_id) == {}
    assert "our-logs" in {b["Name"] for b in user.client("s3").list_buckets()["Buckets"]}
    assert [a["Name"] for a in user.client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"]] == [
        "ours"
    ]


def test_every_kind_of_load_balancer_is_deployed(
    user: User, balancers: dict[str, Balancer], subtests: pytest.Subtests
) -> None:
    for profile in PROFILES:
        with subtests.test("-".join(profile)):
            check(user, balancers, *profile)


def check(
    user: User, balancers: dict[str, Balancer], scheme: str, certificate: str, sign_in: str
) -> None:
    """Compare the deployed load balancer of a profile with its inputs."""
    name = f"{scheme}-{certificate}-{sign_in}"
    domain = f"{name}.example.com"
    balancer = balancers[name]
    assert balancer.found["Scheme"] == SCHEMES[scheme]
    subnets = {z["SubnetId"] for z in balancer.found["AvailabilityZones"]}
    where = "private_subnet_ids" if scheme == "in" else "public_subnet_ids"
    assert subnets == set(user.network[where])
    assert balancer.attributes["routing.http.drop_invalid_header_fields.enabled"] == "true"
    seconds = {"in-made-jenkins": "900"}.get(name, "120")
    assert balancer.attributes["idle_timeout.timeout_seconds"] == seconds
    if certificate == "none":
        assert set(balancer.listeners) == {80}
        assert [a["Type"] for a in balancer.listeners[80]["DefaultActions"]] == OPEN
        assert balancer.url == f"http://{balancer.found['DNSName']}/"
        return
    assert set(balancer.listeners) == {80, 443}
    assert balancer.listeners[80]["DefaultActions"][0]["RedirectConfig"] == {
        "Protocol": "HTTPS",
        "Port": "443",
        "StatusCode": "HTTP_301",
    }
    https = balancer.listeners[443]
    assert https["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    assert (len(balancer.rules) > 1) is (sign_in == "both")
    assert balancer.url == f"https://{domain}/"
    (used,) = https["Certificates"]
    if certificate == "given":
        assert used["CertificateArn"] == user.certificate
        assert user.records_of(domain) == {}
        return
    found = user.client("acm").describe_certificate(CertificateArn=used["CertificateArn"])
    assert found["Certificate"]["DomainName"] == domain
    assert found["Certificate"]["Status"] == "ISSUED"
    assert set(user.records_of(domain)) == {"A", "CNAME"}
    alias = user.records_of(domain)["A"]["AliasTarget"]
    assert alias["DNSName"].rstrip(".") == balancer.found["DNSName"]
    assert alias["EvaluateTargetHealth"] is True


def test_agents_webhooks_and_tokens_bypass_the_sign_in(
    balancers: dict[str, Balancer],
) -> None:
    balancer = balancers["out-made-both"]
    hooks = ["/generic-webhook-trigger/*", "/multibranch-webhook-trigger/*"]
    assert balancer.rules == [
        (["Basic *", "Bearer *"], OPEN),
        (["/wsagents/*", "/tcpSlaveAgentListener/*", "/jnlpJars/*"], OPEN),
        (["/computer/*/jenkins-agent.jnlp", "/github-webhook/*", "/gitlab-webhook/*"], OPEN),
        (["/project/*", "/bitbucket-hook/*", "/bitbucket-scmsource-hook/*"], OPEN),
        (["/git/notifyCommit*", *hooks], OPEN),
        (["/health/"], OPEN),
        ([], GUARDED),
    ]
    assert balancer.listeners[443]["DefaultActions"][0]["AuthenticateOidcConfig"] == {
        "Issuer": PROVIDER,
        "AuthorizationEndpoint": f"{PROVIDER}/authorize",
        "TokenEndpoint": f"{PROVIDER}/token",
        "UserInfoEndpoint": f"{PROVIDER}/userinfo",
        "ClientId": "balancer",
        "ClientSecret": SECRET,
        "Scope": "openid",
        "SessionCookieName": "JenkinsEntrance",
        "SessionTimeout": 43_200,
        "OnUnauthenticatedRequest": "authenticate",
    }


def test_only_the_configured_paths_require_sign_in(balancers: dict[str, Balancer]) -> None:
    rules = balancers["in-given-both"].rules
    assert rules == [(["/manage/*", "/script"], GUARDED), ([], OPEN)]


def test_a_certificate_can_be_validated_in_another_zone(
    user: User, balancers: dict[str, Balancer]
) -> None:
    domain = balancers["in-made-jenkins"].url.removeprefix("https://").removesuffix("/")
    inside = {n: r["Type"] for n, r in user.records(user.inner_zone_id).items()}
    assert inside == {f"{domain}.": "A"}
    outside = user.records(user.zone_id).items()
    assert [r["Type"] for name, r in outside if name.endswith(f"{domain}.")] == ["CNAME"]


def test_access_logs_go_to_a_private_bucket(user: User, balancers: dict[str, Balancer]) -> None:
    usual = balancers["out-made-local"].attributes
    assert (usual["access_logs.s3.enabled"], usual.get("access_logs.s3.prefix", "")) == ("true", "")
    attributes, s3 = balancers["out-given-local"].attributes, user.client("s3")
    bucket = attributes["access_logs.s3.bucket"]
    assert attributes["access_logs.s3.prefix"] == "ci/load_balancer"
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    (let_in,) = [s for s in policy["Statement"] if s["Effect"] == "Allow"]
    assert let_in == {
        "Sid": "AccessLogs",
        "Effect": "Allow",
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/ci/load_balancer/AWSLogs/123456789012/*",
        "Condition": {
            "ArnLike": {
                "aws:SourceArn": (
                    "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/*"
                )
            }
        },
    }
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert rule["Expiration"]["Days"] == 30
    encryption = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    (by_default,) = [r["ApplyServerSideEncryptionByDefault"] for r in encryption["Rules"]]
    assert by_default["SSEAlgorithm"] == "AES256"
    blocked = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(blocked.values()) == {True}
    assert balancers["out-given-jenkins"].attributes["access_logs.s3.bucket"] == "our-logs"
    assert balancers["in-none-local"].attributes["access_logs.s3.bucket"] == ""


def test_the_web_acl_is_associated_and_logs_no_credentials(
    user: User, balancers: dict[str, Balancer]
) -> None:
    waf = user.client("wafv2")
    found = waf.get_web_acl_for_resource(ResourceArn=balancers["out-given-local"].arn)["WebACL"]
    acl = waf.get_web_acl(Name=found["Name"], Scope="REGIONAL", Id=found["Id"])["WebACL"]
    assert acl["DefaultAction"] == {"Allow": {}}
    rules = {r["Name"]: r for r in sorted(acl["Rules"], key=lambda r: r["Priority"])}
    assert list(rules) == [
        "rate-limit",
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "AWSManagedRulesCommonRuleSet",
    ]
    assert rules["rate-limit"]["Statement"]["RateBasedStatement"]["Limit"] == 500
    assert rules["rate-limit"]["Action"] == {"Block": {}}
    common = rules["AWSManagedRulesCommonRuleSet"]["Statement"]["ManagedRuleGroupStatement"]
    assert {"Name": "SizeRestrictions_BODY", "ActionToUse": {"Count": {}}} in common[
        "RuleActionOverrides"
    ]
    log = waf.get_logging_configuration(ResourceArn=acl["ARN"])["LoggingConfiguration"]
    (destination,) = log["LogDestinationConfigs"]
    assert ":log-group:aws-waf-logs-out-given-local-" in destination
    assert {f["SingleHeader"]["Name"] for f in log["RedactedFields"]} >= {"authorization", "cookie"}
    associated = waf.get_web_acl_for_resource(ResourceArn=balancers["out-given-jenkins"].arn)[
        "WebACL"
    ]
    assert associated["ARN"] == user.web_acl
