"""Inputs of the encrypted EFS file system of the Jenkins home."""

from enum import Enum
from typing import TypedDict

import pulumi
from typing_extensions import NotRequired

from .encryption import EncryptionKeyArgs


class ThroughputMode(str, Enum):
    """Throughput mode, as in EFS."""

    ELASTIC = "elastic"
    """Charged per GB read and written; no burst credits."""
    BURSTING = "bursting"
    """Throughput proportional to size, about 50 KiB/s per GiB, which is too little for a small
    home."""
    PROVISIONED = "provisioned"
    """A fixed throughput, charged for the whole month."""


class PerformanceMode(str, Enum):
    """Performance mode, as in EFS. EFS cannot change it."""

    GENERAL_PURPOSE = "generalPurpose"
    """Lowest latency; recommended by AWS for all file systems."""
    MAX_IO = "maxIO"
    """More parallel operations with a higher latency. Cannot be combined with elastic
    throughput."""


class TransitionAfter(str, Enum):
    """Time since the last access after which a file moves to another storage class, as in EFS."""

    AFTER_1_DAY = "AFTER_1_DAY"
    """1 day."""
    AFTER_7_DAYS = "AFTER_7_DAYS"
    """7 days."""
    AFTER_14_DAYS = "AFTER_14_DAYS"
    """14 days."""
    AFTER_30_DAYS = "AFTER_30_DAYS"
    """30 days."""
    AFTER_60_DAYS = "AFTER_60_DAYS"
    """60 days."""
    AFTER_90_DAYS = "AFTER_90_DAYS"
    """90 days."""
    AFTER_180_DAYS = "AFTER_180_DAYS"
    """180 days."""
    AFTER_270_DAYS = "AFTER_270_DAYS"
    """270 days."""
    AFTER_365_DAYS = "AFTER_365_DAYS"
    """365 days."""


class ReplicationArgs(TypedDict):
    """EFS replication: a read-only replica in another region, with a lag of minutes."""

    region: str
    """Region of the replica, such as ``eu-west-1``. Must differ from the platform's region."""
    encryption_key: NotRequired[EncryptionKeyArgs]
    """KMS key of the replica in its region. Default: the AWS managed key for EFS there."""


class ExistingStorageArgs(TypedDict):
    """An existing file system, such as one restored from a backup."""

    file_system_id: pulumi.Input[str]
    """ID of an encrypted file system in the platform's region, such as ``fs-0a1b2c3d``."""
    access_point_id: pulumi.Input[str]
    """ID of the access point of the Jenkins home, such as ``fsap-0a1b2c3d``, with user and group
    ID 1000."""
    connect: NotRequired[bool]
    """Whether to create the mount targets and the file system policy. Otherwise the file system
    must have a mount target in each availability zone of the tasks, whose security group allows
    ingress from the controller's security group on port 2049; ``controller.security_group_id`` can
    set an existing one. Default: ``false``."""


class StorageArgs(TypedDict):
    """The file system of the Jenkins home."""

    throughput_mode: NotRequired[ThroughputMode]
    """Throughput mode. Default: ``elastic``."""
    provisioned_throughput_mibps: NotRequired[int]
    """Throughput in MiB/s, 1 to 3414. Required with ``throughput_mode`` ``provisioned`` and only
    valid with it. Default: none."""
    performance_mode: NotRequired[PerformanceMode]
    """Performance mode. EFS cannot change it; a change is refused. Default: ``generalPurpose``."""
    encryption_key: NotRequired[EncryptionKeyArgs]
    """KMS key for encryption at rest, which is always enabled. EFS cannot change the key; a change
    is refused. Default: the AWS managed key for EFS."""
    transition_to_ia_after: NotRequired[TransitionAfter]
    """When files move to the Infrequent Access storage class. A Jenkins home consists mostly of
    small files, for which this saves little, see docs/storage.md. Default: never."""
    transition_to_archive_after: NotRequired[TransitionAfter]
    """When files move to the Archive storage class, later than ``transition_to_ia_after``. Only
    valid with ``elastic`` and ``generalPurpose``. Default: never."""
    transition_to_primary_on_access: NotRequired[bool]
    """Whether files move back to the Standard storage class when they are accessed. Only valid with
    ``transition_to_ia_after`` or ``transition_to_archive_after``. Default: ``true``."""
    replication: NotRequired[ReplicationArgs]
    """Replication to another region. Default: none."""
    security_group_id: NotRequired[pulumi.Input[str]]
    """ID of an existing security group for the mount targets, to which the platform adds an ingress
    rule for the controller. Not valid with an existing file system whose mount targets are not
    created by the platform. Default: a security group is created."""
    existing: NotRequired[ExistingStorageArgs]
    """Existing file system. Cannot be combined with the inputs that describe a created one.
    Default: none, a file system is created."""
