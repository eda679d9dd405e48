"""The tables on the page about cost, and the benchmark behind some of them."""

from __future__ import annotations

import pytest

from benchmarks import cost as benchmark
from benchmarks.cost_tables import DOCUMENT, tables, with_tables


def test_tables_match_the_estimate() -> None:
    """``python -m benchmarks.cost`` updates them."""
    text = DOCUMENT.read_text()
    assert with_tables(text, {**tables(), **benchmark.tables()}) == text


def test_table_without_a_mark_is_an_error() -> None:
    with pytest.raises(ValueError, match="marks"):
        with_tables("<!-- table: nat -->\n<!-- end -->", {"parts": ""})


def test_our_bill_is_at_most_the_target_share() -> None:
    assert benchmark.ratio() <= benchmark.TARGET


def test_steps_add_up_to_our_bill() -> None:
    first, *_, last = (way for _, _, way in benchmark.steps())
    bills = [float(row[3]) for row in benchmark.step_rows()]
    changes = [float(row[2]) for row in benchmark.step_rows()[1:]]
    assert bills[0] == pytest.approx(benchmark.total(benchmark.bill(first)), abs=0.005)
    assert bills[-1] == pytest.approx(benchmark.total(benchmark.bill(last)), abs=0.005)
    assert bills[0] + sum(changes) == pytest.approx(bills[-1], abs=0.005 * len(changes) * 2)


def test_chart_has_no_external_references() -> None:
    text = benchmark.CHART.read_text().replace("http://www.w3.org/2000/svg", "")
    assert "://" not in text
    assert "<svg" in text
