"""Checks of the resources in the account that the settings name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import botocore.exceptions
from jenkins_platform.settings import Settings
from jenkins_platform.settings.facts.arn import Arn
from pulumi import Output

from .findings import ClientOf, Finding, Status

FARGATE_VCPU_QUOTAS = {"on-demand": "L-3032A538", "Spot": "L-36FBB829"}
"""Codes of the regional Fargate quotas in Service Quotas, in vCPU."""
ROLES_QUOTA = "L-FE177D64"
"""Code of the quota for roles in an account."""
SPARE_AGENTS = 10
"""Fewer concurrent agents of the largest template than this are reported as a warning."""


def certificate(settings: Settings, client_of: ClientOf, region: str) -> Iterator[Finding]:
    certificate = settings.load_balancer.certificate
    arn = certificate.existing if certificate else None
    if arn is None or isinstance(arn, Output):
        return
    subject, found_in = "load_balancer.certificate", Arn.parse(str(arn)).region
    if found_in != region:
        yield Finding(
            subject,
            Status.PROBLEM,
            f"{arn} is in {found_in}, the platform in {region}",
            f"A load balancer requires a certificate of its own region: request one in {region}.",
        )
        return
    found = client_of("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    names = [found["DomainName"], *found.get("SubjectAlternativeNames", [])]
    domain = settings.load_balancer.domain_name
    if found["Status"] != "ISSUED":
        yield Finding(
            subject,
            Status.PROBLEM,
            f"{arn} is {found['Status']}",
            "Complete its validation; a listener requires an issued certificate.",
        )
    elif domain and not any(_covers(name, domain) for name in names):
        yield Finding(
            subject,
            Status.PROBLEM,
            f"{arn} is for {', '.join(sorted(set(names)))}, not for {domain}",
            "Request a certificate for load_balancer.domain_name, or change the name.",
        )
    else:
        yield Finding(subject, Status.OK, f"issued for {', '.join(sorted(set(names)))}")


def _covers(name: str, domain: str) -> bool:
    """Whether a certificate's name covers a domain; a wildcard covers one label."""
    return name == domain or (name.startswith("*.") and domain.split(".", 1)[-1] == name[2:])


def existing_network(settings: Settings, client_of: ClientOf, region: str) -> Iterator[Finding]:
    existing = settings.network.existing
    if existing is None or isinstance(existing.vpc_id, Output):
        return
    ec2, vpc = client_of("ec2"), existing.vpc_id
    for attribute in ("enableDnsSupport", "enableDnsHostnames"):
        answer = ec2.describe_vpc_attribute(VpcId=vpc, Attribute=attribute)
        if not answer[attribute[0].upper() + attribute[1:]]["Value"]:
            yield Finding(
                "network.existing.vpc_id",
                Status.PROBLEM,
                f"{attribute} is disabled in {vpc}",
                f"Enable it: EFS and Cloud Map require it "
                f"(aws ec2 modify-vpc-attribute --vpc-id {vpc} --{_dashed(attribute)}).",
            )
    private = [s for s in existing.private_subnet_ids if not isinstance(s, Output)]
    if not private:
        return
    subnets = ec2.describe_subnets(SubnetIds=private)["Subnets"]
    zones = [s["AvailabilityZone"] for s in subnets]
    if len(set(zones)) < len(zones):
        yield Finding(
            "network.existing.private_subnet_ids",
            Status.PROBLEM,
            f"two subnets are in the same Availability Zone: {', '.join(sorted(zones))}",
            "Set one subnet per zone: EFS allows one mount target in each.",
        )
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    for subnet in subnets:
        if not _has_default_route(tables, subnet["SubnetId"]):
            yield Finding(
                "network.existing.private_subnet_ids",
                Status.WARNING,
                f"{subnet['SubnetId']} has no default route",
                "Tasks in it reach AWS through VPC endpoints only: ecr.api, ecr.dkr, s3, logs, "
                "secretsmanager and ecs are required.",
            )


