"""Buckets as all of the platform's are: encrypted, closed to the public and to plain HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pulumi
import pulumi_aws as aws

from . import iam
from .context import Part


class ClosedBucket:
    """A bucket of a sub-component.

    Attributes:
        bucket: The bucket.
        guards: What must be there before anything is put into it.
    """

    def __init__(
        self,
        part: Part,
        role: str,
        lifecycle: aws.s3.BucketLifecycleConfigurationRuleArgsDict,
        *,
        force_destroy: bool,
        versioned: bool = False,
        allow: Callable[[pulumi.Output[str]], Sequence[iam.Statement]] = lambda arn: (),
    ) -> None:
        """Make the bucket.

        Args:
            part: The sub-component that it belongs to.
            role: Role of the bucket and of what guards it.
            lifecycle: What is deleted when.
            force_destroy: Whether it goes even with something in it.
            versioned: Whether it keeps what is overwritten.
            allow: Statements of its policy, made from its ARN. Default: none; the roles of those
                who use it say what they may do.
        """
        context = part.context
        name = f"{context.name}-{role}"
        self.bucket = aws.s3.Bucket(
            name,
            bucket=context.physical(role),
            force_destroy=force_destroy,
            tags=context.tags(role),
            opts=part.child(),
        )
        self.guards: list[pulumi.Resource] = [
            aws.s3.BucketServerSideEncryptionConfiguration(
                name,
                bucket=self.bucket.bucket,
                rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
                opts=part.child(),
            ),
            aws.s3.BucketPublicAccessBlock(
                name,
                bucket=self.bucket.bucket,
                block_public_acls=True,
                block_public_policy=True,
                ignore_public_acls=True,
                restrict_public_buckets=True,
                opts=part.child(),
            ),
            aws.s3.BucketPolicy(
                name,
                bucket=self.bucket.bucket,
                policy=iam.document(iam.only_with_tls(self.bucket.arn), *allow(self.bucket.arn)),
                opts=part.child(),
            ),
        ]
        before: list[pulumi.Resource] = []
        if versioned:
            before = [
                aws.s3.BucketVersioning(
                    name,
                    bucket=self.bucket.bucket,
                    versioning_configuration={"status": "Enabled"},
                    opts=part.child(),
                )
            ]
            self.guards += before
        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=self.bucket.bucket,
            rules=[lifecycle],
            opts=part.child(depends_on=before),
        )
