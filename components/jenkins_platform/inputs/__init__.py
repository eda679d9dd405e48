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
from .controller import ControllerArgs
from .encryption import EncryptionKeyArgs, KeyCreationArgs
from .entrance import CertificateArgs, EntranceArgs, Scheme, SignInArgs
from .images import ImageArgs, ImagesArgs
from .jenkins import JenkinsArgs
from .network import AdoptedNetworkArgs, NatStrategy, NetworkArgs
from .platform import DataProtection, JenkinsPlatformArgs
from .storage import (
    AdoptedStorageArgs,
    PerformanceMode,
    ReplicationArgs,
    StorageArgs,
    ThroughputMode,
    TransitionAfter,
)

__all__ = [
    "AdoptedNetworkArgs",
    "AdoptedStorageArgs",
    "AgentCloudArgs",
    "AgentTemplateArgs",
    "Architecture",
    "BackupArgs",
    "BackupCopyArgs",
    "Capacity",
    "CertificateArgs",
    "Connection",
    "ControllerArgs",
    "DataProtection",
    "EfsVolumeArgs",
    "EncryptionKeyArgs",
    "EntranceArgs",
    "ImageArgs",
    "ImagesArgs",
    "JenkinsArgs",
    "JenkinsPlatformArgs",
    "KeyCreationArgs",
    "NatStrategy",
    "NetworkArgs",
    "PerformanceMode",
    "PlatformImage",
    "PolicyStatementArgs",
    "ProvisioningArgs",
    "ReaperArgs",
    "ReplicationArgs",
    "RestoreTestArgs",
    "Scheme",
    "SidecarArgs",
    "SignInArgs",
    "StorageArgs",
    "ThroughputMode",
    "TransitionAfter",
    "VaultLockArgs",
    "VaultLockMode",
    "VolumeArgs",
]
