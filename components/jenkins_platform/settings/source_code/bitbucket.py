"""Settings of the source code on Bitbucket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlsplit

from ..validation.base import Problem, setting
from ..validation.rules import no_duplicates
from ..validation.values import matching
from . import TokenSource, path_on

Workspace = Annotated[
    str,
    matching(
        r"~?[A-Za-z0-9_][A-Za-z0-9_.-]{0,126}",
        "the ID of a workspace, the key of a project, or ~ and the name of a user",
    ),
]
UserName = Annotated[str, matching(r"[^\s:]{1,255}", "an email address or name without ':'")]
DataCenterUrl = Annotated[
    str,
    matching(
        r"https://[A-Za-z0-9.-]{1,253}(:\d{1,5})?(/[A-Za-z0-9._~-]+)*",
        "a URL that starts with https://, without a trailing slash",
    ),
]


class BitbucketSettings(TokenSource):
    """See `BitbucketArgs`."""

    workspaces: tuple[Workspace, ...] = setting(
        valid="1 to 50 workspaces", min_length=1, max_length=50
    )
    user_name: UserName | None = setting(None, valid="an email address or the name of a user")
    url: DataCenterUrl | None = setting(None, valid="an HTTPS URL")

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of workspaces and of the user."""
        yield from super().rules(key)
        yield from no_duplicates(f"{key}.workspaces", self.workspaces, same=str.lower)
        if self.url is None:
            for index, workspace in enumerate(self.workspaces):
                if workspace.startswith("~"):
                    message = "is only valid with url: Bitbucket Cloud has no such workspaces"
                    yield Problem(f"{key}.workspaces[{index}]", workspace, message)
            if self.user_name is not None and "@" not in self.user_name:
                message = "must be the email address of an Atlassian account without url"
                yield Problem(f"{key}.user_name", self.user_name, message)

    @property
    def folders(self) -> list[tuple[str, str]]:
        """Names of the folders in Jenkins, each with its workspace."""
        return [(workspace, workspace) for workspace in self.workspaces]

    @property
    def git_user_name(self) -> str:
        """User name that Git sends with the token: fixed words for tokens without a user, and for
        API tokens of Bitbucket Cloud."""
        if self.user_name is None:
            return "x-token-auth"
        return self.user_name if self.url else "x-bitbucket-api-token-auth"

    def credentials_id(self, remote: str) -> str | None:
        """ID of the credential for an HTTPS URL of a repository; None for other repositories."""
        url = urlsplit(self.url or "https://bitbucket.org")
        path = path_on(url.netloc, remote)
        prefix = f"{url.path.strip('/').lower()}/scm/".lstrip("/") if self.url else ""
        if path is None or not path.startswith(prefix):
            return None
        owner = path.removeprefix(prefix).partition("/")[0]
        known = {workspace.lower() for workspace in self.workspaces}
        return "bitbucket-git" if owner in known else None
