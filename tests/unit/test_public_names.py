"""The names that other projects may import."""

from __future__ import annotations

import jenkins_platform
from syrupy.assertion import SnapshotAssertion


def test_the_public_names_are_exactly_these(text_file: SnapshotAssertion) -> None:
    names = sorted(jenkins_platform.__all__)
    assert len(names) == len(set(names))
    assert all(hasattr(jenkins_platform, name) for name in names)
    assert "\n".join(names) + "\n" == text_file
