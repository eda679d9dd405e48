"""Images: the container images of the platform, and the repositories for those of its pipelines."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_docker as docker
import pulumi_random as random

from .. import iam
from ..base.context import Context, SubComponent
from ..base.immutable import KEY_OF_AWS, ensure_unchanged
from ..base.roles import Roles
from ..inputs import Architecture, PlatformImage
from ..outputs import concat
from ..settings import Settings
from ..settings.agents import AgentTemplate
from ..settings.arn import Arn
from ..settings.images import CACHE_REPOSITORY, ImageSettings
from . import builds

UNTAGGED_DAYS = 7
"""Days that an image that lost its tag is kept: long enough for a rollback."""
_WAY_OUT = (
    "Make repositories in ECR with this key, name them in images.application_repository_arns, and "
    "copy the images"
)
Recipe = Callable[[Settings, Architecture], builds.Recipe]
_AGENT_RECIPES: Mapping[PlatformImage, Recipe] = {
    PlatformImage.AGENT: builds.agent,
    PlatformImage.KANIKO: builds.kaniko,
}


@dataclass(frozen=True)
class ImageSet:
    """One image of the platform's own.

    Attributes:
        source: What it is pulled from, known before it is built: what permissions are about.
        references: References of the image, by architecture.
    """

    source: pulumi.Output[str]
    references: Mapping[Architecture, pulumi.Output[str]]


class Images(SubComponent):
    """The images of controller and agents, each built and pushed or adopted, and ECR repositories.

    An image is tagged with a hash of everything that goes into it. It is built again when that
    changes, and pushed once: tags are immutable. Images that no template uses are not
    built. With all images adopted no Docker is needed.

    Attributes:
        controller: Reference of the controller's image, by digest where it is built.
        applications: Repositories for the images that pipelines build, by their short name.
        cache: Repository of Kaniko's cache. The only one whose tags can be overwritten.
    """

    def __init__(self, context: Context, roles: Roles) -> None:
        super().__init__("images", context)
        settings = context.settings.images
        key = KEY_OF_AWS if settings.kms_key_arn is None else settings.kms_key_arn
        ensure_unchanged(self, "images", {"images.kms_key_arn": key}, _WAY_OUT)
        self._builds = context.role_arn(concat(roles.agents_path, "*"))
        self._controller = self._images(
            "controller",
            settings.controller,
            builds.controller,
            [context.settings.controller.architecture],
        )
        (self.controller,) = self._controller.references.values()
        self._agents: dict[PlatformImage, ImageSet] = {}
        for kind, given in context.settings.agent_images.items():
            used = dict.fromkeys(t.architecture for t in context.settings.agents if t.uses(kind))
            self._agents[kind] = self._images(kind.value, given, _AGENT_RECIPES[kind], used)
        untagged = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days"}
        self.applications = {
            name: self._repository(name, [untagged | {"countNumber": UNTAGGED_DAYS}], keep=True)
            for name in settings.application_repositories
        }
        stale = untagged | {"tagStatus": "any", "countNumber": settings.cache_days}
        self.cache = self._repository(CACHE_REPOSITORY, [stale], mutable=True)
        for cache in settings.pull_through_caches:
            aws.ecr.PullThroughCacheRule(
                f"{context.name}-{cache.prefix.replace('/', '-')}",
                ecr_repository_prefix=cache.prefix,
                upstream_registry_url=cache.upstream,
                credential_arn=cache.credential_arn,
                opts=self.child(),
            )
        self.register_outputs({})

    @property
    def of_controller(self) -> list[pulumi.Output[str]]:
        """What the controller's image is pulled from."""
        return [self._controller.source]

    @property
    def of_agents(self) -> list[pulumi.Output[str]]:
        """What the platform's own images for agents are pulled from."""
        return [images.source for images in self._agents.values()]

    def of(self, template: AgentTemplate) -> pulumi.Output[str]:
        """The image of an agent template, for its architecture."""
        if template.image is not None:
            return pulumi.Output.from_input(template.image)
        return self._agents[template.platform_image].references[template.architecture]

    def environment_of(self, template: AgentTemplate) -> dict[str, pulumi.Input[str]]:
        """What the template's image is told of the platform: where ``kaniko`` pushes to."""
        if not template.builds_images:
            return {}
        urls = [
            *(repository.repository_url for repository in self.applications.values()),
            *(_url_of(arn) for arn in self.context.settings.images.application_repository_arns),
        ]
        variables: dict[str, pulumi.Input[str]] = {
            "APPLICATION_REPOSITORY": urls[0],
            "KANIKO_CACHE_REPOSITORY": self.cache.repository_url,
        }
        if caches := self.context.settings.images.pull_through_caches:
            # Docker Hub is known to image tools by its old name.
            names = {"registry-1.docker.io": "index.docker.io"}
            host = self.cache.repository_url.apply(_host)
            variables["KANIKO_REGISTRY_MAP"] = host.apply(
                lambda host: ";".join(
                    f"{names.get(c.upstream, c.upstream)}={host}/{c.prefix}" for c in caches
                )
            )
        return variables

    def permissions_of(self, template: AgentTemplate) -> list[iam.Statement]:
        """What the template's image is made to do in AWS: builds with Kaniko push to our
        repositories for applications and their cache, and to no other."""
        if not template.builds_images:
            return []
        settings = self.context.settings.images
        made = [self.cache, *self.applications.values()]
        prefixes = [c.prefix for c in settings.pull_through_caches]
        return [
            *iam.push_images([*(r.arn for r in made), *settings.application_repository_arns]),
            *iam.pull_through(
                [self.context.arn("ecr", f"repository/{prefix}/*") for prefix in prefixes]
            ),
        ]

    def _images(
        self,
        role: str,
        settings: ImageSettings,
        recipe: Recipe,
        architectures: Iterable[Architecture],
    ) -> ImageSet:
        if settings.existing is not None:
            adopted = pulumi.Output.from_input(settings.existing)
            return ImageSet(adopted, dict.fromkeys(architectures, adopted))
        kept: dict[str, Any] = {
            "tagStatus": "any",
            "countType": "imageCountMoreThan",
            "countNumber": self.context.settings.images.keep_last,
        }
        repository = self._repository(role, [kept], only_pulled=True)
        return ImageSet(
            repository.repository_url,
            {
                architecture: self._build(
                    role,
                    architecture,
                    recipe(self.context.settings, architecture),
                    repository,
                )
                for architecture in architectures
            },
        )

    def _build(
        self,
        role: str,
        architecture: Architecture,
        recipe: builds.Recipe,
        repository: aws.ecr.Repository,
    ) -> pulumi.Output[str]:
        name = f"{self.context.name}-{role}-{architecture.value.replace('_', '-')}"
        context = _seen_from_the_program(recipe.context)
        # Going back to an earlier recipe is a new build, which an immutable tag that is taken would
        # refuse: whatever makes Docker build again makes another tag.
        build = random.RandomString(
            name,
            length=6,
            special=False,
            upper=False,
            keepers={"recipe": recipe.tag, "context": context},
            opts=self.child(),
        )
        image = docker.Image(
            name,
            image_name=concat(repository.repository_url, f":{recipe.tag}-", build.result),
            build={
                "context": context,
                "args": dict(recipe.arguments),
                "platform": recipe.platform,
            },
            registry={
                "server": repository.repository_url.apply(_host),
                "username": self._login.user_name,
                "password": self._login.password,
            },
            opts=self.child(),
        )
        return image.repo_digest

    @cached_property
    def _login(self) -> Any:
        """A sign-in to ECR for some hours: a secret, so encrypted wherever it is kept."""
        options = pulumi.InvokeOutputOptions(parent=self)
        return pulumi.Output.secret(aws.ecr.get_authorization_token_output(opts=options))

    def _repository(
        self,
        role: str,
        expire: list[dict[str, Any]],
        *,
        mutable: bool = False,
        keep: bool = False,
        only_pulled: bool = False,
    ) -> aws.ecr.Repository:
        """A repository that scans what is pushed, and that no build can delete from."""
        context, settings = self.context, self.context.settings.images
        name = f"{context.name}-{role.replace('/', '-')}"
        force = settings.force_delete
        key = settings.kms_key_arn
        repository = aws.ecr.Repository(
            name,
            name=concat(context.handle, "/", role),
            image_tag_mutability="MUTABLE" if mutable else "IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=(
                None if key is None else [{"encryption_type": "KMS", "kms_key": key}]
            ),
            force_delete=not context.settings.keeps_data if force is None else force,
            tags=context.tags(role),
            opts=(
                self.keep("name", "encryption_configurations")
                if keep
                else self.child(ignore_changes=["encryption_configurations"])
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
            opts=self.child(),
        )
        aws.ecr.RepositoryPolicy(
            name,
            repository=repository.name,
            policy=iam.document(iam.guard_repository(self._builds, only_pulled)),
            opts=self.child(),
        )
        return repository


def _url_of(repository_arn: pulumi.Input[str]) -> pulumi.Output[str]:
    """``arn:aws:ecr:<region>:<account>:repository/<name>`` as images are named."""

    def url(arn: str) -> str:
        found = Arn.parse(arn)
        suffix = ".cn" if found.partition == "aws-cn" else ""
        name = found.resource.removeprefix("repository/")
        return f"{found.account}.dkr.ecr.{found.region}.amazonaws.com{suffix}/{name}"

    return pulumi.Output.from_input(repository_arn).apply(url)


def _host(repository_url: str) -> str:
    return repository_url.split("/")[0]


def _seen_from_the_program(context: Path) -> str:
    """A build context as the Docker provider finds it, and the same on every machine if it can be:
    another path would be a change, and so another build for a tag that is taken already.

    The provider runs where the program runs, unless the program is a function of an Automation API
    driver; then the engine does not tell the project's folder.
    """
    root = pulumi.runtime.get_root_directory()
    if root and Path(root).resolve() == Path.cwd() and context.is_relative_to(Path.cwd()):
        return os.path.relpath(context)
    return str(context)
