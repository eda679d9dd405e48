"""moto in the process of the tests, without what it does again for each of them."""

from __future__ import annotations

from collections.abc import Iterator

import botocore.session
import pytest

from localcloud import moto_speed


@pytest.fixture(scope="session", autouse=True)
def quick_moto() -> Iterator[None]:
    """Each `mock_aws` starts a new session of boto3, which would read AWS's models again."""
    moto_speed.apply()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", lambda *_: moto_speed.loader())
        yield
