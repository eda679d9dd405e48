"""The public inputs of `JenkinsPlatform`, one module per subject.

They are ``TypedDict`` classes with ``pulumi.Input`` only where a value can be an output, and enums
where the values are fixed, because Pulumi can generate SDKs for other languages only from these.
`jenkins_platform.settings` validates them.
"""

from .agent_cloud import AgentCloudArgs, Connection, ProvisioningArgs, ReaperArgs, WarmAgentsArgs
from .agents import (
    AgentTemplateArgs,
    Architecture,
    Capacity,
    ConditionArgs,
    EfsVolumeArgs,
    PlatformImage,
    PolicyStatementArgs,
    SidecarArgs,
    VolumeArgs,
)
from .backup import BackupArgs, BackupCopyArgs, RestoreTestArgs, VaultLockArgs, VaultLockMode
from .bitbucket import BitbucketArgs
from .budget import BudgetArgs
from .controller import ControllerArgs
from .encryption import EncryptionKeyArgs, KeyCreationArgs
from .github import GitHubArgs
from .gitlab import GitLabArgs
from .images import FindingSeverity, ImageArgs, ImagesArgs, PluginPolicy, PullThroughCacheArgs
from .instances import DiskType, ExistingInstancesArgs, InstanceProvider, InstancesArgs
from .jenkins import (
    ArtifactStorage,
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
from .job_identity import JobIdentityArgs, JobRoleArgs
from .load_balancer import (
    AccessLogsArgs,
    CertificateArgs,
    ExistingLoadBalancerArgs,
    IpAddressType,
    LoadBalancerArgs,
    ManagedRuleGroupArgs,
    Scheme,
    WebAclArgs,
)
from .monitoring import (
    Alarm,
    AlarmsArgs,
    Event,
    FlowLogDestination,
    FlowLogsArgs,
    FlowLogTraffic,
    MessageFormat,
    MonitoringArgs,
    MonitoringLevel,
    TopicArgs,
)
from .network import ExistingNetworkArgs, NatStrategy, NetworkArgs, ProxyArgs
from .platform import JenkinsPlatformArgs, RemovalPolicy
from .realms import (
    EntraArgs,
    EntraCloud,
    GitHubSignInArgs,
    LdapArgs,
    OidcArgs,
    RequiredClaimArgs,
    SamlArgs,
    SamlBinding,
    UserNameCase,
)
from .schedule import Day, ScheduleArgs, WindowArgs
from .sign_in import (
    GrantArgs,
    ItemRoleArgs,
    LoadBalancerOidcArgs,
    Role,
    RoleStrategyArgs,
    SignInArgs,
)
from .storage import (
    ExistingStorageArgs,
    PerformanceMode,
    ReplicationArgs,
    StorageArgs,
    ThroughputMode,
    TransitionAfter,
)
from .usage_estimate import UsageEstimateArgs
from .webhooks import WebhooksArgs

__all__ = [
    "AccessLogsArgs",
    "AgentCloudArgs",
    "AgentTemplateArgs",
    "Alarm",
    "AlarmsArgs",
    "Architecture",
    "ArtifactStorage",
    "BackupArgs",
    "BackupCopyArgs",
    "BitbucketArgs",
    "BudgetArgs",
    "BuildDiscarderArgs",
    "Capacity",
    "CertificateArgs",
    "ConditionArgs",
    "ConfigurationRollout",
    "Connection",
    "ControllerArgs",
    "CredentialsArgs",
    "Day",
    "DiskType",
    "EfsVolumeArgs",
    "EncryptionKeyArgs",
    "EntraArgs",
    "EntraCloud",
    "Event",
    "ExistingInstancesArgs",
    "ExistingLoadBalancerArgs",
    "ExistingNetworkArgs",
    "ExistingStorageArgs",
    "FindingSeverity",
    "FlowLogDestination",
    "FlowLogTraffic",
    "FlowLogsArgs",
    "GitHubArgs",
    "GitHubSignInArgs",
    "GitLabArgs",
    "GrantArgs",
    "ImageArgs",
    "ImagesArgs",
    "InstanceProvider",
    "InstancesArgs",
    "IpAddressType",
    "ItemRoleArgs",
    "JenkinsArgs",
    "JenkinsPlatformArgs",
    "JobIdentityArgs",
    "JobRoleArgs",
    "KeyCreationArgs",
    "LdapArgs",
    "LibraryArgs",
    "LoadBalancerArgs",
    "LoadBalancerOidcArgs",
    "LogLevel",
    "LogRecorderArgs",
    "ManagedRuleGroupArgs",
    "MessageFormat",
    "MonitoringArgs",
    "MonitoringLevel",
    "NatStrategy",
    "NetworkArgs",
    "OidcArgs",
    "PerformanceMode",
    "PlatformImage",
    "PluginPolicy",
    "PolicyStatementArgs",
    "ProvisioningArgs",
    "ProxyArgs",
    "PullThroughCacheArgs",
    "ReaperArgs",
    "RemovalPolicy",
    "ReplicationArgs",
    "RequiredClaimArgs",
    "RestoreTestArgs",
    "Role",
    "RoleStrategyArgs",
    "SamlArgs",
    "SamlBinding",
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
    "UsageEstimateArgs",
    "UserNameCase",
    "VaultLockArgs",
    "VaultLockMode",
    "VolumeArgs",
    "WarmAgentsArgs",
    "WebAclArgs",
    "WebhooksArgs",
    "WindowArgs",
]
