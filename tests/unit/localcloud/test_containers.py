"""Container definitions in the words of Docker."""

from __future__ import annotations

from typing import Any

import pytest
from localcloud.runner import containers
from localcloud.runner.docker_host import _split

AROUND = containers.Surroundings(
    {"AWS_REGION": "eu-central-1"}, {"": "trust", "home": "efs-home"}, 2, {"l": "v"}
)
TASK = {"cpu": "4096", "memory": "8192"}


def arguments(secrets: dict[str, str] | None = None, **container: Any) -> dict[str, Any]:
    return containers.arguments({"name": "c", **container}, TASK, secrets or {}, AROUND)


def test_the_limits_of_the_task_are_those_of_its_container_within_what_the_engine_has() -> None:
    made = arguments()
    assert made["nano_cpus"] == 2 * 10**9
    assert made["mem_limit"] == made["memswap_limit"] == "8192m"
    own = arguments(cpu=512, memory=100, memoryReservation=50)
    assert own["nano_cpus"] == 5 * 10**8
    assert (own["mem_limit"], own["mem_reservation"]) == ("100m", "50m")


def test_variables_of_the_container_win_and_java_options_are_added_to() -> None:
    environment = arguments(
        {"S": "secret"},
        environment=[
            {"name": "AWS_REGION", "value": "x"},
            {"name": "SSL_CERT_FILE", "value": "/own"},
            {"name": "JAVA_TOOL_OPTIONS", "value": "-Xmx1g"},
        ],
    )["environment"]
    assert environment["AWS_REGION"] == "x"
    assert environment["SSL_CERT_FILE"] == "/own"
    assert environment["AWS_CA_BUNDLE"] == "/run/localcloud/ca.pem"
    assert environment["S"] == "secret"
    assert environment["JAVA_TOOL_OPTIONS"].startswith("-Xmx1g -Djavax.net.ssl.trustStore=")


def test_volumes_are_mounted_where_the_definition_says() -> None:
    points = [{"sourceVolume": "home", "containerPath": "/home", "readOnly": True}]
    home, trust = arguments(mountPoints=points)["mounts"]
    assert (home["Source"], home["Target"], home["ReadOnly"]) == ("efs-home", "/home", True)
    assert (trust["Source"], trust["ReadOnly"]) == ("trust", True)


def test_a_check_fails_after_the_same_time_as_on_aws() -> None:
    check = {"command": ["CMD", "true"], "interval": 30, "retries": 5, "timeout": 10}
    made = arguments(healthCheck=check)["healthcheck"]
    assert made["Interval"] * made["Retries"] == 30 * 5 * 10**9
    assert made["Timeout"] == 10 * 10**9
    assert arguments()["healthcheck"]["Test"] == ["NONE"]


def test_containers_come_after_those_that_they_depend_on() -> None:
    def container(name: str, *others: str) -> dict[str, Any]:
        needs = [{"containerName": o, "condition": "START"} for o in others]
        return {"name": name, "dependsOn": needs}

    ordered = containers.start_order([container("a", "b"), container("b", "c"), container("c")])
    assert [c["name"] for c in ordered] == ["c", "b", "a"]
    with pytest.raises(ValueError, match="circle"):
        containers.start_order([container("a", "b"), container("b", "a")])


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("alpine", ("alpine", "latest")),
        ("alpine:3", ("alpine", "3")),
        ("localhost:5000/a/b", ("localhost:5000/a/b", "latest")),
        ("localhost:5000/a/b:1", ("localhost:5000/a/b", "1")),
        ("a/b@sha256:1", ("a/b", "sha256:1")),
        ("localhost:5000/a:1@sha256:1", ("localhost:5000/a", "sha256:1")),
    ],
)
def test_references_of_images(reference: str, parts: tuple[str, str]) -> None:
    assert _split(reference) == parts
