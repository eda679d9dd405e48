"""A resource by its identifiers, whether the platform created it or an input names it."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class Reference:
    """A resource that was created, or an existing one.

    Attributes:
        id: Its name in the service's API.
        arn: Its ARN.
    """

    id: pulumi.Output[str]
    arn: pulumi.Output[str]
