"""Settings of Jenkins itself."""

from __future__ import annotations

from .base import Group, setting
from .values import Text


class JenkinsSettings(Group):
    system_message: Text = setting(
        "This Jenkins is managed by code: changes made here are lost at the next start.",
        valid="a text of up to 10000 characters",
        max_length=10_000,
    )
    sample_jobs: bool = setting(True, valid="true or false")
