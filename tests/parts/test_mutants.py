"""The tool that applies wrong changes, on a project of two files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants import __main__ as tool
from tests.mutants.generate import Mutant

MODULE = tool.COMPONENT / "base/changed_limits.py"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for path, text in {
        MODULE: "LIMIT = 3\nNAME = 'limit'\n",
        Path("tests/unit/base/conftest.py"): "import changed_limits\n",
        Path("tests/unit/base/test_limits.py"): (
            "from changed_limits import LIMIT\n\n\ndef test_limit():\n    assert LIMIT == 3\n"
        ),
        Path("pyproject.toml"): f"[tool.pytest.ini_options]\npythonpath = '{MODULE.parent}'\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.setattr(tool, "_copy", tmp_path, raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("old", "new", "killed"),
    [
        pytest.param("3", "4", True, id="a-test-fails"),
        pytest.param("3", "missing", True, id="the-configuration-of-the-tests-does-not-load"),
        pytest.param("'limit'", "'bound'", False, id="no-test-notices"),
    ],
)
def test_a_change_is_killed_by_whatever_stops_the_tests(
    project: Path, old: str, new: str, killed: bool
) -> None:
    source = (project / MODULE).read_text()
    start = source.index(old)
    mutant = Mutant(MODULE, 1, start, start + len(old), old, new)
    assert tool.is_killed(mutant, 0) == killed
    assert (project / MODULE).read_text() == source


def test_a_package_without_tests_notices_nothing(project: Path) -> None:
    (project / "tests/unit/base/test_limits.py").write_text("")
    assert not tool.is_killed(Mutant(MODULE, 1, 8, 9, "3", "4"), 0)
