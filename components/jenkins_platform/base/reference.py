"""A resource by its identifiers, whether the platform created it or an input names it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import pulumi


class _Identified(Protocol):
    @property
    def id(self) -> pulumi.Output[str]: ...

    @property
    def arn(self) -> pulumi.Output[str]: ...


@dataclass(frozen=True)
class Reference:
    """A resource that was created, or an existing one.

    Attributes:
        id: What the service's API calls it.
        arn: Its ARN.
    """

    id: pulumi.Output[str]
    arn: pulumi.Output[str]

    @classmethod
    def to(cls, resource: _Identified) -> Reference:
        """Refer to a resource of this program."""
        return cls(resource.id, resource.arn)
