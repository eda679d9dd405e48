"""Settings of the load balancer, its certificate and access logs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from ..inputs import IpAddressType, Scheme
from .facts import limits
from .network import NetworkSettings
from .validation.arns import CertificateArn, ListenerArn
from .validation.base import Group, OutputOr, Problem, setting
from .validation.rules import created_only, no_duplicates, not_with_existing
from .validation.values import (
    BucketName,
    Cidr,
    DomainName,
    HostedZoneId,
    PrefixListId,
    SecurityGroupId,
    matching,
)
from .web_acl import WebAclSettings

MIN_SUBNETS = 2
"""Subnets of an Application Load Balancer (Elastic Load Balancing, "Subnets for your load
balancer")."""
_CREATED_ONLY = (
    "scheme",
    "certificate",
    "allowed_cidrs",
    "allowed_prefix_list_ids",
    "deletion_protection",
    "access_logs",
    "web_acl",
)
"""Inputs of what belongs to the owner of an existing load balancer."""


PathPrefix = Annotated[
    str,
    matching(
        r"(?=.{1,64}$)(/[A-Za-z0-9][A-Za-z0-9_-]*)+",
        "a path like /jenkins, of up to 64 letters, digits, '-', '_' and '/'",
    ),
]


class CertificateSettings(Group):
    """See `CertificateArgs`."""

    existing: OutputOr[CertificateArn] | None = setting(None, valid="the ARN of an ACM certificate")
    validation_zone_id: OutputOr[HostedZoneId] | None = setting(
        None, valid="the ID of a public hosted zone"
    )

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of an existing certificate with inputs for creating one."""
        yield from not_with_existing(self, key, ("validation_zone_id",), "a certificate")


class AccessLogsSettings(Group):
    """See `AccessLogsArgs`."""

    enabled: bool | None = setting(None, valid="true or false")
    existing: OutputOr[BucketName] | None = setting(None, valid="the name of an S3 bucket")
    prefix: (
        Annotated[
            str,
            matching(
                r"(?!.*AWSLogs)(?=.{1,256}$)[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+){0,9}",
                "a prefix like jenkins/load_balancer, not containing AWSLogs",
            ),
        ]
        | None
    ) = setting(None, valid="a prefix such as jenkins")
    retention_days: int = setting(90, valid="1 to 3650 days", ge=1, le=3650)

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of an existing bucket with inputs for creating one, or without effect."""
        yield from not_with_existing(self, key, ("retention_days",), "a bucket")
        if self.enabled is False and self.existing is not None:
            yield Problem(f"{key}.existing", "…", "is only valid with enabled true")


class ExistingLoadBalancerSettings(Group):
    """See `ExistingLoadBalancerArgs`."""

    listener_arn: OutputOr[ListenerArn] = setting(
        valid="the ARN of an HTTPS listener of an Application Load Balancer"
    )
    priority: int = setting(
        valid="1 to 49901, the lowest of 100 priorities that no other rule has", ge=1, le=49_901
    )


def subnet_rules(
    load_balancer: LoadBalancerSettings, network: NetworkSettings
) -> Iterator[Problem]:
    """Problems of the existing network of the load balancer: none, or too few subnets."""
    if load_balancer.existing:
        if network.existing is None:
            yield Problem(
                "network.existing",
                None,
                "required with load_balancer.existing: a load balancer reaches targets in its own "
                "VPC only",
            )
        return
    if network.existing is None:
        if load_balancer.dual_stack and not network.ipv6:
            yield Problem(
                "load_balancer.ip_address_type",
                load_balancer.ip_address_type.value,
                "requires network.ipv6 true: without it the subnets of the created VPC have IPv4 "
                "addresses only",
            )
        return
    name = "private_subnet_ids" if load_balancer.internal else "public_subnet_ids"
    subnets = getattr(network.existing, name)
    if len(subnets) < MIN_SUBNETS:
        yield Problem(
            f"network.existing.{name}",
            list(subnets),
            f"must be at least {MIN_SUBNETS} subnets in different zones with load_balancer.scheme "
            f"{load_balancer.scheme.value}",
        )


class LoadBalancerSettings(Group):
    """See `LoadBalancerArgs`."""

    existing: ExistingLoadBalancerSettings | None = setting(None, valid="listener_arn and priority")
    scheme: Scheme = setting(Scheme.INTERNAL, valid="internal or internet-facing")
    ip_address_type: IpAddressType = setting(IpAddressType.IPV4, valid="ipv4 or dualstack")
    domain_name: DomainName | None = setting(None, valid="a DNS name such as ci.example.com")
    path_prefix: PathPrefix | None = setting(None, valid="a path such as /jenkins")
    additional_domain_names: tuple[DomainName, ...] = setting(
        (),
        valid="a list of up to 3 DNS names such as build.example.com",
        max_length=limits.CONDITION_VALUES.maximum,
    )
    zone_id: OutputOr[HostedZoneId] | None = setting(None, valid="the ID of a hosted zone")
    certificate: CertificateSettings | None = setting(None, valid="existing or validation_zone_id")
    additional_certificate_arns: tuple[OutputOr[CertificateArn], ...] = setting(
        (), valid="up to 24 ARNs of ACM certificates", max_length=24
    )
    allowed_cidrs: tuple[Cidr, ...] | None = setting(
        None, valid="up to 60 address ranges such as 203.0.113.0/24", max_length=60
    )
    allowed_prefix_list_ids: tuple[OutputOr[PrefixListId], ...] = setting(
        (), valid="up to 20 prefix list IDs", max_length=20
    )
    security_group_ids: tuple[OutputOr[SecurityGroupId], ...] = setting(
        (), valid="up to 5 security group IDs", max_length=5
    )
    deletion_protection: bool | None = setting(None, valid="true or false")
    idle_timeout_seconds: int = setting(120, valid="60 to 4000 seconds", ge=60, le=4000)
    access_logs: AccessLogsSettings = setting(AccessLogsSettings(), valid="a group")
    web_acl: WebAclSettings | None = setting(None, valid="a group")

    @property
    def prefix(self) -> str:
        """What all paths of Jenkins start with; empty without ``path_prefix``."""
        return self.path_prefix or ""

    @property
    def internal(self) -> bool:
        """Whether the scheme is internal."""
        return self.scheme is Scheme.INTERNAL

    @property
    def dual_stack(self) -> bool:
        """Whether clients can connect over IPv6."""
        return self.ip_address_type is IpAddressType.DUALSTACK

    @property
    def limits_to_ipv4(self) -> bool:
        """Whether the security group that is created admits IPv4 addresses only."""
        own = self.existing is None and not self.security_group_ids
        ipv6 = any(":" in block for block in self.allowed_cidrs or ())
        return own and not ipv6 and not self.allowed_prefix_list_ids

    @property
    def makes_certificate(self) -> bool:
        """Whether to create a DNS-validated certificate."""
        if self.certificate:
            return self.certificate.existing is None
        if self.existing:
            return False
        return self.domain_name is not None and self.zone_id is not None

    @property
    def has_tls(self) -> bool:
        """Whether Jenkins is reached over HTTPS."""
        return bool(self.existing or self.certificate) or self.makes_certificate

    @property
    def keeps_access_logs(self) -> bool:
        """Whether to write access logs."""
        enabled = self.access_logs.enabled
        if enabled is None:
            return not self.internal or self.access_logs.existing is not None
        return enabled

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems between the certificate, the domain and who can connect."""
        if self.existing:
            yield from self._existing_rules(key)
        if not self.internal and not self.has_tls:
            yield Problem(
                f"{key}.certificate",
                None,
                "required with scheme internet-facing: plain HTTP is not allowed from the "
                "internet. Set domain_name and zone_id to create a certificate, or use `existing`",
            )
        if self.zone_id is not None and not self.domain_name:
            yield Problem(f"{key}.domain_name", None, "required with zone_id")
        if self.certificate and self.makes_certificate:
            if not self.domain_name:
                yield Problem(f"{key}.domain_name", None, "required to create a certificate")
            if self.zone_id is None and self.certificate.validation_zone_id is None:
                yield Problem(
                    f"{key}.certificate.validation_zone_id",
                    None,
                    "required to create a certificate, unless zone_id is a public hosted zone",
                )
        longest = limits.CERTIFICATE_NAME.maximum
        if self.makes_certificate and len(self.domain_name or "") > longest:
            message = f"must have at most {longest} characters, the limit of ACM"
            yield Problem(f"{key}.domain_name", self.domain_name, message)
        yield from self._additional_rules(key)
        yield from no_duplicates(f"{key}.allowed_cidrs", self.allowed_cidrs or ())
        yield from no_duplicates(f"{key}.allowed_prefix_list_ids", self.allowed_prefix_list_ids)
        yield from no_duplicates(f"{key}.security_group_ids", self.security_group_ids)
        if self.security_group_ids:
            for name in ("allowed_cidrs", "allowed_prefix_list_ids"):
                if name in self.model_fields_set:
                    yield Problem(
                        f"{key}.{name}",
                        getattr(self, name),
                        created_only("a security group", "security_group_ids"),
                    )

    def _existing_rules(self, key: str) -> Iterator[Problem]:
        """Problems of an existing load balancer with inputs for creating one."""
        yield from not_with_existing(self, key, _CREATED_ONLY, "a load balancer")
        for name in ("domain_name", "security_group_ids"):
            if not getattr(self, name):
                yield Problem(f"{key}.{name}", None, "required with existing")

    def _additional_rules(self, key: str) -> Iterator[Problem]:
        """Problems of the additional names and certificates."""
        names, arns = f"{key}.additional_domain_names", f"{key}.additional_certificate_arns"
        yield from no_duplicates(names, self.additional_domain_names)
        yield from no_duplicates(arns, self.additional_certificate_arns)
        if self.additional_certificate_arns and not self.has_tls:
            yield Problem(f"{key}.certificate", None, "required with additional_certificate_arns")
        if not self.additional_domain_names:
            return
        if not self.domain_name:
            yield Problem(f"{key}.domain_name", None, "required with additional_domain_names")
        if self.domain_name in self.additional_domain_names:
            yield Problem(names, self.domain_name, "must not contain domain_name")
        if not self.has_tls:
            yield Problem(f"{key}.certificate", None, "required with additional_domain_names")
        elif self.makes_certificate and not self.additional_certificate_arns:
            yield Problem(
                arns,
                None,
                "required with additional_domain_names, because the certificate that is created "
                "has only domain_name",
            )
