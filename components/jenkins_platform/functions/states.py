"""States of the controller, and the paths of the wake page's listener rule. Without boto3, because
the Pulumi program imports it too."""

from __future__ import annotations

import json

AWAKE, ASLEEP = "awake", "asleep"
FALLING_ASLEEP, WAKING = "falling asleep", "waking"
INITIAL_STATE = json.dumps({"wanted": AWAKE, "since": 0, "done": True})
HIDDEN = "/jenkins-platform/asleep"
"""Path below that of Jenkins, which does not use it."""


def page_paths(shown: bool, path_prefix: str) -> list[str]:
    """Path patterns of the wake page's rule.

    Args:
        shown: Whether the page is shown: for all requests of Jenkins, else for none.
        path_prefix: Path of Jenkins at its name, or empty.
    """
    if not shown:
        return [path_prefix + HIDDEN]
    return [path_prefix, f"{path_prefix}/*"] if path_prefix else ["/*"]
