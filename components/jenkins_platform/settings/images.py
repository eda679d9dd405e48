"""Settings of the images."""

from __future__ import annotations

from .base import Group, Late, setting
from .values import ImageReference

CONTROLLER_IMAGE = "jenkins/jenkins:2.568.2-lts-jdk21"
AGENT_IMAGE = "jenkins/inbound-agent:3385.vf1123fb_515da_-1-jdk21"


class ImageSettings(Group):
    adopt: Late[ImageReference] = setting(valid="an image reference")


class ImagesSettings(Group):
    controller: ImageSettings = setting(ImageSettings(adopt=CONTROLLER_IMAGE), valid="adopt")
    agent: ImageSettings = setting(ImageSettings(adopt=AGENT_IMAGE), valid="adopt")
