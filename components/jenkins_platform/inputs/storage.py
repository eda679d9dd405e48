"""The Jenkins home: an encrypted EFS file system."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired


class ThroughputMode(str, Enum):
    """Throughput mode of the file system, in EFS's words."""

    ELASTIC = "elastic"
    """Pay for what is read and written; no credits to run out of."""
    BURSTING = "bursting"
    """Throughput grows with size: about 50 KiB/s per GiB, which a small home soon uses up."""
    PROVISIONED = "provisioned"
    """A fixed throughput, paid for all month."""


class PerformanceMode(str, Enum):
    """Performance mode of the file system, in EFS's words. Cannot be changed later."""

    GENERAL_PURPOSE = "generalPurpose"
    """Lowest latency; AWS's advice for all file systems."""
    MAX_IO = "maxIO"
    """More parallel operations at a higher latency; not with elastic throughput."""


class StorageArgs(TypedDict):
    """The file system that holds the Jenkins home."""

    throughput_mode: NotRequired[ThroughputMode]
    """Throughput mode. Default ``elastic``."""
    provisioned_throughput_mibps: NotRequired[int]
    """Throughput in MiB/s, 1 to 3414, only and always with ``provisioned``."""
    performance_mode: NotRequired[PerformanceMode]
    """Performance mode. Default ``generalPurpose``."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """ARN of the KMS key for encryption at rest. Default: the AWS managed key for EFS.
    Encryption itself is always on."""
