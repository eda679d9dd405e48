"""Settings of the file system."""

from __future__ import annotations

from collections.abc import Iterator

from ..inputs import PerformanceMode, ThroughputMode, TransitionAfter
from .encryption import EncryptionKey
from .facts.regions import Region
from .validation.base import Group, OutputOr, Problem, setting
from .validation.rules import created_only
from .validation.values import AccessPointId, FileSystemId, SecurityGroupId

_TRANSITIONS = list(TransitionAfter)
_TRANSITION_VALID = f"{_TRANSITIONS[0].value} to {_TRANSITIONS[-1].value}, as in EFS"


class Replication(Group):
    """See `ReplicationArgs`."""

    region: Region = setting(valid="a region other than the platform's")
    encryption_key: EncryptionKey | None = setting(None, valid="create or existing")


class ExistingStorage(Group):
    """See `ExistingStorageArgs`."""

    file_system_id: OutputOr[FileSystemId] = setting(valid="the ID of a file system")
    access_point_id: OutputOr[AccessPointId] = setting(valid="the ID of an access point")
    connect: bool = setting(False, valid="true or false")


class StorageSettings(Group):
    """See `StorageArgs`. Rules: Amazon EFS User Guide, "Performance" and "Lifecycle management"."""

    throughput_mode: ThroughputMode = setting(
        ThroughputMode.ELASTIC, valid="elastic, bursting or provisioned"
    )
    provisioned_throughput_mibps: int | None = setting(
        None, valid="1 to 3414 MiB/s, with throughput_mode provisioned", ge=1, le=3414
    )
    performance_mode: PerformanceMode = setting(
        PerformanceMode.GENERAL_PURPOSE, valid="generalPurpose or maxIO"
    )
    encryption_key: EncryptionKey | None = setting(None, valid="create or existing")
    transition_to_ia_after: TransitionAfter | None = setting(None, valid=_TRANSITION_VALID)
    transition_to_archive_after: TransitionAfter | None = setting(None, valid=_TRANSITION_VALID)
    transition_to_primary_on_access: bool = setting(True, valid="true or false")
    replication: Replication | None = setting(None, valid="region, encryption_key")
    security_group_id: OutputOr[SecurityGroupId] | None = setting(
        None, valid="the ID of a security group such as sg-0a1b2c3d4e5f"
    )
    existing: ExistingStorage | None = setting(
        None, valid="file_system_id, access_point_id and connect"
    )

    @property
    def connects(self) -> bool:
        """Whether the platform creates the mount targets."""
        return self.existing is None or self.existing.connect

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems between modes, storage classes and an existing file system."""
        if self.existing:
            given = {n for n in self.model_fields_set if getattr(self, n) is not None}
            allowed = {"existing", "security_group_id"} if self.connects else {"existing"}
            for name in sorted(given - allowed):
                yield Problem(
                    f"{key}.{name}",
                    getattr(self, name),
                    created_only("a file system"),
                )
            return
        yield from self._throughput_rules(key)
        yield from self._transition_rules(key)

    def _throughput_rules(self, key: str) -> Iterator[Problem]:
        provisioned = self.throughput_mode is ThroughputMode.PROVISIONED
        amount = f"{key}.provisioned_throughput_mibps"
        if provisioned and self.provisioned_throughput_mibps is None:
            yield Problem(amount, None, "required with throughput_mode provisioned")
        if not provisioned and self.provisioned_throughput_mibps is not None:
            yield Problem(
                amount,
                self.provisioned_throughput_mibps,
                f"is only valid with throughput_mode provisioned, not {self.throughput_mode.value}",
            )
        if (
            self.performance_mode is PerformanceMode.MAX_IO
            and self.throughput_mode is ThroughputMode.ELASTIC
        ):
            yield Problem(
                f"{key}.performance_mode",
                self.performance_mode.value,
                "is not supported with elastic throughput. Use generalPurpose, or throughput_mode "
                "bursting or provisioned",
            )

    def _transition_rules(self, key: str) -> Iterator[Problem]:
        archive, infrequent = self.transition_to_archive_after, self.transition_to_ia_after
        if archive and infrequent and _TRANSITIONS.index(archive) <= _TRANSITIONS.index(infrequent):
            yield Problem(
                f"{key}.transition_to_archive_after",
                archive.value,
                f"must be later than transition_to_ia_after, {infrequent.value}",
            )
        required = (ThroughputMode.ELASTIC, PerformanceMode.GENERAL_PURPOSE)
        if archive and (self.throughput_mode, self.performance_mode) != required:
            yield Problem(
                f"{key}.transition_to_archive_after",
                archive.value,
                "is only valid with throughput_mode elastic and performance_mode generalPurpose",
            )
        if "transition_to_primary_on_access" in self.model_fields_set and not (
            archive or infrequent
        ):
            yield Problem(
                f"{key}.transition_to_primary_on_access",
                self.transition_to_primary_on_access,
                "is only valid with transition_to_ia_after or transition_to_archive_after",
            )
