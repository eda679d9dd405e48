"""The AWS regions, and those in which Jenkins can start agents."""

from __future__ import annotations

import difflib
from typing import Annotated

from pydantic import AfterValidator

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
"""Regions of the AWS SDK for Java 1.x, which the amazon-ecs plugin up to 1.49 uses. The SDK reached
its end of support before later regions, such as ap-southeast-5, were added."""
KNOWN = KNOWN_TO_THE_PLUGIN | {
    "ap-east-2",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "mx-central-1",
}
"""Regions that an input can name (AWS General Reference, "Regions")."""


def supported(region: str) -> str:
    """Return a region in which the platform can run.

    Raises:
        ValueError: The plugin cannot call AWS there, so agents could not start.
    """
    if region not in KNOWN_TO_THE_PLUGIN:
        raise ValueError(
            f"aws:region: '{region}' is not supported by the AWS SDK 1.x of the amazon-ecs plugin, "
            f"so agents could not start there. Valid: {', '.join(sorted(KNOWN_TO_THE_PLUGIN))}"
        )
    return region


def partition(region: str) -> str:
    """The partition of a region (AWS General Reference, "Amazon Resource Names")."""
    starts = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
    return next((name for start, name in starts.items() if region.startswith(start)), "aws")


def dns_suffix(region: str) -> str:
    """Domain of AWS's endpoints in a region."""
    return "amazonaws.com.cn" if partition(region) == "aws-cn" else "amazonaws.com"


def via(service: str, region: str, through: str = "") -> list[str]:
    """Values of ``kms:ViaService`` for a service.

    In China both domains, because the documentation does not say which one KMS sends there.

    Args:
        service: The service, such as ``secretsmanager``.
        region: The platform's region.
        through: Region of the service, if it is another one or a pattern.
    """
    domains = dict.fromkeys(("amazonaws.com", dns_suffix(region)))
    return [f"{service}.{through or region}.{domain}" for domain in domains]


def known(region: str) -> str:
    """Return a region that exists.

    Raises:
        ValueError: it does not; the message names the nearest.
    """
    if region not in KNOWN:
        close = difflib.get_close_matches(region, sorted(KNOWN), n=1)
        hint = f"; the nearest is '{close[0]}'" if close else ""
        raise ValueError(f"is not an AWS region{hint}")
    return region


Region = Annotated[str, AfterValidator(known)]
