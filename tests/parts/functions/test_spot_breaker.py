"""The circuit breaker for Spot capacity with its state in moto's SSM."""

from __future__ import annotations

import boto3
import pytest
from jenkins_platform.functions import spot_breaker

from harness.aws.emulated_agents import new_name


@pytest.fixture
def breaker(account: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """Name of the parameter with the state of a new circuit breaker for two architectures."""
    name = new_name("breaker")
    boto3.client("ssm").put_parameter(Name=name, Value="{}", Type="String")
    for key, value in {
        "PLATFORM": "jenkins-abc",
        "PARAMETER": name,
        "ARCHITECTURES": "arm64,x86_64",
        "FAILURE_THRESHOLD": "3",
        "COOL_DOWN_SECONDS": "900",
    }.items():
        monkeypatch.setenv(key, value)
    return name


def report(**failures: int) -> list[str]:
    return spot_breaker.handler({"failures": failures}, None)["on_demand"]


def test_the_circuit_breaker_writes_its_state_only_if_it_changes(breaker: str) -> None:
    assert report() == report() == []
    parameter = boto3.client("ssm").get_parameter(Name=breaker)["Parameter"]
    assert (parameter["Value"], parameter["Version"]) == ("{}", 1)
    assert report(x86_64=3) == report() == ["x86_64"]
    assert boto3.client("ssm").get_parameter(Name=breaker)["Parameter"]["Version"] == 2
