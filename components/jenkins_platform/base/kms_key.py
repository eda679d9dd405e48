"""KMS keys of the platform's own, and those that are adopted."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from .. import iam
from ..outputs import concat
from ..settings.encryption import EncryptionKey, KeyCreation
from .context import SubComponent


def key_arn(
    part: SubComponent,
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
        allowed: What has to be known before a key is made, see `immutable.ensure_unchanged`.
    """
    if settings is None:
        return None
    if settings.existing is not None:
        return pulumi.Output.from_input(settings.existing)
    return make_key(
        part, role, creation=settings.create, region=region, allowed=allowed, opts=part.keep()
    )


def make_key(
    part: SubComponent,
    role: str,
    *statements: iam.Statement,
    creation: KeyCreation | None = None,
    region: pulumi.Output[str] | None = None,
    allowed: pulumi.Input[str] = "",
    opts: pulumi.ResourceOptions | None = None,
) -> pulumi.Output[str]:
    """ARN of a new key, which is rotated and has an alias.

    Args:
        role: Of the key.
        statements: Of its policy, besides that IAM decides who may use it.
        region: Another region than the platform's.
        allowed: What has to be known before it is made, see `immutable.ensure_unchanged`.
        opts: Default: those of a plain child. A key of what holds data is kept as long as that.
    """
    context, creation = part.context, creation or KeyCreation()
    what = f"Jenkins platform {context.name}: {role}"
    key = aws.kms.Key(
        f"{context.name}-{role}",
        description=pulumi.Output.from_input(allowed).apply(lambda _: what),
        policy=iam.document(iam.own_key(context.account_id, context.partition), *statements),
        enable_key_rotation=True,
        rotation_period_in_days=creation.rotation_days,
        deletion_window_in_days=creation.deletion_window_days,
        region=region,
        tags=context.tags(role),
        opts=opts or part.child(),
    )
    aws.kms.Alias(
        f"{context.name}-{role}",
        name=concat("alias/", context.handle, "-", role),
        target_key_id=key.key_id,
        region=region,
        opts=part.child(),
    )
    return key.arn
