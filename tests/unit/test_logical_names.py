"""Names that come from the inputs never meet one another or the platform's own."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from jenkins_platform import JenkinsPlatform
from jenkins_platform.settings.images import OWN_REPOSITORIES

from harness.stacks.mocks import Registration, register
from tests.unit.test_urns import qualified

SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:x-AbCdEf"
WORDS = ["x", "y", "agent", "agents", "execution", "schedule", "controller", "task", "backup"]
TEMPLATE_NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map("-".join)
PATHS = st.lists(
    st.tuples(st.sampled_from(WORDS), st.sampled_from("-/._")), min_size=2, max_size=3
).map(lambda parts: "".join(word + mark for word, mark in parts)[:-1])
SERVICES = st.sampled_from(["a.b", "a-b", "a.b-c", "a-b.c", "a-b-c", "ecr.api", "ecr-api"])
ADDRESSES = st.sampled_from(["a.b@x.org", "a+b@x.org", "a-b@x.org", "a@b-x.org", "a@b.x.org"])


def names(**inputs: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, list[str]]]:
    return st.fixed_dictionaries(
        {
            key: st.lists(values, min_size=1, max_size=5, unique=True)
            for key, values in inputs.items()
        }
    )


def inputs(found: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "name_prefix": "acme",
        "agents": [
            {
                "name": name,
                "labels": [f"label{index}"],
                "secrets": {"A": SECRET},
                "platform_image": ["agent", "kaniko"][index % 2],
            }
            for index, name in enumerate(found["templates"])
        ],
        "images": {
            "application_repositories": [
                name for name in found["repositories"] if name.split("/")[0] not in OWN_REPOSITORIES
            ],
            "pull_through_caches": [
                {"prefix": prefix, "upstream": "quay.io"} for prefix in found["caches"]
            ],
        },
        "network": {"nat": "none", "endpoint_services": found["services"]},
        "monitoring": {"email_addresses": found["addresses"], "flow_logs": {}},
        "schedule": {"wake_page": True},
    }


def repeated(found: list[Registration]) -> list[object]:
    """URNs, and names in AWS of one type, that are there more than once."""
    counted: Counter[object] = Counter(qualified(found))
    counted.update(
        (r.token, r.inputs["name"])
        for r in found
        if "name" in r.inputs and r.token != "aws:servicediscovery/service:Service"
    )
    return [name for name, count in counted.items() if count > 1]


@pytest.mark.long
@settings(max_examples=20, phases=(Phase.explicit, Phase.generate))
@given(
    found=names(
        templates=TEMPLATE_NAMES,
        repositories=PATHS,
        caches=PATHS,
        services=SERVICES,
        addresses=ADDRESSES,
    )
)
def test_no_two_resources_share_a_name_whatever_the_inputs_are(
    found: dict[str, list[str]],
) -> None:
    assert repeated(register(lambda: JenkinsPlatform("ci", inputs(found)))) == []


def test_names_that_differ_in_punctuation_only_stay_apart() -> None:
    found = {
        "templates": ["x", "x-execution", "execution", "execution-x"],
        "repositories": ["web/shop", "web-shop", "web.shop", "web_shop"],
        "caches": ["a/b", "a-b"],
        "services": ["a.b", "a-b"],
        "addresses": ["a.b@x.org", "a+b@x.org", "a-b@x.org"],
    }
    assert repeated(register(lambda: JenkinsPlatform("ci", inputs(found)))) == []
