"""The KMS keys that encrypt what holds data."""

from typing import TypedDict

import pulumi
from typing_extensions import NotRequired


class KeyCreationArgs(TypedDict):
    """A KMS key of the platform's own: rotated by itself, found by its alias."""

    rotation_days: NotRequired[int]
    """Days between two rotations, 90 to 2560. Default 365. Data encrypted before a rotation stays
    readable."""
    deletion_window_days: NotRequired[int]
    """Days that KMS waits before it really deletes the key, 7 to 30. Default 30."""


class EncryptionKeyArgs(TypedDict):
    """The KMS key that encrypts something: made, or one that is there. Exactly one of the two."""

    create: NotRequired[KeyCreationArgs]
    """Make a key; an empty group takes all defaults. It costs about 1 USD a month."""
    existing: NotRequired[pulumi.Input[str]]
    """ARN of a KMS key that is there, in the region of what it encrypts. Whoever runs ``up`` and
    the platform's backup role must be allowed to use it."""
