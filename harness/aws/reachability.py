"""Possible connections, computed from the security groups as AWS enforces them."""

from __future__ import annotations

import ipaddress
from typing import Any

INTERNET = "internet"
Flow = tuple[str, str, int]


def flows(ec2: Any, vpc_id: str, ports: list[int]) -> set[Flow]:
    """Every (source, target, port) that may connect: groups by their role, the internet by name.

    A connection needs an ingress rule at the target and an egress rule at the source.
    """
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])
    named = {
        g["GroupId"]: _role(g) for g in groups["SecurityGroups"] if g["GroupName"] != "default"
    }
    rules = ec2.describe_security_group_rules(
        Filters=[{"Name": "group-id", "Values": list(named)}]
    )["SecurityGroupRules"]
    found: set[Flow] = set()
    for port in ports:
        inward = [r for r in rules if not r["IsEgress"] and _covers(r, port)]
        outward = [r for r in rules if r["IsEgress"] and _covers(r, port)]
        for target, role in named.items():
            for rule in (r for r in inward if r["GroupId"] == target):
                if source := rule.get("ReferencedGroupInfo", {}).get("GroupId"):
                    if _lets_out(outward, source, target):
                        found.add((named.get(source, source), role, port))
                elif _is_public(rule):
                    found.add((INTERNET, role, port))
    return found


def _role(group: dict[str, Any]) -> str:
    tags = {t["Key"]: t["Value"] for t in group["Tags"]}
    return str(tags["Name"]).removeprefix(f"{tags['JenkinsPlatform']}-")


def _covers(rule: dict[str, Any], port: int) -> bool:
    if rule["IpProtocol"] == "-1":
        return True
    return bool(rule["IpProtocol"] == "tcp" and rule["FromPort"] <= port <= rule["ToPort"])


def _lets_out(outward: list[dict[str, Any]], source: str, target: str) -> bool:
    return any(
        r["GroupId"] == source and (r.get("CidrIpv4") == "0.0.0.0/0" or _referenced(r) == target)
        for r in outward
    )


def _referenced(rule: dict[str, Any]) -> str | None:
    group: str | None = rule.get("ReferencedGroupInfo", {}).get("GroupId")
    return group


def _is_public(rule: dict[str, Any]) -> bool:
    block: str = rule.get("CidrIpv4") or rule.get("CidrIpv6") or ""
    return bool(block) and not ipaddress.ip_network(block).is_private
