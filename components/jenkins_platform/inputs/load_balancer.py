"""The way in: load balancer, certificate, name, access logs, web application firewall."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired


class Scheme(str, Enum):
    """Scheme of the load balancer, in Elastic Load Balancing's words."""

    INTERNAL = "internal"
    """Reached from inside the VPC and the networks connected to it."""
    INTERNET_FACING = "internet-facing"
    """Reached from the internet, by the allowed addresses only; needs a certificate."""


class CertificateArgs(TypedDict):
    """The TLS certificate of the load balancer: one that is there, or one made for
    ``domain_name`` and proved by DNS."""

    existing: NotRequired[pulumi.Input[str]]
    """ARN of an ACM certificate in the platform's region. Default: one is made."""
    validation_zone_id: NotRequired[pulumi.Input[str]]
    """Id of the public hosted zone that the certificate is proved in, only for one that is made.
    Default: ``zone_id``. A private zone cannot prove anything: give the public one of the same
    domain here."""


class AccessLogsArgs(TypedDict):
    """The load balancer's access logs: who asked for what, and what was answered."""

    enabled: NotRequired[bool]
    """Whether there are any. Default: true for an internet-facing load balancer."""
    existing: NotRequired[pulumi.Input[str]]
    """Name of an S3 bucket of yours in the platform's region. Its policy must let
    ``logdelivery.elasticloadbalancing.amazonaws.com`` put objects, and its encryption must be
    SSE-S3. Default: a bucket is made."""
    prefix: NotRequired[str]
    """Folder in the bucket: letters, digits and ``._/-``, not ``AWSLogs``. Default: none."""
    retention_days: NotRequired[int]
    """Days until logs are deleted from the bucket that is made, 1 to 3650. Default 90."""


class ManagedRuleGroupArgs(TypedDict):
    """A rule group of AWS WAF that AWS keeps up to date."""

    name: str
    """Name, such as ``AWSManagedRulesCommonRuleSet``."""
    counted_rules: NotRequired[list[str]]
    """Rules of the group that only count what they find instead of blocking it. Default: none,
    but for ``AWSManagedRulesCommonRuleSet`` those that take pipeline scripts, uploads and agents
    for attacks."""


class WebAclArgs(TypedDict):
    """The web application firewall: a web ACL that is there, or one that is made."""

    existing: NotRequired[pulumi.Input[str]]
    """ARN of a regional AWS WAF web ACL of yours. Default: one is made, and the other inputs of
    this group say how."""
    managed_rule_groups: NotRequired[list[ManagedRuleGroupArgs]]
    """Rule groups in the order in which they are asked. Default: Amazon's lists of bad addresses,
    known bad inputs and common attacks."""
    rate_limit: NotRequired[int]
    """Requests that one address may make in five minutes before it is blocked, 10 to 2000000000.
    Default 10000; people behind one company address count as one."""
    log_retention_days: NotRequired[int]
    """Days that the firewall's log is kept: one of the periods that CloudWatch Logs knows. Default
    30. Cookies and credentials are left out of the log."""


class LoadBalancerArgs(TypedDict):
    """The Application Load Balancer in front of Jenkins."""

    scheme: NotRequired[Scheme]
    """Default ``internal``."""
    domain_name: NotRequired[str]
    """DNS name under which users reach Jenkins, such as ``ci.example.com``. Default: the load
    balancer's own name."""
    zone_id: NotRequired[pulumi.Input[str]]
    """Id of the Route 53 hosted zone that ``domain_name`` is in. An alias record is made there,
    and a certificate unless ``certificate`` says otherwise. Default: you make the record."""
    certificate: NotRequired[CertificateArgs]
    """Certificate for HTTPS. Default: one is made where there are ``domain_name`` and ``zone_id``;
    otherwise none. Without one Jenkins is reached by plain HTTP, which only an internal load
    balancer is allowed to offer, with a warning."""
    allowed_cidrs: NotRequired[list[str]]
    """Address ranges that may connect, in CIDR notation. Default: for an internal load balancer
    the address range of the VPC that was made; otherwise nobody."""
    allowed_prefix_list_ids: NotRequired[list[pulumi.Input[str]]]
    """Ids of prefix lists whose addresses may connect. Default: none."""
    security_group_ids: NotRequired[list[pulumi.Input[str]]]
    """Security groups of yours for the load balancer, 5 at the most, instead of one of the
    platform's own. They say who may connect, and must let the load balancer out to port 8080 of
    the controller. Default: one is made."""
    deletion_protection: NotRequired[bool]
    """Whether AWS refuses to delete the load balancer. Default: true if ``removal_policy`` is
    ``retain``. Take it off before a change that needs a new one, such as another ``scheme``."""
    idle_timeout_seconds: NotRequired[int]
    """Seconds without traffic until a connection is closed, 60 to 4000. Default 120: Jenkins sends
    a ping over a WebSocket every 30 seconds."""
    access_logs: NotRequired[AccessLogsArgs]
    """The load balancer's access logs."""
    web_acl: NotRequired[WebAclArgs]
    """The web application firewall. Default: none; ``{}`` makes one with its defaults."""
