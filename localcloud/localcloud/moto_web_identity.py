"""AssumeRoleWithWebIdentity of STS: the token and the trust policy are checked, which moto does not
do (AWS STS API Reference, "AssumeRoleWithWebIdentity")."""

from __future__ import annotations

import base64
import json
import time
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256
from moto.core.exceptions import AccessDeniedError, ServiceException
from moto.iam.models import IAMBackend, iam_backends
from moto.sts.responses import TokenResponse

from .access.policies import Effect, evaluate, statements

ACTION = "sts:AssumeRoleWithWebIdentity"


class InvalidIdentityTokenError(ServiceException):
    code = "InvalidIdentityToken"


class ExpiredTokenError(ServiceException):
    code = "ExpiredTokenException"


_assume = TokenResponse.assume_role_with_web_identity


def _assume_with_a_valid_token(self: TokenResponse) -> Any:
    """moto gives credentials for any token."""
    role_arn = self._get_param("RoleArn")
    backend = iam_backends[self.current_account]["global"]
    check(backend, role_arn, self._get_param("WebIdentityToken"))
    return _assume(self)


def check(backend: IAMBackend, role_arn: str, token: str) -> None:
    """Refuse a token that is not valid, or that the role does not trust."""
    try:
        signed, _, signature = token.rpartition(".")
        header, claims = (json.loads(_decoded(part)) for part in signed.split("."))
        issuer = str(claims["iss"])
    except (ValueError, KeyError):
        raise InvalidIdentityTokenError("Couldn't parse the token") from None
    host = issuer.partition("://")[2]
    provider = next((p for p in backend.list_open_id_connect_providers() if _host(p) == host), None)
    if provider is None:
        raise InvalidIdentityTokenError("No OpenIDConnect provider found in your account")
    if not _verified(issuer, header, signed, signature):
        raise InvalidIdentityTokenError("Couldn't verify the signature of the token")
    if claims.get("exp", 0) < time.time():
        raise ExpiredTokenError("Token expired")
    clients = backend.get_open_id_connect_provider(provider).client_id_list
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if not set(audiences) & set(clients):
        raise InvalidIdentityTokenError("Incorrect token audience")
    _check_trust(
        backend, role_arn, provider, {f"{host}:sub": claims["sub"], f"{host}:aud": audiences}
    )


def _check_trust(
    backend: IAMBackend, role_arn: str, provider: str, context: Mapping[str, str | list[str]]
) -> None:
    document = backend.get_role_by_arn(role_arn).assume_role_policy_document
    trusted = [
        {**statement, "Resource": "*"}
        for statement in statements(json.loads(unquote(document)))
        if dict(statement.get("Principal", {})).get("Federated") == provider
    ]
    if evaluate(trusted, ACTION, "*", context) is not Effect.ALLOW:
        raise AccessDeniedError(str(context[f"{_host(provider)}:sub"]), ACTION)


def _host(provider_arn: str) -> str:
    return provider_arn.partition(":oidc-provider/")[2]


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def _verified(issuer: str, header: Mapping[str, Any], signed: str, signature: str) -> bool:
    """Whether a key of the issuer has signed a token (OpenID Connect Discovery, RS256)."""
    found = _get(f"{issuer}/.well-known/openid-configuration")
    # The issuer of a test may have no certificate.
    keys_url = urlsplit(found["jwks_uri"])._replace(scheme=urlsplit(issuer).scheme).geturl()
    for key in _get(keys_url)["keys"]:
        if key["kid"] != header.get("kid") or header.get("alg") != "RS256":
            continue
        numbers = (int.from_bytes(_decoded(key[part]), "big") for part in ("e", "n"))
        try:
            RSAPublicNumbers(*numbers).public_key().verify(
                _decoded(signature), signed.encode(), PKCS1v15(), SHA256()
            )
        except InvalidSignature:
            return False
        return True
    return False


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def apply() -> None:
    TokenResponse.assume_role_with_web_identity = _assume_with_a_valid_token  # type: ignore[method-assign]
