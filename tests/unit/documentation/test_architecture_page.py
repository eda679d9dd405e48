"""The architecture page lists what exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "architecture.md").read_text()


def test_every_package_of_the_component_is_listed() -> None:
    listed = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    packages = {f.parent.name for f in (ROOT / "components/jenkins_platform").glob("*/__init__.py")}
    assert packages - listed == set()


def test_every_listed_path_exists() -> None:
    paths = re.findall(r"^\| `([\w./]+)` \|", PAGE, re.MULTILINE)
    places = (ROOT, ROOT / "components" / "jenkins_platform")
    found = [
        p for p in paths if any((at / p).exists() or (at / f"{p}.py").exists() for at in places)
    ]
    assert found == paths
