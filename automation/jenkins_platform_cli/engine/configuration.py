"""A stack's configuration: the inputs as the stack program receives them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jenkins_platform import JenkinsPlatformArgs
from jenkins_platform.controller import jcasc
from jenkins_platform.settings import Problem, Settings, SettingsError

from . import stack_file

DEFAULT_NAME = "jenkins"
TEXTS = frozenset({"name", "name_prefix", "permissions_boundary_arn", "removal_policy"})
"""Keys whose values are texts; all others are objects or lists."""
MASK = "[secret]"
Decrypt = Callable[[], Mapping[str, str]]
"""Returns the stack's configuration from Pulumi's CLI: full keys and texts, secrets decrypted."""


@dataclass(frozen=True)
class Configuration:
    """The configuration of a stack.

    Attributes:
        values: The inputs by name, with the name of the platform as ``name``.
        secrets: The decrypted values among them; never shown in messages.
    """

    values: Mapping[str, Any]
    secrets: frozenset[str] = frozenset()

    def settings(self, **overrides: Any) -> Settings:
        """The settings of the stack, with other values for some inputs.

        Raises:
            SettingsError: with all problems, each with its key; secret values are masked.
        """
        values = {**self.values, **overrides}
        name = values.pop("name", DEFAULT_NAME)
        args: JenkinsPlatformArgs = values  # type: ignore[assignment]
        try:
            found = Settings.from_args(name, args)
            jcasc.check(found)
        except SettingsError as error:
            raise SettingsError([self._masked(p) for p in error.problems]) from None
        return found

    def _masked(self, problem: Problem) -> Problem:
        value, message = problem.value, problem.message
        for secret in self.secrets:
            value = MASK if secret in repr(value) else value
            message = message.replace(secret, MASK)
        return Problem(problem.key, value, message)


def read(folder: Path, stack: str, project: str, decrypt: Decrypt) -> Configuration:
    """The configuration of a stack, without the project's namespace and without empty values.

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
    written = _own(content["config"], project)
    if not content.get("environment") and not stack_file.is_encrypted(written):
        return Configuration(written)
    values = _own(decrypt(), project)
    encrypted = {k: written.get(k, {stack_file.SECURE: ""}) for k in values}
    return Configuration(values, frozenset(_secrets(encrypted, values)))


def _own(values: Mapping[str, Any], project: str) -> dict[str, Any]:
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


def _secrets(written: Any, plain: Any) -> Iterator[str]:
    """The texts in ``plain`` that are encrypted in the stack's file."""
    if isinstance(written, dict) and written.keys() == {stack_file.SECURE}:
        yield from _texts(plain)
    elif isinstance(written, dict) and isinstance(plain, dict):
        for key, value in written.items():
            yield from _secrets(value, plain.get(key))
    elif isinstance(written, list) and isinstance(plain, list):
        for one, other in zip(written, plain, strict=False):
            yield from _secrets(one, other)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
    elif value not in (None, ""):
        yield str(value)
