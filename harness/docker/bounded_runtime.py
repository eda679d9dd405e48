"""A container runtime for machines that lack capabilities themselves."""

from __future__ import annotations

import re
from pathlib import Path

_CAPABILITIES = {24: "CAP_SYS_RESOURCE", 25: "CAP_SYS_TIME", 16: "CAP_SYS_MODULE"}
"""Those that machines in the cloud lack, by their bits."""
_RUNTIME = """#!/bin/sh
for word in "$@"; do
  case "$previous" in
    --bundle) file=$word/config.json ;;
    --process) file=$word ;;
    *) file= ;;
  esac
  [ -z "$file" ] || sed -i -E 's/"({missing})",?//g; s/,\\]/]/g' "$file"
  previous=$word
done
exec {runc} "$@"
"""


def options(folder: Path, runc: str) -> list[str]:
    """Options of a Docker daemon with which privileged containers start on a machine that lacks
    capabilities, such as a container of a CI service: Docker always asks for all of them."""
    status = Path("/proc/self/status").read_text()
    bound = int(re.search(r"CapBnd:\s*(\w+)", status)[1], 16)  # type: ignore[index]
    missing = [name for bit, name in _CAPABILITIES.items() if not bound >> bit & 1]
    if not missing:
        return []
    script = folder / "runc"
    script.write_text(_RUNTIME.format(missing="|".join(missing), runc=runc))
    script.chmod(0o755)
    return [f"--add-runtime=bounded={script}", "--default-runtime=bounded"]
