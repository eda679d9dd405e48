"""Settings of the realm for LDAP and Active Directory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator

from ..validation.arns import SecretArn
from ..validation.base import OutputOr, Problem, setting
from ..validation.values import Text, matching
from .realms import Realm

LdapAttribute = Annotated[
    str, matching(r"[A-Za-z][A-Za-z0-9;.-]{0,100}", "the name of an LDAP attribute")
]
_URL = r"ldaps://[A-Za-z0-9.-]+(:\d{1,5})?"
LdapsUrls = Annotated[
    str,
    matching(rf"{_URL}( {_URL})*", "a URL like ldaps://ldap.example.com:636, or several"),
]
DistinguishedName = Annotated[
    Text, matching(r"[^\n=]+=[^\n]{1,500}", "a DN like ou=people,dc=example,dc=com")
]


def _balanced(value: str) -> str:
    depth = 0
    for character in re.sub(r"\\[0-9A-Fa-f]{2}", "", value):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            break
    if depth:
        raise ValueError("has unbalanced parentheses")
    return value


LdapFilter = Annotated[
    Text,
    matching(r"[^\n]*=[^\n]{0,1000}", "an LDAP filter like uid={0}"),
    AfterValidator(_balanced),
]
SearchFilter = Annotated[
    LdapFilter, matching(r".*\{0\}.*", "an LDAP filter with {0}, like uid={0}")
]


class LdapSettings(Realm):
    """See `LdapArgs`."""

    plugin = "ldap"
    secret_input = "bind_password_secret_arn"  # noqa: S105  the name of an input

    server_url: LdapsUrls = setting(valid="a URL like ldaps://ldap.example.com")
    root_dn: DistinguishedName = setting(valid="a DN like dc=example,dc=com")
    bind_dn: DistinguishedName | None = setting(None, valid="a DN")
    bind_password_secret_arn: OutputOr[SecretArn] | None = setting(
        None, valid="the ARN of a secret", hidden=True
    )
    user_search_base: DistinguishedName | None = setting(None, valid="a DN")
    user_search_filter: SearchFilter = setting("uid={0}", valid="an LDAP filter with {0}")
    group_search_base: DistinguishedName | None = setting(None, valid="a DN")
    group_search_filter: SearchFilter | None = setting(None, valid="an LDAP filter with {0}")
    group_membership_filter: LdapFilter | None = setting(None, valid="an LDAP filter")
    group_membership_attribute: LdapAttribute | None = setting(
        None, valid="the name of an attribute such as memberOf"
    )
    full_name_attribute: LdapAttribute = setting("displayname", valid="the name of an attribute")
    email_attribute: LdapAttribute = setting("mail", valid="the name of an attribute")
    cache_seconds: int = setting(300, valid="30 to 3600 seconds", ge=30, le=3600)

    @property
    def connects_to_provider(self) -> bool:
        """No: directories are usually in the company's network."""
        return False

    def rules(self, key: str) -> Iterator[Problem]:
        """Problems of the bind user and of group membership."""
        if self.bind_dn is not None and self.bind_password_secret_arn is None:
            yield Problem(
                f"{key}.bind_password_secret_arn", None, "required, because bind_dn is set"
            )
        if self.bind_dn is None and self.bind_password_secret_arn is not None:
            yield Problem(f"{key}.bind_password_secret_arn", "…", "is only valid with bind_dn")
        if self.group_membership_filter and self.group_membership_attribute:
            yield Problem(
                f"{key}.group_membership_attribute",
                self.group_membership_attribute,
                "cannot be combined with group_membership_filter",
            )
