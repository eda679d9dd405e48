"""Rules of listeners, requests for functions and sign-in, without any socket."""

from __future__ import annotations

import base64
from email.message import Message
from typing import Any

import pytest
from localcloud.runner import rules
from localcloud.runner.health import matches
from localcloud.runner.lambda_targets import event_of, response_of
from localcloud.runner.oidc import Authentication, Signing, called_back


def request(path: str = "/a/b", query: str = "", method: str = "GET", **headers: str) -> Any:
    message = Message()
    for name, value in {"Host": "jenkins.example.com:8443", **headers}.items():
        message[name.replace("_", "-")] = value
    return rules.Request(method, message, path, query, "10.1.2.3")


@pytest.mark.parametrize(
    ("condition", "applies"),
    [
        ({"Field": "path-pattern", "Values": ["/a/*"]}, True),
        ({"Field": "path-pattern", "Values": ["/A/*"]}, False),
        ({"Field": "path-pattern", "PathPatternConfig": {"Values": ["/x", "/a/?"]}}, True),
        ({"Field": "host-header", "Values": ["*.EXAMPLE.com"]}, True),
        ({"Field": "host-header", "Values": ["example.com"]}, False),
        ({"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET"]}}, True),
        ({"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["PUT"]}}, False),
        (
            {
                "Field": "http-header",
                "HttpHeaderConfig": {"HttpHeaderName": "x-a", "Values": ["v*"]},
            },
            True,
        ),
        ({"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}}, True),
        ({"Field": "source-ip", "SourceIpConfig": {"Values": ["192.168.0.0/16"]}}, False),
        (
            {
                "Field": "query-string",
                "QueryStringConfig": {"Values": [{"Key": "c", "Value": "d"}]},
            },
            True,
        ),
        ({"Field": "query-string", "QueryStringConfig": {"Values": [{"Value": "e"}]}}, False),
    ],
)
def test_conditions(condition: dict[str, Any], *, applies: bool) -> None:
    assert rules.applies([condition], request(query="c=d", X_A="value")) == applies


def test_a_rule_needs_all_of_its_conditions() -> None:
    path = {"Field": "path-pattern", "Values": ["/a/*"]}
    method = {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["PUT"]}}
    assert rules.applies([], request())
    assert not rules.applies([path, method], request())
    assert rules.applies([path, method], request(method="PUT"))


def test_redirects_keep_what_they_do_not_name() -> None:
    def to(**configuration: str) -> str:
        asked = request(query="q=1")
        return rules.redirect(configuration, asked, "jenkins.example.com", "HTTP", 80)

    assert to(Protocol="HTTPS", Port="443") == "https://jenkins.example.com/a/b?q=1"
    assert to(Host="other", Path="/x/#{path}") == "http://other/x/a/b?q=1"
    assert to(Port="8080", Query="n=#{port}") == "http://jenkins.example.com:8080/a/b?n=80"


def test_the_heaviest_target_group_gets_all() -> None:
    groups = [{"TargetGroupArn": "a", "Weight": 1}, {"TargetGroupArn": "b", "Weight": 9}]
    assert rules.group_of({"ForwardConfig": {"TargetGroups": groups}}) == "b"
    assert rules.group_of({"TargetGroupArn": "c"}) == "c"


@pytest.mark.parametrize(
    ("matcher", "good", "bad"),
    [("200", 200, 201), ("200,302", 302, 301), ("200-399", 399, 400)],
)
def test_matchers_of_health_checks(matcher: str, good: int, bad: int) -> None:
    assert matches(matcher, good)
    assert not matches(matcher, bad)


def test_functions_get_requests_as_events() -> None:
    event = event_of(
        request("/wake", "a=b", "POST", Content_Type="application/x-www-form-urlencoded"),
        b"token=1",
        "group",
        {"x-forwarded-proto": "https"},
    )
    assert event["requestContext"] == {"elb": {"targetGroupArn": "group"}}
    assert (event["httpMethod"], event["path"]) == ("POST", "/wake")
    assert event["queryStringParameters"] == {"a": "b"}
    assert event["headers"]["host"] == "jenkins.example.com:8443"
    assert event["headers"]["x-forwarded-proto"] == "https"
    assert (event["body"], event["isBase64Encoded"]) == ("token=1", False)
    binary = event_of(request(Content_Type="image/png"), b"\\xff", "group", {})
    assert (base64.b64decode(binary["body"]), binary["isBase64Encoded"]) == (b"\\xff", True)


def test_answers_of_functions() -> None:
    plain = {"statusCode": 503, "headers": {"A": 1}, "body": "é"}
    assert response_of(plain) == (503, {"A": "1"}, "é".encode())
    packed = {"statusCode": 200, "body": base64.b64encode(b"x").decode(), "isBase64Encoded": True}
    assert response_of(packed) == (200, {}, b"x")
    with pytest.raises(KeyError):
        response_of({})


OIDC = {
    "Issuer": "https://idp.example.com",
    "AuthorizationEndpoint": "https://idp.example.com/authorize",
    "ClientId": "client",
    "Scope": "openid email",
}


def test_who_has_not_signed_in_is_sent_to_the_provider_or_refused() -> None:
    sent = Authentication(OIDC, Signing()).step(request(), "https://jenkins.example.com")
    assert sent.status == 302
    assert sent.headers["Location"].startswith(
        "https://idp.example.com/authorize?response_type=code&client_id=client"
        "&redirect_uri=https%3A%2F%2Fjenkins.example.com%2Foauth2%2Fidpresponse"
        "&scope=openid+email&state="
    )
    assert "; Secure" in sent.headers["Set-Cookie"]
    denying = {**OIDC, "OnUnauthenticatedRequest": "deny"}
    assert Authentication(denying, Signing()).step(request(), "https://x").status == 401


def test_a_callback_belongs_to_the_rule_that_sent_the_user_whatever_its_path() -> None:
    signing, address = Signing(), "https://x"
    ours, theirs = ({**OIDC, "ClientId": client} for client in ("ours", "theirs"))
    sent = Authentication(theirs, signing).step(request("/theirs/"), address)
    query = sent.headers["Location"].partition("?")[2]
    back = request("/oauth2/idpresponse", query)
    actions = [
        [{"Type": "authenticate-oidc", "AuthenticateOidcConfig": c}, {"Type": "forward"}]
        for c in (ours, theirs)
    ]
    mine, other = ({"Conditions": [], "Actions": a} for a in actions)
    answer = called_back([mine, other], signing, back, address)
    assert answer is not None
    assert answer.status == 401, "no code and no cookie"
    assert called_back([mine], signing, back, address) is None
    assert called_back([mine, other], Signing(), back, address) is None


def test_a_forged_session_or_state_is_no_sign_in() -> None:
    cookie = "AWSELBAuthSessionCookie-0=e30.abc"
    asked = Authentication(OIDC, Signing()).step(request(Cookie=cookie), "https://x")
    assert asked.status == 302
    back = request("/oauth2/idpresponse", "code=1&state=e30.abc", Cookie="AWSALBAuthNonce=n")
    assert Authentication(OIDC, Signing()).step(back, "https://x").status == 401
