"""A stack's configuration: the inputs as the stack program receives them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from jenkins_platform import JenkinsPlatformArgs
from jenkins_platform.controller import jcasc
from jenkins_platform.settings import Problem, Settings, SettingsError

DEFAULT_NAME = "jenkins"


def read(folder: Path, stack: str, project: str) -> dict[str, Any]:
    """The values of a stack, without the project's namespace and without empty values.

    Raises:
        FileNotFoundError: the stack has no file.
        SettingsError: the file is not a valid stack file.
    """
    file = folder / f"Pulumi.{stack}.yaml"
    if not file.exists():
        others = ", ".join(sorted(f.name.split(".")[1] for f in folder.glob("Pulumi.*.yaml")))
        raise FileNotFoundError(
            f"{file.name} does not exist. Stacks with a file: {others or 'none'}"
        )
    try:
        content = yaml.safe_load(file.read_text()) or {}
        values = dict((content.get("config") or {}).items())
    except (yaml.YAMLError, AttributeError, TypeError, ValueError) as error:
        raise SettingsError(
            [Problem(file.name, "…", f"is not a valid stack file: {error}")]
        ) from None
    own = {k.split(":", 1)[-1]: v for k, v in values.items() if k.split(":")[0] in (project, k)}
    known = {"name", *JenkinsPlatformArgs.__annotations__}
    return {k: v for k, v in own.items() if v not in (None, "", {}, []) or k not in known}


def settings(folder: Path, stack: str, project: str) -> Settings:
    """The settings of a stack.

    Raises:
        FileNotFoundError: the stack has no file.
        SettingsError: with all problems, each with the key in the stack's file.
    """
    return of(read(folder, stack, project))


def of(values: dict[str, Any]) -> Settings:
    """The settings of a stack's values.

    Raises:
        SettingsError: with all problems.
    """
    args: JenkinsPlatformArgs = {k: v for k, v in values.items() if k != "name"}  # type: ignore[assignment]
    found = Settings.from_args(values.get("name", DEFAULT_NAME), args)
    jcasc.check(found)
    return found
