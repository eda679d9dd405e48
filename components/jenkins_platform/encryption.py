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
    *,
    region: pulumi.Output[str] | None = None,
    allowed: pulumi.Input[str] = "",
) -> pulumi.Output[str] | None:
    """ARN of the key that encrypts something; None where AWS's own key does.

    Args:
        role: Of the key.
        region: Another region than the platform's.
        allowed: What has to be known before a key is made, see `fixed.hold`.
    """
    if settings is None:
        return None
    if settings.adopt is not None:
        return pulumi.Output.from_input(settings.adopt)
    context, creation = part.context, settings.create or KeyCreation()
    what = f"Jenkins platform {context.name}: {role}"
    key = aws.kms.Key(
        f"{context.name}-{role}",
        description=pulumi.Output.from_input(allowed).apply(lambda _: what),
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
