"""The bot's configuration: it finds the versions that are named outside of package files."""

from __future__ import annotations

import json
import re
from pathlib import Path

from jenkins_platform.settings.images import (
    AGENT_VERSION,
    JENKINS_VERSION,
    KANIKO_VERSION,
    OFFICIAL_DIGESTS,
)

ROOT = Path(__file__).parents[3]
CONFIGURATION = ROOT / "renovate.json"


def test_every_version_is_found_where_it_stands() -> None:
    files = [
        path.relative_to(ROOT).as_posix()
        for folder in ("components", "images")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    ]
    found = []
    for manager in json.loads(CONFIGURATION.read_text())["customManagers"]:
        (pattern,) = manager["managerFilePatterns"]
        (file,) = [f for f in files if re.search(pattern.strip("/"), f)]
        (match,) = manager["matchStrings"]
        result = re.search(match.replace("(?<", "(?P<"), (ROOT / file).read_text())
        assert result, manager["description"]
        found.append(result.groupdict())
    assert found == [
        {"currentValue": JENKINS_VERSION},
        {"currentValue": JENKINS_VERSION},
        {"currentValue": AGENT_VERSION, "currentDigest": OFFICIAL_DIGESTS["agent"]},
        {"currentValue": KANIKO_VERSION},
    ]
