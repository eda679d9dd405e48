"""Inputs that a later version removes: a warning by the component, and one by generated SDKs."""

from __future__ import annotations

import pytest
from jenkins_platform.provider import _rewritten
from jenkins_platform.settings import Settings
from jenkins_platform.settings.checks.warnings import warnings
from jenkins_platform.settings.validation.base import Group, setting
from jenkins_platform.settings.validation.deprecated import deprecations


class Inner(Group):
    size: int = setting(1, valid="a number")
    old_size: int = setting(0, valid="a number", deprecated="use size; 2.0 removes it.")


class Outer(Group):
    name: str = setting("", valid="a text", deprecated="it has no effect.")
    inner: Inner = setting(Inner(), valid="a group")
    items: tuple[Inner, ...] = setting((), valid="groups")
    by_name: dict[str, Inner] = setting({}, valid="groups")


def test_only_deprecated_inputs_that_are_set_are_reported() -> None:
    assert list(deprecations(Outer())) == []
    assert list(deprecations(Outer(inner=Inner(size=2)))) == []
    old = Inner(old_size=1)
    given = Outer(name="", inner=old, items=(Inner(), old), by_name={"a": old})
    assert list(deprecations(given)) == [
        "by_name.a.old_size is deprecated: use size; 2.0 removes it.",
        "inner.old_size is deprecated: use size; 2.0 removes it.",
        "items[1].old_size is deprecated: use size; 2.0 removes it.",
        "name is deprecated: it has no effect.",
    ]


def test_the_platform_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    extra = Settings.model_fields["usage_estimate"].json_schema_extra
    assert isinstance(extra, dict)
    monkeypatch.setitem(extra, "deprecated", "use something else.")
    settings = Settings.from_args("jenkins", {"usage_estimate": {"running_hours": 100}})
    assert "usage_estimate is deprecated: use something else." in list(warnings(settings))
    (unused,) = warnings(Settings.from_args("jenkins", None))
    assert "plain HTTP" in unused


def test_generated_sdks_warn() -> None:
    text = "Deprecated: use `size`; 2.0 removes it.\n\n    The size."
    (changed,) = _rewritten([{"description": text, "type": "integer"}])
    assert changed["deprecationMessage"] == "use `size`; 2.0 removes it."
    assert "deprecationMessage" not in _rewritten({"description": "The size."})
