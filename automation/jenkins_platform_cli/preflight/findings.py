"""Findings of the preflight checks."""

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
GET_CREDENTIALS = "Set AWS_PROFILE, or run `aws sso login`; in CI assume a role through OIDC."
ClientOf = Callable[[str], Any]
"""Creates a boto3 client for a service in the stack's cloud and region."""


class Status(str, Enum):
    """Result of a check."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """What one check found, and the remedy."""

    subject: str
    status: Status
    found: str
    advice: str = ""
