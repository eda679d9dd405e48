"""Settings of the KMS keys."""

from __future__ import annotations

from collections.abc import Iterator

from .base import Group, Late, Problem, setting
from .values import KmsKeyArn


class KeyCreation(Group):
    rotation_days: int = setting(365, valid="90 to 2560 days", ge=90, le=2560)
    deletion_window_days: int = setting(30, valid="7 to 30 days", ge=7, le=30)


class EncryptionKey(Group):
    create: KeyCreation | None = setting(None, valid="rotation_days, deletion_window_days")
    existing: Late[KmsKeyArn] | None = setting(None, valid="the ARN of a KMS key")

    def rules(self, key: str) -> Iterator[Problem]:
        if (self.create is None) == (self.existing is None):
            yield Problem(
                key,
                "neither" if self.create is None else "both",
                "takes either `create` or `existing`; leave the group out for the key of AWS",
            )
