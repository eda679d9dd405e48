"""Names under which people keep secrets, for warnings and for errors that must not show a value."""

from __future__ import annotations

import re

_WORDS = re.compile(
    r"passw|passphrase|\bpwd\b|secret|token|bearer|credential|signature"
    r"|(api|access|account|private|shared|signing|encryption)[_.-]?key"
    r"|^(auth|key|sig|pwd)$",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"[_.-](arn|id|name|path|file|url|uri|dir|folder|timeout|seconds|length)s?$", re.IGNORECASE
)
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_URL_WITH_CREDENTIALS = re.compile(r"(?<!ssh)://(?![^/?#\s@]*\$\{)[^/?#\s]*@")
_TOKEN = re.compile(
    r"\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{22}|glpat-[\w-]{20}|xox[abeprs]-[\w-]{10}"
    r"|(AKIA|ASIA)[A-Z0-9]{16}\b|sk_live_[A-Za-z0-9]{16}|npm_[A-Za-z0-9]{36})"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
"""Tokens and keys whose issuers mark them: GitHub, GitLab, Slack, AWS, Stripe, npm, PEM."""
_PARAMETER = re.compile(r"[?&]([^=&]+)=")


def names_secret(name: str) -> bool:
    """Whether a key, variable, property or parameter of a URL is probably the name of a secret:
    ``DB_PASSWORD``, ``api-key``, ``accessToken``, ``sig``. Letter case does not matter."""
    words = _CAPITAL.sub("_", name).replace("_", " ")
    return bool(_WORDS.search(name) or _WORDS.search(words))


def names_place_of_secret(name: str) -> bool:
    """Whether a name says where a secret is, or describes it: ``TOKEN_FILE``, ``secret_arn``."""
    return bool(_PLACE.search(_CAPITAL.sub("_", name)))


def query_has_secret(url: str) -> bool:
    """Whether a parameter in the query of a URL is probably a secret."""
    names = _PARAMETER.findall(url)
    return any(names_secret(name) or name.lower().endswith("key") for name in names)


def contains_secret(text: str) -> bool:
    """Whether a text contains a URL with credentials, or a token or private key that is
    recognizable."""
    return bool(_URL_WITH_CREDENTIALS.search(text) or _TOKEN.search(text) or query_has_secret(text))
