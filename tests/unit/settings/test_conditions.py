"""Conditions of policy statements: which operators there are."""

from __future__ import annotations

import pytest
from jenkins_platform.settings.validation.arns import _OPERATORS, _operator

OPERATORS = [
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    *("StringLike", "StringNotLike"),
    *("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals"),
    *("NumericGreaterThan", "NumericGreaterThanEquals"),
    *("DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals"),
    *("DateGreaterThan", "DateGreaterThanEquals"),
    *("Bool", "BinaryEquals", "IpAddress", "NotIpAddress"),
    *("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"),
]
"""IAM User Guide, "IAM JSON policy elements: Condition operators", without ``Null``."""


def test_the_operators_are_those_of_iam() -> None:
    assert sorted(_OPERATORS) == sorted(OPERATORS)


@pytest.mark.parametrize(
    "operator", ["Null", "BoolIfExists", "ForAnyValue:StringLike", "ForAllValues:ArnLikeIfExists"]
)
def test_operators_may_have_a_quantifier_and_be_optional(operator: str) -> None:
    assert _operator(operator) == operator


@pytest.mark.parametrize("operator", ["NullIfExists", "ForSomeValue:Bool", "bool", ""])
def test_other_operators_are_refused(operator: str) -> None:
    with pytest.raises(ValueError, match="is not a condition operator of IAM"):
        _operator(operator)
