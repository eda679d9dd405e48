"""Settings of the load balancer and of sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from ..inputs import Scheme
from .base import Group, Late, Problem, setting
from .values import CertificateArn, Cidr, DomainName, matching


class CertificateSettings(Group):
    adopt: Late[CertificateArn] = setting(valid="the ARN of an ACM certificate")


class EntranceSettings(Group):
    scheme: Scheme = setting(Scheme.INTERNAL, valid="internal or internet-facing")
    certificate: CertificateSettings | None = setting(None, valid="adopt")
    domain_name: DomainName | None = setting(None, valid="a DNS name such as ci.example.com")
    allowed_cidrs: tuple[Cidr, ...] | None = setting(
        None, valid="a list of address ranges such as 203.0.113.0/24", max_length=60
    )

    def rules(self, key: str) -> Iterator[Problem]:
        if self.scheme is Scheme.INTERNET_FACING and not self.certificate:
            yield Problem(
                f"{key}.certificate",
                None,
                "required with scheme internet-facing: plain HTTP is never opened to the internet",
            )


class SignInSettings(Group):
    admin_user_name: Annotated[
        str,
        matching(r"[A-Za-z][A-Za-z0-9._-]{0,63}", "a letter, then letters, digits, '.', '_', '-'"),
    ] = setting("ecsuser", valid="up to 64 letters, digits, '.', '_' and '-'")
