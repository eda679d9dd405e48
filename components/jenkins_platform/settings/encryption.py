"""Settings of the KMS keys."""

from __future__ import annotations

from collections.abc import Iterator

from .validation.arns import KmsKeyArn
from .validation.base import Group, OutputOr, Problem, setting


class KeyCreation(Group):
    """See `KeyCreationArgs`. Limits: AWS KMS API Reference, "EnableKeyRotation"."""

    rotation_days: int = setting(365, valid="90 to 2560 days", ge=90, le=2560)
    deletion_window_days: int = setting(30, valid="7 to 30 days", ge=7, le=30)


class EncryptionKey(Group):
    """See `EncryptionKeyArgs`."""

    create: KeyCreation | None = setting(None, valid="rotation_days, deletion_window_days")
    existing: OutputOr[KmsKeyArn] | None = setting(None, valid="the ARN of a KMS key")

    def rules(self, key: str) -> Iterator[Problem]:
        """The problem of a group with neither or both."""
        if (self.create is None) == (self.existing is None):
            yield Problem(
                key,
                "neither" if self.create is None else "both",
                "requires either `create` or `existing`. Omit the group to use the AWS managed key",
            )
