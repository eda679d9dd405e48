"""Inputs of monitoring: alarms, notifications, metrics and logs."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired

from .encryption import EncryptionKeyArgs


class MonitoringLevel(str, Enum):
    """How much is monitored."""

    ALL = "all"
    """Everything in ``alarms``, metrics of each agent and its cost, and a dashboard: 3 to 4 USD a
    month more than ``alarms``."""
    ALARMS = "alarms"
    """A topic, alarms and event notifications: 2 to 3 USD a month."""
    NONE = "none"
    """Nothing. Logs are still written."""


class Alarm(str, Enum):
    """The alarms, which `docs/monitoring.md` explains."""

    NO_HEALTHY_TARGET = "no-healthy-target"
    """The load balancer has no healthy target."""
    NO_RUNNING_CONTROLLER = "no-running-controller"
    """ECS runs no controller task."""
    CONTROLLER_RESTARTS = "controller-restarts"
    """The controller stopped repeatedly."""
    CONTROLLER_CPU = "controller-cpu"
    """The CPU utilization of the controller is high."""
    CONTROLLER_MEMORY = "controller-memory"
    """The memory utilization of the controller is high."""
    SERVER_ERRORS = "server-errors"
    """Jenkins returns many HTTP 5xx responses."""
    SLOW_RESPONSES = "slow-responses"
    """The response time of Jenkins is high."""
    FILE_SYSTEM_IO = "file-system-io"
    """The file system of the Jenkins home approaches its I/O limit."""
    BURST_CREDITS = "burst-credits"
    """The burst credits of the file system run out. Only with bursting throughput."""
    BACKUP_FAILED = "backup-failed"
    """A backup of the Jenkins home failed. Only with backups enabled."""
    AGENTS_NOT_PLACED = "agents-not-placed"
    """Builds wait because agents do not start."""
    SPOT_INTERRUPTIONS = "spot-interruptions"
    """Many agents lost their Spot capacity."""
    SPOT_SUSPENDED = "spot-suspended"
    """Spot labels use on-demand capacity. Only with the circuit breaker enabled."""
    LOG_ERRORS = "log-errors"
    """Jenkins logs many errors."""
    FUNCTION_ERRORS = "function-errors"
    """A Lambda function of the platform fails."""
    WEBHOOKS_WAITING = "webhooks-waiting"
    """Webhooks are not delivered to Jenkins. Only with ``webhooks``."""
    WEBHOOKS_LOST = "webhooks-lost"
    """Webhooks could not be delivered in four days. Only with ``webhooks``."""


class Event(str, Enum):
    """Events that are published to the topic when they occur, each as a readable sentence."""

    CONTROLLER_STOPPED = "controller-stopped"
    """The controller's task stopped unexpectedly or failed to start."""
    AGENT_FAILED = "agent-failed"
    """An agent's task failed to start or ran out of memory."""
    SPOT_INTERRUPTED = "spot-interrupted"
    """An agent loses its Spot capacity in two minutes. Frequent with many builds; the alarm
    ``spot-interruptions`` reports their number instead."""
    DEPLOYMENT_FAILED = "deployment-failed"
    """A deployment of the controller failed and is rolled back."""
    BUILD_FAILED = "build-failed"
    """A build ended with the result ``FAILURE``. Jenkins reports it to Amazon EventBridge."""
    BACKUP_FAILED = "backup-failed"
    """A backup, copy or restore (including a restore test) failed, expired or was aborted."""


class MessageFormat(str, Enum):
    """Format of the messages about events. Alarms have the format of CloudWatch."""

    TEXT = "text"
    """A sentence, for email."""
    CHAT = "chat"
    """The schema of custom notifications of Amazon Q Developer in chat applications (AWS Chatbot),
    which shows them in Slack and Microsoft Teams."""


class TopicArgs(TypedDict):
    """The SNS topic to which alarms and events are published."""

    existing: NotRequired[pulumi.Input[str]]
    """ARN of an existing topic. Its policy and the policy of its KMS key must allow CloudWatch,
    EventBridge and, with ``budget``, AWS Budgets to publish. Default: none, a topic is created with
    a dedicated KMS key, because the AWS managed key does not allow these services to publish."""


