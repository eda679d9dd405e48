"""What is valid and probably a mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from .deprecated import deprecations

if TYPE_CHECKING:
    from . import Settings

_SECRET = re.compile(
    r"passw(or)?d|passphrase|secret|token|api_?key|access_?key|private_?key|credential",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"(_ARN|_ID|_NAME|_PATH|_FILE|_URL|_URI)$", re.IGNORECASE)
"""Names of variables that say where a secret is."""
_OPTION = re.compile(r"-D([^=]+)=(.+)", re.DOTALL)


def warnings(settings: Settings) -> Iterator[str]:
    """Deprecated inputs, and texts in which a secret seems to be, without showing them."""
    yield from deprecations(settings)
    for index, template in enumerate(settings.agents):
        key = f"agents[{index}]"
        yield from _plain(f"{key}.environment", template.environment)
        for place, sidecar in enumerate(template.sidecars):
            yield from _plain(f"{key}.sidecars[{place}].environment", sidecar.environment)
        yield from _plain(f"{key}.java_options", _properties(template.java_options))
    yield from _plain("controller.java_options", _properties(settings.controller.java_options))


def _properties(options: tuple[str, ...]) -> dict[str, str]:
    return {m[1]: m[2] for option in options if (m := _OPTION.fullmatch(option))}


def _plain(key: str, values: Mapping[str, str]) -> Iterator[str]:
    for name, value in values.items():
        if value and _SECRET.search(name) and not _REFERENCE.search(name):
            yield (
                f"{key}.{name} seems to be a secret. It is readable in the task definition and in "
                "the state. Use `secrets` with an ARN instead."
            )
