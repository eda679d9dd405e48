"""The public inputs of `JenkinsPlatform`, one module per subject.

They are ``TypedDict`` with ``pulumi.Input`` only on what may be known late, and enums for
closed choices: the one form that also works when the component is hosted for other languages.
What an input must be is checked in `jenkins_platform.settings`.
"""

from .agents import (
    AgentCloudArgs,
    AgentTemplateArgs,
    Architecture,
    Capacity,
    Connection,
    PolicyStatementArgs,
)
from .controller import ControllerArgs
from .entrance import CertificateArgs, EntranceArgs, Scheme, SignInArgs
from .images import ImageArgs, ImagesArgs, PullThroughCacheArgs
from .jenkins import JenkinsArgs
from .network import AdoptedNetworkArgs, NatStrategy, NetworkArgs
from .platform import DataProtection, JenkinsPlatformArgs
from .storage import PerformanceMode, StorageArgs, ThroughputMode

__all__ = [
    "AdoptedNetworkArgs",
    "AgentCloudArgs",
    "AgentTemplateArgs",
    "Architecture",
    "Capacity",
    "CertificateArgs",
    "Connection",
    "ControllerArgs",
    "DataProtection",
    "EntranceArgs",
    "ImageArgs",
    "ImagesArgs",
    "JenkinsArgs",
    "JenkinsPlatformArgs",
    "NatStrategy",
    "NetworkArgs",
    "PerformanceMode",
    "PolicyStatementArgs",
    "PullThroughCacheArgs",
    "Scheme",
    "SignInArgs",
    "StorageArgs",
    "ThroughputMode",
]
