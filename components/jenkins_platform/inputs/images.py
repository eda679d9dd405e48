"""The container images of the controller and the agents."""

from typing import TypedDict

import pulumi
from typing_extensions import NotRequired


class ImageArgs(TypedDict):
    """One container image."""

    adopt: NotRequired[pulumi.Input[str]]
    """Use this ready image, best by digest: ``registry/repository@sha256:…``."""


class ImagesArgs(TypedDict):
    """The images of the platform."""

    controller: NotRequired[ImageArgs]
    """The image of the controller."""
    agent: NotRequired[ImageArgs]
    """The image of agents whose template names none."""
