"""The stack program: configuration in, one JenkinsPlatform, outputs out.

Every input of `JenkinsPlatform` is a key of the stack's configuration under the same name; see
``Pulumi.yaml`` for the list and ``Pulumi.dev.yaml`` for an example.
"""

import json
from typing import Any

import pulumi
from jenkins_platform import JenkinsPlatform, JenkinsPlatformArgs

NOT_GIVEN = ("", "{}", "[]")
"""Defaults in ``Pulumi.yaml`` for what a stack leaves out."""

config = pulumi.Config()


def value(text: str) -> Any:
    """Groups and lists reach the program as JSON, texts as they are."""
    return json.loads(text) if text[:1] in "{[" else text


given = {key: config.get(key) for key in JenkinsPlatformArgs.__annotations__}
args: Any = {key: value(text) for key, text in given.items() if text not in (None, *NOT_GIVEN)}
platform = JenkinsPlatform(config.get("name") or "jenkins", args)

for output in JenkinsPlatform.__annotations__:
    pulumi.export(output, getattr(platform, output))
