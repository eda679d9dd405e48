"""What the checks of ``jenkins-platform check`` find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from botocore import exceptions

NO_CREDENTIALS = (
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
    exceptions.ProfileNotFound,
    exceptions.SSOError,
)
GET_CREDENTIALS = "Set AWS_PROFILE, or sign in with `aws sso login`; in CI take a role by OIDC."
ClientOf = Callable[[str], Any]
"""Makes a boto3 client of a service where the stack lives."""


class Status(str, Enum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """What one check found, and what to do about it."""

    subject: str
    status: Status
    found: str
    advice: str = ""
