"""Repositories in ECR, with their lifecycle and what no build can do to them."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pulumi_aws as aws

from .. import iam
from ..base.context import SubComponent
from ..outputs import concat
from ..settings.facts.arn import Arn


class Repositories:
    """Creates repositories as children of a sub-component."""

    def __init__(self, component: SubComponent) -> None:
        context = component.context
        self._component, self._context = component, context
        self._builds = context.role_arn(concat(context.agents_role_path, "*"))

    def create(
        self,
        role: str,
        expire: list[dict[str, Any]],
        *,
        mutable: bool = False,
        retained: bool = False,
        only_pulled: bool = False,
    ) -> aws.ecr.Repository:
        """A repository that scans pushed images, and that no build can delete from."""
        context, settings = self._context, self._context.settings.images
        name = f"{context.name}-{role}"
        key = settings.kms_key_arn
        repository = aws.ecr.Repository(
            name,
            name=concat(context.handle, "/", role),
            image_tag_mutability="MUTABLE" if mutable else "IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=(
                None if key is None else [{"encryption_type": "KMS", "kms_key": key}]
            ),
            force_delete=not retained or self._deletes_applications,
            tags=context.tags(role),
            opts=(
                self._component.retained_child("name", "encryption_configurations")
                if retained
                else self._component.child(ignore_changes=["encryption_configurations"])
            ),
        )
        rules = [
            {"rulePriority": number, "selection": selection, "action": {"type": "expire"}}
            for number, selection in enumerate(expire, start=1)
        ]
        aws.ecr.LifecyclePolicy(
            name,
            repository=repository.name,
            policy=json.dumps({"rules": rules}),
            opts=self._component.child(),
        )
        aws.ecr.RepositoryPolicy(
            name,
            repository=repository.name,
            policy=iam.document(iam.guard_repository(self._builds, only_pulled)),
            opts=self._component.child(),
        )
        return repository

    @property
    def _deletes_applications(self) -> bool:
        """Whether the images that pipelines built are deleted with their repositories."""
        force = self._context.settings.images.force_delete
        return not self._context.settings.keeps_data if force is None else force


def url_of(repository_arn: pulumi.Input[str]) -> pulumi.Output[str]:
    """URL of the repository with an ARN."""

    def url(arn: str) -> str:
        found = Arn.parse(arn)
        suffix = ".cn" if found.partition == "aws-cn" else ""
        name = found.resource.removeprefix("repository/")
        return f"{found.account}.dkr.ecr.{found.region}.amazonaws.com{suffix}/{name}"

    return pulumi.Output.from_input(repository_arn).apply(url)
