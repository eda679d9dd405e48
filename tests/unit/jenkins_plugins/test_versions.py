"""Versions compare as Jenkins's own `VersionNumber` says, whose tests these orders are from."""

import itertools

import pytest
from jenkins_plugins.versions import Version


@pytest.mark.parametrize(
    "ascending",
    [
        ["2.9", "2.10", "2.568.2", "2.568.3", "2.579", "2.580.1", "2.580.3", "2.588"],
        ["99.v1234deadbeef", "99.5.vabcd1234abcd", "99.10.vabcd1234abcd", "100.vdead9876beef"],
        [
            "3.12.0.0",
            "3.12.0-44.v1234deadbeef",
            "3.12.0-55.v1234deadbeef",
            "3.12.1-66.v1234deadbeef",
        ],
        ["1.1", "391.ve4a_38c1b_cf4b_"],
        ["1.1", "200.vabcd1234abcd", "391-ve4a_38c1b_cf4b_"],
        ["1571.1580.v18e46842c125", "1590.v49101d088542"],
        ["1412.v7737b_3405f86", "1436.v1082791135e4", "1436.1438.v3dc5ef7d16f2"],
        ["2.42.33-70.vd69c0763fa_60", "2.42.33-71.va0", "2.43.0-1.vff"],
        ["1.45.0", "1.46.0", "1.47.0"],
        ["2.0-alpha-1-rc9999.abc123def456", "2.0-alpha-1", "2.0-beta-1", "2.0-rc1", "2.0"],
        ["2.0.ea1", "2.0.ea2", "2.0", "2.0.0.99", "2.0.1-SNAPSHOT", "2.0.1"],
        ["20251224-185.v0cc18490c62c", "20260814-226.v20f9685d642c"],
        ["1.2.0-2", "1.2.0-8", "1.2.1"],
    ],
)
def test_versions_are_ordered_as_jenkins_orders_them(ascending: list[str]) -> None:
    for lower, higher in itertools.combinations(map(Version, ascending), 2):
        assert lower < higher
        assert not higher < lower
        assert lower != higher


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2", "2.0.0"),
        ("2.0-1", "2-1"),
        ("1.0.ga", "1"),
        ("2.0.ea", "2.0.ea0"),
        ("2.0", "2.0-final"),
    ],
)
def test_what_counts_as_nothing_makes_no_difference(one: str, other: str) -> None:
    assert Version(one) == Version(other)
    assert hash(Version(one)) == hash(Version(other))
