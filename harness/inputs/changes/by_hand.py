"""Values of inputs that require other inputs, from `values/<group>.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from harness.inputs.realms import REALMS

_HERE = Path(__file__).parent
_BUILD_FOLDER = _HERE.parents[2] / "tests" / "data" / "build-folder"

BY_HAND: dict[str, dict[str, Any]] = {
    "images.build_folder": {"images": {"build_folder": str(_BUILD_FOLDER)}},
    **{
        f"sign_in.{name}": {
            "load_balancer": {
                "certificate": {"existing": "arn:aws:acm:eu-central-1:123456789012:certificate/one"}
            },
            "sign_in": {name: realm, "groups": [{"name": "ops", "role": "admin"}]},
        }
        for name, realm in REALMS.items()
    },
}
"""Arguments of the platform by the changed input; a key also covers the inputs below it."""
for _file in sorted((_HERE / "values").glob("*.yaml")):
    BY_HAND.update(yaml.safe_load(_file.read_text()))
