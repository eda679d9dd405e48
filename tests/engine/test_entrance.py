"""The ways in, as AWS has them and as Jenkins gets them, over one stack's many lives."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi_aws as aws
import pytest
import yaml
from pulumi import automation as auto

from localcloud.cloud import LocalCloud
from tests.support.ecs_plugin import configuration_of
from tests.support.engine import Stack, platform_program
from tests.support.permissions import Actor

DOMAIN = "ci.example.com"
CALLERS = ["203.0.113.0/24"]
PROVIDER = "https://id.example.com"
SECRET = "the client secret"
SCHEMES = ("internal", "internet-facing")
CERTIFICATES = ("created", "adopted", "none")
SIGN_INS = ("local", "jenkins", "balancer-and-jenkins")
Profile = tuple[str, str, str]


def possible(profile: Profile) -> bool:
    """Plain HTTP is for an internal Jenkins without a provider, who would refuse to go there."""
    return profile[1] != "none" or profile == ("internal", "none", "local")


ALL_PROFILES: list[Profile] = list(itertools.product(SCHEMES, CERTIFICATES, SIGN_INS))
PROFILES = [p for p in ALL_PROFILES if possible(p)]


class World:
    """A VPC, a hosted zone, a certificate and a client secret of the user's, and one platform."""

    def __init__(self, cloud: LocalCloud, command: auto.PulumiCommand, folder: Path) -> None:
        self.cloud = cloud
        self.elb = cloud.client("elbv2")
        zone = cloud.client("route53").create_hosted_zone(
            Name="example.com", CallerReference=str(folder)
        )
        self.zone_id = zone["HostedZone"]["Id"].split("/")[-1]
        self.certificate = cloud.client("acm").request_certificate(DomainName=DOMAIN)[
            "CertificateArn"
        ]
        self.secret = cloud.client("secretsmanager").create_secret(
            Name="oidc", SecretString=json.dumps({"secret": SECRET})
        )["ARN"]
        self.stack = Stack(cloud, folder, command, lambda: None)
        self.outputs: dict[str, Any] = {}

    def up(self, *, entrance: Any = None, sign_in: Any = None, jenkins: Any = None) -> None:
        def args() -> dict[str, Any]:
            return {
                "network": {"adopt": adopted_network()},
                "agent_cloud": {"reaper": {"enabled": False}},
                "entrance": {"allowed_cidrs": CALLERS, **(entrance or {})},
                "sign_in": sign_in or {},
                "jenkins": {"sample_jobs": False, **(jenkins or {})},
            }

        self.stack.program = platform_program(args)
        self.outputs = self.stack.up()

    def profile(self, profile: Profile) -> dict[str, Any]:
        """The inputs of a profile."""
        scheme, certificate, sign_in = profile
        entrance: dict[str, Any] = {"scheme": scheme}
        if certificate != "none":
            entrance["domain_name"] = DOMAIN
        if certificate == "created":
            entrance["zone_id"] = self.zone_id
        if certificate == "adopted":
            entrance["certificate"] = {"adopt": self.certificate}
        ways: dict[str, Any] = {}
        if sign_in != "local":
            ways["oidc"] = self.oidc()
            ways["groups"] = [{"name": "admins", "role": "admin"}]
        if sign_in == "balancer-and-jenkins":
            ways["load_balancer_oidc"] = self.balancer_oidc()
        return {"entrance": entrance, "sign_in": ways}

    def oidc(self, **changes: Any) -> dict[str, Any]:
        return {
            "well_known_url": f"{PROVIDER}/.well-known/openid-configuration",
            "client_id": "jenkins",
            "client_secret_arn": f"{self.secret}:secret::",
            **changes,
        }

    def balancer_oidc(self, **changes: Any) -> dict[str, Any]:
        return {
            "issuer": PROVIDER,
            "authorization_endpoint": f"{PROVIDER}/authorize",
            "token_endpoint": f"{PROVIDER}/token",
            "user_info_endpoint": f"{PROVIDER}/userinfo",
            "client_id": "balancer",
            "client_secret_arn": f"{self.secret}:secret::",
            **changes,
        }

    @property
    def balancer(self) -> dict[str, Any]:
        (found,) = self.elb.describe_load_balancers()["LoadBalancers"]
        return dict(found)

    def attributes(self) -> dict[str, str]:
        arn = self.balancer["LoadBalancerArn"]
        found = self.elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
        return {a["Key"]: a["Value"] for a in found}

    def listeners(self) -> dict[int, dict[str, Any]]:
        arn = self.balancer["LoadBalancerArn"]
        found = self.elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]
        return {listener["Port"]: listener for listener in found}

    def rules(self) -> list[tuple[Any, list[str]]]:
        """Condition values and kinds of action of the HTTPS listener's rules, first to last."""
        arn = self.listeners()[443]["ListenerArn"]
        rules = self.elb.describe_rules(ListenerArn=arn)["Rules"]
        last = {"default": 99_999}
        return [
            (
                [
                    v
                    for c in rule["Conditions"]
                    for k in c
                    if k.endswith("Config")
                    for v in c[k]["Values"]
                ],
                [action["Type"] for action in rule["Actions"]],
            )
            for rule in sorted(rules, key=lambda r: last.get(r["Priority"]) or int(r["Priority"]))
        ]

    def records(self) -> dict[str, str]:
        """The records of the zone by name, but for its own."""
        found = self.cloud.client("route53").list_resource_record_sets(HostedZoneId=self.zone_id)
        return {
            r["Name"]: r["Type"]
            for r in found["ResourceRecordSets"]
            if r["Type"] not in ("NS", "SOA")
        }

    def configuration(self) -> dict[str, Any]:
        return configuration_of(self.cloud, self.outputs["controller_cluster_arn"])

    def task(self) -> dict[str, Any]:
        ecs, cluster = self.cloud.client("ecs"), self.outputs["controller_cluster_arn"]
        (arn,) = ecs.list_services(cluster=cluster)["serviceArns"]
        (service,) = ecs.describe_services(cluster=cluster, services=[arn])["services"]
        found = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])
        return dict(found["taskDefinition"])

    def boot_secrets(self) -> dict[str, str]:
        (container,) = self.task()["containerDefinitions"]
        return {s["name"]: s["valueFrom"] for s in container["secrets"]}

    def state_file(self) -> str:
        (file,) = (self.stack.folder / "state").rglob("stacks/**/*.json")
        return file.read_text()


