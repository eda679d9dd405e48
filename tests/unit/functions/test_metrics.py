"""Log lines in CloudWatch's embedded metric format."""

from __future__ import annotations

import json

import pytest
from jenkins_platform.functions import metrics

from harness.aws.answered import Clock


@pytest.fixture(autouse=True)
def platform(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    monkeypatch.setenv("PLATFORM", "jenkins-abc")
    clock.now = 1_800_000_000.1239


def test_a_line_has_the_metrics_the_platform_and_the_time_in_milliseconds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    metrics.publish({"Starts": (2, "Count"), "StartSeconds": (1.5, "Seconds")})
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert json.loads(printed) == {
        "_aws": {
            "Timestamp": 1_800_000_000_123,
            "CloudWatchMetrics": [
                {
                    "Namespace": "JenkinsPlatform",
                    "Dimensions": [["Platform"]],
                    "Metrics": [
                        {"Name": "Starts", "Unit": "Count"},
                        {"Name": "StartSeconds", "Unit": "Seconds"},
                    ],
                }
            ],
        },
        "Platform": "jenkins-abc",
        "Starts": 2,
        "StartSeconds": 1.5,
    }


def test_additional_properties_are_neither_metrics_nor_dimensions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    metrics.publish({"Some": (1, "None")}, Template="linux", Names=["a", "b"])
    line = json.loads(capsys.readouterr().out)
    (directive,) = line.pop("_aws")["CloudWatchMetrics"]
    assert directive["Metrics"] == [{"Name": "Some", "Unit": "None"}]
    assert directive["Dimensions"] == [["Platform"]]
    assert line == {
        "Platform": "jenkins-abc",
        "Template": "linux",
        "Names": ["a", "b"],
        "Some": 1,
    }


def test_a_property_does_not_replace_a_metric(capsys: pytest.CaptureFixture[str]) -> None:
    metrics.publish({"Some": (1, "Count")}, Some="text")
    assert json.loads(capsys.readouterr().out)["Some"] == 1
