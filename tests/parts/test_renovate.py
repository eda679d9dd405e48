"""The bot's configuration is one that the bot accepts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_configuration_is_valid() -> None:
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.renovate"]
    subprocess.run([*words, str(Path(__file__).parents[2] / "renovate.json")], check=True)
