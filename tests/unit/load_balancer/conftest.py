"""What a platform registers before it is refused."""

from __future__ import annotations

from typing import Any

import pytest
from jenkins_platform.testing import _Mocks
from pulumi.runtime.mocks import MockResourceArgs


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Logical names of the resources that a test registers, those of refused platforms too."""
    found: set[str] = set()
    create = _Mocks.new_resource

    def new_resource(mocks: _Mocks, args: MockResourceArgs) -> Any:
        if args.custom:
            found.add(args.name)
        return create(mocks, args)

    monkeypatch.setattr(_Mocks, "new_resource", new_resource)
    return found
