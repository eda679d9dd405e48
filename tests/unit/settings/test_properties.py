"""Properties that hold for any inputs, tried with generated ones."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from jenkins_platform import JenkinsPlatform
from jenkins_platform.controller import jcasc
from jenkins_platform.settings import Settings, SettingsError
from jenkins_platform.testing import register

from harness.inputs.models import paths
from harness.inputs.valid import inputs
from harness.jenkins.documents import LOADER

NO_RESOURCES = {
    "cloudwatch:PutMetricData",
    "ecr:GetAuthorizationToken",
    "ecs:DescribeTaskDefinition",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
}
"""Actions for which AWS knows no resource (Service Authorization Reference)."""
INLINE_POLICY_CHARACTERS = 10_240
"""Of all policies in one role, without white space (IAM quotas)."""
TRUST_CHARACTERS = 2_048
"""Default quota of a role's trust policy."""

NOT_SHRUNK = (Phase.explicit, Phase.generate)
"""For what takes long: shrinking would take minutes."""
KEYS = sorted({part for path in paths() for part in path.replace("[]", "").split(".")})
WORDS = ["", "none", "true", "arn:aws:iam::123456789012:role/a", "10.0.0.0/16", "\x00", "${A}", "ü"]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(WORDS),
    st.text(max_size=5),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text(max_size=3)), inner, max_size=4),
    ),
    max_leaves=8,
)


def at(path: str, value: Any) -> dict[str, Any]:
    """Inputs with a value at one path, each list on the way with one item."""
    for step in reversed(re.split(r"\.", path)):
        name = step.removesuffix("[]")
        value = {name: [value] if step != name else value}
    assert isinstance(value, dict)
    return value


def accepted_or_refused(args: Any) -> None:
    refusal: SettingsError | None = None
    try:
        Settings.from_args("jenkins", args)
    except SettingsError as error:
        refusal = error
    assert refusal is None or str(refusal).count("\n") >= len(refusal.problems) > 0


@given(args=st.dictionaries(st.sampled_from(KEYS), JSON, max_size=3))
def test_any_json_is_accepted_or_refused_and_nothing_else(args: dict[str, Any]) -> None:
    accepted_or_refused(args)


@given(path=st.sampled_from([p for p in paths() if p != "name"]), value=JSON)
def test_any_value_of_any_setting_is_accepted_or_refused(path: str, value: Any) -> None:
    accepted_or_refused(at(path, value))


def read(value: str) -> str:
    """What JCasC makes of a text, if it finds nothing to resolve in it."""
    assert not re.search(r"(?<!\^)\$\{", value), "JCasC would resolve a variable here"
    return value.replace("^${", "${")


@settings(phases=NOT_SHRUNK)
@given(args=inputs())
def test_every_accepted_value_is_in_the_document_as_it_was_given(args: Any) -> None:
    accepted = Settings.from_args("jenkins", args)
    jcasc.check(accepted)
    resolved = jcasc.Resolved.placeholders(accepted)
    document = yaml.load(jcasc.render(accepted, resolved), LOADER)
    jenkins, given_jenkins = document["jenkins"], args.get("jenkins", {})
    templates = [t for cloud in jenkins["clouds"] for t in cloud["ecs"]["templates"]]
    assert sorted(t["templateName"] for t in templates) == sorted(
        f"{agent.name}-{kind}"
        for agent in accepted.agents
        for kind in ("spot", "on-demand", "auto")
    )
    assert {t["taskDefinitionOverride"] for t in templates} == set(resolved.families.values())
    assert read(jenkins["systemMessage"]) == accepted.jenkins.system_message
    entries = jenkins["authorizationStrategy"]["globalMatrix"]["entries"]
    for kind, key in (("group", "groups"), ("user", "users")):
        names = {read(e[kind]["name"]) for e in entries if kind in e}
        wanted = {grant["name"] for grant in args.get("sign_in", {}).get(key, [])}
        assert wanted <= names
    libraries = document["unclassified"].get("globalLibraries", {}).get("libraries", [])
    assert {read(one["name"]) for one in libraries} >= {
        one["name"] for one in given_jenkins.get("libraries", [])
    }


def policies(args: Any) -> list[tuple[str, dict[str, Any], str]]:
    """Every policy document of a platform: name, content, text."""
    keys = {
        "aws:iam/rolePolicy:RolePolicy": "policy",
        "aws:iam/role:Role": "assumeRolePolicy",
        "aws:s3/bucketPolicy:BucketPolicy": "policy",
        "aws:efs/fileSystemPolicy:FileSystemPolicy": "policy",
        "aws:kms/key:Key": "policy",
        "aws:sns/topicPolicy:TopicPolicy": "policy",
    }
    found = []
    for one in register(lambda: JenkinsPlatform("jenkins", args)):
        text = one.inputs.get(keys.get(one.token, ""))
        if text is not None:
            found.append((f"{one.token} {one.name}", json.loads(text), text))
    return found


@pytest.mark.long
@settings(max_examples=20, phases=NOT_SHRUNK)
@given(args=inputs())
def test_every_policy_of_any_platform_is_narrow_and_within_the_limits(args: Any) -> None:
    for name, policy, text in policies(args):
        statements = policy["Statement"]
        sids = [s["Sid"] for s in statements if "Sid" in s]
        assert len(set(sids)) == len(sids), name
        assert all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in sids), name
        size = len(re.sub(r"\s", "", text))
        limit = TRUST_CHARACTERS if ":Role " in name else INLINE_POLICY_CHARACTERS
        assert size <= limit, f"{name}: {size}"
        for statement in statements:
            if "RolePolicy" in name:
                narrow(name, statement)


def narrow(name: str, statement: dict[str, Any]) -> None:
    if statement["Effect"] == "Deny":
        return
    actions, resources = statement["Action"], statement["Resource"]
    assert "NotAction" not in statement, name
    assert "NotResource" not in statement, name
    assert not [a for a in actions if a == "*" or a.endswith(":*")], name
    if "*" in ([resources] if isinstance(resources, str) else resources):
        assert set(actions) <= NO_RESOURCES, f"{name}: {actions}"
    if "iam:PassRole" in actions:
        assert statement["Condition"]["StringEquals"]["iam:PassedToService"], name


def test_the_check_of_policies_finds_a_wide_statement() -> None:
    wide = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"]}
    with pytest.raises(AssertionError, match="s3:GetObject"):
        narrow("a policy", wide)
