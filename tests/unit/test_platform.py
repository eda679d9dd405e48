"""What holds for the whole platform, whatever its parts are."""

from __future__ import annotations

from jenkins_platform import JenkinsPlatform

from tests.support.mocks import register

BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"


def test_a_permissions_boundary_is_on_every_role() -> None:
    found = register(lambda: JenkinsPlatform("jenkins", {"permissions_boundary_arn": BOUNDARY}))
    roles = [r for r in found if r.token == "aws:iam/role:Role"]
    assert roles
    assert {r.inputs.get("permissionsBoundary") for r in roles} == {BOUNDARY}


def test_tags_are_inherited_by_everything_that_takes_tags() -> None:
    found = register(lambda: JenkinsPlatform("jenkins", {"tags": {"team": "build"}}))
    tagged = [r for r in found if "tags" in r.inputs]
    assert len(tagged) > 30
    assert [r.name for r in tagged if r.inputs["tags"].get("team") != "build"] == []
    assert [r.name for r in tagged if r.inputs["tags"].get("JenkinsPlatform") != "jenkins"] == []


def test_a_name_prefix_starts_every_name_that_is_given() -> None:
    found = register(lambda: JenkinsPlatform("jenkins", {"name_prefix": "acme"}))
    keys = ("name", "family", "bucket", "creationToken")
    named = {r.name: str(r.inputs[k]) for r in found if r.custom for k in keys if k in r.inputs}
    wrong = {k: v for k, v in named.items() if not v.startswith(("acme", "alias/acme"))}
    assert wrong == {"jenkins-controller-name": "controller"}, "a name inside a namespace of ours"
    assert "random:index/randomId:RandomId" not in {r.token for r in found}
