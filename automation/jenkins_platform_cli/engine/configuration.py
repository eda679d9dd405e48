"""A stack's configuration: the inputs as the stack program receives them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from jenkins_platform import JenkinsPlatformArgs
from jenkins_platform.controller import jcasc
from jenkins_platform.settings import Settings

from . import stack_file

DEFAULT_NAME = "jenkins"
TEXTS = frozenset({"name", "name_prefix", "permissions_boundary_arn", "removal_policy"})
"""Keys whose values are texts; all others are objects or lists."""
Decrypt = Callable[[], Mapping[str, str]]
"""Returns the stack's configuration from Pulumi's CLI: full keys and texts, secrets decrypted."""


def read(folder: Path, stack: str, project: str, decrypt: Decrypt) -> dict[str, Any]:
    """The values of a stack, without the project's namespace and without empty values.

    Pulumi's CLI, which takes a second and requires a login, is called only if the file has
    encrypted values or environments.

    Raises:
        CommandError: the CLI cannot decrypt the values.
        FileNotFoundError: the stack has no file.
        SettingsError: the file is not a valid stack file.
    """
    file = folder / f"Pulumi.{stack}.yaml"
    if not file.exists():
        others = ", ".join(sorted(f.name.split(".")[1] for f in folder.glob("Pulumi.*.yaml")))
        raise FileNotFoundError(
            f"{file.name} does not exist. Stacks with a file: {others or 'none'}"
        )
    content = stack_file.read(file)
    values: Mapping[str, Any] = content["config"]
    if content.get("environment") or stack_file.is_encrypted(values):
        values = decrypt()
    own = {k.split(":", 1)[-1]: v for k, v in values.items() if k.split(":")[0] in (project, k)}
    parsed = {k: v if k in TEXTS else _parsed(v) for k, v in own.items()}
    declared = {"name", *JenkinsPlatformArgs.__annotations__}
    return {k: v for k, v in parsed.items() if v not in (None, "", {}, []) or k not in declared}


def _parsed(value: Any) -> Any:
    """Objects and lists may be given as JSON, as ``pulumi.Config.get_object`` accepts them."""
    if isinstance(value, str):
        with suppress(ValueError):
            return json.loads(value)
    return value


def of(values: dict[str, Any]) -> Settings:
    """The settings of a stack's values.

    Raises:
        SettingsError: with all problems.
    """
    args: JenkinsPlatformArgs = {k: v for k, v in values.items() if k != "name"}  # type: ignore[assignment]
    found = Settings.from_args(values.get("name", DEFAULT_NAME), args)
    jcasc.check(found)
    return found
