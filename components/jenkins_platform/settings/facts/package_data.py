"""Location of the templates and image contexts: in the package, or in a checkout."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parents[2]
_CHECKOUT = _HERE.parent.parent


def folder(name: str) -> Path:
    """The path of the folder ``templates`` or ``images``."""
    packed = _HERE / name
    return packed if packed.is_dir() else _CHECKOUT / name
