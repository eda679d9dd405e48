"""A load balancer that other applications use too: requests, changes, and what stays of it."""

from __future__ import annotations

import fnmatch
import json
from typing import Any

import pytest
from jenkins_platform.functions import working_hours
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.aws.functions import invoke
from harness.inputs.lean import LEAN
from harness.stacks.engine import Stack, platform_program

pytestmark = pytest.mark.long

HOME = "aws:efs/fileSystem:FileSystem jenkins-home"
DOMAIN, OLD = "ci.example.com", "old.example.com"
ANSWER = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
OIDC = {
    "issuer": "https://id.example.com",
    "authorization_endpoint": "https://id.example.com/authorize",
    "token_endpoint": "https://id.example.com/token",
    "user_info_endpoint": "https://id.example.com/userinfo",
    "client_id": "balancer",
    "bypass_api": True,
    "bypass_api_cidrs": ["203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24"],
}


class Company:
    """A VPC with two load balancers, which route a shop already."""

    def __init__(self, cloud: LocalCloud) -> None:
        self.cloud = cloud
        self.elb, self.ec2 = cloud.client("elbv2"), cloud.client("ec2")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [
            self.ec2.create_subnet(
                VpcId=self.vpc,
                CidrBlock=f"10.1.{i}.0/24",
                Ipv6CidrBlock=f"2001:db8:0:{i}::/64",
                AvailabilityZone=f"eu-central-1{zone}",
            )["Subnet"]["SubnetId"]
            for i, zone in enumerate("ab")
        ]
        self.group = self.ec2.create_security_group(
            GroupName="web", Description="web", VpcId=self.vpc
        )["GroupId"]
        acm = cloud.client("acm")
        self.certificates = [
            acm.request_certificate(DomainName=name)["CertificateArn"]
            for name in ("shop.example.com", DOMAIN)
        ]
        self.secret = cloud.client("secretsmanager").create_secret(
            Name="oidc", SecretString="the client secret"
        )["ARN"]
        zone = cloud.client("route53").create_hosted_zone(Name="example.com", CallerReference="1")
        self.zone = str(zone["HostedZone"]["Id"].split("/")[-1])
        self.one, self.two = (self._listener(name) for name in ("one", "two"))

    def _listener(self, name: str) -> str:
        """The HTTPS listener of a load balancer that serves a shop."""
        balancer = self.elb.create_load_balancer(
            Name=name, Subnets=self.subnets, SecurityGroups=[self.group], Scheme="internal"
        )["LoadBalancers"][0]["LoadBalancerArn"]
        listener = self.elb.create_listener(
            LoadBalancerArn=balancer,
            Protocol="HTTPS",
            Port=443,
            Certificates=[{"CertificateArn": self.certificates[0]}],
            DefaultActions=[ANSWER],
        )["Listeners"][0]["ListenerArn"]
        shop = self.elb.create_target_group(
            Name=f"shop-{name}", Protocol="HTTP", Port=80, VpcId=self.vpc, TargetType="ip"
        )["TargetGroups"][0]["TargetGroupArn"]
        self.elb.create_rule(
            ListenerArn=listener,
            Priority=7,
            Conditions=[{"Field": "host-header", "Values": ["shop.example.com"]}],
            Actions=[{"Type": "forward", "TargetGroupArn": shop}],
        )
        return str(listener)

    def rules(self, listener: str) -> list[dict[str, Any]]:
        found = self.elb.describe_rules(ListenerArn=listener)["Rules"]
        return sorted(found, key=lambda r: int(r["Priority"].replace("default", "99999")))

    def balancers(self) -> set[str]:
        found = self.elb.describe_load_balancers()["LoadBalancers"]
        return {b["LoadBalancerName"] for b in found}

    def alias(self) -> str:
        """What the name of Jenkins leads to."""
        route53 = self.cloud.client("route53")
        found = route53.list_resource_record_sets(HostedZoneId=self.zone)["ResourceRecordSets"]
        (record,) = [r for r in found if r["Name"] == f"{DOMAIN}." and r["Type"] == "A"]
        return str(record["AliasTarget"]["DNSName"].rstrip("."))

    def address(self, listener: str) -> str:
        """DNS name of the load balancer of a listener."""
        (found,) = self.elb.describe_listeners(ListenerArns=[listener])["Listeners"]
        arn = found["LoadBalancerArn"]
        (balancer,) = self.elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
        return str(balancer["DNSName"])

    def request(self, listener: str, host: str, path: str = "/", **header: str) -> list[str]:
        """What happens to a request from 203.0.113.9: the actions, with the target group."""

        def holds(condition: dict[str, Any]) -> bool:
            (config,) = [c for name, c in condition.items() if name.endswith("Config")] or [
                condition
            ]
            values = {
                "host-header": host,
                "path-pattern": path,
                "http-header": header.get(str(config.get("HttpHeaderName")), ""),
            }
            if condition["Field"] == "source-ip":
                return "203.0.113.0/24" in config["Values"]
            value = values[condition["Field"]]
            return any(fnmatch.fnmatchcase(value, v) for v in config["Values"])

        rule = next(r for r in self.rules(listener) if all(map(holds, r["Conditions"])))
        return [self._shown(action) for action in rule["Actions"]]

    def _shown(self, action: dict[str, Any]) -> str:
        if action["Type"] == "redirect":
            return f"redirect to {action['RedirectConfig']['Host']}"
        if "TargetGroupArn" not in action:
            return str(action["Type"])
        arn = action["TargetGroupArn"]
        (group,) = self.elb.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"]
        # Without the random suffix.
        return str(group["TargetGroupName"].rpartition("-")[0])

    def inputs(self, listener: str | None, **more: Any) -> dict[str, Any]:
        """Inputs of a platform with an existing load balancer, or a dedicated one."""
        load_balancer: dict[str, Any] = {"domain_name": DOMAIN, "zone_id": self.zone}
        if listener:
            load_balancer |= {
                "existing": {"listener_arn": listener, "priority": 100},
                "security_group_ids": [self.group],
                "additional_domain_names": [OLD],
                "additional_certificate_arns": [self.certificates[1]],
            }
        else:
            load_balancer["certificate"] = {"existing": self.certificates[1]}
        return {
            **LEAN,
            "removal_policy": "destroy",
            "network": {"existing": {"vpc_id": self.vpc, "private_subnet_ids": self.subnets}},
            "load_balancer": load_balancer,
            "schedule": {
                "time_zone": "Europe/Berlin",
                "windows": [{"days": ["mon"], "start": "08:00", "end": "12:00"}],
                "wake_page": True,
            },
            **more,
        }


