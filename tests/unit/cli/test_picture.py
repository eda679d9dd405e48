"""What the picture of a platform shows, from the resources that it registers."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from jenkins_platform.base.context import Context
from jenkins_platform.network.security_groups import SecurityGroups
from jenkins_platform.network.vpc import Network
from jenkins_platform.network.vpc_endpoints import VpcEndpoints
from jenkins_platform.testing import Registration
from jenkins_platform_cli.picture.deployment import Box, Deployment, Resource, Subnet, Zone

from harness.stacks.mocks import platform
from harness.stacks.parts import controller, parts

HTTPS = {"certificate": {"existing": "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d"}}
EXISTING = {
    "vpc_id": "vpc-0a1b2c3d4e5f60718",
    "private_subnet_ids": ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"],
}


def of(found: list[Registration]) -> Deployment:
    resources = [Resource(r.token, r.name, f"{r.name}-id", r.inputs) for r in found if r.custom]
    return Deployment("jenkins", "eu-central-1", resources)


def picture(**args: Any) -> Deployment:
    return of(platform(args))


def controller_in_its_network(context: Context) -> None:
    network = Network(context)
    groups = SecurityGroups(context, network)
    endpoints = VpcEndpoints(context, network, groups)
    controller(context, network.placement(groups.controller_id, endpoints.interfaces))


def test_the_default_platform() -> None:
    found = picture()
    assert found.vpc == "VPC 10.42.0.0/16"
    assert [zone.nat for zone in found.zones] == [True, False]
    assert found.zones[0] == Zone(
        "eu-central-1a",
        Subnet("public", "10.42.0.0/20"),
        Subnet("private", "10.42.128.0/20"),
        True,
    )
    assert (found.listeners, found.load_balancer.lines) == ("HTTP 80", ("internal",))
    assert found.ports("load-balancer", "controller") == "8080"
    assert found.ports("agents", "controller") == "8080, 50000"
    assert found.ports("controller", "storage") == "2049"
    assert found.ports("agents", "storage") == "", "agents do not reach the home"
    assert found.controller.lines[-1] == "1 vCPU, 4 GiB"
    assert found.agents.lines[-1] == "linux: 0.5 vCPU, 1 GiB"
    assert found.home == Box("EFS file system: the Jenkins home", ("encrypted, 2 mount targets",))
    assert found.backup == Box("AWS Backup of the home", ("cron(0 0 * * ? *), kept 120 days",))
    services = {box.title: box.lines[0] for box in found.services}
    assert services["ECR"] == "3 repositories"
    assert services["Lambda"] == "2 functions, reaper spot-breaker"
    assert services["SNS"] == "1 topic, notifications"


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({"network": {"nat": "one-per-zone"}}, {"nats": 2, "internet": True}),
        ({"network": {"nat": "none"}}, {"nats": 0, "internet": False}),
        ({"network": {"nat": "public-subnets"}}, {"nats": 0, "internet": True}),
    ],
)
def test_egress(args: dict[str, Any], expected: dict[str, Any]) -> None:
    found = of(parts(controller_in_its_network, args))
    nats = sum(zone.nat for zone in found.zones)
    assert {"nats": nats, "internet": found.reaches_internet} == expected
    assert (found.endpoints > 0) == (args["network"]["nat"] == "none")
    kinds = {zone.lower.kind for zone in found.zones}
    assert kinds == {"public" if found.tasks_are_public else "private"}


def test_an_internet_facing_platform_on_existing_subnets_without_backup() -> None:
    found = picture(
        network={"existing": {**EXISTING, "public_subnet_ids": EXISTING["private_subnet_ids"]}},
        load_balancer={"scheme": "internet-facing", "allowed_cidrs": ["203.0.113.0/24"], **HTTPS},
        backup={"enabled": False},
        monitoring={"level": "none"},
        agents=[{"name": f"t{n}", "architecture": "arm64"} for n in range(5)],
    )
    assert (found.vpc, found.listeners, found.backup) == ("Existing VPC", "HTTPS 443", None)
    assert found.load_balancer.lines == ("internet-facing",)
    assert [zone.lower.cidr for zone in found.zones] == EXISTING["private_subnet_ids"]
    assert found.agents.lines[-2:] == ("t2: 0.5 vCPU, 1 GiB, arm64", "and 2 more")
    assert "SNS" not in {box.title for box in found.services}


def test_a_stack_without_resources_has_a_picture() -> None:
    ElementTree.fromstring(Deployment("jenkins", "eu-central-1", []).svg())


def test_text_of_the_inputs_is_escaped_and_everything_is_inside_of_the_frame() -> None:
    text = Deployment("jenkins", "<script>", []).svg()
    assert "<script>" not in text
    svg = ElementTree.fromstring(picture().svg())
    left, top, width, height = map(float, svg.attrib["viewBox"].split())
    boxes = [e.attrib for e in svg.iter() if e.tag.endswith("}rect")]
    for box in boxes:
        x, y = float(box.get("x", 0)), float(box.get("y", 0))
        assert left <= x, box
        assert x + float(box["width"]) <= left + width, box
        assert top <= y, box
        assert y + float(box["height"]) <= top + height, box
    assert re.search(r">\s*8080, 50000\s*<", ElementTree.tostring(svg, "unicode"))
