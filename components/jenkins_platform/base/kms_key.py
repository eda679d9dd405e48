"""KMS keys: dedicated keys of the platform, and existing ones."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from .. import iam
from ..outputs import concat
from ..settings.encryption import EncryptionKey, KeyCreation
from .context import SubComponent


def data_key(
    component: SubComponent,
    role: str,
    settings: EncryptionKey | None,
    *,
    region: pulumi.Output[str] | None = None,
) -> pulumi.Output[str] | None:
    """ARN of the key that encrypts Jenkins's data; None for the AWS managed key.

    Args:
        component: Parent of a key that is created; the key is retained as long as the data.
        role: What it encrypts; part of its names.
        settings: The choice of a key.
        region: Its region. Default: that of the platform.
    """
    if settings is None:
        return None
    if settings.existing is not None:
        return pulumi.Output.from_input(settings.existing)
    opts = component.retained_child()
    return create_key(component, role, creation=settings.create, region=region, opts=opts)


def create_key(
    component: SubComponent,
    role: str,
    *statements: iam.Statement,
    creation: KeyCreation | None = None,
    region: pulumi.Output[str] | None = None,
    opts: pulumi.ResourceOptions | None = None,
) -> pulumi.Output[str]:
    """ARN of a new key with an alias and automatic rotation.

    Args:
        component: Its parent.
        role: What it encrypts; part of its names.
        statements: Statements of its policy, besides the one that leaves access to IAM.
        creation: Rotation and deletion. Default: those of the settings.
        region: Its region. Default: that of the platform.
        opts: Default: those of a plain child.
    """
    context, creation = component.context, creation or KeyCreation()
    key = aws.kms.Key(
        f"{context.name}-{role}",
        description=f"Jenkins platform {context.name}: {role}",
        policy=iam.document(iam.own_key(context.account_id, context.partition), *statements),
        enable_key_rotation=True,
        rotation_period_in_days=creation.rotation_days,
        deletion_window_in_days=creation.deletion_window_days,
        region=region,
        tags=context.tags(role),
        opts=opts or component.child(),
    )
    aws.kms.Alias(
        f"{context.name}-{role}",
        name=concat("alias/", context.handle, "-", role),
        target_key_id=key.key_id,
        region=region,
        opts=component.child(),
    )
    return key.arn