@pytest.fixture(scope="module")
def company(cloud: LocalCloud) -> Company:
    return Company(cloud)


@pytest.fixture(scope="module")
def stack(
    company: Company, pulumi_command: auto.PulumiCommand, tmp_path_factory: pytest.TempPathFactory
) -> Stack:
    """A stack that starts with a dedicated load balancer."""
    program = platform_program(company.inputs(None))
    stack = Stack(company.cloud, tmp_path_factory.mktemp("existing"), pulumi_command, program)
    stack.up()
    return stack


def change(stack: Stack, inputs: dict[str, Any]) -> dict[str, Any]:
    """The outputs after other inputs; the home stays, and a second run changes nothing."""
    stack.program = platform_program(inputs)
    outputs = stack.up()
    assert not [name for name in stack.changes if name.startswith("aws:efs")]
    stack.preview()
    assert stack.changes == {}
    return outputs


def service_groups(company: Company, outputs: dict[str, Any]) -> list[str]:
    ecs, cluster = company.cloud.client("ecs"), outputs["controller_cluster_arn"]
    (arn,) = ecs.list_services(cluster=cluster)["serviceArns"]
    (service,) = ecs.describe_services(cluster=cluster, services=[arn])["services"]
    return [b["targetGroupArn"].split("/")[1].rpartition("-")[0] for b in service["loadBalancers"]]


