"""Texts of the inputs arrive as they were given, whatever is in them; and all JSON is valid."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from jenkins_platform.base.context import Context
from jenkins_platform.base.log_groups import LogGroups
from jenkins_platform.job_identity.job_identity import JobIdentity
from jenkins_platform.testing import Registration

from harness.inputs.lean import SMALL
from harness.inputs.valid import NAMES, ODD, VARIABLES
from harness.stacks.mocks import platform
from harness.stacks.parts import agents, controller, monitoring, parts
from harness.stacks.registered import EVERYTHING, OPTIONAL

NOT_SHRUNK = (Phase.explicit, Phase.generate)
PRINTABLE = st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn"))
TEXTS = st.one_of(
    st.text(PRINTABLE, max_size=20),
    st.lists(st.sampled_from([*ODD, "\n", "\t", "</", "\u2028", "🎉", "%s", "$$"]), max_size=5).map(
        "".join
    ),
)
# Neither a wildcard nor a policy variable, which are other resources.
NAMES_OF_OBJECTS = st.text(
    st.characters(categories=("L", "N", "P", "S"), exclude_characters="*?$"), min_size=1, max_size=9
)
JOBS = st.text(
    st.characters(categories=("L", "N", "P", "S"), exclude_characters="*?$/"),
    min_size=1,
    max_size=9,
)
CONDITIONS = st.lists(
    st.fixed_dictionaries(
        {
            "operator": st.sampled_from(["StringEquals", "ForAnyValue:StringLike"]),
            "key": NAMES.map(lambda name: f"aws:ResourceTag/{name}"),
            "values": st.lists(TEXTS, min_size=1, max_size=3),
        }
    ),
    max_size=3,
    unique_by=lambda one: (one["operator"], one["key"]),
)
STATEMENTS = st.fixed_dictionaries(
    {
        "actions": st.just(["s3:GetObject"]),
        "resources": st.lists(
            NAMES_OF_OBJECTS.map(lambda name: f"arn:aws:s3:::bucket/{name}"), min_size=1, max_size=3
        ),
        "conditions": CONDITIONS,
    }
)


@st.composite
def platforms(draw: st.DrawFn) -> dict[str, Any]:
    """Inputs with any text wherever one reaches JSON."""
    variables = st.dictionaries(VARIABLES, TEXTS, max_size=3)
    return {
        **SMALL,
        "agents": [
            {
                "name": "linux",
                "environment": draw(variables),
                "policy_statements": draw(st.lists(STATEMENTS, min_size=1, max_size=3)),
                "sidecars": [
                    {
                        "name": "db",
                        "image": "postgres:17",
                        "command": draw(st.lists(TEXTS, min_size=1, max_size=3)),
                        "environment": draw(variables),
                    }
                ],
            }
        ],
        "controller": {"environment": draw(variables)},
        "jenkins": {
            "job_identity": {
                "roles": [
                    {
                        "name": "deploy",
                        "jobs": draw(st.lists(JOBS, min_size=1, max_size=3, unique=True)),
                        "policy_statements": draw(st.lists(STATEMENTS, min_size=1, max_size=2)),
                    }
                ]
            }
        },
    }


def compose(context: Context) -> None:
    """Sub-components with JSON that has texts of the inputs."""
    identity = context.settings.jenkins.job_identity
    assert identity
    agents(context)
    controller(context)
    JobIdentity(context, LogGroups(context), identity)


def json_of(found: list[Registration]) -> Iterator[tuple[str, str, Any]]:
    """All JSON in registered resources: the resource and input, the text and the content."""
    for one in found:
        for key, value in one.inputs.items():
            if isinstance(value, str) and re.match(r"\s*[\[{]", value) and key != "inputTemplate":
                yield f"{one.name} {key}", value, json.loads(value)


def variables(container: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["value"] for one in container["environment"]}


MAXIMUM = {"policy": 10_240, "assumeRolePolicy": 2_048, "eventPattern": 2_048}
"""Characters (IAM quotas, Amazon EventBridge quotas); other policies have higher limits."""


def checked(found: list[Registration]) -> dict[str, Any]:
    """The content of all JSON, which is valid, within the limits of AWS and in ASCII."""
    content = {}
    for name, text, value in json_of(found):
        content[name] = value
        assert len(re.sub(r"\s", "", text)) <= MAXIMUM.get(name.split(" ")[1], 65_536), name
        assert text.isascii(), f"{name}: IAM and ECS accept few characters that are not escaped"
    return content


@pytest.mark.parametrize("args", [EVERYTHING, OPTIONAL], ids=["everything", "optional"])
def test_all_json_of_a_platform_is_valid(args: dict[str, Any]) -> None:
    assert len(checked(platform(args))) > 20


# Each example is registered: a quarter of the examples of other properties.
@settings(max_examples=settings.default.max_examples // 4, phases=NOT_SHRUNK)
@given(args=platforms())
def test_every_text_arrives_as_it_was_given(args: Any) -> None:
    content = checked(parts(compose, args))
    (template,) = args["agents"]
    agent, sidecar, *_ = content["jenkins-agent-linux containerDefinitions"]
    assert template["environment"].items() <= variables(agent).items()
    assert sidecar["command"] == template["sidecars"][0]["command"]
    assert variables(sidecar) == template["sidecars"][0]["environment"]
    (controller,) = content["jenkins-controller containerDefinitions"]
    assert args["controller"]["environment"].items() <= variables(controller).items()
    (role,) = args["jenkins"]["job_identity"]["roles"]
    (trust,) = content["jenkins-job-deploy assumeRolePolicy"]["Statement"]
    (subjects,) = trust["Condition"]["StringLike"].values()
    assert subjects == role["jobs"]
    for name, given_statements in (
        ("jenkins-agent-linux", template["policy_statements"]),
        ("jenkins-job-deploy", role["policy_statements"]),
    ):
        written = content[f"{name} policy"]["Statement"][: len(given_statements)]
        for statement, wanted in zip(written, given_statements, strict=True):
            assert statement["Resource"] == wanted["resources"]
            conditions = {
                (operator, key): values
                for operator, keys in statement.get("Condition", {}).items()
                for key, values in keys.items()
            }
            assert conditions == {
                (c["operator"], c["key"]): c["values"] for c in wanted["conditions"]
            }


def test_patterns_of_events_do_not_grow_with_the_templates() -> None:
    template = {"capacity": "instances", "cpu": 2048, "memory_mib": 4096, "docker": True}
    args: Any = {
        "agents": [{"name": f"{'t' * 20}-{i}", **template} for i in range(9)],
        "monitoring": {"level": "all"},
    }
    found = parts(monitoring, args)
    patterns = [text for name, text, _ in json_of(found) if name.endswith(" eventPattern")]
    assert patterns
    assert max(map(len, patterns)) <= MAXIMUM["eventPattern"]
