"""Settings of the load balancer's web ACL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from .validation.arns import WebAclArn
from .validation.base import Group, OutputOr, Problem, setting
from .validation.rules import no_duplicates, not_with_existing
from .validation.values import LOG_RETENTION_VALID, LogRetention, matching

RuleName = Annotated[str, matching(r"[A-Za-z0-9_-]{1,128}", "a name of letters, digits, '_', '-'")]

COUNTED_RULES: dict[str, tuple[str, ...]] = {
    "AWSManagedRulesCommonRuleSet": (
        # A submitted pipeline script or configuration resembles an attack and can be large.
        "SizeRestrictions_BODY",
        "CrossSiteScripting_BODY",
        "EC2MetaDataSSRF_BODY",
        "GenericLFI_BODY",
        "GenericRFI_BODY",
        # Artifacts and workspaces have files such as build.log, and sign-in returns to them with
        # their path as an argument. Folders and branches make paths long.
        "RestrictedExtensions_URIPATH",
        "RestrictedExtensions_QUERYARGUMENTS",
        "SizeRestrictions_URIPATH",
        # Forms are validated, and APIs selected from, with the text in an argument.
        "SizeRestrictions_QUERYSTRING",
        "CrossSiteScripting_QUERYARGUMENTS",
        "GenericLFI_QUERYARGUMENTS",
        "GenericRFI_QUERYARGUMENTS",
        # The session of a load balancer that signs users in has up to four cookies of 4 KiB.
        "SizeRestrictions_Cookie_HEADER",
        # Agents and webhooks do not send a User-Agent header.
        "NoUserAgent_HEADER",
    ),
    "AWSManagedRulesKnownBadInputsRuleSet": (
        # Scripts may start processes.
        "JavaDeserializationRCE_BODY",
        # Workspaces and artifacts of Java web applications have WEB-INF/web.xml.
        "ExploitablePaths_URIPATH",
    ),
}
"""Rules that would block normal use of Jenkins (AWS WAF Developer Guide, "Baseline rule groups").
tests/unit/load_balancer/test_firewall.py lists requests of Jenkins that they match."""


class ManagedRuleGroup(Group):
    """See `ManagedRuleGroupArgs`."""

    name: RuleName = setting(valid="a name such as AWSManagedRulesCommonRuleSet")
    counted_rules: tuple[RuleName, ...] | None = setting(
        None, valid="up to 100 of the group's rules", max_length=100
    )

    @property
    def counted(self) -> tuple[str, ...]:
        """The rules that only count matching requests."""
        if self.counted_rules is None:
            return COUNTED_RULES.get(self.name, ())
        return self.counted_rules


DEFAULT_RULE_GROUPS = tuple(
    ManagedRuleGroup(name=f"AWSManagedRules{name}")
    for name in ("AmazonIpReputationList", "KnownBadInputsRuleSet", "CommonRuleSet")
)


class WebAclSettings(Group):
    """See `WebAclArgs`."""

    existing: OutputOr[WebAclArn] | None = setting(None, valid="the ARN of a regional web ACL")
    managed_rule_groups: tuple[ManagedRuleGroup, ...] = setting(
        DEFAULT_RULE_GROUPS, valid="a list of up to 20 rule groups", max_length=20
    )
    rate_limit: int = setting(
        10_000, valid="10 to 2000000000 requests in five minutes", ge=10, le=2_000_000_000
    )
    log_retention_days: LogRetention = setting(30, valid=LOG_RETENTION_VALID)

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of an existing web ACL with inputs for creating one, and of duplicates."""
        fields = ("managed_rule_groups", "rate_limit", "log_retention_days")
        yield from not_with_existing(self, key, fields, "a web ACL")
        names = [group.name for group in self.managed_rule_groups]
        yield from no_duplicates(f"{key}.managed_rule_groups", names, "name")
