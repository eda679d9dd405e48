"""What a platform counts towards the limits of AWS, before anything is created.

Sizes of policies and task definitions are estimates that are never too low for known values: names
of account, region and partition are unknown here and count with their maximum lengths.
tests/unit/settings/test_limits.py compares them with what is registered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...inputs import InstanceProvider
from ..facts import limits
from ..facts.arn import Arn
from ..facts.limits import Limit
from ..validation.problems import Problem

if TYPE_CHECKING:
    from .. import Settings
    from ..agents import AgentTemplate
    from ..agents.containers import PolicyStatement, Sidecar

_UNKNOWN = 120
"""Characters of an output, such as an ARN."""
_PLACE = len("arn:aws-us-gov:ecs:ap-southeast-1:123456789012:")
_HANDLE_SUFFIX = len("-0123af")
_GENERATED_SUFFIX = len("-0123456")
"""What the provider appends to a generated name."""
_QUOTES = 3
_STATEMENT = 400
"""Characters of a statement of ours without its resources."""
_CONTROLLER_POLICY = 4000
"""Characters of the controller's policy without families and existing roles."""
_EXECUTION_POLICY = 1200
_PUSH_POLICY = 700
_TRUST = 700
"""Characters of a trust policy for jobs without their names: the provider's address, a Lambda
function URL, is in three places."""
_SPECIAL = re.compile(r"[\s'\"\\]")
_CONTAINER = 1200
"""Bytes of a container definition without lists of the inputs."""


@dataclass(frozen=True)
class Count:
    """How much of a limit an input uses.

    Attributes:
        key: Path of the input.
        number: The count.
        limit: The limit.
    """

    key: str
    number: int
    limit: Limit


def limit_rules(settings: Settings) -> Iterator[Problem]:
    """Problems of what exceeds a limit of AWS."""
    for count in counts(settings):
        limit = count.limit
        if count.number > limit.maximum:
            yield Problem(count.key, count.number, limit.message)


def counts(settings: Settings) -> Iterator[Count]:
    """Everything that grows with the inputs."""
    for index, template in enumerate(settings.agents):
        yield from _of_template(f"agents[{index}]", template, settings)
    yield from _of_controller(settings)
    yield from _of_load_balancer(settings)
    yield from _of_images(settings)
    yield from _of_jobs(settings)


def names_families(settings: Settings) -> bool:
    """Whether the controller's policy has space for the name of each template's family; otherwise
    it names their common prefix."""
    return _controller_policy(settings, families=True) <= limits.INLINE_POLICIES.maximum


def _of_template(key: str, template: AgentTemplate, settings: Settings) -> Iterator[Count]:
    labels = template.capacity_labels[template.own_capacity]
    yield Count(f"{key}.labels", len(" ".join(labels)), limits.TAG_VALUE)
    if template.task_role_arn is None:
        yield Count(f"{key}.name", _role_name(settings, f"agent-{template.name}"), limits.ROLE_NAME)
        size = _build_policy(template, settings)
        yield Count(f"{key}.policy_statements", size, limits.INLINE_POLICIES)
        policies = len(template.managed_policy_arns)
        yield Count(f"{key}.managed_policy_arns", policies, limits.MANAGED_POLICIES)
    if template.created_provider is InstanceProvider.AUTO_SCALING_GROUP:
        name = _role_name(settings, f"instance-{template.name}")
        yield Count(f"{key}.name", name, limits.INSTANCE_ROLE_NAME)
    if template.needs_execution_role and template.execution_role_arn is None:
        name = _role_name(settings, f"agents-execution-{template.name}")
        yield Count(f"{key}.name", name, limits.ROLE_NAME)
        secrets = [*template.all_secrets, *settings.network.ca_certificate_arns]
        # An ARN in two statements for each image.
        images = 2 * (_texts(template.all_images) + _PLACE * len(template.all_images))
        size = _EXECUTION_POLICY + _secrets(secrets) + images
        yield Count(f"{key}.secrets", size, limits.INLINE_POLICIES)
    size = _definition(template, settings)
    yield Count(key, size, limits.TASK_DEFINITION)
    containers = 1 + len(template.sidecars) + bool(template.prepared_volumes) + template.docker
    yield Count(f"{key}.sidecars", containers, limits.CONTAINERS)


