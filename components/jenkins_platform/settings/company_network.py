"""Settings of a company's network: its HTTP proxy and its certificate authorities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlsplit

from .validation.arns import PARTITION, SECRET_ARN
from .validation.base import Group, Problem, hidden, setting
from .validation.rules import no_duplicates
from .validation.values import matching

ALWAYS_DIRECT = ("localhost", "127.0.0.1", "169.254.169.254", "169.254.170.2")
"""Hosts that no container reaches through a proxy. The last two are the metadata and credentials of
tasks (Amazon ECS Developer Guide, "Task IAM role")."""
CERTIFICATE_VARIABLE = "CA_CERTIFICATE_"
"""Start of the names of the variables with certificates. The start scripts of the images read
them."""
_S3_OBJECT = rf"arn:{PARTITION}:s3:::[a-z0-9][a-z0-9.-]{{1,61}}[a-z0-9]/[^\s?]{{1,1024}}"

ProxyUrl = Annotated[
    str, matching(r"http://[A-Za-z0-9.-]+:\d{1,5}", "a URL like http://proxy.example.com:3128")
]
DirectHost = Annotated[
    str,
    matching(
        r"\.?[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?",
        "a host name, an IPv4 address, or a domain like .example.com",
    ),
]
CertificateArn = Annotated[
    str,
    matching(
        rf"{SECRET_ARN}|{_S3_OBJECT}",
        "the complete ARN of a secret in Secrets Manager, an SSM parameter, or an S3 object",
    ),
]


class ProxySettings(Group):
    """See `ProxyArgs`."""

    url: ProxyUrl = setting(
        valid="a URL like http://proxy.example.com:3128, without a user name or password",
        hidden=True,
    )
    no_proxy: tuple[DirectHost, ...] = setting((), valid="up to 100 hosts", max_length=100)

    @property
    def host(self) -> str:
        """Host of the proxy."""
        return str(urlsplit(self.url).hostname)

    @property
    def port(self) -> int:
        """Port of the proxy."""
        return int(self.url.rpartition(":")[2])

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of the port, and of hosts that are listed more than once."""
        if not 1 <= self.port <= 65_535:
            yield Problem(f"{key}.url", hidden(self.url), "must have a port from 1 to 65535")
        yield from no_duplicates(f"{key}.no_proxy", self.no_proxy)