class AlarmsArgs(TypedDict):
    """Thresholds of the alarms. Each alarm costs about 0.10 USD a month."""

    composite: NotRequired[bool]
    """Whether one composite alarm "Jenkins is down" (0.50 USD a month) notifies for both
    ``no-healthy-target`` and ``no-running-controller``. Default: ``false``."""
    down_minutes: NotRequired[int]
    """Minutes without a healthy target after which Jenkins counts as down: 5 to 60, a multiple of
    5. A start can take 10 minutes. Default: ``10``."""
    cpu_percent: NotRequired[int]
    """CPU utilization of the controller over 15 minutes in percent, 10 to 100. Default: ``90``."""
    memory_percent: NotRequired[int]
    """Memory utilization of the controller over 15 minutes in percent, 10 to 100.
    Default: ``90``."""
    response_seconds: NotRequired[float]
    """95th percentile of the response time over 15 minutes in seconds, 0.1 to 60.
    Default: ``5``."""
    server_errors: NotRequired[int]
    """Number of HTTP 5xx responses in 5 minutes, 1 to 10000. Default: ``10``."""
    agents_not_placed: NotRequired[int]
    """Number of agents that failed to start in 15 minutes, 1 to 10000. Default: ``5``."""
    spot_interruptions: NotRequired[int]
    """Number of interrupted agents in an hour, 1 to 10000. Default: ``20``."""
    log_errors: NotRequired[int]
    """Number of messages with level SEVERE in the controller's log in 15 minutes, 1 to 10000.
    Default: ``20``."""
    webhook_minutes: NotRequired[int]
    """Minutes that a webhook waits for Jenkins while it is awake, 10 to 1440. Default: ``30``."""


class FlowLogTraffic(str, Enum):
    """Type of traffic that flow logs record."""

    REJECT = "reject"
    """Rejected traffic."""
    ACCEPT = "accept"
    """Accepted traffic."""
    ALL = "all"
    """Accepted and rejected traffic."""


class FlowLogDestination(str, Enum):
    """Destination of flow logs."""

    CLOUD_WATCH = "cloudwatch"
    """A CloudWatch log group: searchable immediately, more expensive for heavy traffic."""
    S3 = "s3"
    """An S3 bucket: inexpensive to keep."""


class FlowLogsArgs(TypedDict):
    """Flow logs of the VPC. Only valid if the platform creates the VPC."""

    destination: NotRequired[FlowLogDestination]
    """Destination of the flow logs. Default: ``cloudwatch``."""
    traffic: NotRequired[FlowLogTraffic]
    """Type of traffic to record. Default: ``reject``."""
    retention_days: NotRequired[int]
    """Retention in days, one of the periods that CloudWatch Logs supports. Default: ``30``."""


class MonitoringArgs(TypedDict):
    """Alarms, notifications, metrics and logs."""

    level: NotRequired[MonitoringLevel]
    """How much is monitored. Default: ``alarms``."""
    topic: NotRequired[TopicArgs]
    """The SNS topic to which alarms and events are published."""
    email_addresses: NotRequired[list[str]]
    """Email addresses to subscribe to the topic. SNS asks each one to confirm. Default: none."""
    webhooks: NotRequired[dict[str, pulumi.Input[str]]]
    """HTTPS URLs to subscribe to the topic, by names such as ``pager``. They receive SNS messages
    in JSON and must confirm the subscription. Stored as secrets. Default: none."""
    message_format: NotRequired[MessageFormat]
    """Format of the messages about events. Default: ``text``."""
    alarms: NotRequired[AlarmsArgs]
    """Thresholds of the alarms."""
    disabled_alarms: NotRequired[list[Alarm]]
    """Alarms that are not created. Default: none."""
    events: NotRequired[list[Event]]
    """Events that are published to the topic.
    Default: ``["controller-stopped", "agent-failed", "deployment-failed", "backup-failed"]``."""
    prometheus: NotRequired[bool]
    """Whether Jenkins serves metrics at ``/prometheus/`` to users with the permission Metrics/View.
    An existing controller image must contain the plugin ``prometheus``. Default: ``false``."""
    log_key: NotRequired[EncryptionKeyArgs]
    """KMS key of the log groups that the platform creates. The policy of an existing key must allow
    CloudWatch Logs to use it for log groups whose names start with the platform's, and for
    ``aws-waf-logs-`` and the platform's name. If a created key is removed from the inputs, KMS
    deletes it after 30 days, and with it all events that it encrypted; cancel the deletion in KMS
    to keep them readable. Default: none, the encryption of CloudWatch Logs."""
    flow_logs: NotRequired[FlowLogsArgs]
    """Flow logs of the VPC; ``{}`` enables them with the defaults. Default: none."""
    audit_trail: NotRequired[bool]
    """Whether Jenkins logs who changed what: requests that change something, causes of builds, use
    of credentials and scripts, as lines with ``- audit -`` in the controller's log (plugin
    audit-trail). Default: ``false``."""
    opentelemetry_endpoint: NotRequired[str]
    """URL of an OpenTelemetry collector (OTLP over gRPC) that receives traces of builds and
    metrics, such as ``http://collector.example.com:4317`` (plugin opentelemetry). Default: none."""
