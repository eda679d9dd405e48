"""Settings of the file system."""

from __future__ import annotations

from collections.abc import Iterator

from ..inputs import PerformanceMode, ThroughputMode
from .base import Group, Late, Problem, setting
from .values import KmsKeyArn


class StorageSettings(Group):
    throughput_mode: ThroughputMode = setting(
        ThroughputMode.ELASTIC, valid="elastic, bursting or provisioned"
    )
    provisioned_throughput_mibps: int | None = setting(
        None, valid="1 to 3414 MiB/s, with throughput_mode provisioned", ge=1, le=3414
    )
    performance_mode: PerformanceMode = setting(
        PerformanceMode.GENERAL_PURPOSE, valid="generalPurpose or maxIO"
    )
    kms_key_arn: Late[KmsKeyArn] | None = setting(None, valid="the ARN of a KMS key")

    def rules(self, key: str) -> Iterator[Problem]:
        provisioned = self.throughput_mode is ThroughputMode.PROVISIONED
        amount = f"{key}.provisioned_throughput_mibps"
        if provisioned and self.provisioned_throughput_mibps is None:
            yield Problem(amount, None, "required with throughput_mode provisioned")
        if not provisioned and self.provisioned_throughput_mibps is not None:
            yield Problem(
                amount,
                self.provisioned_throughput_mibps,
                f"goes with throughput_mode provisioned, not {self.throughput_mode.value}",
            )
        if (
            self.performance_mode is PerformanceMode.MAX_IO
            and self.throughput_mode is ThroughputMode.ELASTIC
        ):
            yield Problem(
                f"{key}.performance_mode",
                self.performance_mode.value,
                "EFS has no maxIO with elastic throughput; take generalPurpose, or "
                "throughput_mode bursting or provisioned",
            )
