"""The tool that applies wrong changes: which changes it makes, and which tests it asks."""

from __future__ import annotations

from pathlib import Path

from tests.mutants import __main__ as tool
from tests.mutants.generate import mutants

SOURCE = '''"""é, two bytes."""


def check(value, limit=3):
    """Prose."""
    if value > limit and value:
        raise ValueError(f"{value} > 1")
    return call([1, "two"], flag=True, description="for people")
'''


def test_every_change_of_a_module_is_valid_and_different() -> None:
    found = mutants(SOURCE, Path("a.py"))
    assert {(m.line, m.old, m.new) for m in found} == {
        (4, "3", "4"),
        (6, "value > limit and value", "not (value > limit and value)"),
        (6, "value > limit", "(value) <= (limit)"),
        (6, "value > limit", "False"),
        (6, "value", "False"),
        (8, "1", "2"),
        (8, "1,", ""),
        (8, '"two"', ""),
        (8, "flag=True,", ""),
        (8, "True", "False"),
    }
    for mutant in found:
        assert mutant.apply(SOURCE) != SOURCE
        assert mutant.is_valid(SOURCE)


def test_the_choice_is_repeatable_and_takes_from_every_module() -> None:
    paths = tool.modules(["/outputs.py", "network/flow_logs.py"])
    first = tool.chosen(paths, 6, seed=0)
    assert first == tool.chosen(paths, 6, seed=0) != tool.chosen(paths, 6, seed=1)
    assert [sum(mutant.path == path for mutant in first) for path in paths] == [3, 3]


def test_a_small_choice_is_spread_over_the_packages() -> None:
    paths = tool.modules([])
    packages = {p.relative_to(tool.COMPONENT).parts[0] for p in paths}
    chosen = tool.chosen(paths, 16, seed=0)
    assert len({mutant.path for mutant in chosen}) == len(chosen) == 16
    assert len({m.path.relative_to(tool.COMPONENT).parts[0] for m in chosen}) > len(packages) / 3


def test_the_tests_of_a_module_come_first_and_each_file_once() -> None:
    near, rest = tool.tests_of(tool.COMPONENT / "network/vpc.py", tool.ROOT)
    found = [str(f.relative_to(tool.ROOT)) for f in tool.ROOT.glob("tests/unit/network/test_*")]
    assert near[0] == "tests/unit/network/test_vpc.py"
    assert set(near) == set(found)
    assert not {"tests/unit/network", "tests/unit/localcloud"} & set(rest)
    assert {"tests/unit/test_urns.py", "tests/unit/iam", "tests/unit/load_balancer"} <= set(rest)
    assert len(rest) == len(set(rest))


def test_a_module_without_a_package_has_its_own_tests() -> None:
    assert tool.tests_of(tool.COMPONENT / "outputs.py", tool.ROOT)[0] == [
        "tests/unit/test_outputs.py"
    ]
