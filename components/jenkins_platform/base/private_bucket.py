"""S3 buckets: encrypted, without public access, TLS only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from .. import iam
from .context import SubComponent

Lifecycle = Sequence[aws.s3.BucketLifecycleConfigurationRuleArgsDict]


@dataclass(frozen=True)
class PrivateBucket:
    """A bucket and its protection.

    Attributes:
        bucket: The bucket.
        guards: What must exist before the first object.
    """

    bucket: aws.s3.Bucket
    guards: list[pulumi.Resource]


def private_bucket(
    component: SubComponent,
    role: str,
    *,
    lifecycle: Lifecycle,
    statements: Callable[[pulumi.Output[str]], list[iam.Statement]] = lambda arn: [],
    versioned: bool = False,
    holds_data: bool = False,
) -> PrivateBucket:
    """A bucket, deleted with its objects unless it holds data that is to be kept.

    Args:
        component: Its parent.
        role: What it is for; part of its names.
        lifecycle: When its objects expire.
        statements: Further statements of its policy, as a function of its ARN.
        versioned: Whether it keeps overwritten objects.
        holds_data: Whether its objects are data of users, which the removal policy protects.
    """
    context, name = component.context, f"{component.context.name}-{role}"
    # Another name would be another bucket, and the objects would be lost.
    fixed = ("bucket",)
    bucket = aws.s3.Bucket(
        name,
        bucket=context.aws_name(role),
        force_destroy=not (holds_data and context.settings.keeps_data),
        tags=context.tags(role),
        opts=component.retained_child(*fixed)
        if holds_data
        else component.child(ignore_changes=[*fixed]),
    )
    guards: list[pulumi.Resource] = []
    if versioned:
        guards.append(
            aws.s3.BucketVersioning(
                name,
                bucket=bucket.bucket,
                versioning_configuration={"status": "Enabled"},
                opts=component.child(),
            )
        )
    # A rule for noncurrent versions requires versioning.
    aws.s3.BucketLifecycleConfiguration(
        name, bucket=bucket.bucket, rules=lifecycle, opts=component.child(depends_on=guards[:])
    )
    guards += [
        aws.s3.BucketServerSideEncryptionConfiguration(
            name,
            bucket=bucket.bucket,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            opts=component.child(),
        ),
        aws.s3.BucketPublicAccessBlock(
            name,
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=component.child(),
        ),
        aws.s3.BucketPolicy(
            name,
            bucket=bucket.bucket,
            policy=iam.document(iam.only_with_tls(bucket.arn), *statements(bucket.arn)),
            opts=component.child(),
        ),
    ]
    return PrivateBucket(bucket, guards)
