"""The public documents of the OpenID Connect provider for jobs, for AWS to verify tokens with.

Jenkins writes its public keys into a bucket when it starts; this function serves them, so that AWS
does not have to reach Jenkins. Anyone may read them: they contain no secret.

Environment: ``BUCKET`` and ``KEY`` of the keys (a JSON Web Key Set).
"""

from __future__ import annotations

import json
import os
from typing import Any

import boto3
from botocore.exceptions import ClientError


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request to the function's URL (payload format 2.0)."""
    request = event["requestContext"]
    if request["http"]["method"] not in ("GET", "HEAD"):
        return _answer(405, {"error": "must be GET"})
    if event["rawPath"] == "/.well-known/openid-configuration":
        return _answer(200, configuration(f"https://{request['domainName']}"))
    if event["rawPath"] == "/jwks":
        return _answer(200, _keys())
    return _answer(404, {"error": "not found"})


def configuration(issuer: str) -> dict[str, Any]:
    """The discovery document of an issuer (OpenID Connect Discovery 1.0, section 3)."""
    return {
        "issuer": issuer,
        "jwks_uri": f"{issuer}/jwks",
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["aud", "exp", "iat", "iss", "sub"],
    }


def _keys() -> Any:
    """The key set, which is empty until Jenkins has started for the first time."""
    try:
        found = boto3.client("s3").get_object(Bucket=os.environ["BUCKET"], Key=os.environ["KEY"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        return {"keys": []}
    return json.loads(found["Body"].read())


def _answer(status: int, document: Any) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json", "Cache-Control": "max-age=60"},
        "body": json.dumps(document),
    }
