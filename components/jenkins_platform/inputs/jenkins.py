"""Jenkins itself: what goes into its configuration as code."""

from typing import TypedDict

from typing_extensions import NotRequired


class JenkinsArgs(TypedDict):
    """Global settings of Jenkins."""

    system_message: NotRequired[str]
    """Text at the top of the dashboard. Default: says that Jenkins is managed by code."""
    sample_jobs: NotRequired[bool]
    """Whether the sample jobs are made: a critical one on on-demand capacity and an interruptible
    one on Spot. Default true."""
