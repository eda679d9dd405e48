"""``jenkins-platform check`` against AWS as emulated by moto."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import boto3
import botocore.exceptions
import pytest
from jenkins_platform.settings import Settings
from jenkins_platform_cli.preflight.checks import run_checks
from jenkins_platform_cli.preflight.findings import Finding, Status
from moto import mock_aws

REGION = "eu-central-1"


class Quotas:
    """Service Quotas, of which moto emulates only a few."""

    def __init__(self, values: dict[str, float]) -> None:
        self._values = values

    def get_service_quota(self, **asked: str) -> dict[str, Any]:
        return {"Quota": {"Value": self._values.get(asked["QuotaCode"], 5000.0)}}


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        yield


def client_of(service: str) -> Any:
    return boto3.client(service, region_name=REGION)  # type: ignore[call-overload]


def findings(args: dict[str, Any], **quotas: float) -> list[Finding]:
    settings = Settings.from_args("jenkins", args)  # type: ignore[arg-type]

    def client(service: str) -> Any:
        return Quotas(quotas) if service == "service-quotas" else client_of(service)

    return list(run_checks(settings, client, REGION, "3.259.0"))


def checked(args: dict[str, Any], **quotas: float) -> dict[str, Finding]:
    """The findings by subject; the last one if there are several."""
    return {f.subject: f for f in findings(args, **quotas)}


def problems(args: dict[str, Any]) -> dict[str, str]:
    return {f.subject: f.found for f in findings(args) if f.status is Status.PROBLEM}


def public(**load_balancer: Any) -> dict[str, Any]:
    shape = {
        "scheme": "internet-facing",
        "domain_name": "ci.example.com",
        "allowed_cidrs": ["203.0.113.0/24"],
    }
    return {"load_balancer": {**shape, **load_balancer}}


def test_the_defaults_have_no_problem() -> None:
    found = checked({})
    plain_http = found.pop("inputs")
    assert (plain_http.status, "plain HTTP" in plain_http.found) == (Status.WARNING, True)
    assert {f.status for f in found.values()} == {Status.OK}
    assert {"configuration", "versions", "credentials"} <= found.keys()
    assert "123456789012" in found["credentials"].found


def test_without_credentials_nothing_else_is_checked() -> None:
    def client(service: str) -> Any:
        raise botocore.exceptions.NoCredentialsError

    *_, last = run_checks(Settings.from_args("jenkins", {}), client, REGION, "3.259.0")
    assert (last.subject, last.status) == ("credentials", Status.PROBLEM)
    assert "aws sso login" in last.advice


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("AccessDeniedException", "Grant the read permission, or check it by hand."),
        ("NoSuchResourceException", "Check it by hand."),
    ],
)
def test_what_cannot_be_checked_is_a_warning(code: str, advice: str) -> None:
    class Refusing:
        def get_service_quota(self, **_: str) -> Any:
            error: Any = {"Error": {"Code": code, "Message": "no"}}
            raise botocore.exceptions.ClientError(error, "GetServiceQuota")

    def client(service: str) -> Any:
        return Refusing() if service == "service-quotas" else client_of(service)

    found = run_checks(Settings.from_args("jenkins", {}), client, REGION, "3.259.0")
    (quotas,) = [f for f in found if f.subject == "quotas"]
    assert (quotas.status, quotas.advice) == (Status.WARNING, advice)


def test_a_certificate_must_be_issued_in_the_region_for_the_domain() -> None:
    elsewhere = "arn:aws:acm:us-east-1:123456789012:certificate/abc"
    assert (
        "is in us-east-1"
        in problems(public(certificate={"existing": elsewhere}))["load_balancer.certificate"]
    )
    acm = client_of("acm")
    waiting = acm.request_certificate(DomainName="ci.example.com", ValidationMethod="DNS")
    given = public(certificate={"existing": waiting["CertificateArn"]})
    assert "PENDING_VALIDATION" in problems(given)["load_balancer.certificate"]


@pytest.mark.parametrize(
    ("name", "private", "problem"),
    [
        (None, False, "does not exist"),
        ("example.org", False, "which does not contain ci.example.com"),
        ("example.com", True, "is private"),
        ("example.com", False, None),
    ],
)
def test_the_zone_must_be_public_and_contain_the_domain(
    name: str | None, private: bool, problem: str | None
) -> None:
    zone_id = "Z0123456789EXAMPLE"
    if name:
        vpc = {"VPC": {"VPCRegion": REGION, "VPCId": "vpc-12345678"}} if private else {}
        zone = client_of("route53").create_hosted_zone(
            Name=name,
            CallerReference="x",
            HostedZoneConfig={"PrivateZone": private},
            **vpc,
        )
        zone_id = zone["HostedZone"]["Id"].rsplit("/")[-1]
    found = checked(public(zone_id=zone_id))["load_balancer.zone_id"]
    assert (found.status is Status.PROBLEM) == (problem is not None)
    assert (problem or name or "") in found.found
    assert bool(found.advice) == (problem is not None)


def test_a_missing_secret_is_reported_with_its_key() -> None:
    existing = client_of("secretsmanager").create_secret(Name="existing", SecretString="x")["ARN"]
    missing = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:missing-AbCdEf"
    args = {
        "jenkins": {"secrets": {"TOKEN": missing}},
        "agents": [{"name": "linux", "secrets": {"KEY": existing, "OTHER": f"{missing}:key::"}}],
    }
    assert problems(args).keys() == {"jenkins.secrets.TOKEN", "agents.linux.secrets.OTHER"}


def test_an_existing_network_needs_dns_names_and_default_routes() -> None:
    ec2 = client_of("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zones = ["eu-central-1a", "eu-central-1a"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=zone)["Subnet"][
            "SubnetId"
        ]
        for n, zone in enumerate(zones)
    ]
    args = {
        "network": {"existing": {"vpc_id": vpc, "private_subnet_ids": subnets}},
        "load_balancer": {"allowed_cidrs": ["10.0.0.0/16"]},
    }
    found = problems(args)
    assert found["network.existing.vpc_id"] == f"enableDnsHostnames is disabled in {vpc}"
    assert (
        "two subnets are in the same Availability Zone"
        in found["network.existing.private_subnet_ids"]
    )
    last = checked(args)["network.existing.private_subnet_ids"]
    assert (last.status, last.found) == (Status.WARNING, f"{subnets[1]} has no default route")


def test_small_quotas_are_reported_with_their_code() -> None:
    found = checked(
        {"agents": [{"name": "big", "cpu": 4096, "memory_mib": 8192}]}, **{"L-36FBB829": 6}
    )
    assert found["Fargate on-demand quota"].status is Status.OK
    spot = found["Fargate Spot quota"]
    assert (spot.status, "L-36FBB829" in spot.advice) == (Status.WARNING, True)
    assert "1 concurrent agents of 4 vCPU" in spot.found
    roles = checked({"agents": [{"name": f"t{n}"} for n in range(600)]}, **{"L-FE177D64": 1000})
    assert roles["IAM roles quota"].status is Status.WARNING


def test_an_image_by_tag_is_reported() -> None:
    found = checked({"agents": [{"name": "linux", "image": "registry.example.com/agent:1"}]})
    assert found["agents.linux.image"].status is Status.WARNING


def test_missing_plugins_and_other_major_versions_are_reported_with_the_fix() -> None:
    settings = Settings.from_args("jenkins", {})
    has = {"aws": version("pulumi-aws"), "random": "1.0.0"}
    found = {f.subject: f for f in run_checks(settings, client_of, REGION, "3.259.0", has)}[
        "plugins"
    ]
    assert found.status is Status.WARNING
    assert "missing: docker, random" in found.found
    assert f"pulumi plugin install resource docker v{version('pulumi-docker')}" in found.advice


def test_a_region_unknown_to_the_plugin_is_a_problem() -> None:
    settings = Settings.from_args("jenkins", {})
    (found,) = [
        f
        for f in run_checks(settings, client_of, "ap-southeast-5", "3.259.0")
        if f.subject == "region"
    ]
    assert found.status is Status.PROBLEM
    assert "amazon-ecs plugin" in found.found
