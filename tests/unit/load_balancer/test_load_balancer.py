"""The load balancer: listeners, redirect, TLS, headers, health check, certificate and name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jenkins_platform import JenkinsPlatform
from jenkins_platform.load_balancer import ip_address_type
from jenkins_platform.testing import register

from harness.inputs.changes import BY_HAND
from harness.inputs.lean import LEAN, SMALL
from harness.stacks.parts import load_balancer, parts
from harness.stacks.registered import (
    ACCOUNT,
    EVERYTHING,
    by_role,
    dependencies,
    inputs,
    of_type,
    one,
    statements,
)

LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER = "aws:lb/listener:Listener"
RECORD = "aws:route53/record:Record"
ARN = f"arn:aws:mock:eu-central-1:{ACCOUNT}"
CERTIFICATE = f"arn:aws:acm:eu-central-1:{ACCOUNT}:certificate/abc"
HTTPS: dict[str, Any] = {**SMALL, "load_balancer": {"certificate": {"existing": CERTIFICATE}}}
FORWARD = {"type": "forward", "order": 2, "targetGroupArn": f"{ARN}:jenkins-web"}


def test_an_internal_load_balancer_is_the_default() -> None:
    assert inputs(one(LOAD_BALANCER)) == {
        "loadBalancerType": "application",
        "internal": True,
        "subnets": ["jenkins-private-0-id", "jenkins-private-1-id"],
        "securityGroups": ["jenkins-load-balancer-id"],
        "dropInvalidHeaderFields": True,
        "enableDeletionProtection": True,
        "ipAddressType": "ipv4",
        "idleTimeout": 120,
    }


def test_an_internet_facing_load_balancer_is_in_public_subnets_and_keeps_access_logs() -> None:
    balancer = by_role(LOAD_BALANCER, EVERYTHING)["alb"]
    assert inputs(balancer) == {
        "loadBalancerType": "application",
        "internal": False,
        "subnets": [f"jenkins-public-{index}-id" for index in range(3)],
        "securityGroups": ["jenkins-load-balancer-id"],
        "dropInvalidHeaderFields": True,
        "enableDeletionProtection": True,
        "ipAddressType": "ipv4",
        "idleTimeout": 120,
        "accessLogs": {"enabled": True, "bucket": "jenkins-access-logs-bucket", "prefix": "ci"},
    }
    assert dependencies(balancer, "aws:s3/bucketPolicy:BucketPolicy") == {"access-logs"}
    gateway = "aws:ec2/internetGateway:InternetGateway"
    assert dependencies(balancer, gateway) == {"internet-gateway"}


def test_the_load_balancer_is_found_by_a_tag_that_no_other_platform_has(
    lookups: set[str],
) -> None:
    found = parts(lambda context: load_balancer(ip_address_type.guarded(context)), LEAN)
    tag = {"JenkinsPlatformHandle": "jenkins-abcdef"}
    assert of_type(found, LOAD_BALANCER)["alb"].inputs["tags"].items() >= tag.items()
    assert f"getLbs {json.dumps({'tags': tag})}" in lookups


def test_a_load_balancer_does_not_leave_subnets_with_ipv6_while_it_has_such_addresses(
    names: set[str],
) -> None:
    calls = {"aws:lb/getLbs:getLbs": {"arns": ["the load balancer"]}}
    with pytest.raises(Exception, match=r"network.ipv6: false: the deployed load balancer has"):
        register(lambda: JenkinsPlatform("jenkins", {**LEAN}), calls=calls)
    assert names == {"jenkins-id", "jenkins-platform-choices"}, "nothing else is registered"
    ipv4 = {"aws:lb/getLoadBalancer:getLoadBalancer": {"ipAddressType": "ipv4"}}
    parts(ip_address_type.guarded, LEAN, calls={**calls, **ipv4})
    for others in (SMALL, {**LEAN, "network": {"ipv6": True}}):
        parts(ip_address_type.guarded, others, calls=calls)


def test_a_dual_stack_load_balancer_has_a_record_for_each_ip_version() -> None:
    args = {
        **SMALL,
        **BY_HAND["load_balancer.ip_address_type"],
        "load_balancer": {
            "ip_address_type": "dualstack",
            "domain_name": "ci.example.com",
            "zone_id": "Z0123456789ABCDEFGHIJ",
            "allowed_cidrs": ["2001:db8::/32", "10.0.0.0/8"],
        },
    }
    found = parts(load_balancer, args)
    assert of_type(found, LOAD_BALANCER)["alb"].inputs["ipAddressType"] == "dualstack"
    records = of_type(found, RECORD)
    assert {role: records[role].inputs["type"] for role in ("alias", "alias-ipv6")} == {
        "alias": "A",
        "alias-ipv6": "AAAA",
    }
    assert records["alias"].inputs["aliases"] == records["alias-ipv6"].inputs["aliases"]
    rules = of_type(found, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert rules["load-balancer-443-2001-db8---32"].inputs["cidrIpv6"] == "2001:db8::/32"


@pytest.mark.parametrize(
    ("args", "protected"),
    [
        ({**SMALL, "removal_policy": "destroy"}, False),
        ({**SMALL, "load_balancer": {"deletion_protection": False}}, False),
        (
            {
                **SMALL,
                "removal_policy": "destroy",
                "load_balancer": {"deletion_protection": True},
            },
            True,
        ),
    ],
)
def test_deletion_protection_follows_the_removal_policy_unless_it_is_set(
    args: dict[str, Any], protected: bool
) -> None:
    balancer = of_type(parts(load_balancer, args), LOAD_BALANCER)["alb"]
    assert balancer.inputs["enableDeletionProtection"] is protected


def test_an_existing_bucket_gets_the_logs_of_an_internal_load_balancer() -> None:
    given = {**SMALL, "load_balancer": {"access_logs": {"existing": "logs-of-ours"}}}
    balancer = of_type(parts(load_balancer, given), LOAD_BALANCER)["alb"]
    assert balancer.inputs["accessLogs"] == {"bucket": "logs-of-ours", "enabled": True}


def test_access_logs_are_delivered_to_a_private_bucket_and_expire() -> None:
    policy = by_role("aws:s3/bucketPolicy:BucketPolicy", EVERYTHING)["access-logs"]
    allowed = [s for s in statements(policy.inputs["policy"]).values() if s["Effect"] == "Allow"]
    assert allowed == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"{ARN}:jenkins-access-logs/ci/AWSLogs/{ACCOUNT}/*",
            "Condition": {
                "ArnLike": {
                    "aws:SourceArn": (
                        f"arn:aws:elasticloadbalancing:eu-central-1:{ACCOUNT}:loadbalancer/*"
                    )
                }
            },
        }
    ]
    rules = by_role("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", EVERYTHING)
    (rule,) = rules["access-logs"].inputs["rules"]
    assert (rule["status"], rule["expiration"]) == ("Enabled", {"days": 60})
    bucket = by_role("aws:s3/bucket:Bucket", EVERYTHING)["access-logs"]
    assert bucket.inputs["forceDestroy"] is True, "a destroy is not refused because of old logs"


def test_the_target_group_checks_the_health_path_of_jenkins() -> None:
    assert inputs(by_role("aws:lb/targetGroup:TargetGroup")["web"]) == {
        "port": 8080,
        "protocol": "HTTP",
        "targetType": "ip",
        "vpcId": "jenkins-vpc-id",
        "deregistrationDelay": 10,
        "healthCheck": {
            "path": "/health/",
            "matcher": "200",
            "interval": 15,
            "timeout": 10,
            "healthyThreshold": 2,
            "unhealthyThreshold": 5,
        },
    }


def test_without_a_certificate_one_http_listener_forwards() -> None:
    assert inputs(one(LISTENER)) == {
        "loadBalancerArn": f"{ARN}:jenkins-alb",
        "port": 80,
        "protocol": "HTTP",
        "defaultActions": [FORWARD],
    }


def test_with_a_certificate_http_redirects_to_https_with_hsts() -> None:
    listeners = {
        role: inputs(r) for role, r in of_type(parts(load_balancer, HTTPS), LISTENER).items()
    }
    assert listeners == {
        "http": {
            "loadBalancerArn": f"{ARN}:jenkins-alb",
            "port": 80,
            "protocol": "HTTP",
            "defaultActions": [
                {
                    "type": "redirect",
                    "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"},
                }
            ],
        },
        "https": {
            "loadBalancerArn": f"{ARN}:jenkins-alb",
            "port": 443,
            "protocol": "HTTPS",
            "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
            "certificateArn": CERTIFICATE,
            "defaultActions": [FORWARD],
            "routingHttpResponseStrictTransportSecurityHeaderValue": "max-age=31536000",
        },
    }


def test_a_created_certificate_is_validated_by_dns() -> None:
    assert inputs(one("aws:acm/certificate:Certificate", EVERYTHING)) == {
        "domainName": "ci.example.com",
        "validationMethod": "DNS",
    }
    assert inputs(by_role(RECORD, EVERYTHING)["certificate-proof"]) == {
        "zoneId": "Z0123456789",
        "name": "_proof.ci.example.com.",
        "type": "CNAME",
        "ttl": 300,
        "records": ["_value.acm-validations.aws."],
        "allowOverwrite": True,
    }
    validation = one("aws:acm/certificateValidation:CertificateValidation", EVERYTHING)
    assert inputs(validation) == {
        "certificateArn": f"{ARN}:jenkins-certificate",
        "validationRecordFqdns": ["_proof.ci.example.com."],
    }
    https = by_role(LISTENER, EVERYTHING)["https"]
    assert dependencies(https, "aws:acm/certificateValidation:CertificateValidation")


def test_a_certificate_may_be_validated_in_another_zone() -> None:
    args = {
        **SMALL,
        "load_balancer": {
            "domain_name": "ci.example.com",
            "certificate": {"validation_zone_id": "Z9876543210"},
        },
    }
    records = of_type(parts(load_balancer, args), RECORD)
    assert {role: r.inputs["zoneId"] for role, r in records.items()} == {
        "certificate-proof": "Z9876543210"
    }


def test_the_domain_name_is_an_alias_of_the_load_balancer() -> None:
    record = inputs(by_role(RECORD, EVERYTHING)["alias"])
    (alias,) = record.pop("aliases")
    assert record == {"zoneId": "Z0123456789", "name": "ci.example.com", "type": "A"}
    assert alias["name"] == "jenkins-alb.example.com"
    assert alias["evaluateTargetHealth"] is True


def test_additional_names_are_redirected_before_anything_else_and_have_certificates() -> None:
    certificates = [f"{CERTIFICATE}-b", f"{CERTIFICATE}-c"]
    args: dict[str, Any] = {
        **SMALL,
        "load_balancer": {
            "domain_name": "ci.example.com",
            "certificate": {"existing": CERTIFICATE},
            "additional_domain_names": ["build.example.com", "ci.example.org"],
            "additional_certificate_arns": certificates,
        },
    }
    registered = parts(load_balancer, args)
    (rule,) = of_type(registered, "aws:lb/listenerRule:ListenerRule").values()
    assert inputs(rule) == {
        "listenerArn": f"{ARN}:jenkins-https",
        "priority": 1,
        "conditions": [{"hostHeader": {"values": ["build.example.com", "ci.example.org"]}}],
        "actions": [
            {
                "type": "redirect",
                "redirect": {"host": "ci.example.com", "statusCode": "HTTP_302"},
            }
        ],
    }
    found = of_type(registered, "aws:lb/listenerCertificate:ListenerCertificate")
    assert {role: inputs(r) for role, r in found.items()} == {
        f"additional-certificate-{index}": {
            "listenerArn": f"{ARN}:jenkins-https",
            "certificateArn": certificate,
        }
        for index, certificate in enumerate(certificates)
    }
