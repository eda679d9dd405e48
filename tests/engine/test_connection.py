"""The three connections of agents to the controller, and that nothing else can connect."""

from __future__ import annotations

from typing import Any

import pytest
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.aws.reachability import INTERNET, flows
from harness.inputs.lean import LEAN
from harness.jenkins.ecs_plugin import configuration_of, templates_of
from harness.stacks.engine import Stack, platform_program

PORTS = [22, 80, 443, 2049, 8080, 50000]
ALWAYS = {
    ("load-balancer", "controller", 8080),
    ("controller", "storage", 2049),
    (INTERNET, "load-balancer", 80),
    (INTERNET, "load-balancer", 443),
}
CONNECTIONS: dict[str, set[tuple[str, str, int]]] = {
    "cloud-map": {("agents", "controller", 8080), ("agents", "controller", 50000)},
    "web-socket": {("agents", "controller", 8080)},
    "network-load-balancer": {
        ("agents", "agent-balancer", 8080),
        ("agents", "agent-balancer", 50000),
        ("agent-balancer", "controller", 8080),
        ("agent-balancer", "controller", 50000),
    },
}
ENDPOINTS = {("controller", "endpoints", 443), ("agents", "endpoints", 443)}


def args(connection: str, nat: str, certificate: str) -> dict[str, Any]:
    return {
        **LEAN,
        "network": {"nat": nat},
        "agent_cloud": {"connection": connection},
        "load_balancer": {
            "scheme": "internet-facing",
            "certificate": {"existing": certificate},
            "allowed_cidrs": ["198.18.0.0/15", "9.9.9.0/24"],
        },
    }


@pytest.fixture(scope="module")
def stack(
    cloud: LocalCloud, pulumi_command: auto.PulumiCommand, tmp_path_factory: pytest.TempPathFactory
) -> Stack:
    """One stack that goes through all connections."""
    return Stack(cloud, tmp_path_factory.mktemp("connection"), pulumi_command, platform_program())


@pytest.mark.parametrize(
    ("connection", "nat"),
    [*((kind, "public-subnets") for kind in CONNECTIONS), ("cloud-map", "none")],
)
def test_only_the_required_flows_are_open(
    stack: Stack, cloud: LocalCloud, connection: str, nat: str
) -> None:
    certificate = cloud.client("acm").request_certificate(DomainName="ci.example.com")
    stack.program = platform_program(args(connection, nat, certificate["CertificateArn"]))
    outputs = stack.up()
    expected = ALWAYS | CONNECTIONS[connection] | (ENDPOINTS if nat == "none" else set())
    assert flows(cloud.client("ec2"), outputs["vpc_id"], PORTS) == expected

    configuration = configuration_of(cloud, outputs["controller_cluster_arn"])
    plugin_cloud, template = templates_of(configuration)["linux"]
    host = plugin_cloud["jenkinsUrl"].removeprefix("http://").removesuffix(":8080/")
    definition = cloud.client("ecs").describe_task_definition(
        taskDefinition=template["taskDefinitionOverride"]
    )["taskDefinition"]
    environment = {
        e["name"]: e["value"] for e in definition["containerDefinitions"][0]["environment"]
    }
    if connection == "web-socket":
        assert "tunnel" not in plugin_cloud
        assert environment["JENKINS_WEB_SOCKET"] == "true"
        assert configuration["jenkins"]["slaveAgentPort"] == -1
    else:
        assert plugin_cloud["tunnel"] == f"{host}:50000"
        assert "JENKINS_WEB_SOCKET" not in environment
        assert configuration["jenkins"]["slaveAgentPort"] == 50000
    if connection == "network-load-balancer":
        assert_balancer(cloud, host)
    else:
        assert_registered_name(cloud, outputs, host)


def assert_registered_name(cloud: LocalCloud, outputs: dict[str, Any], host: str) -> None:
    """The name is a service of a private zone in the VPC, and the ECS service registers there."""
    service_name, _, zone_name = host.partition(".")
    discovery = cloud.client("servicediscovery")
    namespaces = {n["Name"]: n for n in discovery.list_namespaces()["Namespaces"]}
    services = discovery.list_services(
        Filters=[{"Name": "NAMESPACE_ID", "Values": [namespaces[zone_name]["Id"]]}]
    )["Services"]
    assert [s["Name"] for s in services] == [service_name]
    assert services[0]["DnsConfig"]["DnsRecords"] == [{"Type": "A", "TTL": 10}]
    namespace = discovery.get_namespace(Id=namespaces[zone_name]["Id"])["Namespace"]
    zone_id = namespace["Properties"]["DnsProperties"]["HostedZoneId"]
    zone = cloud.client("route53").get_hosted_zone(Id=zone_id)["HostedZone"]
    assert zone["Config"]["PrivateZone"] is True
    assert controller_service(cloud, outputs)["serviceRegistries"] == [
        {"registryArn": services[0]["Arn"]}
    ]


def assert_balancer(cloud: LocalCloud, host: str) -> None:
    elb = cloud.client("elbv2")
    balancers = {b["DNSName"]: b for b in elb.describe_load_balancers()["LoadBalancers"]}
    balancer = balancers[host]
    assert (balancer["Type"], balancer["Scheme"]) == ("network", "internal")
    listeners = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    assert sorted((x["Port"], x["Protocol"]) for x in listeners) == [(8080, "TCP"), (50000, "TCP")]


def controller_service(cloud: LocalCloud, outputs: dict[str, Any]) -> Any:
    ecs, cluster = cloud.client("ecs"), outputs["controller_cluster_arn"]
    (arn,) = ecs.list_services(cluster=cluster)["serviceArns"]
    return ecs.describe_services(cluster=cluster, services=[arn])["services"][0]
