"""How this command is called, for what it tells its user to run next."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

_NAME = "jenkins-platform"


def called(*words: str) -> str:
    """A call of this command as it works in the user's shell: by its path where ``make`` ran it out
    of a virtual environment that the shell knows nothing of."""
    this = Path(sys.argv[0])
    known = shutil.which(_NAME) or this.name != _NAME
    return " ".join([_NAME if known else os.path.relpath(this), *words])
