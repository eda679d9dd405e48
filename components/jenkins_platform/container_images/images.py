"""Images: the container images of the platform, and the repositories for those of its pipelines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_docker as docker
import pulumi_random as random

from .. import iam
from ..base.context import Context, SubComponent
from ..base.immutable import AWS_MANAGED_KEY, ensure_unchanged
from ..base.roles import Role
from ..inputs import Architecture, FindingSeverity, PlatformImage
from ..outputs import concat
from ..settings import Settings
from ..settings.agents import AgentTemplate
from ..settings.images import CACHE_REPOSITORY, ImageSettings
from . import builds
from .build_contexts import relative
from .repositories import Repositories, url_of

UNTAGGED_DAYS = 7
"""Days that an untagged image is kept: long enough for a rollback."""
_REMEDY = (
    "Create repositories in ECR with this key, list them in "
    "images.application_repository_arns, and copy the images"
)
Recipe = Callable[[Settings, Architecture], builds.Recipe]
_AGENT_RECIPES: Mapping[PlatformImage, Recipe] = {
    PlatformImage.AGENT: builds.agent,
    PlatformImage.KANIKO: builds.kaniko,
}


@dataclass(frozen=True)
class ImageSet:
    """One image of the platform.

    Attributes:
        source: What it is pulled from, known before it is built: the subject of permissions.
        existing: Whether it is not built by the platform.
        references: References of the image, by architecture.
    """

    source: pulumi.Output[str]
    references: Mapping[Architecture, pulumi.Output[str]]
    existing: bool = False


class Images(SubComponent):
    """The images of controller and agents, each built and pushed or existing, and ECR repositories.

    An image is tagged with a hash of everything that goes into it. It is built again when that
    changes, and pushed once: tags are immutable. Images that no template uses are not built. With
    existing images only, no Docker is needed.

    Attributes:
        controller: Reference of the controller's image, by digest if it is built.
        applications: Repositories for the images that pipelines build, by their short name.
        caches: Repositories of Kaniko's layers, by template: builds of one template cannot change
            what another reads. The only ones whose tags can be overwritten.
    """

    def __init__(self, context: Context) -> None:
        super().__init__("images", context)
        settings = context.settings.images
        key = AWS_MANAGED_KEY if settings.kms_key_arn is None else settings.kms_key_arn
        ensure_unchanged(self, "images", {"images.kms_key_arn": key}, _REMEDY)
        self._repositories = Repositories(self)
        self._controller = self._images(
            "controller",
            settings.controller,
            builds.controller,
            [context.settings.controller.architecture],
        )
        (self.controller,) = self._controller.references.values()
        self._agents: dict[PlatformImage, ImageSet] = {}
        for kind, image in context.settings.agent_images.items():
            used = dict.fromkeys(t.architecture for t in context.settings.agents if t.uses(kind))
            self._agents[kind] = self._images(kind.value, image, _AGENT_RECIPES[kind], used)
        untagged = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days"}
        self.applications = {
            name: self._repositories.create(
                name, [untagged | {"countNumber": UNTAGGED_DAYS}], retained=True
            )
            for name in settings.application_repositories
        }
        stale = untagged | {"tagStatus": "any", "countNumber": settings.cache_days}
        self.caches = {
            t.name: self._repositories.create(f"{CACHE_REPOSITORY}/{t.name}", [stale], mutable=True)
            for t in context.settings.agents
            if t.builds_images
        }
        for cache in settings.pull_through_caches:
            aws.ecr.PullThroughCacheRule(
                f"{context.name}-{cache.prefix}",
                ecr_repository_prefix=cache.prefix,
                upstream_registry_url=cache.upstream,
                credential_arn=cache.credential_arn,
                opts=self.child(),
            )
        self.register_outputs({"controller": self.controller})

    def grant_pull_controller(self, role: Role) -> None:
        """Let a role pull the controller's image."""
        self._grant_pull(role, [self._controller])

    def grant_pull_agents(self, role: Role, images: Sequence[pulumi.Input[str]] = ()) -> None:
        """Let a role pull the platform's images for agents, and others if they are in ECR."""
        self._grant_pull(role, [*self._agents.values()], images)

    def _grant_pull(
        self, role: Role, images: Sequence[ImageSet], others: Sequence[pulumi.Input[str]] = ()
    ) -> None:
        ours = [image.source for image in images]
        existing = [image.source for image in images if image.existing]
        role.allow(iam.pull_images(self.context.partition, ours, [*existing, *others]))

    def grant_push(self, role: Role, template: AgentTemplate) -> None:
        """Let a template's builds push to its repositories and its cache, and to no others."""
        caches = self.context.settings.images.pull_through_caches
        pushed = [self._repository_arn(target) for target in self._targets(template)]
        key = self.context.settings.images.signing_key_arn
        role.allow(
            *iam.push_images([self.caches[template.name].arn, *pushed]),
            *(iam.read_scan_findings(pushed) if self._gate else ()),
            *(iam.sign_images(key) if pushed and key is not None else ()),
            *iam.pull_through(
                [self.context.arn("ecr", f"repository/{cache.prefix}/*") for cache in caches]
            ),
        )

    @property
    def _gate(self) -> FindingSeverity | None:
        return self.context.settings.images.fail_on_severity

    def _targets(self, template: AgentTemplate) -> list[pulumi.Input[str]]:
        """Names and ARNs of the repositories that a template's builds push to."""
        images = self.context.settings.images
        if template.push_repositories is not None:
            return list(template.push_repositories)
        return [*images.application_repositories, *images.application_repository_arns]

    def _repository_arn(self, target: pulumi.Input[str]) -> pulumi.Input[str]:
        created = self.applications.get(target) if isinstance(target, str) else None
        return target if created is None else created.arn

    def _repository_url(self, target: pulumi.Input[str]) -> pulumi.Input[str]:
        created = self.applications.get(target) if isinstance(target, str) else None
        return url_of(target) if created is None else created.repository_url

    def of(self, template: AgentTemplate) -> pulumi.Output[str]:
        """The image of an agent template, for its architecture."""
        if template.image is not None:
            return pulumi.Output.from_input(template.image)
        return self._agents[template.platform_image].references[template.architecture]

    def environment_of(self, template: AgentTemplate) -> dict[str, pulumi.Input[str]]:
        """Variables of the template's image: where ``kaniko`` pushes to, and what stops it."""
        if not template.builds_images:
            return {}
        cache = self.caches[template.name].repository_url
        variables: dict[str, pulumi.Input[str]] = {"KANIKO_CACHE_REPOSITORY": cache}
        if targets := self._targets(template):
            variables["APPLICATION_REPOSITORY"] = self._repository_url(targets[0])
        if self._gate:
            variables["FAIL_ON_SEVERITY"] = self._gate.value.upper()
        if (key := self.context.settings.images.signing_key_arn) is not None:
            variables["SIGNING_KEY_ARN"] = key
        if caches := self.context.settings.images.pull_through_caches:
            # Image tools use the old name of Docker Hub.
            names = {"registry-1.docker.io": "index.docker.io"}
            host = cache.apply(_host)
            variables["KANIKO_REGISTRY_MAP"] = host.apply(
                lambda host: ";".join(
                    f"{names.get(c.upstream, c.upstream)}={host}/{c.prefix}" for c in caches
                )
            )
        return variables

    def _images(
        self,
        role: str,
        settings: ImageSettings,
        recipe: Recipe,
        architectures: Iterable[Architecture],
    ) -> ImageSet:
        if settings.existing is not None:
            existing = pulumi.Output.from_input(settings.existing)
            return ImageSet(existing, dict.fromkeys(architectures, existing), existing=True)
        surplus: dict[str, Any] = {
            "tagStatus": "any",
            "countType": "imageCountMoreThan",
            "countNumber": self.context.settings.images.keep_last,
        }
        repository = self._repositories.create(role, [surplus], only_pulled=True)
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
        context = relative(recipe.context)
        # Going back to an earlier recipe is a new build, which cannot overwrite its immutable tag:
        # every new build gets a new tag.
        build = random.RandomString(
            name,
            length=6,
            special=False,
            upper=False,
            keepers={"recipe": recipe.tag, "context": context},
            opts=self.replaceable_child(),
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
            opts=self.replaceable_child(),
        )
        return image.repo_digest

    @cached_property
    def _login(self) -> Any:
        """Temporary ECR credentials: a secret, so encrypted in the state."""
        options = pulumi.InvokeOutputOptions(parent=self)
        return pulumi.Output.secret(aws.ecr.get_authorization_token_output(opts=options))


def _host(repository_url: str) -> str:
    return repository_url.split("/")[0]
