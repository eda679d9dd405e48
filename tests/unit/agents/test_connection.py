"""How agents reach the controller, for each connection."""

from __future__ import annotations

from typing import Any

from harness.inputs.lean import SMALL
from harness.stacks.parts import configuration, parts
from harness.stacks.registered import (
    ACCOUNT,
    EVERYTHING,
    by_role,
    dependencies,
    inputs,
    of_type,
    one,
    only,
)

ARN = f"arn:aws:mock:eu-central-1:{ACCOUNT}"
NAMESPACE = "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace"
SERVICE = "aws:servicediscovery/service:Service"
WEB_SOCKET: dict[str, Any] = {**SMALL, "agent_cloud": {"connection": "web-socket"}}


def test_cloud_map_gives_the_controller_a_private_dns_name() -> None:
    namespace = inputs(one(NAMESPACE))
    assert (namespace["name"], namespace["vpc"]) == ("jenkins-abcdef.internal", "jenkins-vpc-id")
    assert inputs(one(SERVICE)) == {
        "name": "controller",
        "dnsConfig": {
            "namespaceId": "jenkins-namespace-id",
            "routingPolicy": "MULTIVALUE",
            "dnsRecords": [{"type": "A", "ttl": 10}],
        },
        "healthCheckCustomConfig": {"failureThreshold": 1},
        "forceDestroy": True,
    }
    registry = one("aws:ecs/service:Service").inputs["serviceRegistries"]
    assert registry == {"registryArn": f"{ARN}:jenkins-controller-name"}


def test_web_socket_agents_use_the_dns_name_without_the_agent_port() -> None:
    found = parts(configuration, WEB_SOCKET)
    assert of_type(found, SERVICE)
    content = only(found, "aws:s3/bucketObjectv2:BucketObjectv2").inputs["content"]
    assert "http://controller.jenkins-abcdef.internal:8080/" in content
    assert ":50000" not in content
    assert "slaveAgentPort: -1" in content


def test_a_network_load_balancer_forwards_http_and_the_agent_port() -> None:
    assert by_role(NAMESPACE, EVERYTHING) == {}
    balancer = by_role("aws:lb/loadBalancer:LoadBalancer", EVERYTHING)["nlb"]
    assert inputs(balancer) == {
        "loadBalancerType": "network",
        "internal": True,
        "subnets": [f"jenkins-private-{index}-id" for index in range(3)],
        "securityGroups": ["jenkins-agent-balancer-id"],
        "enableCrossZoneLoadBalancing": True,
    }
    groups = by_role("aws:lb/targetGroup:TargetGroup", EVERYTHING)
    listeners = by_role("aws:lb/listener:Listener", EVERYTHING)
    for role, port in (("http", 8080), ("tcp", 50000)):
        assert inputs(groups[role]) == {
            "port": port,
            "protocol": "TCP",
            "targetType": "ip",
            "vpcId": "jenkins-vpc-id",
            "deregistrationDelay": 10,
            "healthCheck": {"protocol": "TCP", "interval": 10},
        }
        assert inputs(listeners[f"agents-{role}"]) == {
            "loadBalancerArn": f"{ARN}:jenkins-nlb",
            "port": port,
            "protocol": "TCP",
            "defaultActions": [{"type": "forward", "targetGroupArn": f"{ARN}:jenkins-{role}"}],
        }
    awaited = dependencies(one("aws:ecs/service:Service", EVERYTHING), "aws:lb/listener:Listener")
    assert {"agents-http", "agents-tcp"} <= awaited
