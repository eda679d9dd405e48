"""The example projects: what they install exists."""

from __future__ import annotations

from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[3] / "examples"
REQUIREMENTS = sorted(EXAMPLES.glob("*/requirements.txt"))


@pytest.mark.parametrize("file", REQUIREMENTS, ids=lambda f: f.parent.name)
def test_requirements_are_installable_without_a_package_index(file: Path) -> None:
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    assert lines
    for line in lines:
        project = (file.parent / line / "pyproject.toml").resolve()
        assert 'name = "jenkins-platform"' in project.read_text(), line


def test_python_example_has_requirements() -> None:
    assert [f.parent.name for f in REQUIREMENTS] == ["python"]
