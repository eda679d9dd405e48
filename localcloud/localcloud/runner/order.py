"""What RunTask, or a service, asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Order:
    """What RunTask or a service asks for.

    Attributes:
        shown: The task as DescribeTasks shows it at first.
        definition: Its task definition.
        vpc: Id of its VPC.
        security_groups: Ids of its security groups.
        aliases: Names under which others in the VPC find it.
    """

    shown: dict[str, Any]
    definition: dict[str, Any]
    region: str
    vpc: str
    subnet: str
    security_groups: list[str]
    aliases: list[str] = field(default_factory=list)
