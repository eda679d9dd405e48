"""Where the templates and image contexts are: in the package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent.parent
_CHECKOUT = _HERE.parent.parent


def folder(name: str) -> Path:
    """The folder ``templates`` or ``images``."""
    packed = _HERE / name
    return packed if packed.is_dir() else _CHECKOUT / name
