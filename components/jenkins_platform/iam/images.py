"""Permissions on ECR repositories: pull, push, pull-through caches."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pulumi

from .document import ArnInput, Statement, allow

_ECR = re.compile(r"^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([^:@]+)")
_PULL = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
)
_FILL = ("ecr:BatchImportUpstreamImage", "ecr:CreateRepository")
_PUSH = (
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)
_MANAGE = (
    "ecr:BatchDeleteImage",
    "ecr:DeleteLifecyclePolicy",
    "ecr:DeleteRepository",
    "ecr:DeleteRepositoryPolicy",
    "ecr:PutImageScanningConfiguration",
    "ecr:PutImageTagMutability",
    "ecr:PutLifecyclePolicy",
    "ecr:SetRepositoryPolicy",
)


def _log_in_to_ecr() -> Statement:
    # GetAuthorizationToken supports no resources (Service Authorization Reference).
    return allow("SignInToEcr", ["ecr:GetAuthorizationToken"], "*")


def pull_images(
    partition: ArnInput,
    images: Sequence[pulumi.Input[str]],
    existing: Sequence[pulumi.Input[str]] = (),
) -> pulumi.Output[list[Statement]]:
    """Pull from the ECR repositories of images; other registries need no permission.

    Args:
        partition: Partition of the account.
        images: Images of the platform.
        existing: Other images. Their repositories may be pull-through caches, which the first pull
            creates and fills (Amazon ECR User Guide, "IAM permissions required to sync an upstream
            registry with an Amazon ECR private registry").
    """

    def arns(partition: str, references: Sequence[str]) -> list[str]:
        found = sorted({m.groups() for r in references if (m := _ECR.match(r))})
        return [f"arn:{partition}:ecr:{r}:{a}:repository/{n}" for a, r, n in found]

    def statements(partition: str, ours: list[str], others: list[str]) -> list[Statement]:
        pulled = arns(partition, [*ours, *others])
        imported = arns(partition, others)
        return [
            *([_log_in_to_ecr(), allow("PullImages", _PULL, pulled)] if pulled else []),
            *([allow("FillPullThroughCaches", _FILL, imported)] if imported else []),
        ]

    known = pulumi.Output.all(partition, pulumi.Output.all(*images), pulumi.Output.all(*existing))
    return known.apply(lambda v: statements(v[0], v[1], v[2]))


def push_images(repositories: Sequence[ArnInput]) -> list[Statement]:
    """Push to some repositories and pull from them, but delete nothing."""
    return [_log_in_to_ecr(), allow("PushImages", [*_PULL, *_PUSH], list(repositories))]


def read_scan_findings(repositories: Sequence[ArnInput]) -> list[Statement]:
    """Read the findings of ECR's scans of the images in some repositories."""
    if not repositories:
        return []
    return [allow("ReadScanFindings", ["ecr:DescribeImageScanFindings"], list(repositories))]


def sign_images(key: ArnInput) -> list[Statement]:
    """Sign with a KMS key, by the algorithm of image signatures only."""
    algorithm = {"StringEquals": {"kms:SigningAlgorithm": "ECDSA_SHA_256"}}
    return [allow("SignImages", ["kms:Sign"], key, algorithm)]


def pull_through(repositories: Sequence[ArnInput]) -> list[Statement]:
    """Pull through caches of other registries. ECR creates and fills their repositories at the
    first pull."""
    if not repositories:
        return []
    return [allow("PullThroughCaches", [*_PULL, *_FILL], list(repositories))]


def guard_repository(builds: ArnInput, only_pulled: bool) -> Statement:
    """Statement of a repository policy: whatever their roles allow, builds delete no image and
    change no setting of the repository; nor do they push to it where ``only_pulled``."""
    return {
        "Sid": "BuildsOnlyPull" if only_pulled else "BuildsDeleteNothing",
        "Effect": "Deny",
        "Principal": "*",
        "Action": [*_MANAGE, *(_PUSH if only_pulled else ())],
        "Condition": {"ArnLike": {"aws:PrincipalArn": builds}},
    }
