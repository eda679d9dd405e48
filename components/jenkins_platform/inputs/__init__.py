"""The public inputs of `JenkinsPlatform`, one module per subject.

They are ``TypedDict`` with ``pulumi.Input`` only on what may be known late, and enums for
closed choices: the one form that also works when the component is hosted for other languages.
What an input must be is checked in `jenkins_platform.settings`.
"""

from .agent_cloud import AgentCloudArgs, Connection, ProvisioningArgs, ReaperArgs
from .agents import (
    AgentTemplateArgs,
    Architecture,
    Capacity,
    EfsVolumeArgs,
    PlatformImage,
    PolicyStatementArgs,
    SidecarArgs,
    VolumeArgs,
)
from .budget import BudgetArgs
from .controller import ControllerArgs
from .entrance import CertificateArgs, EntranceArgs, Scheme, SignInArgs
from .expected_use import ExpectedUseArgs
from .images import ImageArgs, ImagesArgs
from .jenkins import JenkinsArgs
from .network import AdoptedNetworkArgs, NatStrategy, NetworkArgs
from .platform import DataProtection, JenkinsPlatformArgs
from .schedule import Day, ScheduleArgs, WindowArgs
from .storage import PerformanceMode, StorageArgs, ThroughputMode
from .watch import (
    Alarm,
    AlarmsArgs,
    Event,
    FlowLogDestination,
    FlowLogsArgs,
    FlowLogTraffic,
    LogKeyArgs,
    TopicArgs,
    WatchArgs,
    WatchScope,
)

__all__ = [
    "AdoptedNetworkArgs",
    "AgentCloudArgs",
    "AgentTemplateArgs",
    "Alarm",
    "AlarmsArgs",
    "Architecture",
    "BudgetArgs",
    "Capacity",
    "CertificateArgs",
    "Connection",
    "ControllerArgs",
    "DataProtection",
    "Day",
    "EfsVolumeArgs",
    "EntranceArgs",
    "Event",
    "ExpectedUseArgs",
    "FlowLogDestination",
    "FlowLogTraffic",
    "FlowLogsArgs",
    "ImageArgs",
    "ImagesArgs",
    "JenkinsArgs",
    "JenkinsPlatformArgs",
    "LogKeyArgs",
    "NatStrategy",
    "NetworkArgs",
    "PerformanceMode",
    "PlatformImage",
    "PolicyStatementArgs",
    "ProvisioningArgs",
    "ReaperArgs",
    "ScheduleArgs",
    "Scheme",
    "SidecarArgs",
    "SignInArgs",
    "StorageArgs",
    "ThroughputMode",
    "TopicArgs",
    "VolumeArgs",
    "WatchArgs",
    "WatchScope",
    "WindowArgs",
]