def test_requests_reach_jenkins_and_the_shop(company: Company, stack: Stack) -> None:
    assert company.balancers() > {"one", "two"}
    before = company.rules(company.two)
    oidc = {**OIDC, "client_secret_arn": company.secret}
    outputs = change(stack, company.inputs(company.one, sign_in={"load_balancer_oidc": oidc}))
    assert company.balancers() == {"one", "two"}, "its own is deleted"
    assert outputs["url"] == f"https://{DOMAIN}/"
    assert company.alias() == company.address(company.one)
    assert service_groups(company, outputs) == ["jenkins-shared-web"]

    def ask(host: str, path: str = "/", **header: str) -> list[str]:
        return company.request(company.one, host, path, **header)

    assert ask("shop.example.com") == ["shop"]
    assert ask("other.example.com", "/github-webhook/") == ["fixed-response"]
    assert ask(DOMAIN) == ["authenticate-oidc", "jenkins-shared-web"]
    assert ask(DOMAIN, "/github-webhook/") == ["jenkins-shared-web"]
    assert ask(DOMAIN, "/job/a", Authorization="Bearer x") == ["jenkins-shared-web"]
    assert ask("shop.example.com", "/job/a", Authorization="Bearer x") == ["shop"]
    assert ask(OLD, "/job/a") == [f"redirect to {DOMAIN}"]
    assert company.rules(company.two) == before


def test_jenkins_shares_its_name_with_the_shop_below_a_path(company: Company, stack: Stack) -> None:
    oidc = {**OIDC, "client_secret_arn": company.secret}
    inputs = company.inputs(company.one, sign_in={"load_balancer_oidc": oidc})
    inputs["load_balancer"]["path_prefix"] = "/tools/jenkins"
    outputs = change(stack, inputs)
    assert outputs["url"] == f"https://{DOMAIN}/tools/jenkins/"

    def ask(path: str, host: str = DOMAIN, **header: str) -> list[str]:
        return company.request(company.one, host, path, **header)

    for path in ("/tools/jenkins", "/tools/jenkins/", "/tools/jenkins/job/a"):
        assert ask(path) == ["authenticate-oidc", "jenkins-shared-web"]
    assert ask("/tools/jenkins/github-webhook/") == ["jenkins-shared-web"]
    assert ask("/tools/jenkins/job/a", Authorization="Bearer x") == ["jenkins-shared-web"]
    assert ask("/tools/jenkins/", OLD) == [f"redirect to {DOMAIN}"]
    for path in ("/", "/tools/", "/tools/jenkins2/", "/github-webhook/", "/job/tools/jenkins/"):
        for host in (DOMAIN, OLD):
            assert ask(path, host, Authorization="Bearer x") == ["fixed-response"], path
    hours = working_hours_of(stack)
    assert invoke(company.cloud, hours, {"action": "sleep"})["state"] == working_hours.ASLEEP
    asleep = ["authenticate-oidc", "jenkins-shared-wake"]
    assert [ask(p) for p in ("/tools/jenkins", "/tools/jenkins/x")] == [asleep, asleep]
    assert ask("/shop") == ["fixed-response"]
    invoke(company.cloud, hours, {"action": "wake"})
    change(stack, company.inputs(company.one))
    invoke(company.cloud, hours, {"action": "settle"})
    assert ask("/shop", "shop.example.com") == ["shop"]


def working_hours_of(stack: Stack) -> str:
    """Name of the function that turns the wake page."""
    (name,) = [
        r["outputs"]["name"]
        for r in stack.resources()
        if r["type"] == "aws:lambda/function:Function" and "working-hours" in r["urn"]
    ]
    return str(name)


def test_the_wake_page_appears_for_the_name_of_jenkins_only(company: Company, stack: Stack) -> None:
    change(stack, company.inputs(company.one))
    hours = working_hours_of(stack)
    assert company.request(company.one, DOMAIN) == ["jenkins-shared-web"]
    assert invoke(company.cloud, hours, {"action": "sleep"})["state"] == working_hours.ASLEEP
    assert company.request(company.one, DOMAIN) == ["jenkins-shared-wake"]
    assert company.request(company.one, "shop.example.com") == ["shop"]
    assert company.request(company.one, "other.example.com") == ["fixed-response"]
    change(stack, company.inputs(company.two))
    invoke(company.cloud, hours, {"action": "settle"})
    assert company.request(company.two, DOMAIN) == ["jenkins-shared-wake"]
    assert company.request(company.two, "shop.example.com") == ["shop"]
    assert company.request(company.one, DOMAIN) == ["fixed-response"]
    assert company.alias() == company.address(company.two)
    invoke(company.cloud, hours, {"action": "wake"})


