"""How much the platform will be used, as far as one can tell: what its cost is reckoned from."""

from typing import TypedDict

from typing_extensions import NotRequired


class UsageEstimateArgs(TypedDict):
    """What a month of use is expected to be. It changes no resource: only the estimate of the
    monthly cost, in the preview, the output ``monthly_cost_usd`` and `jenkins-platform cost`. A
    month has 730 hours, a GB is what AWS bills as one."""

    build_hours: NotRequired[dict[str, float]]
    """Hours a month that agents run, starts included, by label: ``linux``, ``linux-spot``. Two
    agents that run for an hour are two hours. Default: 200 hours, spread evenly over the
    templates, each by its first label."""
    running_hours: NotRequired[float]
    """Hours a month that the controller runs, 0 to 730. Default: those of ``schedule.windows``;
    without windows 730, always. 50 hours a week are 217 hours a month."""
    home_gb: NotRequired[float]
    """GB in the Jenkins home. Default 25."""
    home_read_gb: NotRequired[float]
    """GB a month that Jenkins reads from its home. Default 50."""
    home_written_gb: NotRequired[float]
    """GB a month that Jenkins writes to its home. Default 20."""
    traffic_gb: NotRequired[float]
    """GB a month between tasks and everything outside of the VPC: the internet and AWS, but not
    S3, to which the layers of images belong. Default 50."""
    load_balancer_gb: NotRequired[float]
    """GB a month between people or web hooks and Jenkins. Default 20."""
    log_gb: NotRequired[float]
    """GB of logs a month, of the controller and all agents. Default 5."""
    image_gb: NotRequired[float]
    """GB of images in the platform's own repositories. Default 5."""
