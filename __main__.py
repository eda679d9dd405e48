"""The stack program: configuration in, one JenkinsPlatform, outputs out.

Every input of `JenkinsPlatform` is a key of the stack's configuration under the same name; see
``Pulumi.yaml`` for the list and ``Pulumi.dev.yaml`` for an example.
"""

from collections.abc import Iterable
from typing import Any

import pulumi
from jenkins_platform import JenkinsPlatform, JenkinsPlatformArgs

TEXTS = {"name_prefix", "permissions_boundary_arn", "removal_policy"}
"""Inputs that are texts; all others are objects or lists."""
SECRETS = {"monitoring"}
"""Inputs with secret values, the addresses of webhooks, which Pulumi encrypts in the state too."""
config = pulumi.Config()


def value(key: str) -> Any:
    """The value of a key; falsy if the stack does not set it."""
    text = config.get(key)
    return config.get_object(key) if text and key not in TEXTS else text


def unknown() -> dict[str, str]:
    """Keys that are not inputs, so that misspelt ones are reported."""
    prefix = f"{config.name}:"
    keys = {k.removeprefix(prefix): v for k, v in pulumi.runtime.get_config_env().items()}
    declared = {"name", *JenkinsPlatformArgs.__annotations__}
    return {k: v for k, v in keys.items() if k not in declared and ":" not in k}


def warn_of_encrypted(keys: Iterable[str]) -> None:
    """Warn of encrypted values that do not stay encrypted."""
    for key in sorted(keys):
        if pulumi.runtime.is_config_secret(config.full_key(key)) and key not in SECRETS:
            pulumi.log.warn(
                f"{config.full_key(key)} is encrypted in the stack's file, but what it contains is "
                "readable in AWS and in the state. Store secrets in Secrets Manager and use the "
                "inputs for their ARNs."
            )


args: Any = {key: found for key in JenkinsPlatformArgs.__annotations__ if (found := value(key))}
warn_of_encrypted(args)
platform = JenkinsPlatform(config.get("name") or "jenkins", {**args, **unknown()})

for output in JenkinsPlatform.__annotations__:
    pulumi.export(output, getattr(platform, output))
