"""States of the controller, and the paths of the wake page's listener rule. Without boto3, because
the Pulumi program imports it too."""

from __future__ import annotations

import json

AWAKE, ASLEEP = "awake", "asleep"
FALLING_ASLEEP, WAKING = "falling asleep", "waking"
INITIAL_STATE = json.dumps({"wanted": AWAKE, "since": 0, "done": True})
SHOWN = "/*"
"""Path pattern of the wake page's rule while the page is shown: all requests."""
HIDDEN = "/jenkins-platform/asleep"
"""Path pattern while Jenkins is awake: a path that Jenkins does not use."""
