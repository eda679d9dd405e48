"""Images: which container images the platform runs."""

from __future__ import annotations

import pulumi

from . import iam
from .context import Context, Part
from .settings.agents import AgentTemplate


class Images(Part):
    """The images of the controller and of the agents.

    Attributes:
        controller: Reference of the controller's image.
        agent: Reference of the image of agents whose template names none.
    """

    def __init__(self, context: Context) -> None:
        super().__init__("images", context)
        settings = context.settings.images
        self.controller = pulumi.Output.from_input(settings.controller.adopt)
        self.agent = pulumi.Output.from_input(settings.agent.adopt)
        self.register_outputs({})

    @property
    def of_agents(self) -> list[pulumi.Output[str]]:
        """The platform's own images for agents."""
        return [self.agent]

    def of(self, template: AgentTemplate) -> pulumi.Output[str]:
        """The image of an agent template."""
        return self.agent if template.image is None else pulumi.Output.from_input(template.image)

    def permissions_of(self, template: AgentTemplate) -> list[iam.Statement]:
        """What the template's image is made to do in AWS."""
        return []
