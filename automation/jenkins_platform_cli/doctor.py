"""``jenkins-platform check``: what would go wrong, found before it does, with advice."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from importlib.metadata import version
from typing import Any

import botocore.exceptions
from jenkins_platform.settings import Settings
from pulumi import Output

ClientOf = Callable[[str], Any]
"""Makes a boto3 client of a service where the stack lives."""

FARGATE_VCPU_QUOTAS = {"on-demand": "L-3032A538", "Spot": "L-36FBB829"}
"""Codes of the regional Fargate quotas in Service Quotas, in vCPU."""
ROLES_QUOTA = "L-FE177D64"
"""Code of the quota for roles in an account."""
SPARE_AGENTS = 10
"""An account that cannot run this many agents of the largest template is worth a warning."""


class Status(str, Enum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """What one check found, and what to do about it."""

    subject: str
    status: Status
    found: str
    advice: str = ""


def examine(settings: Settings, client_of: ClientOf, region: str, cli: str) -> Iterator[Finding]:
    """All findings, the ones of this machine first."""
    yield Finding("configuration", Status.OK, f"valid, {len(settings.agents)} agent templates")
    yield Finding(
        "versions",
        Status.OK,
        f"Python {platform.python_version()}, Pulumi CLI {cli}, "
        f"pulumi {version('pulumi')}, pulumi-aws {version('pulumi-aws')}",
    )
    yield from _images(settings)
    credentials = _credentials(client_of, region)
    yield credentials
    if credentials.status is Status.PROBLEM:
        return
    for check in (_certificate, _adopted_network, _quotas):
        try:
            yield from check(settings, client_of, region)
        except botocore.exceptions.ClientError as error:
            yield _not_allowed(check.__name__.strip("_").replace("_", " "), error)


def _credentials(client_of: ClientOf, region: str) -> Finding:
    try:
        identity = client_of("sts").get_caller_identity()
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        return Finding(
            "credentials",
            Status.PROBLEM,
            str(error),
            "Set AWS_PROFILE, or sign in with `aws sso login`; in CI take a role by OIDC.",
        )
    return Finding(
        "credentials", Status.OK, f"{identity['Arn']} in account {identity['Account']}, {region}"
    )


def _images(settings: Settings) -> Iterator[Finding]:
    """Adopted images that may change under the same name."""
    named = {f"agents.{t.name}.image": t.image for t in settings.agents if t.image is not None}
    for key, image in named.items():
        if not isinstance(image, Output) and "@sha256:" not in str(image):
            yield Finding(
                key,
                Status.WARNING,
                f"{image} is named by tag",
                "Name it by digest (repository@sha256:…): a tag may become another image.",
            )


def _certificate(settings: Settings, client_of: ClientOf, region: str) -> Iterator[Finding]:
    certificate = settings.entrance.certificate
    arn = certificate.adopt if certificate else None
    if arn is None or isinstance(arn, Output):
        return
    subject, home = "entrance.certificate", str(arn).split(":")[3]
    if home != region:
        yield Finding(
            subject,
            Status.PROBLEM,
            f"{arn} is in {home}, the platform in {region}",
            f"A load balancer takes certificates of its own region: request one in {region}.",
        )
        return
    found = client_of("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    names = [found["DomainName"], *found.get("SubjectAlternativeNames", [])]
    domain = settings.entrance.domain_name
    if found["Status"] != "ISSUED":
        yield Finding(
            subject,
            Status.PROBLEM,
            f"{arn} is {found['Status']}",
            "Finish its validation; a listener takes issued certificates only.",
        )
    elif domain and not any(_covers(name, domain) for name in names):
        yield Finding(
            subject,
            Status.PROBLEM,
            f"{arn} is for {', '.join(sorted(set(names)))}, not for {domain}",
            "Request a certificate for entrance.domain_name, or change the name.",
        )
    else:
        yield Finding(subject, Status.OK, f"issued for {', '.join(sorted(set(names)))}")


def _covers(name: str, domain: str) -> bool:
    """Whether a certificate's name is good for a domain; a star stands for one label."""
    return name == domain or (name.startswith("*.") and domain.split(".", 1)[-1] == name[2:])