def _of_controller(settings: Settings) -> Iterator[Count]:
    controller = settings.controller
    # The administrator's password, which is created.
    references: list[object] = [None, *settings.jenkins.secrets.values()]
    if settings.sign_in.realm:
        references.append(settings.sign_in.realm.secret_arn)
    references += settings.network.ca_certificate_arns
    for source in settings.jenkins.sources.values():
        references += source.secret_arns
    if controller.task_role_arn is None:
        size = _controller_policy(settings, families=False)
        yield Count("agents", size, limits.INLINE_POLICIES)
    if controller.execution_role_arn is None:
        size = _EXECUTION_POLICY + _secrets(references)
        yield Count("jenkins.secrets", size, limits.INLINE_POLICIES)
    size = 3 * _CONTAINER + _pairs(settings.jenkins.secrets) + _options(controller.java_options)
    size += _pairs(controller.environment)
    # Their names, again, in VARIABLES_AS_FILES.
    size += _texts(settings.jenkins.secrets) + _tags(settings.tags)
    github = settings.jenkins.github
    size += _texts(github.organizations) if github else 0
    yield Count("controller.java_options", size, limits.TASK_DEFINITION)


def _of_load_balancer(settings: Settings) -> Iterator[Count]:
    load_balancer, oidc = settings.load_balancer, settings.sign_in.load_balancer_oidc
    if not load_balancer.security_group_ids and not load_balancer.existing:
        ports = 2 if load_balancer.has_tls else 1
        ranges = load_balancer.allowed_cidrs or ()
        lists = len(load_balancer.allowed_prefix_list_ids)
        sixth = sum(":" in block for block in ranges)
        most = max(sixth, len(ranges) - sixth) + lists
        yield Count("load_balancer.allowed_cidrs", ports * most, limits.RULES_OF_GROUP)
    if oidc:
        wake = bool(settings.schedule and settings.schedule.wake_page)
        shared = load_balancer.existing is not None
        below_path = shared and bool(load_balancer.prefix)
        bypassed = len(oidc.bypass_conditions(shared))
        bypassed += len(oidc.api_conditions(shared, below_path))
        guarded = len(oidc.path_conditions)
        redirects = bool(load_balancer.additional_domain_names) + bool(load_balancer.prefix)
        # Existing listeners have fixed priorities for the wake page, redirects and the last rule.
        number = bypassed + guarded + (3 if shared else wake + redirects)
        key = "paths" if guarded > bypassed else "bypass_paths"
        yield Count(f"sign_in.load_balancer_oidc.{key}", number, limits.RULES_OF_BALANCER)


def _of_images(settings: Settings) -> Iterator[Count]:
    images = settings.images
    rules = len(images.pull_through_caches)
    yield Count("images.pull_through_caches", rules, limits.CACHE_RULES)
    for role in ("controller", "agent", "kaniko"):
        version = getattr(images, role).version or ""
        # A hash and a random suffix follow the version.
        length = len(f"{version}-0123456789abcdef-abcdef")
        yield Count(f"images.{role}.version", length, limits.IMAGE_TAG)


def _role_name(settings: Settings, role: str) -> int:
    if settings.name_prefix:
        return len(f"{settings.name_prefix}-{role}")
    return len(f"{settings.name}-{role}") + _GENERATED_SUFFIX


def _handle(settings: Settings) -> int:
    return len(settings.name_prefix or settings.name) + _HANDLE_SUFFIX


def _controller_policy(settings: Settings, *, families: bool) -> int:
    existing = {
        id(arn) if not isinstance(arn, str) else arn: arn
        for t in settings.agents
        for arn in (t.task_role_arn, t.execution_role_arn)
        if arn is not None
    }
    size = _CONTROLLER_POLICY + _texts(existing.values())
    if settings.controller.enable_execute_command:
        size += _STATEMENT
    if families:
        around = _PLACE + _handle(settings) + len("task-definition/-agent-:*") + _QUOTES
        size += sum(around + len(t.name) for t in settings.agents)
    return size