@pytest.mark.parametrize("wrong", ["plain HTTP", "another security group", "does not exist"])
def test_a_listener_that_does_not_fit_changes_nothing(
    company: Company, stack: Stack, wrong: str
) -> None:
    inputs = company.inputs(company.two)
    existing = inputs["load_balancer"]["existing"]
    if wrong == "plain HTTP":
        (found,) = company.elb.describe_listeners(ListenerArns=[company.two])["Listeners"]
        existing["listener_arn"] = company.elb.create_listener(
            LoadBalancerArn=found["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[ANSWER],
        )["Listeners"][0]["ListenerArn"]
        message = "is a listener of HTTP on port 80"
    elif wrong == "another security group":
        group = company.ec2.create_security_group(
            GroupName="other", Description="other", VpcId=company.vpc
        )["GroupId"]
        inputs["load_balancer"]["security_group_ids"] = [group]
        message = f"which has {company.group}"
    else:
        existing["listener_arn"] = company.two[:-4] + "0000"
        message = "getListener"
    stack.program = platform_program(inputs)
    with pytest.raises(auto.CommandError):
        stack.up()
    assert any(message in error for error in stack.errors), stack.errors
    assert stack.changes == {}


def test_a_dedicated_load_balancer_can_follow(company: Company, stack: Stack) -> None:
    outputs = change(stack, company.inputs(None))
    (own,) = company.balancers() - {"one", "two"}
    assert own.startswith("jenkins-alb")
    assert service_groups(company, outputs) == ["jenkins-web"]
    for listener in (company.one, company.two):
        assert [r["Priority"] for r in company.rules(listener)] == ["7", "default"]


def test_clients_connect_over_ipv6_too_and_back(company: Company, stack: Stack) -> None:
    def records() -> set[str]:
        route53 = company.cloud.client("route53")
        found = route53.list_resource_record_sets(HostedZoneId=company.zone)["ResourceRecordSets"]
        return {r["Type"] for r in found if r["Name"] == f"{DOMAIN}."}

    def kind() -> str:
        found = company.elb.describe_load_balancers()["LoadBalancers"]
        (own,) = [b for b in found if b["LoadBalancerName"] not in ("one", "two")]
        return str(own["IpAddressType"])

    inputs = company.inputs(None)
    inputs["load_balancer"]["ip_address_type"] = "dualstack"
    change(stack, inputs)
    assert (kind(), records()) == ("dualstack", {"A", "AAAA"})
    change(stack, company.inputs(None))
    assert (kind(), records()) == ("ipv4", {"A"})


def test_a_protected_load_balancer_is_not_left_behind(company: Company, stack: Stack) -> None:
    inputs = company.inputs(None)
    inputs["load_balancer"]["deletion_protection"] = True
    change(stack, inputs)
    stack.program = platform_program(company.inputs(company.one))
    with pytest.raises(auto.CommandError):
        stack.up()
    assert any("AWS would not delete arn:" in error for error in stack.errors), stack.errors
    assert stack.changes == {}
    (own,) = [
        b["LoadBalancerArn"]
        for b in company.elb.describe_load_balancers()["LoadBalancers"]
        if b["LoadBalancerName"] not in ("one", "two")
    ]
    (found,) = company.elb.describe_tags(ResourceArns=[own])["TagDescriptions"]
    tags = {tag["Key"]: tag["Value"] for tag in found["Tags"]}
    assert tags["JenkinsPlatformHandle"].startswith("jenkins-")
    change(stack, company.inputs(None))


def test_take_down_leaves_the_load_balancer_as_it_was(company: Company, stack: Stack) -> None:
    change(stack, company.inputs(company.one))
    assert len(company.rules(company.one)) > 2
    stack.destroy()
    assert company.balancers() == {"one", "two"}
    assert [r["Priority"] for r in company.rules(company.one)] == ["7", "default"]
    found = company.elb.describe_listener_certificates(ListenerArn=company.one)["Certificates"]
    assert [c["CertificateArn"] for c in found] == [company.certificates[0]]
    assert json.dumps(company.rules(company.one)).count("shop.example.com") == 1
    groups = company.elb.describe_target_groups()["TargetGroups"]
    assert {g["TargetGroupName"] for g in groups} == {"shop-one", "shop-two"}
