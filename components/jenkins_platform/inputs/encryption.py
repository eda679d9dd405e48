"""Inputs of the KMS keys that encrypt data at rest."""

from typing import TypedDict

import pulumi
from typing_extensions import NotRequired


class KeyCreationArgs(TypedDict):
    """A dedicated KMS key with automatic rotation and an alias."""

    rotation_days: NotRequired[int]
    """Rotation period in days, 90 to 2560. Data encrypted before a rotation stays readable.
    Default: ``365``."""
    deletion_window_days: NotRequired[int]
    """Waiting period in days before KMS deletes the key, 7 to 30. Default: ``30``."""


class EncryptionKeyArgs(TypedDict):
    """A KMS key, either created or existing. Exactly one of the two inputs is required."""

    create: NotRequired[KeyCreationArgs]
    """Create a key, for about 1 USD a month. An empty group uses the defaults. Default: none."""
    existing: NotRequired[pulumi.Input[str]]
    """ARN of an existing KMS key in the region of the encrypted resource. The deploying principal
    and the platform's backup role must be allowed to use it. Default: none."""