def _has_default_route(tables: list[dict[str, Any]], subnet: str) -> bool:
    def of(table: dict[str, Any]) -> set[str | None]:
        return {a.get("SubnetId") for a in table["Associations"]}

    own = [t for t in tables if subnet in of(t)]
    main = [t for t in tables if any(a.get("Main") for a in t["Associations"])]
    routes = [r for t in (own or main) for r in t["Routes"]]
    return any(r.get("DestinationCidrBlock") == "0.0.0.0/0" for r in routes)


def quotas(settings: Settings, client_of: ClientOf, region: str) -> Iterator[Finding]:
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
            f"{vcpus:g} vCPU: {int(vcpus / largest)} concurrent agents of {largest:g} vCPU",
            "" if enough else f"Request an increase from Service Quotas (fargate, {code}).",
        )
    roles = value("iam", ROLES_QUOTA)
    needed = 2 + 2 * len(settings.agents)
    if needed > roles / 2:
        yield Finding(
            "IAM roles quota",
            Status.WARNING,
            f"the agent templates need up to {needed} of {roles:g} roles",
            f"Request an increase from Service Quotas (iam, {ROLES_QUOTA}), or share roles with "
            "task_role_arn.",
        )


def zone(settings: Settings, client_of: ClientOf, region: str) -> Iterator[Finding]:
    """The hosted zone exists, contains the domain, and is public if it validates a certificate."""
    load_balancer = settings.load_balancer
    if load_balancer.zone_id is None or isinstance(load_balancer.zone_id, Output):
        return
    subject, zone_id = "load_balancer.zone_id", load_balancer.zone_id
    try:
        found = client_of("route53").get_hosted_zone(Id=zone_id)["HostedZone"]
    except botocore.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchHostedZone":
            raise
        advice = "List the zones with `aws route53 list-hosted-zones`."
        yield Finding(subject, Status.PROBLEM, f"{zone_id} does not exist", advice)
        return
    name, domain = found["Name"].rstrip("."), load_balancer.domain_name or ""
    certificate = load_balancer.certificate
    validates_certificate = certificate is None or (
        certificate.existing is None and certificate.validation_zone_id is None
    )
    if domain != name and not domain.endswith(f".{name}"):
        yield Finding(
            subject,
            Status.PROBLEM,
            f"{zone_id} is {name}, which does not contain {domain}",
            "Set the zone of load_balancer.domain_name, or another domain name.",
        )
    elif found["Config"].get("PrivateZone") and validates_certificate:
        yield Finding(
            subject,
            Status.PROBLEM,
            f"{zone_id} ({name}) is private: ACM cannot validate a certificate in it",
            "Set load_balancer.certificate.validation_zone_id to the public zone of the same "
            "domain.",
        )
    else:
        yield Finding(subject, Status.OK, f"{zone_id} is {name}")


def secrets(settings: Settings, client_of: ClientOf, region: str) -> Iterator[Finding]:
    """The secrets in Secrets Manager that the settings name exist."""
    named = {f"jenkins.secrets.{k}": v for k, v in settings.jenkins.secrets.items()}
    for name, realm in settings.sign_in.realms.items():
        if realm.secret_arn is not None:
            named[f"sign_in.{name}.{realm.secret_input}"] = realm.secret_arn
    if at_load_balancer := settings.sign_in.load_balancer_oidc:
        arn = at_load_balancer.client_secret_arn
        named["sign_in.load_balancer_oidc.client_secret_arn"] = arn
    for template in settings.agents:
        named |= {f"agents.{template.name}.secrets.{k}": v for k, v in template.secrets.items()}
    manager = client_of("secretsmanager")
    for key, arn in named.items():
        if isinstance(arn, Output) or ":secretsmanager:" not in arn:
            continue
        try:
            manager.describe_secret(SecretId=str(Arn.parse(arn).secret))
        except manager.exceptions.ResourceNotFoundException:
            yield Finding(
                key,
                Status.PROBLEM,
                f"{arn} does not exist",
                "Create the secret first: a task that refers to it does not start.",
            )


ALL: tuple[Callable[[Settings, ClientOf, str], Iterator[Finding]], ...] = (
    certificate,
    zone,
    secrets,
    existing_network,
    quotas,
)


def _dashed(camel: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in camel)
