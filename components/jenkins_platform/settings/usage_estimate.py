"""Settings of the cost estimate."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

from pydantic import Field

from .agents import AgentTemplate, Label
from .validation.base import Group, Number, Problem, setting

HOURS_A_MONTH = 730.0
"""Hours per month in the AWS Pricing Calculator: a twelfth of a year."""
DEFAULT_BUILD_HOURS = 200.0

_AMOUNT = "0 or more"


def _amount(default: float) -> float:
    amount: float = setting(default, valid=_AMOUNT, ge=0, allow_inf_nan=False)
    return amount


class UsageEstimate(Group):
    """See `UsageEstimateArgs`."""

    build_hours: dict[Label, Annotated[Number, Field(ge=0, allow_inf_nan=False)]] | None = setting(
        None, valid="hours, 0 or more, by label"
    )
    running_hours: float | None = setting(
        None, valid="0 to 730 hours", ge=0, le=HOURS_A_MONTH, allow_inf_nan=False
    )
    home_gb: float = _amount(25)
    home_read_gb: float = _amount(50)
    home_written_gb: float = _amount(20)
    traffic_gb: float = _amount(50)
    load_balancer_gb: float = _amount(20)
    log_gb: float = _amount(5)
    artifact_gb: float = _amount(20)
    image_gb: float = _amount(5)

    def hours_by_label(self, templates: Iterable[AgentTemplate]) -> Mapping[str, float]:
        """The build hours by label, or the default."""
        if self.build_hours is not None:
            return self.build_hours
        labels = [t.plain_labels[0] for t in templates]
        return {label: DEFAULT_BUILD_HOURS / len(labels) for label in labels}


def use_rules(use: UsageEstimate, templates: Iterable[AgentTemplate]) -> Iterator[Problem]:
    """Problems of build hours whose label belongs to no template."""
    known = [label for t in templates for label in t.all_labels]
    for label, hours in (use.build_hours or {}).items():
        if label not in known:
            close = difflib.get_close_matches(label, known, n=1)
            hint = f"Did you mean '{close[0]}'? " if close else ""
            yield Problem(
                f"usage_estimate.build_hours.{label}",
                hours,
                f"is not a label of an agent template. {hint}Labels: {', '.join(known)}",
            )
