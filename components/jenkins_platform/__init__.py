"""A complete Jenkins on AWS as one Pulumi component.

import pulumi
from jenkins_platform import JenkinsPlatform

jenkins = JenkinsPlatform("jenkins")
pulumi.export("url", jenkins.url)
"""

from .inputs import *  # noqa: F403
from .inputs import __all__ as _inputs
from .platform import JenkinsPlatform
from .settings import SettingsError

__all__ = ["JenkinsPlatform", "SettingsError", *_inputs]
