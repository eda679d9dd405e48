"""CloudWatch metrics in the embedded metric format, which turns log lines into metrics."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping

NAMESPACE = "JenkinsPlatform"
DIMENSION = "Platform"
"""Its value is the environment variable ``PLATFORM``."""


def publish(metrics: Mapping[str, tuple[float, str]], **properties: object) -> None:
    """Print metrics, each a value and a unit. Properties appear only in the log, for CloudWatch
    Logs Insights, because additional dimensions would create additional charged metrics."""
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [[DIMENSION]],
        "Metrics": [{"Name": name, "Unit": unit} for name, (_, unit) in metrics.items()],
    }
    line = {
        "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]},
        DIMENSION: os.environ["PLATFORM"],
        **properties,
        **{name: value for name, (value, _) in metrics.items()},
    }
    print(json.dumps(line))
