"""Sources of pipelines: the secrets that the controller reads for each."""

from __future__ import annotations

from typing import Any

import pytest
from jenkins_platform.settings import Settings

TOKEN, HOOK = (
    f"arn:aws:secretsmanager:eu-central-1:123456789012:secret:{name}-AbCdEf"
    for name in ("token", "hook")
)
SOURCES: dict[str, dict[str, Any]] = {
    "github": {"app_id": "1", "private_key_secret_arn": TOKEN, "organizations": ["acme"]},
    "gitlab": {"token_secret_arn": TOKEN, "groups": ["acme"]},
    "bitbucket": {"token_secret_arn": TOKEN, "workspaces": ["acme"]},
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("hook", [None, HOOK], ids=["without webhooks", "with webhooks"])
def test_the_controller_reads_the_key_or_token_and_the_secret_of_webhooks(
    source: str, hook: str | None
) -> None:
    given = {**SOURCES[source], "webhook_secret_arn": hook}
    settings = Settings.from_args("jenkins", {"jenkins": {source: given}})  # type: ignore[typeddict-item]
    assert getattr(settings.jenkins, source).secret_arns == [TOKEN, *([hook] if hook else [])]
