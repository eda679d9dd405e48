"""The Jenkins home: an encrypted EFS file system."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired

from .encryption import EncryptionKeyArgs


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


class TransitionAfter(str, Enum):
    """How long nobody touched a file before it moves to cheaper storage, in EFS's words."""

    AFTER_1_DAY = "AFTER_1_DAY"
    """After one day."""
    AFTER_7_DAYS = "AFTER_7_DAYS"
    """After a week."""
    AFTER_14_DAYS = "AFTER_14_DAYS"
    """After two weeks."""
    AFTER_30_DAYS = "AFTER_30_DAYS"
    """After a month."""
    AFTER_60_DAYS = "AFTER_60_DAYS"
    """After two months."""
    AFTER_90_DAYS = "AFTER_90_DAYS"
    """After a quarter of a year."""
    AFTER_180_DAYS = "AFTER_180_DAYS"
    """After half a year."""
    AFTER_270_DAYS = "AFTER_270_DAYS"
    """After three quarters of a year."""
    AFTER_365_DAYS = "AFTER_365_DAYS"
    """After a year."""


class ReplicationArgs(TypedDict):
    """A read-only copy of the file system in another region, minutes behind, kept by EFS."""

    region: str
    """Region of the copy, such as ``eu-west-1``; not the platform's."""
    encryption_key: NotRequired[EncryptionKeyArgs]
    """KMS key of the copy, in its region. Default: the AWS managed key for EFS there."""


class ExistingStorageArgs(TypedDict):
    """A file system that is there already, such as one that was restored from a backup."""

    file_system_id: pulumi.Input[str]
    """Id of the file system, such as ``fs-0a1b2c3d``, in the platform's region. It must be
    encrypted."""
    access_point_id: pulumi.Input[str]
    """Id of the access point that leads to the Jenkins home, such as ``fsap-0a1b2c3d``: user and
    group 1000."""
    connect: NotRequired[bool]
    """Make the mount targets and the file-system policy. Default false: nothing of the file system
    is touched; then it has a mount target in each zone of the tasks already, whose security group
    lets the controller's security group in on port 2049 (``controller.security_group_id`` may give
    the controller one that is there already)."""


class StorageArgs(TypedDict):
    """The file system that holds the Jenkins home."""

    throughput_mode: NotRequired[ThroughputMode]
    """Throughput mode. Default ``elastic``."""
    provisioned_throughput_mibps: NotRequired[int]
    """Throughput in MiB/s, 1 to 3414, only and always with ``provisioned``."""
    performance_mode: NotRequired[PerformanceMode]
    """Performance mode. Default ``generalPurpose``. EFS cannot change it later; a change is
    refused."""
    encryption_key: NotRequired[EncryptionKeyArgs]
    """KMS key for encryption at rest. Default: the AWS managed key for EFS. Encryption itself is
    always on. EFS cannot change the key later; a change is refused."""
    transition_to_ia_after: NotRequired[TransitionAfter]
    """When files move to Infrequent Access. Default: never; a home is mostly small files, for which
    it saves little, see docs/storage.md."""
    transition_to_archive_after: NotRequired[TransitionAfter]
    """When files move to Archive, later than to Infrequent Access. Needs ``elastic`` and
    ``generalPurpose``. Default: never."""
    transition_to_primary_on_access: NotRequired[bool]
    """Move a file back to Standard storage when it is read. Default true; only with one of the two
    above."""
    replication: NotRequired[ReplicationArgs]
    """A copy in another region. Default: none."""
    security_group_id: NotRequired[pulumi.Input[str]]
    """Id of a security group of yours for the mount targets; the platform lets the controller in.
    Not for an adopted file system that keeps its own mount targets. Default: one is made."""
    existing: NotRequired[ExistingStorageArgs]
    """Use this file system. Default: one is made, and the other inputs of this group say how."""
