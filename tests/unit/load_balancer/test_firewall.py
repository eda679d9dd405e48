"""Requests of Jenkins against the rules of the managed rule groups, as the AWS WAF Developer Guide
describes them ("Baseline rule groups"): what matches must be counted, the rest stays blocked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

import pytest
from jenkins_platform.settings.web_acl import DEFAULT_RULE_GROUPS

COMMON = "AWSManagedRulesCommonRuleSet"
BAD_INPUTS = "AWSManagedRulesKnownBadInputsRuleSet"


@dataclass(frozen=True)
class Request:
    """A request; ``url`` has a path and a query string."""

    url: str
    body: str = ""
    headers: dict[str, str] = field(default_factory=lambda: {"user-agent": "Mozilla/5.0"})
    method: str = "GET"

    @property
    def parts(self) -> dict[str, str]:
        """The parts that rules inspect, decoded."""
        parsed = urlsplit(self.url)
        return {
            "URIPATH": unquote(parsed.path),
            "QUERYARGUMENTS": unquote(parsed.query),
            "QUERYSTRING": parsed.query,
            "BODY": self.body,
            "COOKIE": self.headers.get("cookie", ""),
            "Cookie_HEADER": self.headers.get("cookie", ""),
            "HEADER": "\n".join(self.headers.values()),
        }


SIZES = {"QUERYSTRING": 2048, "Cookie_HEADER": 10_240, "BODY": 8192, "URIPATH": 1024}
PATTERNS = {
    "EC2MetaDataSSRF": (r"169\.254\.169\.254", "BODY COOKIE URIPATH QUERYARGUMENTS"),
    "GenericLFI": (r"\.\./", "QUERYARGUMENTS URIPATH BODY"),
    "RestrictedExtensions": (r"\.(log|ini)\b", "URIPATH QUERYARGUMENTS"),
    "GenericRFI": (r"(https?|ftps?|file)://\d+\.\d+\.\d+\.\d+", "QUERYARGUMENTS BODY URIPATH"),
    "CrossSiteScripting": (r"<script|javascript:|onerror=", "COOKIE QUERYARGUMENTS BODY URIPATH"),
}
BAD_PATTERNS = {
    "JavaDeserializationRCE": (r"getRuntime\(\)\.exec", "HEADER BODY URIPATH QUERYSTRING"),
    "Log4JRCE": (r"\$\{jndi:", "HEADER QUERYSTRING BODY URIPATH"),
    "ExploitablePaths": (r"(?i)web-inf", "URIPATH"),
}


def matching(request: Request) -> set[tuple[str, str]]:
    """Rules that match a request, with their groups."""
    parts = request.parts
    found = {(COMMON, f"SizeRestrictions_{p}") for p, n in SIZES.items() if len(parts[p]) > n}
    if not request.headers.get("user-agent"):
        found.add((COMMON, "NoUserAgent_HEADER"))
    if re.search("nessus|nmap", request.headers.get("user-agent", "")):
        found.add((COMMON, "UserAgent_BadBots_HEADER"))
    if request.headers.get("host") == "localhost":
        found.add((BAD_INPUTS, "Host_localhost_HEADER"))
    if request.method == "PROPFIND":
        found.add((BAD_INPUTS, "PROPFIND_METHOD"))
    for group, patterns in ((COMMON, PATTERNS), (BAD_INPUTS, BAD_PATTERNS)):
        for name, (pattern, where) in patterns.items():
            found |= {(group, f"{name}_{p}") for p in where.split() if re.search(pattern, parts[p])}
    return found


SESSION = "AWSELBAuthSessionCookie-0=" + "a" * 4000
REQUESTS = {
    "artifact-log": Request("/job/app/1/artifact/target/build.log"),
    "artifact-ini": Request("/job/app/lastSuccessfulBuild/artifact/php.ini/*view*/"),
    "workspace-of-a-web-application": Request("/job/app/ws/src/main/webapp/WEB-INF/web.xml"),
    "deep-workspace": Request("/job/org/job/app/job/main/ws/" + "a-package/" * 110 + "A.java"),
    "sign-in-returns": Request("/login?from=%2Fjob%2Fapp%2F1%2Fartifact%2Fbuild.log"),
    "configuration": Request(
        "/job/app/configSubmit", "json={'url': 'https://10.1.2.3/a.git'}" + "x" * 9000
    ),
    "description": Request("/job/app/submitDescription", "description=<script>alert(1)</script>"),
    "script-console": Request("/script", "script=println Runtime.getRuntime().exec('id').text"),
    "pipeline-with-metadata": Request(
        "/job/app/configSubmit", "script=sh 'curl http://169.254.169.254/latest'"
    ),
    "replay": Request("/job/app/3/replay/run", "mainScript=sh '../../gradlew'" + "#" * 9000),
    "plugin-upload": Request("/pluginManager/uploadPlugin", "PK" * 9000),
    "file-parameter": Request("/job/app/build", "../x" * 5000),
    "form-validation": Request(
        "/job/app/descriptorByName/x/checkScriptPath?value=..%2F..%2FJenkinsfile"
    ),
    "form-validation-of-a-url": Request(
        "/job/app/descriptorByName/hudson.plugins.git/checkUrl?value=https%3A%2F%2F10.0.0.5%2Fa.git"
    ),
    "form-validation-of-html": Request("/checkDescription?value=%3Cscript%3E"),
    "api-tree": Request("/api/json?tree=" + "jobs[name,builds[number,result]]," * 70),
    "pipeline-graph": Request("/blue/rest/organizations/jenkins/pipelines/app/runs/1/log/"),
    "cli": Request("/cli/ws", headers={"upgrade": "websocket"}),
    "agent": Request("/wsagents/", headers={"upgrade": "websocket"}),
    "webhook": Request("/github-webhook/", "{" + "x" * 20_000, {"user-agent": "GitHub-Hookshot"}),
    "session": Request("/", headers={"user-agent": "x", "cookie": "; ".join([SESSION] * 3)}),
}
ATTACKS = {
    "scanner": (Request("/", headers={"user-agent": "nmap"}), "UserAgent_BadBots_HEADER"),
    "log4j": (Request("/?x=${jndi:ldap://x}"), "Log4JRCE_QUERYSTRING"),
    "log4j-body": (Request("/", "${jndi:ldap://x}"), "Log4JRCE_BODY"),
    "traversal": (Request("/static/../../etc/passwd"), "GenericLFI_URIPATH"),
    "script-in-path": (Request("/<script>"), "CrossSiteScripting_URIPATH"),
    "localhost": (
        Request("/", headers={"user-agent": "x", "host": "localhost"}),
        "Host_localhost_HEADER",
    ),
    "metadata": (
        Request("/securityRealm/x?from=http://169.254.169.254/"),
        "EC2MetaDataSSRF_QUERYARGUMENTS",
    ),
    "serialized": (
        Request("/", headers={"user-agent": "x", "x": "Runtime.getRuntime().exec"}),
        "JavaDeserializationRCE_HEADER",
    ),
    "webdav": (Request("/", method="PROPFIND"), "PROPFIND_METHOD"),
}
COUNTED = {(group.name, rule) for group in DEFAULT_RULE_GROUPS for rule in group.counted}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_of_jenkins_is_not_blocked(name: str) -> None:
    assert matching(REQUESTS[name]) <= COUNTED


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_blocked(name: str) -> None:
    request, rule = ATTACKS[name]
    assert rule in {rule for _, rule in matching(request) - COUNTED}


def test_a_rule_is_counted_only_if_a_request_of_jenkins_matches_it() -> None:
    assert set.union(*map(matching, REQUESTS.values())) == COUNTED
