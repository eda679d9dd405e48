"""Settings of the source code on GitLab."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlsplit

from ..validation.base import Problem, setting
from ..validation.rules import no_duplicates
from ..validation.values import matching
from . import TokenSource, path_on

_NAME = r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,200}[A-Za-z0-9_-])?"
GroupPath = Annotated[
    str,
    matching(
        rf"{_NAME}(/{_NAME}){{0,20}}", "the path of a group or user, such as acme or acme/platform"
    ),
]
ServerUrl = Annotated[
    str,
    matching(
        r"https://[A-Za-z0-9.-]{1,253}(:\d{1,5})?",
        "a URL that starts with https://, without a path or trailing slash",
    ),
]


class GitLabSettings(TokenSource):
    """See `GitLabArgs`."""

    groups: tuple[GroupPath, ...] = setting(valid="1 to 50 groups", min_length=1, max_length=50)
    url: ServerUrl | None = setting(None, valid="an HTTPS URL")

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of groups that are listed more than once; GitLab ignores case."""
        yield from super().rules(key)
        yield from no_duplicates(f"{key}.groups", self.groups, same=str.lower)
        for index, group in enumerate(self.groups):
            for other in self.groups:
                if group.lower().startswith(f"{other.lower()}/"):
                    message = f"is a subgroup of {other}, which is listed and includes it"
                    yield Problem(f"{key}.groups[{index}]", group, message)

    @property
    def server_url(self) -> str:
        """URL of the server."""
        return self.url or "https://gitlab.com"

    @property
    def folders(self) -> list[tuple[str, str]]:
        """Names of the folders in Jenkins, which cannot contain a slash, each with its group."""
        return [(group.replace("/", "-"), group) for group in self.groups]

    def credentials_id(self, remote: str) -> str | None:
        """ID of the credential for an HTTPS URL of a repository; None for other repositories."""
        path = path_on(urlsplit(self.server_url).netloc, remote)
        if path and any(path.startswith(f"{group.lower()}/") for group in self.groups):
            return "gitlab"
        return None
