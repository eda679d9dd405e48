"""KMS keys of the platform's own, and those that are adopted."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from . import iam
from .context import Part
from .settings.encryption import EncryptionKey, KeyCreation


def key_arn(
    part: Part,
    role: str,
    settings: EncryptionKey | None,
    region: pulumi.Output[str] | None = None,
) -> pulumi.Output[str] | None:
    """ARN of the key that encrypts ``role``; None where AWS's own key does.

    Args:
        region: Another region than the platform's.
    """
    if settings is None:
        return None
    if settings.adopt is not None:
        return pulumi.Output.from_input(settings.adopt)
    context, creation = part.context, settings.create or KeyCreation()
    key = aws.kms.Key(
        f"{context.name}-{role}",
        description=f"Jenkins platform {context.name}: {role}",
        policy=iam.document(iam.own_key(context.account_id, context.partition)),
        enable_key_rotation=True,
        rotation_period_in_days=creation.rotation_days,
        deletion_window_in_days=creation.deletion_window_days,
        region=region,
        tags=context.tags(role),
        opts=part.keep(),
    )
    aws.kms.Alias(
        f"{context.name}-{role}",
        name=pulumi.Output.concat("alias/", context.handle, "-", role),
        target_key_id=key.id,
        region=region,
        opts=part.child(),
    )
    return key.arn
