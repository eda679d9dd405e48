"""What `check` says about resources that the settings name; tests/parts asks an emulated AWS."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from jenkins_platform.settings import Settings
from jenkins_platform_cli.preflight import account_checks, checks
from jenkins_platform_cli.preflight.findings import Finding, Status

REGION = "eu-central-1"
OK, WARNING, PROBLEM = Status.OK, Status.WARNING, Status.PROBLEM
ZONE = "Z0123456789ABCDEFGHIJ"


def asked(check: Callable[..., Any], args: dict[str, Any], **answers: Any) -> list[Finding]:
    """The findings of a check, for which AWS answers each call with the same."""
    client = SimpleNamespace(
        **{name: a if callable(a) else lambda answer=a, **_: answer for name, a in answers.items()}
    )
    settings = Settings.from_args("jenkins", args)  # type: ignore[arg-type]
    return list(check(settings, lambda service: client, REGION))


def certificate_arn(region: str = REGION) -> str:
    return f"arn:aws:acm:{region}:123456789012:certificate/a-b"


@pytest.mark.parametrize(
    ("status", "names", "expected"),
    [
        ("ISSUED", ["ci.example.com"], OK),
        ("ISSUED", ["example.com", "ci.example.com"], OK),
        ("ISSUED", ["*.example.com"], OK),
        ("ISSUED", ["*.com"], PROBLEM),
        ("ISSUED", ["example.com"], PROBLEM),
        ("PENDING_VALIDATION", ["ci.example.com"], PROBLEM),
        ("EXPIRED", ["ci.example.com"], PROBLEM),
    ],
)
def test_a_certificate_is_issued_for_the_domain(
    status: str, names: list[str], expected: Status
) -> None:
    first, *others = names
    found = {"Status": status, "DomainName": first, "SubjectAlternativeNames": others}
    args = {
        "load_balancer": {
            "domain_name": "ci.example.com",
            "certificate": {"existing": certificate_arn()},
        }
    }
    answer = {"Certificate": found}
    (finding,) = asked(account_checks.certificate, args, describe_certificate=answer)
    assert (finding.subject, finding.status) == ("load_balancer.certificate", expected)


def test_a_certificate_of_another_region_is_a_problem() -> None:
    args = {"load_balancer": {"certificate": {"existing": certificate_arn("us-east-1")}}}
    (finding,) = asked(account_checks.certificate, args)
    assert (finding.status, "is in us-east-1" in finding.found) == (PROBLEM, True)


@pytest.mark.parametrize(
    ("zone", "private", "given", "expected"),
    [
        ("example.com.", False, {}, OK),
        ("ci.example.com.", False, {}, OK),
        ("xample.com.", False, {}, PROBLEM),
        ("other.com.", False, {}, PROBLEM),
        ("example.com.", True, {}, PROBLEM),
        ("example.com.", True, {"certificate": {"existing": certificate_arn()}}, OK),
        ("example.com.", True, {"certificate": {"validation_zone_id": ZONE}}, OK),
    ],
)
def test_a_zone_contains_the_domain_and_is_public_if_it_validates_a_certificate(
    zone: str, private: bool, given: dict[str, Any], expected: Status
) -> None:
    args = {"load_balancer": {"domain_name": "ci.example.com", "zone_id": ZONE, **given}}
    answer = {"HostedZone": {"Name": zone, "Config": {"PrivateZone": private}}}
    (finding,) = asked(account_checks.zone, args, get_hosted_zone=answer)
    assert (finding.subject, finding.status) == ("load_balancer.zone_id", expected)


def table(subnet: str | None, *routes: str) -> dict[str, Any]:
    """A route table of a subnet, or the main one of the VPC."""
    return {
        "Associations": [{"SubnetId": subnet} if subnet else {"Main": True}],
        "Routes": [{"DestinationCidrBlock": route} for route in routes],
    }


DEFAULT, LOCAL = "0.0.0.0/0", "10.0.0.0/16"


@pytest.mark.parametrize(
    ("dns", "zones", "tables", "expected"),
    [
        (True, "ab", [table(None, DEFAULT)], []),
        (False, "ab", [table(None, DEFAULT)], [PROBLEM, PROBLEM]),
        (True, "aa", [table(None, DEFAULT)], [PROBLEM]),
        (True, "ab", [table(None, LOCAL)], [WARNING, WARNING]),
        (True, "ab", [table(None, DEFAULT), table("subnet-0000000a", LOCAL)], [WARNING]),
        (True, "ab", [table(None, LOCAL), table("subnet-0000000a", LOCAL, DEFAULT)], [WARNING]),
    ],
)
def test_an_existing_network_has_names_separate_zones_and_routes(
    dns: bool, zones: str, tables: list[dict[str, Any]], expected: list[Status]
) -> None:
    subnets = ["subnet-0000000a", "subnet-0000000b"]
    args = {"network": {"existing": {"vpc_id": "vpc-0a1b2c3d", "private_subnet_ids": subnets}}}
    found = asked(
        account_checks.existing_network,
        args,
        describe_vpc_attribute={
            "EnableDnsSupport": {"Value": dns},
            "EnableDnsHostnames": {"Value": dns},
        },
        describe_subnets={
            "Subnets": [
                {"SubnetId": subnet, "AvailabilityZone": f"eu-central-1{zone}"}
                for subnet, zone in zip(subnets, zones, strict=True)
            ]
        },
        describe_route_tables={"RouteTables": tables},
    )
    assert [finding.status for finding in found] == expected


@pytest.mark.parametrize(
    ("vcpus", "roles", "expected"),
    [
        (20.0, 12.0, [OK, OK]),
        (19.0, 12.0, [WARNING, WARNING]),
        (20.0, 11.0, [OK, OK, WARNING]),
    ],
)
def test_quotas_are_enough_for_ten_agents_and_the_roles_of_all_templates(
    vcpus: float, roles: float, expected: list[Status]
) -> None:
    def quota(**given: str) -> dict[str, Any]:
        value = roles if given["ServiceCode"] == "iam" else vcpus
        return {"Quota": {"Value": value}}

    agents = [{"name": "small"}, {"name": "large", "cpu": 2048, "memory_mib": 4096}]
    found = asked(account_checks.quotas, {"agents": agents}, get_service_quota=quota)
    assert [finding.status for finding in found] == expected


def test_an_image_without_a_digest_may_change() -> None:
    digest = f"registry.example.com/a:1@sha256:{'0' * 64}"
    agents = [
        {"name": name, "image": image}
        for name, image in (("tag", "registry.example.com/a:1"), ("digest", digest))
    ]
    settings = Settings.from_args("jenkins", {"agents": agents})  # type: ignore[typeddict-item]
    (finding,) = checks._images(settings)
    assert (finding.subject, finding.status) == ("agents.tag.image", WARNING)
