"""Settings of the load balancer and what belongs to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from ..inputs import Scheme
from .base import Group, Late, Problem, setting
from .values import (
    LOG_RETENTION_VALID,
    BucketName,
    CertificateArn,
    Cidr,
    DomainName,
    HostedZoneId,
    LogRetention,
    PrefixListId,
    SecurityGroupId,
    WebAclArn,
    matching,
    only_one_way,
)

RuleName = Annotated[str, matching(r"[A-Za-z0-9_-]{1,128}", "a name of letters, digits, '_', '-'")]

COUNTED_RULES: dict[str, tuple[str, ...]] = {
    "AWSManagedRulesCommonRuleSet": (
        # A pipeline script in a form looks like an attack, and may be long.
        "SizeRestrictions_BODY",
        "CrossSiteScripting_BODY",
        "EC2MetaDataSSRF_BODY",
        "GenericLFI_BODY",
        "GenericRFI_BODY",
        # Agents and webhooks do not say what they are.
        "NoUserAgent_HEADER",
    ),
}
"""Rules that would block what people and agents do in Jenkins (AWS WAF, list of managed rules)."""


class CertificateSettings(Group):
    existing: Late[CertificateArn] | None = setting(None, valid="the ARN of an ACM certificate")
    validation_zone_id: Late[HostedZoneId] | None = setting(
        None, valid="the id of a public hosted zone"
    )

    def rules(self, key: str) -> Iterator[Problem]:
        yield from only_one_way(self, key, ("validation_zone_id",), "a certificate")


class AccessLogsSettings(Group):
    enabled: bool | None = setting(None, valid="true or false")
    existing: Late[BucketName] | None = setting(None, valid="the name of an S3 bucket")
    prefix: (
        Annotated[
            str,
            matching(
                r"(?!.*AWSLogs)(?=.{1,256}$)[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+){0,9}",
                "a folder like jenkins/load_balancer, without AWSLogs in it",
            ),
        ]
        | None
    ) = setting(None, valid="a folder such as jenkins")
    retention_days: int = setting(90, valid="1 to 3650 days", ge=1, le=3650)

    def rules(self, key: str) -> Iterator[Problem]:
        yield from only_one_way(self, key, ("retention_days",), "a bucket")


class ManagedRuleGroup(Group):
    name: RuleName = setting(valid="a name such as AWSManagedRulesCommonRuleSet")
    counted_rules: tuple[RuleName, ...] | None = setting(
        None, valid="a list of the group's rules", max_length=100
    )

    @property
    def counted(self) -> tuple[str, ...]:
        if self.counted_rules is None:
            return COUNTED_RULES.get(self.name, ())
        return self.counted_rules


DEFAULT_RULE_GROUPS = tuple(
    ManagedRuleGroup(name=f"AWSManagedRules{name}")
    for name in ("AmazonIpReputationList", "KnownBadInputsRuleSet", "CommonRuleSet")
)


class WebAclSettings(Group):
    existing: Late[WebAclArn] | None = setting(None, valid="the ARN of a regional web ACL")
    managed_rule_groups: tuple[ManagedRuleGroup, ...] = setting(
        DEFAULT_RULE_GROUPS, valid="a list of up to 20 rule groups", max_length=20
    )
    rate_limit: int = setting(
        10_000, valid="10 to 2000000000 requests in five minutes", ge=10, le=2_000_000_000
    )
    log_retention_days: LogRetention = setting(30, valid=LOG_RETENTION_VALID)

    def rules(self, key: str) -> Iterator[Problem]:
        making = ("managed_rule_groups", "rate_limit", "log_retention_days")
        yield from only_one_way(self, key, making, "a web ACL")
        names = [group.name for group in self.managed_rule_groups]
        for name in sorted({n for n in names if names.count(n) > 1}):
            yield Problem(f"{key}.managed_rule_groups", name, "is there twice")


class LoadBalancerSettings(Group):
    scheme: Scheme = setting(Scheme.INTERNAL, valid="internal or internet-facing")
    domain_name: DomainName | None = setting(None, valid="a DNS name such as ci.example.com")
    zone_id: Late[HostedZoneId] | None = setting(None, valid="the id of a hosted zone")
    certificate: CertificateSettings | None = setting(None, valid="adopt or validation_zone_id")
    allowed_cidrs: tuple[Cidr, ...] | None = setting(
        None, valid="a list of address ranges such as 203.0.113.0/24", max_length=60
    )
    allowed_prefix_list_ids: tuple[Late[PrefixListId], ...] = setting(
        (), valid="a list of prefix list ids", max_length=20
    )
    security_group_ids: tuple[Late[SecurityGroupId], ...] = setting(
        (), valid="up to 5 security group ids", max_length=5
    )
    deletion_protection: bool | None = setting(None, valid="true or false")
    idle_timeout_seconds: int = setting(120, valid="60 to 4000 seconds", ge=60, le=4000)
    access_logs: AccessLogsSettings = setting(AccessLogsSettings(), valid="a group")
    web_acl: WebAclSettings | None = setting(None, valid="a group")

    @property
    def internal(self) -> bool:
        return self.scheme is Scheme.INTERNAL

    @property
    def makes_certificate(self) -> bool:
        """Whether a certificate is made and proved by DNS."""
        if self.certificate:
            return self.certificate.existing is None
        return self.domain_name is not None and self.zone_id is not None

    @property
    def has_tls(self) -> bool:
        return self.certificate is not None or self.makes_certificate

    @property
    def keeps_access_logs(self) -> bool:
        enabled = self.access_logs.enabled
        return not self.internal if enabled is None else enabled

    def rules(self, key: str) -> Iterator[Problem]:
        if not self.internal and not self.has_tls:
            yield Problem(
                f"{key}.certificate",
                None,
                "required with scheme internet-facing: plain HTTP is never opened to the internet. "
                "Give domain_name and zone_id for one that is made, or adopt one",
            )
        if self.zone_id is not None and not self.domain_name:
            yield Problem(f"{key}.domain_name", None, "required with zone_id")
        if self.certificate and self.makes_certificate:
            if not self.domain_name:
                yield Problem(f"{key}.domain_name", None, "required for a certificate that is made")
            if self.zone_id is None and self.certificate.validation_zone_id is None:
                yield Problem(
                    f"{key}.certificate.validation_zone_id",
                    None,
                    "required for a certificate that is made, unless zone_id is a public zone",
                )
        if self.security_group_ids:
            for name in ("allowed_cidrs", "allowed_prefix_list_ids"):
                if name in self.model_fields_set:
                    yield Problem(
                        f"{key}.{name}",
                        getattr(self, name),
                        "goes with a security group that is made, but `security_group_ids` names "
                        "some that are there. Leave one of the two out",
                    )
