"""The stack program: configuration in, one JenkinsPlatform, outputs out.

Every input of `JenkinsPlatform` is a key of the stack's configuration under the same name; see
``Pulumi.yaml`` for the list and ``Pulumi.dev.yaml`` for an example.
"""

import json
from typing import Any

import pulumi
from jenkins_platform import JenkinsPlatform, JenkinsPlatformArgs
from pulumi.runtime.config import CONFIG, get_config_env

NOT_GIVEN = ("", "{}", "[]")
"""Defaults in ``Pulumi.yaml`` for what a stack leaves out."""


def configured() -> dict[str, Any]:
    """All keys of this project that the stack sets, misspelt ones too, so that they are told."""
    space, found = f"{pulumi.get_project()}:", {**get_config_env(), **CONFIG.get()}
    own = {k.removeprefix(space): v for k, v in found.items() if k.startswith(space)}
    known = {"name", *JenkinsPlatformArgs.__annotations__}
    given = {k: v for k, v in own.items() if v not in NOT_GIVEN or k not in known}
    # Groups and lists reach the program as JSON, texts as they are.
    return {k: json.loads(v) if v[:1] in "{[" else v for k, v in given.items() if v}


args: Any = configured()
platform = JenkinsPlatform(args.pop("name", "jenkins"), args)

for output in JenkinsPlatform.__annotations__:
    pulumi.export(output, getattr(platform, output))
