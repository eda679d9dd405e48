"""``Pulumi.<stack>.yaml``, read as Pulumi's engine reads it, without a call of its CLI.

The engine reads YAML 1.2: `no` and `07:00` are texts, `1e3` is a number, and a duplicate key is an
error. Verified against the CLI in tests/engine/test_configuration.py.
"""

from __future__ import annotations

from datetime import date, datetime, time, timezone
from pathlib import Path
from typing import Any

from jenkins_platform.settings import Problem, SettingsError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

SECURE = "secure"
"""The key of an encrypted value."""


class _Constructor(SafeConstructor):
    """Differs from YAML 1.2 where the engine does: a number with a leading zero is octal."""

    def construct_yaml_int(self, node: Any) -> int:
        digits = node.value.replace("_", "").lstrip("+-")
        if digits.startswith("0") and digits.isdigit() and not set(digits) & set("89"):
            return int(digits, 8) * (-1 if node.value.startswith("-") else 1)
        return int(super().construct_yaml_int(node))


_Constructor.add_constructor("tag:yaml.org,2002:int", _Constructor.construct_yaml_int)
_Constructor.add_constructor("tag:yaml.org,2002:value", SafeConstructor.construct_yaml_str)


def read(file: Path) -> dict[str, Any]:
    """The content of a stack's file; values of ``config`` as the program would receive them.

    Raises:
        SettingsError: the file is not a valid stack file.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Constructor
    try:
        content = dict(yaml.load(file) or {})
        config = dict(content.get("config") or {})
    except (YAMLError, TypeError, ValueError) as error:
        problem = f"is not a valid stack file: {_reason(error)}"
        raise SettingsError([Problem(file.name, "…", problem)]) from None
    return {**content, "config": {str(k): _top_level(_value(v)) for k, v in config.items()}}


def _reason(error: Exception) -> str:
    if isinstance(error, MarkedYAMLError) and error.problem and error.problem_mark:
        return f"line {error.problem_mark.line + 1}: {error.problem}"
    return str(error)


def is_encrypted(value: Any) -> bool:
    """Whether a value contains a secret of ``pulumi config set --secret``."""
    if isinstance(value, dict):
        return value.keys() == {SECURE} or any(map(is_encrypted, value.values()))
    return isinstance(value, list) and any(map(is_encrypted, value))


def _value(value: Any) -> Any:
    """A value as the engine passes it on in JSON."""
    if isinstance(value, dict):
        return {_text(k): _value(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_value(v) for v in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, date):  # datetime included
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
        return moment.replace(tzinfo=timezone.utc).strftime("%Y-%m-%d %H:%M:%S +0000 UTC")
    return value


def _top_level(value: Any) -> Any:
    """Scalars at the top level reach the program as text."""
    return value if isinstance(value, (dict, list)) else _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
