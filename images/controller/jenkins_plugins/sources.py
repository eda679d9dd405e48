"""Reads the update center's documents, from the internet or from a mirror."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from .lock import PUBLIC
from .update_center import UpdateCenter
from .versions import Version, is_lts

URL_INPUT = "images.update_center_url"
SITE = "update-center.actual.json"
VERSIONS = "current/plugin-versions.json"
MIRROR_ADVICE = (
    f"Try again later, or name a mirror by {URL_INPUT} (make plugins: UPDATE_CENTER): a base URL "
    f"with stable/{SITE}, current/{SITE}, {VERSIONS} and download/plugins"
)


class UnreachableError(Exception):
    """The update center does not answer, or not with what it should."""


def site_path(core: Version) -> str:
    """Path of the document for the line of a core."""
    return f"{'stable' if is_lts(core) else 'current'}/{SITE}"


def update_center(core: Version, base: str = PUBLIC, seconds: float = 60) -> UpdateCenter:
    """Everything the update center knows, for the line of a core.

    Args:
        base: The update center or a mirror of it; ``file:`` works too.
        seconds: How long to wait for an answer.

    Raises:
        UnreachableError: With what to do about it.
    """
    try:
        paths = (site_path(core), VERSIONS)
        return UpdateCenter(*(document(f"{base.rstrip('/')}/{path}", seconds) for path in paths))
    except (UnreachableError, ValueError) as error:
        raise UnreachableError(f"{error}. {MIRROR_ADVICE}") from error


def document(url: str, seconds: float) -> dict[str, Any]:
    """One JSON object.

    Raises:
        UnreachableError: It cannot be had, or is something else.
    """
    try:
        with urllib.request.urlopen(url, timeout=seconds) as answer:  # noqa: S310 - checked input
            found = json.load(answer)
    except (OSError, ValueError) as error:
        raise UnreachableError(f"{url} cannot be read ({error})") from error
    if not isinstance(found, dict):
        raise UnreachableError(f"{url} is not a JSON object")
    return found
