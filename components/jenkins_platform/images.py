"""Images: which container images the platform runs."""

from __future__ import annotations

import pulumi

from .context import Context, Part


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
