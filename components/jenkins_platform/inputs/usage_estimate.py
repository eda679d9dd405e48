"""Inputs of the cost estimate: the expected usage."""

from typing import TypedDict

from typing_extensions import NotRequired


class UsageEstimateArgs(TypedDict):
    """Expected monthly usage. It changes no resource, only the estimated monthly cost in the
    preview, and in `jenkins-platform cost`. A month has 730
    hours; a GB is the unit that AWS bills."""

    build_hours: NotRequired[dict[str, float]]
    """Hours per month that agents run, including their start, by label such as ``linux`` or
    ``linux-spot``. Two agents that run for one hour count as two hours. Default: 200 hours, divided
    equally between the templates, by their first labels."""
    running_hours: NotRequired[float]
    """Hours per month that the controller runs, 0 to 730. 50 hours a week are 217 hours a month.
    Default: the hours of ``schedule.windows``, otherwise 730."""
    home_gb: NotRequired[float]
    """Size of the Jenkins home in GB. Default: ``25``."""
    home_read_gb: NotRequired[float]
    """GB per month that Jenkins reads from its home. Default: ``50``."""
    home_written_gb: NotRequired[float]
    """GB per month that Jenkins writes to its home. Default: ``20``."""
    traffic_gb: NotRequired[float]
    """GB per month between the tasks and destinations outside of the VPC: the internet and AWS
    services except S3, which also holds image layers. Default: ``50``."""
    load_balancer_gb: NotRequired[float]
    """GB per month between users or webhooks and Jenkins. Default: ``20``."""
    log_gb: NotRequired[float]
    """GB of logs per month of the controller and all agents. Default: ``5``."""
    artifact_gb: NotRequired[float]
    """GB of artifacts in S3, deleted ones that are still kept included. It has an effect with
    ``jenkins.artifacts`` s3 only. Default: ``20``."""
    image_gb: NotRequired[float]
    """GB of images in the platform's repositories. Default: ``5``."""
