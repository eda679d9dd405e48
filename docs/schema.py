"""``plugin/schema.json``: the component's schema for other languages, as the SDK generates it."""

from __future__ import annotations

import json
from importlib.metadata import version

from jenkins_platform import JenkinsPlatform
from pulumi.provider.experimental.analyzer import Analyzer
from pulumi.provider.experimental.schema import generate_schema

PACKAGE = "jenkins-platform"


def pages() -> dict[str, str]:
    """The text of the schema, by file name."""
    found = Analyzer(PACKAGE).analyze([JenkinsPlatform])
    schema = generate_schema(
        PACKAGE,
        version(PACKAGE),
        None,
        found["component_definitions"],
        found["type_definitions"],
        found["dependencies"],
    )
    return {"plugin/schema.json": json.dumps(schema.to_json(), indent=2) + "\n"}
