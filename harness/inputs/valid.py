"""Hypothesis strategies: inputs that the platform accepts, with odd values in them."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st
from jenkins_platform.settings.facts.fargate import MEMORY_BY_CPU

ACCOUNT = "123456789012"
ODD = [
    "${PASSWORD}",
    "^${X}",
    "$${Y}",
    "'",
    '"',
    "\\",
    ": ",
    " #",
    "{{ 7*7 }}",
    "{% x %}",
    "- ",
    "ü",
]
"""Characters with a meaning in YAML, JCasC, Jinja or Groovy."""

NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,10}[a-z0-9]", fullmatch=True)
LINES = st.lists(st.sampled_from([*ODD, "a", "0", "yes", "~", "null"]), min_size=1, max_size=4).map(
    lambda parts: f"x{''.join(parts)}x"
)
TEXTS = st.lists(st.one_of(LINES, st.just("\n"), st.just("\t")), max_size=4).map("".join)
TAG_VALUES = st.from_regex(r"[\w .:/=+@-]{1,20}", fullmatch=True)
VARIABLES = st.from_regex(r"[A-Z][A-Z0-9_]{0,8}", fullmatch=True).map(lambda name: f"MY_{name}")
SECRETS = st.one_of(
    NAMES.map(lambda n: f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:{n}-AbCdEf"),
    NAMES.map(lambda n: f"arn:aws:ssm:eu-central-1:{ACCOUNT}:parameter/{n}"),
)
POLICIES = NAMES.map(lambda n: f"arn:aws:iam::{ACCOUNT}:policy/{n}")
ROLES = NAMES.map(lambda n: f"arn:aws:iam::{ACCOUNT}:role/{n}")
SIZES = st.sampled_from([(cpu, memory) for cpu, sizes in MEMORY_BY_CPU.items() for memory in sizes])
STATEMENTS = st.fixed_dictionaries(
    {
        "actions": st.lists(
            st.sampled_from(["s3:GetObject", "ecr:Batch*"]), min_size=1, max_size=2
        ),
        "resources": st.lists(NAMES.map(lambda n: f"arn:aws:s3:::{n}/*"), min_size=1, max_size=3),
    }
)


@st.composite
def templates(draw: st.DrawFn) -> dict[str, Any]:
    cpu, memory = draw(SIZES)
    given: dict[str, Any] = {
        "name": draw(NAMES),
        "cpu": cpu,
        "memory_mib": memory,
        "environment": draw(st.dictionaries(VARIABLES, TEXTS, max_size=2)),
        "policy_statements": draw(st.lists(STATEMENTS, max_size=2)),
        "assumable_role_arns": draw(st.lists(ROLES, max_size=2)),
        "managed_policy_arns": draw(st.lists(POLICIES, max_size=2, unique=True)),
        "enable_execute_command": draw(st.booleans()),
    }
    taken = given["environment"]
    secrets = draw(st.dictionaries(VARIABLES, SECRETS, max_size=2))
    given["secrets"] = {k: v for k, v in secrets.items() if k not in taken}
    return given | draw(
        st.fixed_dictionaries(
            {},
            optional={
                "capacity": st.sampled_from(["spot", "on-demand", "auto"]),
                "architecture": st.sampled_from(["x86_64", "arm64"]),
                "ephemeral_storage_gib": st.integers(21, 200),
                "heap_percentage": st.floats(10, 85),
                "max_agents": st.integers(1, 5000),
                "idle_minutes": st.integers(1, 60),
                "volumes": st.just([{"container_path": "/cache"}]),
                "sidecars": st.just([{"name": "db", "image": "postgres:17"}]),
            },
        )
    )


def inputs() -> st.SearchStrategy[dict[str, Any]]:
    """Inputs of a platform."""
    grants = st.lists(
        st.fixed_dictionaries({"name": LINES, "role": st.sampled_from(["admin", "viewer"])}),
        max_size=3,
        unique_by=lambda grant: grant["name"],
    )
    libraries = st.lists(
        st.fixed_dictionaries(
            {
                "name": NAMES,
                "remote": NAMES.map(lambda n: f"https://git.example.com/{n}.git"),
                "implicit": st.booleans(),
            }
        ),
        max_size=2,
        unique_by=lambda library: library["name"],
    )
    jenkins = st.fixed_dictionaries(
        {},
        optional={
            "system_message": TEXTS,
            "quiet_period_seconds": st.integers(0, 86_400),
            "libraries": libraries,
            "tools": st.lists(
                st.fixed_dictionaries({"kind": st.just("jdk"), "name": LINES, "home": LINES}),
                max_size=2,
                unique_by=lambda tool: tool["name"],
            ),
            "secrets": st.dictionaries(VARIABLES, SECRETS, max_size=2),
            "sample_jobs": st.booleans(),
        },
    )
    return st.fixed_dictionaries(
        {},
        optional={
            "agents": st.lists(
                templates(), min_size=1, max_size=4, unique_by=lambda template: template["name"]
            ).filter(_apart),
            "jenkins": jenkins,
            "sign_in": st.fixed_dictionaries({"groups": grants, "users": grants}),
            "agent_cloud": st.fixed_dictionaries(
                {
                    "connection": st.sampled_from(
                        ["cloud-map", "network-load-balancer", "web-socket"]
                    )
                }
            ),
            "tags": st.dictionaries(NAMES, TAG_VALUES, max_size=3),
        },
    )


def _apart(agents: list[dict[str, Any]]) -> bool:
    """Whether the names differ in all forms that labels have."""
    names = [re.sub("(-spot|-on-demand|-auto)+$", "", a["name"]) for a in agents]
    return len(set(names)) == len(names)
