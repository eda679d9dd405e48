"""AWS regions that Jenkins can start agents in."""

from __future__ import annotations

KNOWN_TO_THE_PLUGIN = frozenset(
    {
        "af-south-1",
        "ap-east-1",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-south-2",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ca-central-1",
        "ca-west-1",
        "cn-north-1",
        "cn-northwest-1",
        "eu-central-1",
        "eu-central-2",
        "eu-north-1",
        "eu-south-1",
        "eu-south-2",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "il-central-1",
        "me-central-1",
        "me-south-1",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-gov-east-1",
        "us-gov-west-1",
        "us-west-1",
        "us-west-2",
    }
)
"""Regions of the AWS SDK for Java 1.x, which the amazon-ecs plugin (up to 1.49) calls AWS with.
The SDK ended before ap-southeast-5 and what came later got into it."""


def supported(region: str) -> str:
    """The region itself.

    Raises:
        ValueError: the plugin cannot call AWS there, so no agent would ever start.
    """
    if region not in KNOWN_TO_THE_PLUGIN:
        raise ValueError(
            f"aws:region: '{region}' is not known to the AWS SDK 1.x of the amazon-ecs plugin, so "
            f"that no agent could start there. Valid: {', '.join(sorted(KNOWN_TO_THE_PLUGIN))}"
        )
    return region
