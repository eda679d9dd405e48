"""What the HTTPS listener asks of whom: sign-in at the load balancer, and what goes past it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..settings.arn import Arn
from ..settings.sign_in import MAX_WILDCARDS, LoadBalancerOidcSettings

FIRST = 10
"""Priority of the first rule; those before it are for what comes before signing in."""
MAX_VALUES = 3
"""Values of one condition (Elastic Load Balancing, "Condition types")."""
OWN_CREDENTIALS = ("Basic *", "Bearer *")
"""Values of an ``Authorization`` header: Jenkins checks what is in there."""
SESSION_COOKIE = "JenkinsEntrance"

Conditions = list[aws.lb.ListenerRuleConditionArgsDict]


@dataclass(frozen=True)
class Rule:
    """One rule of a listener.

    Attributes:
        role: Role of the resource.
        conditions: When it holds.
        signed_in: Whether people must have signed in at the load balancer.
    """

    role: str
    conditions: Conditions
    signed_in: bool


def rules(oidc: LoadBalancerOidcSettings) -> list[Rule]:
    """The rules in order of priority; what none of them says, the default action does."""
    past: list[Conditions] = []
    if oidc.bypass_api:
        past.append(
            [
                {
                    "http_header": {
                        "http_header_name": "Authorization",
                        "values": list(OWN_CREDENTIALS),
                    }
                }
            ]
        )
    past += [_on(paths) for paths in portions(oidc.bypass_paths)]
    guarded = [_on(paths) for paths in portions(oidc.paths)]
    return [
        *(Rule(f"bypass-{i}", conditions, False) for i, conditions in enumerate(past)),
        *(Rule(f"guard-{i}", conditions, True) for i, conditions in enumerate(guarded)),
    ]


def _on(paths: Sequence[str]) -> Conditions:
    return [{"path_pattern": {"values": list(paths)}}]


def portions(paths: Iterable[str]) -> Iterator[list[str]]:
    """As many paths for each rule as it takes."""
    portion: list[str] = []
    for path in paths:
        wildcards = len(re.findall(r"[*?]", "".join([*portion, path])))
        if portion and (len(portion) == MAX_VALUES or wildcards > MAX_WILDCARDS):
            yield portion
            portion = []
        portion.append(path)
    if portion:
        yield portion


def authenticate(
    oidc: LoadBalancerOidcSettings, secret: pulumi.Input[str]
) -> aws.lb.ListenerDefaultActionArgsDict:
    """The action that sends people to the identity provider."""
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
            "session_cookie_name": SESSION_COOKIE,
            "session_timeout": oidc.session_timeout_seconds,
            "on_unauthenticated_request": "authenticate",
        },
    }


def secret_value(part: pulumi.Resource, arn: pulumi.Input[str]) -> pulumi.Output[str]:
    """The value of a secret, read while the stack is deployed; Pulumi keeps it encrypted.

    Args:
        part: The sub-component that reads it.
        arn: ARN of the secret, or ``<arn>:<key>::`` for one key of a JSON secret.
    """
    reference = pulumi.Output.from_input(arn)
    found = aws.secretsmanager.get_secret_version_output(
        secret_id=reference.apply(lambda arn: str(Arn.parse(arn).secret)),
        opts=pulumi.InvokeOutputOptions(parent=part),
    )

    def value(known: list[str]) -> str:
        key = Arn.parse(known[0]).secret_key
        if not key:
            return known[1]
        try:
            return str(json.loads(known[1])[key])
        except (ValueError, KeyError, TypeError):
            # Without the cause: it would hold the secret.
            raise pulumi.RunError(
                f"sign_in.load_balancer_oidc.client_secret_arn: {known[0]}: the secret is not "
                f"JSON with the key '{key}'"
            ) from None

    return pulumi.Output.secret(pulumi.Output.all(reference, found.secret_string).apply(value))
