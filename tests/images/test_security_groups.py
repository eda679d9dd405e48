"""Security groups on the embedded cloud: which tasks reach which ports of which others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from localcloud.cloud import LocalCloud

from harness.docker.engine import Engine
from harness.docker.tasks import Place, living_cloud, shell, wait_until

pytestmark = pytest.mark.long

SERVER = (
    "for port in 8080 9090; do mkdir -p /tmp/$port; echo $port >/tmp/$port/index.html;"
    " python3 -m http.server $port -d /tmp/$port >/dev/null 2>&1 & done; exec sleep 600"
)


@pytest.fixture(scope="module")
def living(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with living_cloud(engine, tmp_path_factory.mktemp("groups")) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def place(living: LocalCloud) -> Place:
    return Place(living)


def address(place: Place, task: str) -> str:
    details = place.reaches(task, "RUNNING")["attachments"][0]["details"]
    return str(next(d["value"] for d in details if d["name"] == "privateIPv4Address"))


def asks(place: Place, group: str, *urls: str) -> list[str]:
    """What a task in a security group gets from each URL; 'none' if nothing answers."""
    script = "; ".join(f"curl -s -m 2 http://{url}/ || echo none" for url in urls)
    definition = place.define(shell(script), family="client")
    task = place.start(definition, networkConfiguration=place.network_of(group))
    return place.printed(place.reaches(task, "STOPPED"))


def test_only_what_a_security_group_allows_reaches_a_task(place: Place) -> None:
    controller, agents, others = map(place.security_group, ("controller", "agents", "others"))
    place.allow(controller, agents, "tcp", 8080)
    server = place.define(shell(SERVER, stopTimeout=2), family="server")
    target = place.start(server, networkConfiguration=place.network_of(controller))
    one, other = f"{address(place, target)}:8080", f"{address(place, target)}:9090"
    wait_until(lambda: asks(place, agents, one) == ["8080"], 30)
    assert asks(place, agents, one, other) == ["8080", "none"]
    assert asks(place, others, one, other) == ["none", "none"]

    # Agents do not reach each other, as no rule of their group lets them in.
    agent = place.start(server, networkConfiguration=place.network_of(agents))
    assert asks(place, agents, f"{address(place, agent)}:8080") == ["none"]

    # A new rule takes effect on tasks that run.
    place.allow(controller, others, "tcp", 9090)
    wait_until(lambda: asks(place, others, one, other) == ["none", "9090"], 30)


def test_without_security_groups_a_task_has_the_default_one(place: Place) -> None:
    server = place.define(shell(SERVER, stopTimeout=2), family="server")
    network = {"awsvpcConfiguration": {"subnets": place.subnets}}
    target = f"{address(place, place.start(server, networkConfiguration=network))}:8080"
    assert asks(place, place.security_group("stranger"), target) == ["none"]
    ec2 = place.cloud.client("ec2")
    found = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["default"]}])
    (default,) = [g["GroupId"] for g in found["SecurityGroups"] if g["VpcId"] == place.vpc]
    place.allow(default, default, "-1")
    wait_until(lambda: asks(place, default, target) == ["8080"], 30)


def test_a_task_reaches_only_what_its_security_group_lets_out(place: Place) -> None:
    server, client = place.security_group("server"), place.security_group("client")
    place.allow(server, client, "-1")
    definition = place.define(shell(SERVER, stopTimeout=2), family="server")
    task = place.start(definition, networkConfiguration=place.network_of(server))
    place.let_out(server)  # what answers needs no rule
    one, other = f"{address(place, task)}:8080", f"{address(place, task)}:9090"
    wait_until(lambda: asks(place, client, one, other) == ["8080", "9090"], 60)

    place.let_out(client)
    assert asks(place, client, one, other) == ["none", "none"]
    place.let_out(client, {**port(8080), "UserIdGroupPairs": [{"GroupId": server}]})
    assert asks(place, client, one, other) == ["8080", "none"]
    place.let_out(client, {**port(9090), "IpRanges": [{"CidrIp": "10.0.0.0/16"}]})
    assert asks(place, client, one, other) == ["none", "9090"]

    # AWS, which has no address here, is reached all the same.
    place.let_out(client)
    metadata = "169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
    assert asks(place, client, metadata) != ["none"]


def port(number: int) -> dict[str, object]:
    return {"IpProtocol": "tcp", "FromPort": number, "ToPort": number}


@pytest.fixture
def outside(engine: Engine, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """URL of a server in another network, which the tasks of a VPC reach as they would the
    internet; and the addresses of that network."""
    network = engine.client.networks.create("outside")
    network.reload()
    subnet = network.attrs["IPAM"]["Config"][0]
    (tmp_path / "index.html").write_text("outside")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer((subnet["Gateway"], 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"{subnet['Gateway']}:{server.server_port}", subnet["Subnet"]
        server.shutdown()
    network.remove()


def test_addresses_outside_of_the_vpc_need_a_rule_too(
    place: Place, outside: tuple[str, str]
) -> None:
    (url, addresses), group = outside, place.security_group("builds")
    assert asks(place, group, url) == ["outside"]
    for ranges, expected in (("10.0.0.0/8", "none"), (addresses, "outside")):
        place.let_out(group, {"IpProtocol": "-1", "IpRanges": [{"CidrIp": ranges}]})
        assert asks(place, group, url) == [expected]
