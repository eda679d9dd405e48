"""Rules for ingress: load balancers and security groups."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Policy

from .rule import Properties, rule

WORLD = ("0.0.0.0/0", "::/0")
PUBLIC_PORTS = (80, 443)
"""Ports that may be open to the internet: HTTP, which redirects, and HTTPS."""
NFS = 2049


def _ingress(props: Properties) -> Iterator[str]:
    source = props.get("cidrIpv4") or props.get("cidrIpv6")
    first, last = int(props.get("fromPort") or 0), int(props.get("toPort") or 65535)
    if props.get("ipProtocol") == "-1":
        first, last = 0, 65535
    if source in WORLD and (first != last or first not in PUBLIC_PORTS):
        yield (
            f"opens ports {first} to {last} to the internet ({source}). "
            "Use CIDR ranges or a security group"
        )
    if source and first <= NFS <= last:
        yield f"opens NFS to addresses ({source}). Use a security group instead"


def _listener(props: Properties) -> Iterator[str]:
    protocol = props.get("protocol")
    if protocol == "HTTPS" and "TLS13" not in str(props.get("sslPolicy", "")):
        yield f"uses the policy {props.get('sslPolicy') or 'of 2016'}. Use one with TLS 1.3"


def _plain_http(props: Properties) -> Iterator[str]:
    if props.get("protocol") != "HTTP":
        return
    kinds = {action.get("type") for action in props.get("defaultActions") or []}
    if kinds - {"redirect", "fixed-response"}:
        yield "forwards plain HTTP. Redirect to HTTPS"


def _balancer(props: Properties) -> Iterator[str]:
    if props.get("loadBalancerType", "application") != "application":
        return
    if not props.get("dropInvalidHeaderFields"):
        yield "forwards invalid headers. Set dropInvalidHeaderFields to true"


def _deletion(props: Properties) -> Iterator[str]:
    if not props.get("enableDeletionProtection"):
        yield "can be deleted accidentally. Set enableDeletionProtection to true"


POLICIES: list[Policy] = [
    rule(
        "ingress-scoped",
        "Only HTTP and HTTPS may be open to the internet; NFS is open to security groups only.",
        ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",),
        _ingress,
    ),
    rule("tls-1-3", "HTTPS listeners support TLS 1.3.", ("aws:lb/listener:Listener",), _listener),
    rule(
        "no-plain-http",
        "Plain HTTP listeners only redirect.",
        ("aws:lb/listener:Listener",),
        _plain_http,
        EnforcementLevel.ADVISORY,
    ),
    rule(
        "drop-invalid-headers",
        "Load balancers drop invalid headers.",
        ("aws:lb/loadBalancer:LoadBalancer",),
        _balancer,
    ),
    rule(
        "balancer-deletion-protection",
        "Load balancers are protected from deletion.",
        ("aws:lb/loadBalancer:LoadBalancer",),
        _deletion,
        EnforcementLevel.ADVISORY,
    ),
]
