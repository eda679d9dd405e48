"""The simulation of Spot outages, and what the documentation says about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import spot

PAGE = (Path(__file__).parent.parent.parent.parent / "docs/benchmarks.md").read_text()


@pytest.mark.long
def test_the_table_of_spot_outages_is_what_the_simulation_finds_and_no_build_hangs() -> None:
    rows = list(spot.rows())
    for row in rows:
        assert f"| {' | '.join(row)} |\n" in PAGE
    unlimited = {p.name for p in spot.POLICIES if p.spot and not (p.falls_back or p.breaker)}
    for name, hung, *_ in rows:
        assert (int(hung) > 0) == (name in unlimited), name
