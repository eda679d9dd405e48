"""Names of AWS's endpoints, from the SDK's own list."""

from __future__ import annotations

import functools

import botocore.session


@functools.cache
def names(region: str) -> tuple[str, ...]:
    """All host names under which SDKs call AWS from a region."""
    session = botocore.session.get_session()
    resolver = session.get_component("endpoint_resolver")
    found = {f"s3.{region}.amazonaws.com", "sts.amazonaws.com"}
    for service in session.get_available_services():
        endpoint = resolver.construct_endpoint(service, region)
        if endpoint and endpoint.get("hostname", "").endswith(".amazonaws.com"):
            found.add(endpoint["hostname"])
    return tuple(sorted(found))


def s3_names(region: str) -> tuple[str, ...]:
    """Names that a bucket's name is put before."""
    return f"s3.{region}.amazonaws.com", "s3.amazonaws.com"
