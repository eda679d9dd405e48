"""Sign-in at a listener with OpenID Connect, as an Application Load Balancer does it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
import urllib.request
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from .rules import Request

CALLBACK = "/oauth2/idpresponse"
"""Where providers send users back to. The load balancer answers it itself, whatever paths its rules
are for."""
_STATE_COOKIE = "AWSALBAuthNonce"


class Signing:
    """Keys of one listener: for its cookies, and for the claims that it hands to targets."""

    def __init__(self) -> None:
        self.secret = secrets.token_bytes(32)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.key_id = secrets.token_hex(8)

    def seal(self, value: dict[str, Any]) -> str:
        text = _encode(json.dumps(value).encode())
        return f"{text}.{self._mac(text)}"

    def open(self, sealed: str) -> dict[str, Any] | None:
        text, _, mac = sealed.partition(".")
        if not hmac.compare_digest(mac, self._mac(text)):
            return None
        value: dict[str, Any] = json.loads(_decode(text))
        return value if value.get("until", 0) > time.time() else None

    def claims(self, claims: dict[str, Any], issuer: str, client: str, until: float) -> str:
        """The value of ``x-amzn-oidc-data``: claims as a JWT, signed with ES256."""
        header = {
            "typ": "JWT",
            "kid": self.key_id,
            "alg": "ES256",
            "iss": issuer,
            "client": client,
            "exp": int(until),
        }
        text = ".".join(_encode(json.dumps(part).encode()) for part in (header, claims))
        r, s = utils.decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{text}.{_encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    def _mac(self, text: str) -> str:
        return hmac.new(self.secret, text.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Step:
    """What comes of a request: an answer with a status, or headers for the target."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)


class Authentication:
    """The action ``authenticate-oidc``.

    Args:
        configuration: Its ``AuthenticateOidcConfig``.
        signing: The listener's keys.
    """

    def __init__(self, configuration: dict[str, Any], signing: Signing) -> None:
        self._of, self._signing = configuration, signing
        self._cookie = f"{configuration.get('SessionCookieName') or 'AWSELBAuthSessionCookie'}-0"

    def step(self, request: Request, address: str) -> Step:
        """Let a request pass, or answer it.

        Args:
            address: Scheme and host by which the client calls the listener.
        """
        cookies = SimpleCookie(str(request.headers.get("Cookie") or ""))
        if request.path == CALLBACK:
            return self._signed_in(request, address, cookies)
        session = cookies.get(self._cookie)
        known = self._signing.open(session.value) if session else None
        if known:
            issuer, client = self._of["Issuer"], self._of["ClientId"]
            data = self._signing.claims(known["claims"], issuer, client, known["until"])
            return Step(
                headers={
                    "x-amzn-oidc-accesstoken": known["token"],
                    "x-amzn-oidc-identity": str(known["claims"].get("sub", "")),
                    "x-amzn-oidc-data": data,
                }
            )
        unknown = self._of.get("OnUnauthenticatedRequest") or "authenticate"
        if unknown == "allow":
            return Step()
        if unknown == "deny":
            return Step(401)
        return self._ask(request, address)

    @property
    def _sender(self) -> list[str]:
        return [self._of["Issuer"], self._of["ClientId"], self._cookie]

    def has_sent(self, request: Request) -> bool:
        """Whether a callback is for a user that this action has sent to the provider."""
        state = self._signing.open(parse_qs(request.query).get("state", [""])[0])
        return state is not None and state["sender"] == self._sender

    def _ask(self, request: Request, address: str) -> Step:
        nonce = secrets.token_urlsafe(16)
        back = request.path + (f"?{request.query}" if request.query else "")
        state = self._signing.seal(
            {"nonce": nonce, "back": back, "sender": self._sender, "until": time.time() + 900}
        )
        query = {
            "response_type": "code",
            "client_id": self._of["ClientId"],
            "redirect_uri": address + CALLBACK,
            "scope": self._of.get("Scope") or "openid",
            "state": state,
            **(self._of.get("AuthenticationRequestExtraParams") or {}),
        }
        cookie = f"{_STATE_COOKIE}={nonce}; Path=/; HttpOnly{_secure(address)}"
        location = f"{self._of['AuthorizationEndpoint']}?{urlencode(query)}"
        return Step(302, {"Location": location, "Set-Cookie": cookie})

    def _signed_in(self, request: Request, address: str, cookies: SimpleCookie) -> Step:
        query = {k: v[0] for k, v in parse_qs(request.query).items()}
        state, nonce = self._signing.open(query.get("state", "")), cookies.get(_STATE_COOKIE)
        if not state or not nonce or state["nonce"] != nonce.value or "code" not in query:
            return Step(401)
        try:
            token = self._post(
                self._of["TokenEndpoint"],
                {
                    "grant_type": "authorization_code",
                    "code": query["code"],
                    "redirect_uri": address + CALLBACK,
                    "client_id": self._of["ClientId"],
                    "client_secret": self._of.get("ClientSecret") or "",
                },
            )["access_token"]
            claims = self._get(self._of["UserInfoEndpoint"], token)
        except (OSError, ValueError, KeyError):
            return Step(561)
        seconds = int(self._of.get("SessionTimeout") or 604800)
        until = time.time() + seconds
        session = self._signing.seal({"claims": claims, "token": token, "until": until})
        cookie = f"{self._cookie}={session}; Path=/; HttpOnly; Max-Age={seconds}{_secure(address)}"
        return Step(302, {"Location": address + state["back"], "Set-Cookie": cookie})

    @staticmethod
    def _post(url: str, form: dict[str, str]) -> dict[str, Any]:
        with urllib.request.urlopen(url, urlencode(form).encode(), timeout=10) as answer:
            found: dict[str, Any] = json.loads(answer.read())
            return found

    @staticmethod
    def _get(url: str, token: str) -> dict[str, Any]:
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            found: dict[str, Any] = json.loads(answer.read())
            return found


def called_back(
    listener_rules: list[dict[str, Any]], signing: Signing, request: Request, address: str
) -> Step | None:
    """The answer to a provider's callback; None if no rule has sent the user there.

    Args:
        listener_rules: As DescribeRules shows them.
        signing: The listener's keys.
        address: Scheme and host by which the client calls the listener.
    """
    for action in (action for rule in listener_rules for action in rule["Actions"]):
        if action["Type"] == "authenticate-oidc":
            found = Authentication(action["AuthenticateOidcConfig"], signing)
            if found.has_sent(request):
                return found.step(request, address)
    return None


def _secure(address: str) -> str:
    return "; Secure" if address.startswith("https:") else ""


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
