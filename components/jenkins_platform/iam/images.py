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
    partition: ArnInput, images: Sequence[pulumi.Input[str]]
) -> pulumi.Output[list[Statement]]:
    """Pull from the ECR repositories of these images; other registries need no permission."""

    def statements(partition: str, references: list[str]) -> list[Statement]:
        found = sorted({m.groups() for r in references if (m := _ECR.match(r))})
        if not found:
            return []
        repositories = [f"arn:{partition}:ecr:{r}:{a}:repository/{n}" for a, r, n in found]
        return [
            _log_in_to_ecr(),
            allow("PullImages", _PULL, repositories),
        ]

    return pulumi.Output.all(partition, *images).apply(lambda v: statements(v[0], v[1:]))


def push_images(repositories: Sequence[ArnInput]) -> list[Statement]:
    """Push to some repositories and pull from them, but delete nothing."""
    return [_log_in_to_ecr(), allow("PushImages", [*_PULL, *_PUSH], list(repositories))]


def pull_through(repositories: Sequence[ArnInput]) -> list[Statement]:
    """Pull through caches of other registries. ECR creates and fills their repositories at the
    first pull."""
    if not repositories:
        return []
    actions = [*_PULL, "ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
    return [allow("PullThroughCaches", actions, list(repositories))]


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
