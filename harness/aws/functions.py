"""Lambda functions of the platform, run in the process of the test."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from localcloud.cloud import LocalCloud

from ..stacks.engine import environment


@contextmanager
def deployed(cloud: LocalCloud, name: str) -> Iterator[dict[str, Any]]:
    """Set the environment of a deployed function, and of an execution on the embedded cloud."""
    found = cloud.client("lambda").get_function_configuration(FunctionName=name)
    with environment(**found["Environment"]["Variables"], **aws(cloud)):
        yield found


def aws(cloud: LocalCloud) -> dict[str, str]:
    """Set the variables that boto3 needs for the embedded cloud, and those of Lambda."""
    wanted = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    values = {key: cloud.environment[key] for key in wanted}
    return {**values, "AWS_DEFAULT_REGION": cloud.environment["AWS_REGION"]}


def invoke(cloud: LocalCloud, name: str, event: Mapping[str, Any]) -> Any:
    """Call the handler of a deployed function, as Lambda would."""
    with deployed(cloud, name) as found:
        module, _, handler = found["Handler"].rpartition(".")
        code = importlib.import_module(f"jenkins_platform.{module}")
        return getattr(code, handler)(dict(event), None)


def embedded_metrics(printed: str) -> list[dict[str, Any]]:
    """The printed lines in embedded metric format, validated like CloudWatch does
    (Embedded metric format specification)."""
    found = []
    for line in printed.splitlines():
        if not line.startswith("{"):
            continue
        document = json.loads(line)
        assert document["_aws"]["Timestamp"] > 1_000_000_000_000, "milliseconds"
        (directive,) = document["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"]
        assert not directive["Namespace"].startswith("AWS/")
        for dimensions in directive["Dimensions"]:
            assert all(isinstance(document[key], str) for key in dimensions)
        for metric in directive["Metrics"]:
            assert isinstance(document[metric["Name"]], int | float)
            assert metric["Unit"] in ("Count", "Seconds", "None")
        found.append(document)
    return found