def _of_jobs(settings: Settings) -> Iterator[Count]:
    identity = settings.jenkins.job_identity
    for index, role in enumerate(identity.roles if identity else ()):
        key = f"jenkins.job_identity.roles[{index}]"
        yield Count(f"{key}.jobs", _TRUST + _texts(role.jobs), limits.TRUST_POLICY)
        size = _statements(role.policy_statements)
        yield Count(f"{key}.policy_statements", size, limits.INLINE_POLICIES)
        policies = len(role.managed_policy_arns)
        yield Count(f"{key}.managed_policy_arns", policies, limits.MANAGED_POLICIES)


def _statements(statements: Iterable[PolicyStatement]) -> int:
    """A policy with the statements that users write."""
    size = len('{"Version":"2012-10-17","Statement":[]}')
    for statement in statements:
        size += len('{"Sid":"Build100","Effect":"Allow","Action":[],"Resource":[]},')
        size += _texts((*statement.actions, *statement.resources))
        for condition in statement.conditions:
            size += len('"Condition":{,},{:{:[],},},')
            size += _texts((condition.operator, condition.key, *condition.values))
    return size


def _build_policy(template: AgentTemplate, settings: Settings) -> int:
    """The role of the template's builds."""
    size = _statements(template.policy_statements)
    if template.assumable_role_arns:
        size += _STATEMENT + _texts(template.assumable_role_arns)
    if template.enable_execute_command:
        size += _STATEMENT
    if template.builds_images:
        images = settings.images
        around = _PLACE + _handle(settings) + len("repository//") + _QUOTES
        size += _PUSH_POLICY + _STATEMENT + around
        pushed = template.push_repositories
        if pushed is None:
            pushed = (*images.application_repositories, *images.application_repository_arns)
        names = sum(isinstance(name, str) and not name.startswith("arn:") for name in pushed)
        size += _texts(pushed) + around * names
        size += sum(around + len(cache.prefix) for cache in images.pull_through_caches)
    return size


def _definition(template: AgentTemplate, settings: Settings) -> int:
    """The task definition."""
    containers: list[AgentTemplate | Sidecar] = [template, *template.sidecars]
    size = 2 * _CONTAINER if template.prepared_volumes else 0
    # The Docker daemon has more variables, mounts and text than other containers.
    size += 2 * _CONTAINER if template.docker else 0
    for container in containers:
        size += _CONTAINER + _pairs(container.environment) + _pairs(container.secrets)
        # A mount point for each volume.
        size += sum(len(json.dumps(v.container_path)) * 2 + 80 for v in template.volumes)
    size += _options(template.java_options)
    size += sum(_texts(sidecar.command) for sidecar in template.sidecars)
    # The volumes, and the container that prepares them.
    size += sum(350 + 3 * len(json.dumps(v.container_path)) for v in template.volumes)
    if template.builds_images:
        host = _handle(settings) + len("123456789012.dkr.ecr.ap-southeast-1.amazonaws.com.cn/")
        size += sum(host + len(c.upstream + c.prefix) for c in settings.images.pull_through_caches)
    return size + _tags({**settings.tags, **template.tags})


def _secrets(references: Sequence[object]) -> int:
    """Statements that read secrets: each ARN is in the resources and in a condition on the key."""
    arns = [Arn.parse(r).secret for r in references if isinstance(r, str)]
    known, places = {str(arn) for arn in arns}, {arn[:4] for arn in arns}
    others = sum(not isinstance(r, str) for r in references)
    if not known and not others:
        return 0
    unknown = others * (_UNKNOWN + _QUOTES)
    return 4 * _STATEMENT + 2 * (_texts(known) + unknown + len(places) * _UNKNOWN)


def _texts(values: Iterable[object]) -> int:
    """Characters of texts in a JSON list."""
    return sum(len(json.dumps(v)) + 1 if isinstance(v, str) else _UNKNOWN + _QUOTES for v in values)


def _options(options: Iterable[str]) -> int:
    """Characters of Java options, in which a backslash, two in JSON, precedes special ones."""
    return _texts(options) + sum(2 * len(_SPECIAL.findall(option)) for option in options)


def _pairs(values: Mapping[str, object]) -> int:
    """Characters of variables in a container definition."""
    around = len('{"name":,"valueFrom":},')
    return _texts(values) + _texts(values.values()) + around * len(values)


def _tags(tags: Mapping[str, str]) -> int:
    return _pairs(tags) + 2 * _UNKNOWN
