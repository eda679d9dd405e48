"""The circuit breaker for Spot: how often it can open, and for how long, whatever is reported."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jenkins_platform.functions.spot_breaker import MAX_SECONDS, WINDOW_SECONDS, Breaker

DAY = 24 * 3600
REPORTS = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 50)), max_size=200)
"""Seconds since the last report, and failures."""


def states(
    reports: list[tuple[int, int]], threshold: int = 3, cool_down: int = 900
) -> Iterator[tuple[int, Breaker, Breaker]]:
    """Time, and the state before and after each report."""
    now, breaker = 1_800_000_000, Breaker()
    for seconds, failures in reports:
        now += seconds
        before, breaker = breaker, breaker.after(failures, now, threshold, cool_down)
        yield now, before, breaker


@given(
    reports=REPORTS,
    threshold=st.integers(1, 100),
    cool_down=st.integers(5, 240).map(lambda minutes: minutes * 60),
)
def test_it_opens_at_most_once_in_a_cool_down_and_never_for_longer_than_four_hours(
    reports: list[tuple[int, int]], threshold: int, cool_down: int
) -> None:
    openings = []
    for now, before, after in states(reports, threshold, cool_down):
        if after.open(now) and not before.open(now):
            openings.append(now)
            assert cool_down <= after.until - now <= MAX_SECONDS
        assert not (before.open(now) and after != before), "reports change nothing while it is open"
        assert len(after.failures) < threshold, "what is saved does not grow"
    gaps = [second - first for first, second in itertools.pairwise(openings)]
    assert all(gap >= cool_down for gap in gaps)


@given(reports=REPORTS)
def test_a_window_without_failures_after_it_has_closed_forgets_everything(
    reports: list[tuple[int, int]],
) -> None:
    last = [(now, after) for now, _, after in states(reports)]
    now, breaker = last[-1] if last else (0, Breaker())
    later = max(now, breaker.until) + WINDOW_SECONDS
    assert breaker.after(0, later, 3, 900) == Breaker()


def opened(every: int, failures: int, seconds: int = DAY) -> int:
    """How often it opens while AWS has no Spot capacity and a report comes at an interval."""
    reports = [(every, failures)] * (seconds // every)
    return sum(after.open(now) and not before.open(now) for now, before, after in states(reports))


@pytest.mark.parametrize(
    ("every", "failures", "openings"),
    [
        # 15, 30, 60 and 120 minutes, then 4 hours each time
        (60, 10, 10),
        (60, 3, 10),
        (60, 1, 10),
        # Too few within a window: no outage, and nothing adds up.
        (300, 1, 0),
        (660, 1, 0),
        (3600, 2, 0),
        (660, 3, 9),
        # So rare that each opens it again: still at most once per report and cool-down.
        (3600, 3, 24),
    ],
)
def test_during_an_outage_of_a_day_it_is_tried_again_less_and_less_often(
    every: int, failures: int, openings: int
) -> None:
    assert opened(every, failures) == openings


def test_an_outage_that_comes_and_goes_opens_it_every_25_minutes_at_most() -> None:
    """Spot works for one window after each cool-down, and fails again then: the worst case."""
    now, breaker, openings = 1_800_000_000, Breaker(), []
    while len(openings) < 50:
        was_open = breaker.open(now)
        works = 0 < now - breaker.until < WINDOW_SECONDS
        breaker = breaker.after(0 if works else 3, now, 3, 900)
        if breaker.open(now) and not was_open:
            openings.append(now)
        now += 15
    assert min(b - a for a, b in itertools.pairwise(openings)) >= 900


def test_failures_of_agents_that_were_requested_before_it_opened_do_not_prolong_it() -> None:
    first, *others = states([(0, 3), (1, 500), (899, 0), (1, 0)])
    assert first[2].until == first[0] + 900
    assert [after for _, _, after in others[:2]] == [first[2]] * 2
    assert not others[2][2].open(others[2][0])


def test_a_clock_that_goes_back_does_not_open_it() -> None:
    breaker = Breaker().after(2, 1000, 3, 900)
    assert not breaker.after(0, 500, 3, 900).open(500)
