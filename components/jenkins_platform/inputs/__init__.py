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
from .backup import BackupArgs, BackupCopyArgs, RestoreTestArgs, VaultLockArgs, VaultLockMode
from .budget import BudgetArgs
from .controller import ControllerArgs
from .encryption import EncryptionKeyArgs, KeyCreationArgs
from .entrance import (
    AccessLogsArgs,
    CertificateArgs,
    EntranceArgs,
    ManagedRuleGroupArgs,
    Scheme,
    WebAclArgs,
)
from .expected_use import ExpectedUseArgs
from .images import ImageArgs, ImagesArgs, PullThroughCacheArgs
from .jenkins import (
    BuildDiscarderArgs,
    ConfigurationRollout,
    CredentialsArgs,
    JenkinsArgs,
    LibraryArgs,
    LogLevel,
    LogRecorderArgs,
    ToolArgs,
    ToolKind,
)
from .network import AdoptedNetworkArgs, NatStrategy, NetworkArgs
from .platform import DataProtection, JenkinsPlatformArgs
from .schedule import Day, ScheduleArgs, WindowArgs
from .sign_in import GrantArgs, LoadBalancerOidcArgs, OidcArgs, Role, SignInArgs
from .storage import (
    AdoptedStorageArgs,
    PerformanceMode,
    ReplicationArgs,
    StorageArgs,
    ThroughputMode,
    TransitionAfter,
)
from .watch import (
    Alarm,
    AlarmsArgs,
    Event,
    FlowLogDestination,
    FlowLogsArgs,
    FlowLogTraffic,
    TopicArgs,
    WatchArgs,
    WatchScope,
)

__all__ = [
    "AccessLogsArgs",
    "AdoptedNetworkArgs",
    "AdoptedStorageArgs",
    "AgentCloudArgs",
    "AgentTemplateArgs",
    "Alarm",
    "AlarmsArgs",
    "Architecture",
    "BackupArgs",
    "BackupCopyArgs",
    "BudgetArgs",
    "BuildDiscarderArgs",
    "Capacity",
    "CertificateArgs",
    "ConfigurationRollout",
    "Connection",
    "ControllerArgs",
    "CredentialsArgs",
    "DataProtection",
    "Day",
    "EfsVolumeArgs",
    "EncryptionKeyArgs",
    "EntranceArgs",
    "Event",
    "ExpectedUseArgs",
    "FlowLogDestination",
    "FlowLogTraffic",
    "FlowLogsArgs",
    "GrantArgs",
    "ImageArgs",
    "ImagesArgs",
    "JenkinsArgs",
    "JenkinsPlatformArgs",
    "KeyCreationArgs",
    "LibraryArgs",
    "LoadBalancerOidcArgs",
    "LogLevel",
    "LogRecorderArgs",
    "ManagedRuleGroupArgs",
    "NatStrategy",
    "NetworkArgs",
    "OidcArgs",
    "PerformanceMode",
    "PlatformImage",
    "PolicyStatementArgs",
    "ProvisioningArgs",
    "PullThroughCacheArgs",
    "ReaperArgs",
    "ReplicationArgs",
    "RestoreTestArgs",
    "Role",
    "ScheduleArgs",
    "Scheme",
    "SidecarArgs",
    "SignInArgs",
    "StorageArgs",
    "ThroughputMode",
    "ToolArgs",
    "ToolKind",
    "TopicArgs",
    "TransitionAfter",
    "VaultLockArgs",
    "VaultLockMode",
    "VolumeArgs",
    "WatchArgs",
    "WatchScope",
    "WebAclArgs",
    "WindowArgs",
]