def _adopted_network(settings: Settings, client_of: ClientOf, region: str) -> Iterator[Finding]:
    adopted = settings.network.adopt
    if adopted is None or isinstance(adopted.vpc_id, Output):
        return
    ec2, vpc = client_of("ec2"), adopted.vpc_id
    for attribute in ("enableDnsSupport", "enableDnsHostnames"):
        answer = ec2.describe_vpc_attribute(VpcId=vpc, Attribute=attribute)
        if not answer[attribute[0].upper() + attribute[1:]]["Value"]:
            yield Finding(
                "network.adopt.vpc_id",
                Status.PROBLEM,
                f"{attribute} is off in {vpc}",
                f"Switch it on: EFS and Cloud Map need it "
                f"(aws ec2 modify-vpc-attribute --vpc-id {vpc} --{_dashed(attribute)}).",
            )
    private = [s for s in adopted.private_subnet_ids if not isinstance(s, Output)]
    if not private:
        return
    subnets = ec2.describe_subnets(SubnetIds=private)["Subnets"]
    zones = [s["AvailabilityZone"] for s in subnets]
    if len(set(zones)) < len(zones):
        yield Finding(
            "network.adopt.private_subnet_ids",
            Status.PROBLEM,
            f"two subnets share a zone: {', '.join(sorted(zones))}",
            "Name one subnet per zone: EFS allows one mount target in each.",
        )
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    for subnet in subnets:
        if not _has_way_out(tables, subnet["SubnetId"]):
            yield Finding(
                "network.adopt.private_subnet_ids",
                Status.WARNING,
                f"{subnet['SubnetId']} has no default route",
                "Tasks there reach AWS by VPC endpoints only: ecr.api, ecr.dkr, s3, logs, "
                "secretsmanager and ecs must exist.",
            )


def _has_way_out(tables: list[dict[str, Any]], subnet: str) -> bool:
    def of(table: dict[str, Any]) -> set[str | None]:
        return {a.get("SubnetId") for a in table["Associations"]}

    own = [t for t in tables if subnet in of(t)]
    main = [t for t in tables if any(a.get("Main") for a in t["Associations"])]
    routes = [r for t in (own or main) for r in t["Routes"]]
    return any(r.get("DestinationCidrBlock") == "0.0.0.0/0" for r in routes)


def _quotas(settings: Settings, client_of: ClientOf, region: str) -> Iterator[Finding]:
    quotas = client_of("service-quotas")

    def value(service: str, code: str) -> float:
        answer = quotas.get_service_quota(ServiceCode=service, QuotaCode=code)
        return float(answer["Quota"]["Value"])

    largest = max(t.cpu for t in settings.agents) / 1024
    for kind, code in FARGATE_VCPU_QUOTAS.items():
        vcpus = value("fargate", code)
        enough = vcpus >= largest * SPARE_AGENTS
        yield Finding(
            f"Fargate {kind} quota",
            Status.OK if enough else Status.WARNING,
            f"{vcpus:g} vCPU: {int(vcpus / largest)} agents of {largest:g} vCPU at a time",
            "" if enough else f"Ask Service Quotas for more (fargate, {code}).",
        )
    roles = value("iam", ROLES_QUOTA)
    needed = 2 + 2 * len(settings.agents)
    if needed > roles / 2:
        yield Finding(
            "IAM roles quota",
            Status.WARNING,
            f"the templates need up to {needed} roles of {roles:g}",
            f"Ask Service Quotas for more (iam, {ROLES_QUOTA}), or share roles by task_role_arn.",
        )


def _not_allowed(subject: str, error: botocore.exceptions.ClientError) -> Finding:
    return Finding(
        subject,
        Status.WARNING,
        f"could not be looked at: {error}",
        "Allow the reading calls, or look yourself.",
    )


def _dashed(camel: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in camel)
