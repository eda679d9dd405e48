"""Clients of AWS's SDK that reach no account."""

from __future__ import annotations

from functools import cache

import boto3


@cache
def session() -> boto3.Session:
    """A session without an account. Its clients share the models of services, which are large."""
    return boto3.Session("x", "x", region_name="eu-central-1")
