"""Watching: who is told what, and what is kept to look at."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired

from .encryption import EncryptionKeyArgs


class MonitoringLevel(str, Enum):
    """How much is watched."""

    ALL = "all"
    """Topic, alarms, messages on events, figures about each agent and its price, and a dashboard of
    all that: 3 to 4 USD a month more than ``alarms``."""
    ALARMS = "alarms"
    """Topic, alarms and messages on events: 2 to 3 USD a month."""
    NONE = "none"
    """Nothing. Logs are still written."""


class Alarm(str, Enum):
    """The alarms, as `docs/monitoring.md` explains them."""

    NO_HEALTHY_TARGET = "no-healthy-target"
    """The load balancer finds no Jenkins that answers."""
    NO_RUNNING_CONTROLLER = "no-running-controller"
    """ECS runs no controller."""
    CONTROLLER_RESTARTS = "controller-restarts"
    """The controller stopped by itself, again and again."""
    CONTROLLER_CPU = "controller-cpu"
    """The controller uses up its CPU."""
    CONTROLLER_MEMORY = "controller-memory"
    """The controller uses up its memory."""
    SERVER_ERRORS = "server-errors"
    """Jenkins answers requests with errors of its own."""
    SLOW_RESPONSES = "slow-responses"
    """Jenkins answers slowly."""
    FILE_SYSTEM_IO = "file-system-io"
    """The home nears the most operations that its file system can do."""
    BURST_CREDITS = "burst-credits"
    """The file system's burst credits run out; only with bursting throughput."""
    BACKUP_FAILED = "backup-failed"
    """A backup of the home failed; only with a backup vault."""
    AGENTS_NOT_PLACED = "agents-not-placed"
    """Builds wait because agents do not start."""
    SPOT_INTERRUPTIONS = "spot-interruptions"
    """Many agents lost their Spot capacity."""
    LOG_ERRORS = "log-errors"
    """Jenkins logs many errors."""
    FUNCTION_ERRORS = "function-errors"
    """One of the platform's own functions fails."""


class Event(str, Enum):
    """Events that can be sent to the topic as they happen, each as one readable sentence."""

    CONTROLLER_STOPPED = "controller-stopped"
    """The controller's task ended by itself or did not start."""
    AGENT_FAILED = "agent-failed"
    """An agent's task did not start, or ran out of memory."""
    SPOT_INTERRUPTED = "spot-interrupted"
    """An agent's Spot capacity ends in two minutes. With many builds this is daily life: the alarm
    ``spot-interruptions`` counts."""
    DEPLOYMENT_FAILED = "deployment-failed"
    """A deployment of the controller failed and is rolled back."""
    BACKUP_FAILED = "backup-failed"
    """A backup of the home, a copy of one or a restore (a drill too) failed, expired or was
    aborted."""


class TopicArgs(TypedDict):
    """The SNS topic that alarms and events go to."""

    existing: NotRequired[pulumi.Input[str]]
    """ARN of a topic of yours. Its policy, and that of its key, must let CloudWatch, EventBridge
    and, with ``budget``, AWS Budgets publish. Default: one is made, encrypted with a KMS key of
    its own, since AWS's own key for SNS lets no other service publish."""


class AlarmsArgs(TypedDict):
    """Where alarms begin. Each costs about 0.10 USD a month."""

    composite: NotRequired[bool]
    """Whether ``no-healthy-target`` and ``no-running-controller`` tell together, by one composite
    alarm "Jenkins is down" (0.50 USD a month), instead of one each. Default false."""
    down_minutes: NotRequired[int]
    """Minutes without a Jenkins that answers before it counts as down: 5 to 60, a multiple of 5.
    Default 10, the time that a start may take."""
    cpu_percent: NotRequired[int]
    """CPU of the controller, in percent of its task for 15 minutes, 10 to 100. Default 90."""
    memory_percent: NotRequired[int]
    """Memory of the controller, in percent of its task for 15 minutes, 10 to 100. Default 90."""
    response_seconds: NotRequired[float]
    """95th percentile of the response time for 15 minutes, in seconds, 0.1 to 60. Default 5."""
    server_errors: NotRequired[int]
    """Answers with a status from 500 on within 5 minutes, 1 to 10000. Default 10."""
    agents_not_placed: NotRequired[int]
    """Failed starts of agents within 15 minutes, 1 to 10000. Default 5."""
    spot_interruptions: NotRequired[int]
    """Interrupted agents within an hour, 1 to 10000. Default 20."""
    log_errors: NotRequired[int]
    """Messages of level SEVERE in the controller's log within 15 minutes, 1 to 10000.
    Default 20."""


class FlowLogTraffic(str, Enum):
    """Which traffic flow logs note."""

    REJECT = "reject"
    """What security groups turned away: little, and what one looks for."""
    ACCEPT = "accept"
    """What was let through."""
    ALL = "all"
    """Both."""


class FlowLogDestination(str, Enum):
    """Where flow logs go."""

    CLOUD_WATCH = "cloudwatch"
    """A log group: searched at once, dearer for much traffic."""
    S3 = "s3"
    """A bucket: cheap to keep."""


class FlowLogsArgs(TypedDict):
    """Flow logs of the VPC; only where the VPC is made and not adopted."""

    destination: NotRequired[FlowLogDestination]
    """Where they go. Default ``cloudwatch``."""
    traffic: NotRequired[FlowLogTraffic]
    """Which traffic is noted. Default ``reject``."""
    retention_days: NotRequired[int]
    """Days that they are kept: one of the periods that CloudWatch Logs knows. Default 30."""


class MonitoringArgs(TypedDict):
    """Who is told what, and what is kept to look at."""

    level: NotRequired[MonitoringLevel]
    """How much is watched. Default ``alarms``."""
    topic: NotRequired[TopicArgs]
    """The topic that alarms and events go to."""
    email_addresses: NotRequired[list[str]]
    """Who gets an e-mail; each address is asked to confirm. Default: nobody."""
    webhooks: NotRequired[dict[str, pulumi.Input[str]]]
    """HTTPS URLs that get SNS's JSON messages, by names of yours such as ``pager``. The service
    behind one must answer SNS's request to confirm. Kept as a secret. Default: none."""
    alarms: NotRequired[AlarmsArgs]
    """Where alarms begin."""
    disabled_alarms: NotRequired[list[Alarm]]
    """Alarms to leave out. Default: none."""
    events: NotRequired[list[Event]]
    """Events that are sent as they happen. Default: all but ``spot-interrupted``."""
    prometheus: NotRequired[bool]
    """Whether Jenkins serves its metrics under ``/prometheus/`` to users with the permission
    Metrics/View. An adopted image must hold the plugin ``prometheus``. Default false."""
    log_key: NotRequired[EncryptionKeyArgs]
    """KMS key of the log groups that the platform makes. One that is made serves exactly those; the
    policy of one that is adopted must let CloudWatch Logs use it for groups whose names start with
    the platform's. Default: CloudWatch Logs encrypts with a key of AWS's."""
    flow_logs: NotRequired[FlowLogsArgs]
    """Flow logs of the VPC. Give the group, even empty, to have them. Default: none."""
