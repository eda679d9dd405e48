"""How this command is invoked, for messages that name the next command to run."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

_NAME = "jenkins-platform"


def command_line(*arguments: str) -> str:
    """A call of this command that works in the user's shell: by path if ``make`` ran it from a
    virtual environment that is not on the shell's PATH."""
    this = Path(sys.argv[0])
    on_path = shutil.which(_NAME) or this.name != _NAME
    return " ".join([_NAME if on_path else os.path.relpath(this), *arguments])
