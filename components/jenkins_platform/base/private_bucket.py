"""Buckets: encrypted, closed to the public and to plain HTTP."""

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
    """A bucket and what guards it.

    Attributes:
        guards: What must be there before anything is put into the bucket.
    """

    bucket: aws.s3.Bucket
    guards: list[pulumi.Resource]


def private_bucket(
    part: SubComponent,
    role: str,
    *,
    lifecycle: Lifecycle,
    statements: Callable[[pulumi.Output[str]], list[iam.Statement]] = lambda arn: [],
    versioned: bool = False,
    force_destroy: bool = True,
) -> PrivateBucket:
    """A bucket, for what can be made again or does not matter.

    Args:
        part: Whose child it is.
        role: What it is for; part of its names.
        lifecycle: When its objects end.
        statements: Further statements of its policy, as a function of its ARN.
        versioned: Whether it keeps what is written over.
        force_destroy: Whether it is deleted even with something in it.
    """
    context, name = part.context, f"{part.context.name}-{role}"
    bucket = aws.s3.Bucket(
        name,
        bucket=context.aws_name(role),
        force_destroy=force_destroy,
        tags=context.tags(role),
        opts=part.child(),
    )
    guards: list[pulumi.Resource] = []
    if versioned:
        guards.append(
            aws.s3.BucketVersioning(
                name,
                bucket=bucket.bucket,
                versioning_configuration={"status": "Enabled"},
                opts=part.child(),
            )
        )
    # Old versions can only be ended where there are versions.
    aws.s3.BucketLifecycleConfiguration(
        name, bucket=bucket.bucket, rules=lifecycle, opts=part.child(depends_on=guards[:])
    )
    guards += [
        aws.s3.BucketServerSideEncryptionConfiguration(
            name,
            bucket=bucket.bucket,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            opts=part.child(),
        ),
        aws.s3.BucketPublicAccessBlock(
            name,
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=part.child(),
        ),
        aws.s3.BucketPolicy(
            name,
            bucket=bucket.bucket,
            policy=iam.document(iam.only_with_tls(bucket.arn), *statements(bucket.arn)),
            opts=part.child(),
        ),
    ]
    return PrivateBucket(bucket, guards)
