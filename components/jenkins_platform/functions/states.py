"""What the working hours keep, and the two faces of the wake page's rule. No boto3 in here: the
program that makes the resources reads it too."""

from __future__ import annotations

import json

AWAKE, ASLEEP = "awake", "asleep"
FALLING_ASLEEP, WAKING = "falling asleep", "waking"
FIRST_WISH = json.dumps({"wanted": AWAKE, "since": 0, "done": True})
SHOWN = "/*"
"""Path of the wake page's rule while it is shown: every request."""
HIDDEN = "/jenkins-platform/asleep"
"""The same while Jenkins is awake: a path that Jenkins does not have."""
