"""Choices of the whole platform that cannot change after the first deployment."""

from __future__ import annotations

from dataclasses import replace

import pulumi

from ..settings import Settings
from .context import Context, SubComponent
from .immutable import ensure_unchanged

_REMEDY = 'Set it back. To move Jenkins, see docs/storage.md, "Moving to another network or name"'


class Choices(SubComponent):
    """Remembers the network and the name prefix of the first deployment.

    EFS allows mount targets in one VPC only, and one in each zone, so the home cannot be in the old
    and the new network at once; another name prefix would create a second controller next to the
    first, on the same home.

    """

    def __init__(self, context: Context) -> None:
        super().__init__("choices", context)
        choices = _choices(context.settings)
        ensure_unchanged(self, "platform", choices, _REMEDY, retained=False)
        self.register_outputs({"choices": choices})

    def guarded(self, context: Context) -> Context:
        """The context of sub-components whose resources wait for the comparison of the choices."""
        return replace(context, unchanged=self.unchanged[0])


def _choices(settings: Settings) -> dict[str, pulumi.Input[str]]:
    network = settings.network
    choices: dict[str, pulumi.Input[str]] = {
        "name_prefix": settings.name_prefix or "a generated name",
        "network.existing": "a created VPC",
    }
    if network.existing is None:
        choices["network.cidr_block"] = network.cidr_block
        for index in range(network.availability_zone_count):
            names = network.availability_zones
            choices[f"network.availability_zones[{index}]"] = (
                names[index] if names else "the region's zones in alphabetical order"
            )
        return choices
    choices["network.existing"] = network.existing.vpc_id
    if settings.storage.connects:
        for index, subnet in enumerate(network.existing.private_subnet_ids):
            choices[f"network.existing.private_subnet_ids[{index}]"] = subnet
    return choices
