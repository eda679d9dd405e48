"""Figures for CloudWatch, in its embedded metric format: a line in the log becomes a metric."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping

NAMESPACE = "JenkinsPlatform"
DIMENSION = "Platform"
"""Environment variable ``PLATFORM`` names the platform."""


def tell(metrics: Mapping[str, tuple[float, str]], **properties: object) -> None:
    """Print metrics, each a value and a unit. Properties stand in the log only, where CloudWatch
    Logs Insights finds them: each further dimension would make metrics that cost."""
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
