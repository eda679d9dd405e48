"""The page about the limits of AWS."""

from __future__ import annotations

from jenkins_platform.settings.facts import limits
from jenkins_platform.settings.facts.limits import Limit

PAGE = "docs/limits.md"
_START = (
    "# Limits of AWS\n\n"
    "`check`, `preview` and `up` count what a platform uses of each limit, and reject inputs that "
    "exceed one before anything is created. The error contains the count, the limit and the "
    "remedy. Sizes of policies and task definitions are estimates for the longest names of "
    "account, region and partition, so an input may be rejected shortly before the limit. "
    "`tests/unit/settings/test_limits.py` measures what is registered: for each limit the largest "
    "accepted input, and random combinations.\n\n"
    "Quotas that depend on the account (vCPUs, roles, addresses) are compared by "
    "`jenkins-platform check`.\n\n"
    "| limit | maximum | documented in | remedy |\n"
    "| --- | --- | --- | --- |\n"
)


def pages() -> dict[str, str]:
    """The page, by its name."""
    found = [limit for limit in vars(limits).values() if isinstance(limit, Limit)]
    rows = [f"| {x.what} | {x.maximum:,} | {x.source} | {x.remedy} |" for x in found]
    return {PAGE: _START + "\n".join(rows) + "\n"}
