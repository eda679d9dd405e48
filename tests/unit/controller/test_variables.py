"""Variables of the controller's container, which users cannot set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from jenkins_platform.settings.facts.package_data import folder
from jenkins_platform.settings.validation.variables import reserved

from harness.stacks.registered import EVERYTHING, OPTIONAL, container

READ = re.compile(r"(?:\$\{?!?|\benv\.|getenv\(')([A-Z][A-Z0-9_]+)")
"""A variable that a script of Bash or Groovy reads."""
OF_JENKINS = {"ITEM_FULL_NAME"}


@pytest.mark.parametrize("args", [EVERYTHING, OPTIONAL], ids=["everything", "optional"])
def test_users_cannot_set_variables_of_the_task_definition(args: Mapping[str, Any]) -> None:
    found = container(args)
    names = {pair["name"] for pair in (*found["environment"], *found["secrets"])}
    assert {"DEFAULT_LABEL", "SPOT_WAIT_MINUTES", "VARIABLES_AS_FILES"} <= names
    assert [name for name in sorted(names) if not reserved(name)] == []


def test_users_cannot_set_variables_that_the_image_reads() -> None:
    image = folder("images") / "controller"
    files = [f for part in ("scripts", "hooks", "library") for f in (image / part).rglob("*")]
    texts = [file.read_text() for file in files if file.is_file()]
    names = {name for text in texts for name in READ.findall(text)} - OF_JENKINS
    assert {"SPOT_REPORT_SECONDS", "WARM_AGENTS", "JENKINS_OIDC_KEYS"} <= names
    assert [name for name in sorted(names) if not reserved(name)] == []
