"""Inputs of the load balancer: DNS name, certificate, access logs, web application firewall."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired


class Scheme(str, Enum):
    """Scheme of the load balancer, as in Elastic Load Balancing."""

    INTERNAL = "internal"
    """Reachable from the VPC and the networks connected to it."""
    INTERNET_FACING = "internet-facing"
    """Reachable from the allowed addresses on the internet. Requires a certificate."""


class IpAddressType(str, Enum):
    """IP address type of the load balancer, as in Elastic Load Balancing."""

    IPV4 = "ipv4"
    """Clients connect over IPv4."""
    DUALSTACK = "dualstack"
    """Clients connect over IPv4 or IPv6."""


class CertificateArgs(TypedDict):
    """The TLS certificate of the load balancer: an existing ACM certificate, or a DNS-validated one
    that is created for ``domain_name``."""

    existing: NotRequired[pulumi.Input[str]]
    """ARN of an existing ACM certificate in the platform's region. Default: none, a certificate is
    created."""
    validation_zone_id: NotRequired[pulumi.Input[str]]
    """ID of the public hosted zone for DNS validation of a created certificate. Required if
    ``zone_id`` is a private hosted zone, which cannot validate a certificate. Default: the value of
    ``zone_id``."""


class AccessLogsArgs(TypedDict):
    """Access logs of the load balancer in S3."""

    enabled: NotRequired[bool]
    """Whether to write access logs. Default: true for an internet-facing load balancer, and with
    `existing`."""
    existing: NotRequired[pulumi.Input[str]]
    """Name of an existing S3 bucket in the platform's region. Its policy must allow
    ``logdelivery.elasticloadbalancing.amazonaws.com`` to put objects, and its encryption must be
    SSE-S3. Default: none, a bucket is created."""
    prefix: NotRequired[str]
    """Prefix in the bucket: letters, digits, ``.``, ``_``, ``/`` and ``-``, not containing
    ``AWSLogs``. Default: none."""
    retention_days: NotRequired[int]
    """Days until logs expire in the created bucket, 1 to 3650. Default: ``90``."""


class ManagedRuleGroupArgs(TypedDict):
    """An AWS managed rule group of AWS WAF."""

    name: str
    """Name of the rule group, such as ``AWSManagedRulesCommonRuleSet``."""
    counted_rules: NotRequired[list[str]]
    """Rules of the group that only count matching requests instead of blocking them, at most 100.
    Default: for ``AWSManagedRulesCommonRuleSet`` and ``AWSManagedRulesKnownBadInputsRuleSet`` the
    rules that match requests of Jenkins, such as pipeline scripts, artifacts and form validation;
    otherwise none."""


class WebAclArgs(TypedDict):
    """A web ACL of AWS WAF for the load balancer, either created or existing."""

    existing: NotRequired[pulumi.Input[str]]
    """ARN of an existing regional web ACL. Cannot be combined with the other inputs of this group.
    Default: none, a web ACL is created."""
    managed_rule_groups: NotRequired[list[ManagedRuleGroupArgs]]
    """AWS managed rule groups in order of evaluation, at most 20. Default: the Amazon IP reputation
    list, known bad inputs and the common rule set."""
    rate_limit: NotRequired[int]
    """Requests per source address in five minutes above which it is blocked, 10 to 2000000000.
    Users behind one NAT address count together. Default: ``10000``."""
    log_retention_days: NotRequired[int]
    """Retention of the web ACL's log in days, one of the periods that CloudWatch Logs supports.
    Cookies and credentials are redacted. Default: ``30``."""


class ExistingLoadBalancerArgs(TypedDict):
    """An existing Application Load Balancer, which other applications use too. The platform adds
    its target groups and listener rules, all with the condition that the request is for a name of
    Jenkins, and for its path if it has one, and removes nothing else. Certificates, access logs,
    web ACL, and the redirect from plain HTTP are those of its owner."""

    listener_arn: pulumi.Input[str]
    """ARN of its HTTPS listener on port 443, in the platform's region and account. Its load
    balancer must be in ``network.existing.vpc_id``."""
    priority: int
    """Lowest of the 100 consecutive priorities that the platform's rules use, 1 to 49901. No other
    rule of the listener may have one of them; change it by at least 100."""


class LoadBalancerArgs(TypedDict):
    """The Application Load Balancer in front of Jenkins."""

    existing: NotRequired[ExistingLoadBalancerArgs]
    """An existing load balancer. Requires ``domain_name``, ``security_group_ids`` and
    ``network.existing``, and cannot be combined with ``scheme``, ``certificate``,
    ``allowed_cidrs``, ``allowed_prefix_list_ids``, ``deletion_protection``, ``access_logs`` and
    ``web_acl``. A created load balancer that it replaces must have been deployed with
    ``deletion_protection`` false, otherwise the change is refused. Default: none, a load balancer
    is created."""
    scheme: NotRequired[Scheme]
    """Scheme of the load balancer. Default: ``internal``."""
    ip_address_type: NotRequired[IpAddressType]
    """IP address type; with ``existing`` the one that it has. ``dualstack`` requires
    ``network.ipv6``, or in an existing VPC IPv6 CIDR blocks in the subnets of the load balancer,
    and adds an AAAA record to ``zone_id``. Users over IPv6 must be in ``allowed_cidrs``. Default:
    ``ipv4``."""
    domain_name: NotRequired[str]
    """DNS name of Jenkins, such as ``ci.example.com``, in lowercase. At most 64 characters if a
    certificate is created for it, which is the limit of ACM. Default: none, the DNS name of the
    load balancer."""
    path_prefix: NotRequired[str]
    """Path of Jenkins, such as ``/jenkins`` or ``/tools/jenkins``, if several applications share a
    DNS name: up to 64 letters, digits, ``-``, ``_`` and ``/``, without a trailing slash. Browsers
    treat all applications of a name as one origin, so a script in any of them can act as the user
    of Jenkins; a dedicated name is safer. A load balancer that is created redirects ``/`` to it. A
    change disconnects running agents. Default: none, Jenkins has the whole name."""
    additional_domain_names: NotRequired[list[str]]
    """Other DNS names of Jenkins, in lowercase, at most 3. HTTPS requests for them are redirected
    to ``domain_name``, which is required, before sign-in. You create their DNS records. Default:
    none."""
    zone_id: NotRequired[pulumi.Input[str]]
    """ID of the Route 53 hosted zone of ``domain_name``, in which an alias record is created and,
    unless ``certificate`` is set, the certificate is validated. Default: none, you create the
    record."""
    certificate: NotRequired[CertificateArgs]
    """Certificate for HTTPS. Without one Jenkins uses plain HTTP, which is only allowed for an
    internal load balancer and results in a warning. Default: a certificate is created if both
    ``domain_name`` and ``zone_id`` are set."""
    additional_certificate_arns: NotRequired[list[pulumi.Input[str]]]
    """ARNs of at most 24 existing ACM certificates in the platform's region, which the load
    balancer presents to clients that request a name of theirs. Requires a main certificate, and is
    required for ``additional_domain_names`` if that one is created, because it has only
    ``domain_name``. Default: none."""
    allowed_cidrs: NotRequired[list[str]]
    """CIDR blocks that can connect, at most 60. Default: the CIDR block of the created VPC for an
    internal load balancer; otherwise none."""
    allowed_prefix_list_ids: NotRequired[list[pulumi.Input[str]]]
    """IDs of prefix lists whose addresses can connect, at most 20. Default: none."""
    security_group_ids: NotRequired[list[pulumi.Input[str]]]
    """IDs of at most 5 existing security groups for the load balancer, with ``existing`` of those
    that it has. They must allow ingress from your users and egress to port 8080 of the controller.
    Cannot be combined with ``allowed_cidrs``
    and ``allowed_prefix_list_ids``. Default: none, a security group is created."""
    deletion_protection: NotRequired[bool]
    """Whether deletion protection is enabled. Another ``scheme`` replaces the load balancer and is
    rejected unless protection was disabled by an earlier deployment. Default: true if
    ``removal_policy`` is ``retain``."""
    idle_timeout_seconds: NotRequired[int]
    """Idle timeout of connections in seconds, 60 to 4000; with ``existing`` the one that it has.
    Jenkins sends a ping over WebSocket every 30 seconds. Default: ``120``."""
    access_logs: NotRequired[AccessLogsArgs]
    """Access logs of the load balancer."""
    web_acl: NotRequired[WebAclArgs]
    """Web ACL of AWS WAF; ``{}`` creates one with the defaults. Default: none."""
