"""Settings of signing in at the load balancer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator

from ..facts import limits
from ..validation.arns import StoredSecretArn
from ..validation.base import Group, OutputOr, Problem, setting
from ..validation.rules import no_duplicates
from ..validation.values import Cidr, HttpsUrl, matching
from .listener_conditions import portions, wildcards
from .realms import ClientId, Scopes

BYPASS_PATHS = (
    # Agents.
    "/wsagents/*",
    "/tcpSlaveAgentListener/*",
    "/jnlpJars/*",
    "/computer/*/jenkins-agent.jnlp",
    # Webhooks.
    "/github-webhook/*",
    "/gitlab-webhook/*",
    "/project/*",
    "/bitbucket-hook/*",
    "/bitbucket-scmsource-hook/*",
    "/git/notifyCommit*",
    "/generic-webhook-trigger/*",
    "/multibranch-webhook-trigger/*",
    "/health/",
)


def _wildcards(path: str) -> str:
    if wildcards(path) > (most := limits.CONDITION_WILDCARDS.maximum):
        raise ValueError(f"has more than {most} wildcards")
    return path


PATH_LENGTH = 128
"""Longest path of a condition (Elastic Load Balancing, "Path conditions")."""
PathPattern = Annotated[
    str,
    matching(
        r"/[A-Za-z0-9_.$/~\"'@:+&*?-]{0,127}",
        "a path like /github-webhook/*, of up to 128 letters, digits and _-.$/~\"'@:+&*?",
    ),
    AfterValidator(_wildcards),
]


def _chunks(values: tuple[str, ...], most: int) -> list[list[str]]:
    """The values in lists of a length; one empty list without any."""
    return [list(values[i : i + most]) for i in range(0, len(values), most)] or [[]]


class LoadBalancerOidcSettings(Group):
    """See `LoadBalancerOidcArgs`."""

    issuer: HttpsUrl = setting(valid="an HTTPS URL")
    authorization_endpoint: HttpsUrl = setting(valid="an HTTPS URL")
    token_endpoint: HttpsUrl = setting(valid="an HTTPS URL")
    user_info_endpoint: HttpsUrl = setting(valid="an HTTPS URL")
    client_id: OutputOr[ClientId] = setting(valid="the client ID at the provider")
    client_secret_arn: OutputOr[StoredSecretArn] = setting(
        valid="the ARN of a Secrets Manager secret", hidden=True
    )
    scopes: Scopes = setting(("openid",), valid="1 to 20 scopes", min_length=1, max_length=20)
    session_timeout_seconds: int = setting(43_200, valid="60 to 604800 seconds", ge=60, le=604_800)
    paths: tuple[PathPattern, ...] = setting((), valid="up to 60 paths", max_length=60)
    bypass_paths: tuple[PathPattern, ...] = setting(
        BYPASS_PATHS, valid="up to 60 paths", max_length=60
    )
    bypass_api: bool = setting(False, valid="true or false")
    bypass_api_cidrs: tuple[Cidr, ...] = setting(
        (), valid="up to 30 address ranges such as 203.0.113.0/24", max_length=30
    )

    bypass_path_cidrs: tuple[Cidr, ...] = setting(
        (), valid="up to 30 address ranges such as 203.0.113.0/24", max_length=30
    )

    def bypass_conditions(self, shared: bool) -> list[tuple[list[str], list[str]]]:
        """The bypassed paths, below the path of Jenkins, and the ranges from which they are, for
        each listener rule.

        Args:
            shared: Whether the rules also have a condition with one host name, which counts.
        """
        # A rule has five values, of which three can be paths.
        ranges = _chunks(self.bypass_path_cidrs, limits.CONDITION_VALUES.maximum - 1 - shared)
        return [(paths, part) for paths in portions(self.bypass_paths) for part in ranges]

    def api_conditions(self, shared: bool, below_path: bool) -> list[list[str]]:
        """The ranges from which API clients bypass it, a list for each listener rule.

        Args:
            shared: Whether the rules also have a condition with one host name, which counts.
            below_path: Whether they also have one with a path.
        """
        if not self.bypass_api:
            return []
        most = limits.CONDITION_VALUES.maximum - shared - below_path
        return _chunks(self.bypass_api_cidrs, most)

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of ranges without the bypass that they limit."""
        if self.bypass_api_cidrs and not self.bypass_api:
            message = "is only valid with bypass_api true"
            yield Problem(f"{key}.bypass_api_cidrs", self.bypass_api_cidrs, message)
        for index, path in enumerate(self.bypass_paths):
            if not path.strip("/*?") and "*" in path and not self.bypass_path_cidrs:
                message = "would let every request bypass the sign-in"
                yield Problem(f"{key}.bypass_paths[{index}]", path, message)
        if self.bypass_path_cidrs and not self.bypass_paths:
            message = "is only valid with bypass_paths"
            yield Problem(f"{key}.bypass_path_cidrs", self.bypass_path_cidrs, message)
        yield from no_duplicates(f"{key}.bypass_api_cidrs", self.bypass_api_cidrs)
        yield from no_duplicates(f"{key}.bypass_path_cidrs", self.bypass_path_cidrs)

    def prefix_rules(self, key: str, path_prefix: str) -> Iterator[Problem]:
        """Problems of paths that follow the path of Jenkins.

        Args:
            key: Key of this group.
            path_prefix: Path of Jenkins at its name, or empty.
        """
        if not path_prefix:
            return
        for name in ("paths", "bypass_paths"):
            for index, path in enumerate(getattr(self, name)):
                where = f"{key}.{name}[{index}]"
                if f"{path}/".startswith(f"{path_prefix}/"):
                    message = "must not contain load_balancer.path_prefix, which precedes it"
                    yield Problem(where, path, message)
                elif len(path_prefix + path) > PATH_LENGTH:
                    message = (
                        f"must have at most {PATH_LENGTH - len(path_prefix)} characters, because "
                        "load_balancer.path_prefix precedes it"
                    )
                    yield Problem(where, path, message)

    @property
    def path_conditions(self) -> list[list[str]]:
        """The guarded paths, a list for each listener rule."""
        return list(portions(self.paths))