def adopted_network() -> dict[str, Any]:
    vpc = aws.ec2.Vpc("mine", cidr_block="10.1.0.0/16", enable_dns_hostnames=True)
    subnets = [
        aws.ec2.Subnet(
            f"mine-{index}",
            vpc_id=vpc.id,
            cidr_block=f"10.1.{index}.0/24",
            availability_zone=f"eu-central-1{'ab'[index % 2]}",
        ).id
        for index in range(4)
    ]
    return {
        "vpc_id": vpc.id,
        "private_subnet_ids": subnets[:2],
        "public_subnet_ids": subnets[2:],
    }


@pytest.fixture(scope="module")
def world(
    cloud: LocalCloud, pulumi_command: auto.PulumiCommand, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    made = World(cloud, pulumi_command, tmp_path_factory.mktemp("entrance"))
    yield made
    made.stack.destroy()
    assert made.elb.describe_load_balancers()["LoadBalancers"] == []
    assert made.elb.describe_target_groups()["TargetGroups"] == []
    assert made.records() == {}, "the user's zone is as it was"
    certificates = cloud.client("acm").list_certificates()["CertificateSummaryList"]
    assert [c["CertificateArn"] for c in certificates] == [made.certificate]
    assert cloud.client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"] == []
    assert cloud.client("s3").list_buckets()["Buckets"] == []


@pytest.mark.parametrize("profile", PROFILES, ids="-".join)
def test_every_possible_entrance_comes_up(world: World, profile: Profile) -> None:
    scheme, certificate, sign_in = profile
    world.up(**world.profile(profile))
    assert world.balancer["Scheme"] == scheme
    listeners = world.listeners()
    if certificate == "none":
        assert set(listeners) == {80}
        assert listeners[80]["DefaultActions"][0]["Type"] == "forward"
        assert world.outputs["url"] == f"http://{world.balancer['DNSName']}/"
    else:
        assert set(listeners) == {80, 443}
        assert listeners[80]["DefaultActions"][0]["RedirectConfig"] == {
            "Protocol": "HTTPS",
            "Port": "443",
            "StatusCode": "HTTP_301",
        }
        assert listeners[443]["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"
        assert world.outputs["url"] == f"https://{DOMAIN}/"
        (used,) = listeners[443]["Certificates"]
        assert (used["CertificateArn"] == world.certificate) is (certificate == "adopted")
        found = world.cloud.client("acm").describe_certificate(
            CertificateArn=used["CertificateArn"]
        )
        assert found["Certificate"]["DomainName"] == DOMAIN
        guarded = ["authenticate-oidc", "forward"]
        default = guarded if sign_in == "balancer-and-jenkins" else ["forward"]
        assert [a["Type"] for a in listeners[443]["DefaultActions"]] == default
        assert len(world.rules()) == (7 if sign_in == "balancer-and-jenkins" else 1)
    kinds = sorted(world.records().values())
    assert kinds == (["A", "CNAME"] if certificate == "created" else [])

    jenkins = world.configuration()["jenkins"]
    assert set(jenkins["securityRealm"]) == {"local" if sign_in == "local" else "oic"}
    assert set(world.boot_secrets()) == {
        "JENKINS_ADMIN_PASSWORD" if sign_in == "local" else "OIDC_CLIENT_SECRET"
    }
    entries = jenkins["authorizationStrategy"]["globalMatrix"]["entries"]
    administrators = [
        who["name"]
        for entry in entries
        for who in entry.values()
        if "Overall/Administer" in who["permissions"]
    ]
    assert administrators == ["ecsuser" if sign_in == "local" else "admins"]
    assert SECRET not in world.state_file()


PUBLIC: Profile = ("internet-facing", "created", "balancer-and-jenkins")


def test_a_second_up_of_a_public_entrance_changes_nothing(world: World) -> None:
    world.up(**world.profile(PUBLIC))
    world.stack.up()
    assert world.stack.changes == {}
    world.stack.refresh()
    assert world.stack.changes == {}, "what was made is what AWS tells"


def test_the_balancer_lets_agents_webhooks_and_tokens_past_its_own_sign_in(world: World) -> None:
    world.up(**world.profile(PUBLIC))
    past, forward = world.rules()[:-1], ["forward"]
    assert past == [
        (["Basic *", "Bearer *"], forward),
        (["/wsagents/*", "/tcpSlaveAgentListener/*", "/jnlpJars/*"], forward),
        (["/computer/*/jenkins-agent.jnlp", "/github-webhook/*", "/gitlab-webhook/*"], forward),
        (["/project/*", "/bitbucket-hook/*", "/bitbucket-scmsource-hook/*"], forward),
        (
            ["/git/notifyCommit*", "/generic-webhook-trigger/*", "/multibranch-webhook-trigger/*"],
            forward,
        ),
        (["/health/"], forward),
    ]
    assert world.rules()[-1] == ([], ["authenticate-oidc", "forward"])
    config = world.listeners()[443]["DefaultActions"][0]["AuthenticateOidcConfig"]
    assert config == {
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
    assert "ciphertext" in world.state_file()
    assert SECRET not in world.state_file()


def test_the_public_profile_signs_in_by_the_provider_and_grants_by_group(world: World) -> None:
    world.up(**world.profile(PUBLIC))
    jenkins = world.configuration()["jenkins"]
    assert jenkins["securityRealm"] == {
        "oic": {
            "clientId": "jenkins",
            "clientSecret": "${OIDC_CLIENT_SECRET}",
            "serverConfiguration": {
                "wellKnown": {
                    "wellKnownOpenIDConfigurationUrl": (
                        f"{PROVIDER}/.well-known/openid-configuration"
                    ),
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
    assert jenkins["authorizationStrategy"] == {
        "globalMatrix": {
            "entries": [{"group": {"name": "admins", "permissions": ["Overall/Administer"]}}]
        }
    }
    execution = Actor.load(world.cloud, world.task()["executionRoleArn"])
    read = "secretsmanager:GetSecretValue"
    assert execution.may(read, world.secret)
    assert not execution.may(read, world.outputs["admin_password_secret_arn"]), (
        "nothing signs in with it"
    )


def test_only_some_paths_are_guarded_where_asked(world: World) -> None:
    inputs = world.profile(PUBLIC)
    inputs["sign_in"]["load_balancer_oidc"] = world.balancer_oidc(
        paths=["/manage/*", "/script"], bypass_paths=[], bypass_api=False
    )
    world.up(**inputs)
    assert world.rules() == [
        (["/manage/*", "/script"], ["authenticate-oidc", "forward"]),
        ([], ["forward"]),
    ]


def test_the_escape_hatch_is_the_local_administrator_with_the_generated_password(
    world: World,
) -> None:
    inputs = world.profile(PUBLIC)
    inputs["sign_in"]["oidc"] = world.oidc(escape_hatch=True, nonce=False, pkce=False)
    world.up(**inputs)
    jenkins = world.configuration()["jenkins"]
    assert jenkins["securityRealm"]["oic"]["properties"] == [
        "disableNonce",
        {
            "escapeHatch": {
                "username": "ecsuser",
                "group": "jenkins-platform-escape-hatch",
                "secret": "${JENKINS_ADMIN_PASSWORD}",
            }
        },
    ]
    entries = jenkins["authorizationStrategy"]["globalMatrix"]["entries"]
    assert entries[0] == {
        "group": {
            "name": "jenkins-platform-escape-hatch",
            "permissions": ["Overall/Administer"],
        }
    }
    assert set(world.boot_secrets()) == {"JENKINS_ADMIN_PASSWORD", "OIDC_CLIENT_SECRET"}


def test_access_logs_go_into_a_closed_bucket_that_only_load_balancers_write_to(
    world: World,
) -> None:
    inputs = world.profile(("internet-facing", "adopted", "local"))
    inputs["entrance"]["access_logs"] = {"prefix": "ci/entrance", "retention_days": 30}
    world.up(**inputs)
    attributes, s3 = world.attributes(), world.cloud.client("s3")
    bucket = attributes["access_logs.s3.bucket"]
    assert (attributes["access_logs.s3.enabled"], attributes["access_logs.s3.prefix"]) == (
        "true",
        "ci/entrance",
    )
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    (let_in,) = [s for s in policy["Statement"] if s["Effect"] == "Allow"]
    assert let_in == {
        "Sid": "AccessLogs",
        "Effect": "Allow",
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/ci/entrance/AWSLogs/123456789012/*",
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
    (encryption,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"][
        "Rules"
    ]
    assert encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    blocked = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(blocked.values()) == {True}


def test_the_firewall_is_in_front_and_logs_without_credentials(world: World) -> None:
    inputs = world.profile(("internet-facing", "adopted", "local"))
    inputs["entrance"] |= {"web_acl": {"rate_limit": 500}, "access_logs": {"enabled": False}}
    world.up(**inputs)
    waf = world.cloud.client("wafv2")
    found = waf.get_web_acl_for_resource(ResourceArn=world.balancer["LoadBalancerArn"])["WebACL"]
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
    assert ":log-group:aws-waf-logs-jenkins-" in destination
    assert {f["SingleHeader"]["Name"] for f in log["RedactedFields"]} >= {"authorization", "cookie"}
    assert world.attributes()["access_logs.s3.enabled"] == "false"


def test_a_web_acl_and_a_log_bucket_of_the_users_are_only_used(world: World) -> None:
    waf, s3 = world.cloud.client("wafv2"), world.cloud.client("s3")
    metrics = {
        "SampledRequestsEnabled": False,
        "CloudWatchMetricsEnabled": False,
        "MetricName": "ours",
    }
    acl = waf.create_web_acl(
        Name="ours", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=metrics
    )["Summary"]
    s3.create_bucket(
        Bucket="our-logs", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    inputs = world.profile(("internet-facing", "adopted", "local"))
    inputs["entrance"] |= {
        "web_acl": {"adopt": acl["ARN"]},
        "access_logs": {"adopt": "our-logs"},
    }
    world.up(**inputs)
    arn = world.balancer["LoadBalancerArn"]
    assert waf.get_web_acl_for_resource(ResourceArn=arn)["WebACL"]["Name"] == "ours"
    assert world.attributes()["access_logs.s3.bucket"] == "our-logs"
    world.up(**world.profile(("internal", "adopted", "local")))
    lock = waf.get_web_acl(Name="ours", Scope="REGIONAL", Id=acl["Id"])["LockToken"]
    waf.delete_web_acl(Name="ours", Scope="REGIONAL", Id=acl["Id"], LockToken=lock)
    s3.delete_bucket(Bucket="our-logs")


def test_a_certificate_may_be_proved_in_another_zone_than_the_name_is_in(world: World) -> None:
    route53 = world.cloud.client("route53")
    private = route53.create_hosted_zone(Name=DOMAIN, CallerReference="private")
    private_id = private["HostedZone"]["Id"].split("/")[-1]
    world.up(
        entrance={
            "domain_name": DOMAIN,
            "zone_id": private_id,
            "certificate": {"validation_zone_id": world.zone_id},
        }
    )
    assert list(world.records().values()) == ["CNAME"]
    inside = route53.list_resource_record_sets(HostedZoneId=private_id)["ResourceRecordSets"]
    (alias,) = [r for r in inside if r["Type"] == "A"]
    assert alias["Name"] == f"{DOMAIN}."
    assert alias["AliasTarget"]["DNSName"].rstrip(".") == world.balancer["DNSName"]
    assert alias["AliasTarget"]["EvaluateTargetHealth"] is True
    world.up()
    route53.delete_hosted_zone(Id=private_id)


def test_the_balancers_own_settings_are_as_asked(world: World) -> None:
    world.up(entrance={"idle_timeout_seconds": 900, "deletion_protection": True})
    attributes = world.attributes()
    assert attributes["idle_timeout.timeout_seconds"] == "900"
    assert attributes["deletion_protection.enabled"] == "true"
    assert attributes["routing.http.drop_invalid_header_fields.enabled"] == "true"
    world.up()
    assert world.attributes()["deletion_protection.enabled"] == "false"


def test_given_security_groups_reach_the_controller_and_no_other_is_made(world: World) -> None:
    ec2 = world.cloud.client("ec2")
    vpc_id = world.outputs.get("vpc_id") or ""
    if not vpc_id:
        world.up()
        vpc_id = world.outputs["vpc_id"]
    group = ec2.create_security_group(GroupName="ours", Description="ours", VpcId=vpc_id)["GroupId"]
    prefix_list = ec2.create_managed_prefix_list(
        PrefixListName="offices", MaxEntries=2, AddressFamily="IPv4"
    )["PrefixList"]["PrefixListId"]
    world.up(entrance={"allowed_cidrs": None, "security_group_ids": [group]})
    assert world.balancer["SecurityGroups"] == [group]
    rules = ec2.describe_security_group_rules()["SecurityGroupRules"]
    sources = {
        r["ReferencedGroupInfo"]["GroupId"]
        for r in rules
        if not r["IsEgress"] and r.get("FromPort") == 8080 and "ReferencedGroupInfo" in r
    }
    assert group in sources

    world.up(entrance={"allowed_prefix_list_ids": [prefix_list]})
    rules = ec2.describe_security_group_rules()["SecurityGroupRules"]
    assert [r["FromPort"] for r in rules if r.get("PrefixListId") == prefix_list] == [80]
    assert [r["CidrIpv4"] for r in rules if r.get("CidrIpv4") == CALLERS[0]] == CALLERS
    ec2.delete_security_group(GroupId=group)
    world.up()
    ec2.delete_managed_prefix_list(PrefixListId=prefix_list)


def test_secrets_and_credentials_of_jenkins_reach_it_and_nobody_else(world: World) -> None:
    tag = {"aws:ResourceTag/jenkins:credentials:platform": "jenkins"}
    world.up(
        jenkins={
            "secrets": {"SMTP_PASSWORD": f"{world.secret}:secret::"},
            "extra_jcasc": ['unclassified:\n  mailer: {authentication: "${SMTP_PASSWORD}"}\n'],
            "credentials": {},
        }
    )
    assert world.boot_secrets()["SMTP_PASSWORD"] == f"{world.secret}:secret::"
    unclassified = world.configuration()["unclassified"]
    assert unclassified["mailer"] == {"authentication": "${SMTP_PASSWORD}"}
    execution = Actor.load(world.cloud, world.task()["executionRoleArn"])
    controller = Actor.load(world.cloud, world.task()["taskRoleArn"])
    read = "secretsmanager:GetSecretValue"
    assert execution.may(read, world.secret)
    assert controller.may(read, world.secret, tag)
    assert not controller.may(read, world.secret)
    assert not controller.may(read, world.secret, dict.fromkeys(tag, "other"))
    assert controller.may("secretsmanager:ListSecrets", "*")


def test_with_reload_a_new_label_changes_the_document_and_nothing_else(world: World) -> None:
    reload = {"configuration_rollout": "reload", "configuration_reload_seconds": 90}
    world.up(jenkins=reload)
    (container,) = world.task()["containerDefinitions"]
    environment = {e["name"]: e["value"] for e in container["environment"]}
    assert environment["CONFIGURATION_RELOAD_SECONDS"] == "90"
    assert "CONFIGURATION_VERSION" not in environment
    world.up(jenkins={**reload, "system_message": "Hello"})
    assert world.stack.changes == {
        "aws:s3/bucketObjectv2:BucketObjectv2 jenkins-configuration": "update"
    }
    found = world.cloud.client("s3").get_object(
        Bucket=environment["CONFIGURATION_BUCKET"], Key=environment["CONFIGURATION_KEY"]
    )
    assert yaml.safe_load(found["Body"].read())["jenkins"]["systemMessage"] == "Hello"
