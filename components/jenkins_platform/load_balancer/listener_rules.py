"""Rules of the HTTPS listener: which requests must sign in at the load balancer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..settings.facts import limits
from ..settings.facts.arn import Arn, text_of
from ..settings.load_balancer import ExistingLoadBalancerSettings
from ..settings.sign_in.load_balancer_oidc import LoadBalancerOidcSettings

OWN_CREDENTIALS = ("Basic *", "Bearer *")
"""Values of an ``Authorization`` header whose credentials Jenkins checks itself."""
SESSION_COOKIE = "JenkinsEntrance"
"""Followed by the path of Jenkins, so that two of one name have a session each."""

Condition = aws.lb.ListenerRuleConditionArgsDict
Conditions = list[Condition]


@dataclass(frozen=True)
class Priorities:
    """Priorities of the rules of a listener, in the order in which they are evaluated.

    Attributes:
        additional_names: The redirect from additional names. Identity providers return users to
            the main name only, so it precedes signing in, which the page of a sleeping Jenkins may
            require too.
        wake_page: The page of a sleeping Jenkins: while it sleeps, nothing else answers.
        root: The redirect from ``/`` to the path of Jenkins, on a listener that is created.
        sign_in: The first of the rules that `rules` returns.
        forward: The rule of an existing listener for all other requests of Jenkins.
    """

    additional_names: int
    wake_page: int
    root: int
    sign_in: int
    forward: int


CREATED = Priorities(1, 2, 3, 10, 0)
"""Priorities of a listener that is created, whose default action forwards."""


def priorities(existing: ExistingLoadBalancerSettings | None) -> Priorities:
    """The priorities of a created or an existing listener."""
    if existing is None:
        return CREATED
    first = existing.priority
    return Priorities(first, first + 1, 0, first + 2, first + limits.RULES_OF_BALANCER.maximum - 1)


@dataclass(frozen=True)
class Rule:
    """One rule of a listener.

    Attributes:
        role: Role of the resource.
        conditions: When it applies.
        signed_in: Whether users must have signed in at the load balancer.
    """

    role: str
    conditions: Conditions
    signed_in: bool


def rules(oidc: LoadBalancerOidcSettings, shared: bool, path_prefix: str) -> list[Rule]:
    """The rules in order of priority, before the default action.

    Args:
        oidc: What bypasses sign-in, and what requires it.
        shared: Whether every rule also has a condition with one host name.
        path_prefix: Path of Jenkins at its name, or empty.
    """

    def on(paths: Sequence[str]) -> Conditions:
        return [{"path_pattern": {"values": [f"{path_prefix}{path}" for path in paths]}}]

    own: Condition = {
        "http_header": {"http_header_name": "Authorization", "values": list(OWN_CREDENTIALS)}
    }
    below = on(["/*"]) if shared and path_prefix else []
    bypassed: list[Conditions] = [
        [own, *below, *_from(ranges)] for ranges in oidc.api_conditions(shared, bool(below))
    ]
    bypassed += [[*on(paths), *_from(ranges)] for paths, ranges in oidc.bypass_conditions(shared)]
    guarded = [on(paths) for paths in oidc.path_conditions]
    return [
        *(Rule(f"bypass-{i}", conditions, False) for i, conditions in enumerate(bypassed)),
        *(Rule(f"guard-{i}", conditions, True) for i, conditions in enumerate(guarded)),
    ]


def _from(ranges: Sequence[str]) -> Conditions:
    return [{"source_ip": {"values": list(ranges)}}] if ranges else []


def authenticate(
    oidc: LoadBalancerOidcSettings, secret: pulumi.Input[str], path_prefix: str
) -> aws.lb.ListenerDefaultActionArgsDict:
    """The action that sends users to the identity provider."""
    return {
        "type": "authenticate-oidc",
        "order": 1,
        "authenticate_oidc": {
            "issuer": oidc.issuer,
            "authorization_endpoint": oidc.authorization_endpoint,
            "token_endpoint": oidc.token_endpoint,
            "user_info_endpoint": oidc.user_info_endpoint,
            "client_id": oidc.client_id,
            "client_secret": secret,
            "scope": " ".join(oidc.scopes),
            "session_cookie_name": SESSION_COOKIE + path_prefix.replace("/", "_"),
            "session_timeout": oidc.session_timeout_seconds,
            "on_unauthenticated_request": "authenticate",
        },
    }


def secret_value(component: pulumi.Resource, arn: pulumi.Input[str]) -> pulumi.Output[str]:
    """The value of a secret, read during deployment; Pulumi encrypts it.

    Args:
        component: The sub-component that reads it.
        arn: ARN of the secret, or ``<arn>:<key>::`` for one key of a JSON secret.
    """
    reference = pulumi.Output.from_input(arn)
    found = aws.secretsmanager.get_secret_version_output(
        secret_id=reference.apply(lambda arn: str(Arn.parse(arn).secret)),
        opts=pulumi.InvokeOutputOptions(parent=component),
    )

    def value(known: list[str]) -> str:
        try:
            return text_of(*known)
        except ValueError as error:
            key = "sign_in.load_balancer_oidc.client_secret_arn"
            raise pulumi.RunError(f"{key}: {error}") from None

    return pulumi.Output.secret(pulumi.Output.all(reference, found.secret_string).apply(value))
