"""What a user of load balancers has in AWS already, and inputs for every kind of load balancer."""

from __future__ import annotations

import itertools
import json
from typing import Any

from localcloud.cloud import LocalCloud

CALLERS = ["203.0.113.0/24"]
PROVIDER = "https://id.example.com"
SECRET = "the client secret"
SCHEMES = {"in": "internal", "out": "internet-facing"}
PROFILES = [
    *itertools.product(SCHEMES, ("made", "given"), ("local", "jenkins", "both")),
    # Plain HTTP is for an internal Jenkins without an identity provider, which requires HTTPS.
    ("in", "none", "local"),
]


class User:
    """Existing resources of a user: a VPC, zones, a certificate, a secret, ..."""

    def __init__(self, cloud: LocalCloud) -> None:
        self.cloud = cloud
        self.zone_id, self.inner_zone_id = self._zone("outside"), self._zone("inside")
        self.certificate = self.client("acm").request_certificate(DomainName="*.example.com")[
            "CertificateArn"
        ]
        self.secret = self.client("secretsmanager").create_secret(
            Name="oidc", SecretString=json.dumps({"secret": SECRET})
        )["ARN"]
        metrics = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False}
        self.web_acl = self.client("wafv2").create_web_acl(
            Name="ours",
            Scope="REGIONAL",
            DefaultAction={"Allow": {}},
            VisibilityConfig={**metrics, "MetricName": "ours"},
        )["Summary"]["ARN"]
        self.client("s3").create_bucket(
            Bucket="our-logs", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        ec2 = self.client("ec2")
        vpc_id = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(
                VpcId=vpc_id,
                CidrBlock=f"10.1.{index}.0/24",
                AvailabilityZone=f"eu-central-1{'ab'[index % 2]}",
            )["Subnet"]["SubnetId"]
            for index in range(4)
        ]
        self.network = {
            "vpc_id": vpc_id,
            "private_subnet_ids": subnets[:2],
            "public_subnet_ids": subnets[2:],
        }
        self.group = ec2.create_security_group(GroupName="ours", Description="ours", VpcId=vpc_id)[
            "GroupId"
        ]
        self.prefix_list = ec2.create_managed_prefix_list(
            PrefixListName="offices", MaxEntries=2, AddressFamily="IPv4"
        )["PrefixList"]["PrefixListId"]

    def client(self, service: str) -> Any:
        return self.cloud.client(service)

    def _zone(self, reference: str) -> str:
        route53 = self.client("route53")
        made = route53.create_hosted_zone(Name="example.com", CallerReference=reference)
        return str(made["HostedZone"]["Id"].split("/")[-1])

    def records(self, zone_id: str) -> dict[str, dict[str, Any]]:
        """The records of a zone by name, without its own NS and SOA."""
        found = self.client("route53").list_resource_record_sets(HostedZoneId=zone_id)
        records = found["ResourceRecordSets"]
        return {r["Name"]: r for r in records if r["Type"] not in ("NS", "SOA")}

    def records_of(self, domain: str) -> dict[str, dict[str, Any]]:
        """The records at and below a domain name by type, in either zone."""
        found = {**self.records(self.zone_id), **self.records(self.inner_zone_id)}
        return {r["Type"]: r for name, r in found.items() if name.endswith(f"{domain}.")}

    def balancer(self, name: str) -> dict[str, Any]:
        """The load balancer with a name prefix."""
        found = self.client("elbv2").describe_load_balancers()["LoadBalancers"]
        (balancer,) = [b for b in found if b["LoadBalancerName"].startswith(name)]
        return dict(balancer)

    def ingress_of(self, name: str) -> list[dict[str, Any]]:
        """Sources that the security groups of a load balancer allow."""
        groups = self.balancer(name)["SecurityGroups"]
        rules = self.client("ec2").describe_security_group_rules(
            Filters=[{"Name": "group-id", "Values": groups}]
        )["SecurityGroupRules"]
        return [dict(r) for r in rules if not r["IsEgress"]]

    def inputs(self, scheme: str, certificate: str, sign_in: str) -> dict[str, Any]:
        """The inputs of a profile."""
        domain = f"{scheme}-{certificate}-{sign_in}.example.com"
        load_balancer: dict[str, Any] = {"scheme": SCHEMES[scheme], "allowed_cidrs": CALLERS}
        if certificate != "none":
            load_balancer["domain_name"] = domain
        if certificate == "made":
            load_balancer["zone_id"] = self.zone_id
        if certificate == "given":
            load_balancer["certificate"] = {"existing": self.certificate}
        ways: dict[str, Any] = {}
        if sign_in != "local":
            ways["oidc"] = {
                "well_known_url": f"{PROVIDER}/.well-known/openid-configuration",
                "client_id": "jenkins",
                "client_secret_arn": f"{self.secret}:secret::",
            }
            ways["groups"] = [{"name": "admins", "role": "admin"}]
        if sign_in == "both":
            ways["load_balancer_oidc"] = {
                "issuer": PROVIDER,
                "authorization_endpoint": f"{PROVIDER}/authorize",
                "token_endpoint": f"{PROVIDER}/token",
                "user_info_endpoint": f"{PROVIDER}/userinfo",
                "client_id": "balancer",
                "client_secret_arn": f"{self.secret}:secret::",
                "bypass_api": True,
            }
        return {
            "network": {"existing": self.network},
            "load_balancer": load_balancer,
            "sign_in": ways,
        }

    def all_inputs(self) -> dict[str, dict[str, Any]]:
        """The inputs of every profile by name, some of them extended."""
        found = {"-".join(profile): self.inputs(*profile) for profile in PROFILES}
        for name in found.keys() - {"out-made-local"}:
            found[name]["load_balancer"]["access_logs"] = {"enabled": False}
        found["in-given-both"]["sign_in"]["load_balancer_oidc"] |= {
            "paths": ["/manage/*", "/script"],
            "bypass_paths": [],
            "bypass_api": False,
        }
        found["in-made-jenkins"]["load_balancer"] |= {
            "zone_id": self.inner_zone_id,
            "certificate": {"validation_zone_id": self.zone_id},
            "idle_timeout_seconds": 900,
        }
        found["out-given-local"]["load_balancer"] |= {
            "access_logs": {"prefix": "ci/load_balancer", "retention_days": 30},
            "web_acl": {"rate_limit": 500},
        }
        found["out-given-jenkins"]["load_balancer"] |= {
            "access_logs": {"existing": "our-logs"},
            "web_acl": {"existing": self.web_acl},
        }
        return found
