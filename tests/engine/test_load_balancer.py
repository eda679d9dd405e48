"""Load balancers and sign-in, as deployed and as Jenkins is configured.

Two stacks: one with every kind of load balancer side by side, and one whole platform that changes
from one kind to another.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from jenkins_platform.base.context import Context
from jenkins_platform.load_balancer.load_balancer import LoadBalancer
from jenkins_platform.network.security_groups import SecurityGroups
from jenkins_platform.network.vpc import Network
from jenkins_platform.settings import Settings
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.aws.permissions import Actor
from harness.jenkins.ecs_plugin import configuration_of
from harness.stacks.engine import Stack, platform_program

CALLERS = ["203.0.113.0/24"]
PROVIDER = "https://id.example.com"
SECRET = "the client secret"
SCHEMES = {"in": "internal", "out": "internet-facing"}
PROFILES = [
    *itertools.product(SCHEMES, ("made", "given"), ("local", "jenkins", "both")),
    # Plain HTTP is for an internal Jenkins without an identity provider, which requires HTTPS.
    ("in", "none", "local"),
]
OPEN, GUARDED = ["forward"], ["authenticate-oidc", "forward"]


class User:
    """Existing resources of a user: a VPC, zones, a certificate, a secret, ..."""

    def __init__(self, cloud: LocalCloud) -> None:
        self.cloud = cloud
        self.zone_id, self.inner_zone_id = self._zone("outside"), self._zone("inside")
        self.certificate = self.client("acm").request_certificate(DomainName="*.example.com")[
            "CertificateArn"
        ]
        self.secret = self.client("secretsmanager").create_secret(
            Name="oidc", SecretString=json.dumps({"secret": SECRET})
        )["ARN"]
        metrics = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False}
        self.web_acl = self.client("wafv2").create_web_acl(
            Name="ours",
            Scope="REGIONAL",
            DefaultAction={"Allow": {}},
            VisibilityConfig={**metrics, "MetricName": "ours"},
        )["Summary"]["ARN"]
        self.client("s3").create_bucket(
            Bucket="our-logs", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        ec2 = self.client("ec2")
        vpc_id = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(
                VpcId=vpc_id,
                CidrBlock=f"10.1.{index}.0/24",
                AvailabilityZone=f"eu-central-1{'ab'[index % 2]}",
            )["Subnet"]["SubnetId"]
            for index in range(4)
        ]
        self.network = {
            "vpc_id": vpc_id,
            "private_subnet_ids": subnets[:2],
            "public_subnet_ids": subnets[2:],
        }
        self.group = ec2.create_security_group(GroupName="ours", Description="ours", VpcId=vpc_id)[
            "GroupId"
        ]
        self.prefix_list = ec2.create_managed_prefix_list(
            PrefixListName="offices", MaxEntries=2, AddressFamily="IPv4"
        )["PrefixList"]["PrefixListId"]

    def client(self, service: str) -> Any:
        return self.cloud.client(service)

    def _zone(self, reference: str) -> str:
        route53 = self.client("route53")
        made = route53.create_hosted_zone(Name="example.com", CallerReference=reference)
        return str(made["HostedZone"]["Id"].split("/")[-1])

    def records(self, zone_id: str) -> dict[str, dict[str, Any]]:
        """The records of a zone by name, without its own NS and SOA."""
        found = self.client("route53").list_resource_record_sets(HostedZoneId=zone_id)
        records = found["ResourceRecordSets"]
        return {r["Name"]: r for r in records if r["Type"] not in ("NS", "SOA")}

    def records_of(self, domain: str) -> dict[str, dict[str, Any]]:
        """The records at and below a domain name by type, in either zone."""
        found = {**self.records(self.zone_id), **self.records(self.inner_zone_id)}
        return {r["Type"]: r for name, r in found.items() if name.endswith(f"{domain}.")}

    def balancer(self, name: str) -> dict[str, Any]:
        """The load balancer with a name prefix."""
        found = self.client("elbv2").describe_load_balancers()["LoadBalancers"]
        (balancer,) = [b for b in found if b["LoadBalancerName"].startswith(name)]
        return dict(balancer)

    def ingress_of(self, name: str) -> list[dict[str, Any]]:
        """Sources that the security groups of a load balancer allow."""
        groups = self.balancer(name)["SecurityGroups"]
        rules = self.client("ec2").describe_security_group_rules(
            Filters=[{"Name": "group-id", "Values": groups}]
        )["SecurityGroupRules"]
        return [dict(r) for r in rules if not r["IsEgress"]]

    def inputs(self, scheme: str, certificate: str, sign_in: str) -> dict[str, Any]:
        """The inputs of a profile."""
        domain = f"{scheme}-{certificate}-{sign_in}.example.com"
        load_balancer: dict[str, Any] = {"scheme": SCHEMES[scheme], "allowed_cidrs": CALLERS}
        if certificate != "none":
            load_balancer["domain_name"] = domain
        if certificate == "made":
            load_balancer["zone_id"] = self.zone_id
        if certificate == "given":
            load_balancer["certificate"] = {"existing": self.certificate}
        ways: dict[str, Any] = {}
        if sign_in != "local":
            ways["oidc"] = {
                "well_known_url": f"{PROVIDER}/.well-known/openid-configuration",
                "client_id": "jenkins",
                "client_secret_arn": f"{self.secret}:secret::",
            }
            ways["groups"] = [{"name": "admins", "role": "admin"}]
        if sign_in == "both":
            ways["load_balancer_oidc"] = {
                "issuer": PROVIDER,
                "authorization_endpoint": f"{PROVIDER}/authorize",
                "token_endpoint": f"{PROVIDER}/token",
                "user_info_endpoint": f"{PROVIDER}/userinfo",
                "client_id": "balancer",
                "client_secret_arn": f"{self.secret}:secret::",
                "bypass_api": True,
            }
        return {
            "network": {"existing": self.network},
            "load_balancer": load_balancer,
            "sign_in": ways,
        }

    def all_inputs(self) -> dict[str, dict[str, Any]]:
        """The inputs of every profile by name, some of them extended."""
        found = {"-".join(profile): self.inputs(*profile) for profile in PROFILES}
        for name in found.keys() - {"out-made-local"}:
            found[name]["load_balancer"]["access_logs"] = {"enabled": False}
        found["in-given-both"]["sign_in"]["load_balancer_oidc"] |= {
            "paths": ["/manage/*", "/script"],
            "bypass_paths": [],
            "bypass_api": False,
        }
        found["in-made-jenkins"]["load_balancer"] |= {
            "zone_id": self.inner_zone_id,
            "certificate": {"validation_zone_id": self.zone_id},
            "idle_timeout_seconds": 900,
        }
        found["out-given-local"]["load_balancer"] |= {
            "access_logs": {"prefix": "ci/load_balancer", "retention_days": 30},
            "web_acl": {"rate_limit": 500},
        }
        found["out-given-jenkins"]["load_balancer"] |= {
            "access_logs": {"existing": "our-logs"},
            "web_acl": {"existing": self.web_acl},
        }
        return found


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
    assert SECRET not in state_of(stack)
    yield {name: Balancer(user, **found) for name, found in made.items()}
    stack.destroy()
    assert user.records(user.zone_id) == user.records(user.inner_zone_id) == {}
    assert "our-logs" in {b["Name"] for b in user.client("s3").list_buckets()["Buckets"]}
    assert [a["Name"] for a in user.client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"]] == [
        "ours"
    ]


def state_of(stack: Stack) -> str:
    (file,) = (stack.folder / "state").rglob("stacks/**/*.json")
    return file.read_text()


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


class Platform:
    """One platform of a user, over several updates."""

    def __init__(self, user: User, command: auto.PulumiCommand, folder: Path) -> None:
        self.user = user
        self.stack = Stack(user.cloud, folder, command, lambda: None)
        self.outputs: dict[str, Any] = {}
        self.last: Any = None

    def up(self, inputs: Mapping[str, Any], **jenkins: Any) -> None:
        """Deploy it with some inputs, unless those were deployed last."""
        if (inputs, jenkins) == self.last:
            return
        self.last = (inputs, jenkins)
        self.stack.program = platform_program(
            {
                **inputs,
                "agent_cloud": {"reaper": {"enabled": False}},
                "monitoring": {"level": "none"},
                "jenkins": {"sample_jobs": False, **jenkins},
            }
        )
        self.outputs = self.stack.up()

    def configuration(self) -> dict[str, Any]:
        return configuration_of(self.user.cloud, self.outputs["controller_cluster_arn"])

    def task(self) -> dict[str, Any]:
        ecs, cluster = self.user.client("ecs"), self.outputs["controller_cluster_arn"]
        (arn,) = ecs.list_services(cluster=cluster)["serviceArns"]
        (service,) = ecs.describe_services(cluster=cluster, services=[arn])["services"]
        found = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])
        return dict(found["taskDefinition"])

    def container(self) -> dict[str, Any]:
        (container,) = self.task()["containerDefinitions"]
        return dict(container)

    def boot_secrets(self) -> dict[str, str]:
        return {s["name"]: s["valueFrom"] for s in self.container()["secrets"]}

    def environment(self) -> dict[str, str]:
        return {e["name"]: e["value"] for e in self.container()["environment"]}


@pytest.fixture(scope="module")
def platform(
    user: User, pulumi_command: auto.PulumiCommand, tmp_path_factory: pytest.TempPathFactory
) -> Platform:
    return Platform(user, pulumi_command, tmp_path_factory.mktemp("platform"))


def public(user: User) -> dict[str, Any]:
    """Open to some addresses, with a domain name, a certificate, and both kinds of sign-in."""
    inputs = user.inputs("out", "made", "both")
    inputs["load_balancer"] |= {
        "domain_name": "ci.example.com",
        "web_acl": {},
        "allowed_prefix_list_ids": [user.prefix_list],
    }
    return inputs


def extras(user: User) -> dict[str, Any]:
    return {
        "secrets": {"SMTP_PASSWORD": f"{user.secret}:secret::"},
        "extra_jcasc": ['unclassified:\n  mailer: {authentication: "${SMTP_PASSWORD}"}\n'],
        "credentials": {},
        "configuration_rollout": "reload",
        "configuration_reload_seconds": 90,
    }


def test_the_public_profile_uses_oidc_and_grants_by_group(user: User, platform: Platform) -> None:
    platform.up(public(user), **extras(user))
    assert platform.outputs["url"] == "https://ci.example.com/"
    document = platform.configuration()
    well_known = f"{PROVIDER}/.well-known/openid-configuration"
    assert document["jenkins"]["securityRealm"] == {
        "oic": {
            "clientId": "jenkins",
            "clientSecret": "${JENKINS_REALM_SECRET}",
            "serverConfiguration": {
                "wellKnown": {
                    "wellKnownOpenIDConfigurationUrl": well_known,
                    "scopesOverride": "openid profile email",
                }
            },
            "userNameField": "preferred_username",
            "fullNameFieldName": "name",
            "emailFieldName": "email",
            "groupsFieldName": "groups",
            "userIdStrategy": "caseInsensitive",
            "groupIdStrategy": "caseSensitive",
            "logoutFromOpenidProvider": True,
            "allowTokenAccessWithoutOicSession": True,
            "properties": ["pkce"],
        }
    }
    assert document["jenkins"]["authorizationStrategy"] == {
        "globalMatrix": {
            "entries": [{"group": {"name": "admins", "permissions": ["Overall/Administer"]}}]
        }
    }
    assert document["unclassified"]["mailer"] == {"authentication": "${SMTP_PASSWORD}"}
    assert document["unclassified"]["location"]["url"] == "https://ci.example.com/"


def test_secrets_are_passed_by_reference_to_their_readers_only(
    user: User, platform: Platform
) -> None:
    platform.up(public(user), **extras(user))
    assert platform.boot_secrets() == {
        "JENKINS_REALM_SECRET": f"{user.secret}:secret::",
        "SMTP_PASSWORD": f"{user.secret}:secret::",
    }
    read = "secretsmanager:GetSecretValue"
    execution = Actor.load(user.cloud, platform.task()["executionRoleArn"])
    assert execution.may(read, user.secret)
    assert not execution.may(read, platform.outputs["admin_password_secret_arn"]), (
        "nothing signs in with it"
    )
    tag = {"aws:ResourceTag/jenkins:credentials:platform": "jenkins"}
    controller = Actor.load(user.cloud, platform.task()["taskRoleArn"])
    assert controller.may(read, user.secret, tag)
    assert not controller.may(read, user.secret)
    assert not controller.may(read, user.secret, dict.fromkeys(tag, "other"))
    assert controller.may("secretsmanager:ListSecrets", "*")

    state = state_of(platform.stack)
    assert "ciphertext" in state
    assert SECRET not in state + json.dumps(platform.task(), default=str)
    assert SECRET not in json.dumps(platform.configuration())


def test_a_second_up_and_a_refresh_of_a_public_platform_change_nothing(
    user: User, platform: Platform
) -> None:
    platform.up(public(user), **extras(user))
    platform.stack.up()
    assert platform.stack.changes == {}
    platform.stack.refresh()
    assert platform.stack.changes == {}, "a refresh finds no change"


def test_with_reload_a_new_message_changes_only_the_document(
    user: User, platform: Platform
) -> None:
    platform.up(public(user), **extras(user))
    environment = platform.environment()
    assert environment["CONFIGURATION_RELOAD_SECONDS"] == "90"
    assert "CONFIGURATION_VERSION" not in environment
    platform.up(public(user), **extras(user), system_message="Hello")
    assert platform.stack.changes == {
        "aws:s3/bucketObjectv2:BucketObjectv2 jenkins-configuration": "update"
    }
    found = user.client("s3").get_object(
        Bucket=environment["CONFIGURATION_BUCKET"], Key=environment["CONFIGURATION_KEY"]
    )
    assert yaml.safe_load(found["Body"].read())["jenkins"]["systemMessage"] == "Hello"


def test_only_allowed_addresses_reach_the_public_load_balancer(
    user: User, platform: Platform
) -> None:
    platform.up(public(user), **extras(user))
    assert sorted(
        (r.get("CidrIpv4", r.get("PrefixListId")), r["FromPort"])
        for r in user.ingress_of("jenkins-alb")
    ) == sorted((source, port) for source in (*CALLERS, user.prefix_list) for port in (80, 443))


def test_a_platform_can_become_internal_with_a_local_administrator(
    user: User, platform: Platform
) -> None:
    platform.up(public(user), **extras(user))
    inside = user.inputs("in", "given", "local")
    inside["load_balancer"] = {
        "certificate": {"existing": user.certificate},
        "security_group_ids": [user.group],
    }
    platform.up(inside)
    assert user.records_of("ci.example.com") == {}
    balancer = user.balancer("jenkins-alb")
    assert (balancer["Scheme"], balancer["SecurityGroups"]) == ("internal", [user.group])
    rules = user.client("ec2").describe_security_group_rules()["SecurityGroupRules"]
    assert [
        r["FromPort"]
        for r in rules
        if r.get("ReferencedGroupInfo", {}).get("GroupId") == user.group and not r["IsEgress"]
    ] == [8080]
    assert set(platform.configuration()["jenkins"]["securityRealm"]) == {"local"}
    assert set(platform.boot_secrets()) == {"JENKINS_ADMIN_PASSWORD"}
    secret = platform.outputs["admin_password_secret_arn"]
    assert platform.boot_secrets()["JENKINS_ADMIN_PASSWORD"].startswith(f"{secret}:::")
    assert "CONFIGURATION_VERSION" in platform.environment(), "a restart loads the new document"
