"""The rendered configuration of Jenkins."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from jenkins_platform.controller import jcasc
from jenkins_platform.settings import SettingsError
from jenkins_platform.settings.source_code.bitbucket import BitbucketSettings
from jenkins_platform.settings.source_code.github import GitHubSettings
from jenkins_platform.settings.source_code.gitlab import GitLabSettings
from syrupy.assertion import SnapshotAssertion

from harness.jenkins.documents import odd_texts, render, structure, texts

SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:oidc-AbCdEf"
OIDC: dict[str, Any] = {
    "well_known_url": "https://id.example.com/.well-known/openid-configuration",
    "client_id": "jenkins",
    "client_secret_arn": SECRET,
}
ADMINS = [{"name": "admins", "role": "admin"}]
PUBLIC: dict[str, Any] = {
    "load_balancer": {
        "scheme": "internet-facing",
        "domain_name": "ci.example.com",
        "zone_id": "Z012345",
    }
}
GITLAB: dict[str, Any] = {
    "token_secret_arn": SECRET,
    "groups": ["Acme/web"],
    "webhook_secret_arn": SECRET,
}
BITBUCKET: dict[str, Any] = {
    "token_secret_arn": SECRET,
    "workspaces": ["Shop"],
    "webhook_secret_arn": SECRET,
}
GITHUB: dict[str, Any] = {
    "app_id": "1234",
    "private_key_secret_arn": SECRET,
    "organizations": ["Acme", "acme-labs"],
}
HOST_KEYS = [f"git.example.com ssh-ed25519 AAAA{'b' * 60}", f"[git.io]:22 ssh-rsa AAAA{'c' * 96}=="]
JOB_IDENTITY = {
    "roles": [
        {
            "name": "deploy",
            "jobs": ["acme/web/main"],
            "policy_statements": [
                {"actions": ["s3:PutObject"], "resources": ["arn:aws:s3:::releases/*"]}
            ],
        }
    ]
}
GITHUB_LIBRARY = {"name": "ours", "remote": "https://github.com/acme/steps.git"}
PROFILES: dict[str, dict[str, Any]] = {
    "default": {},
    "two-templates": {
        "agents": [{"name": "linux", "capacity": "spot"}, {"name": "arm", "labels": ["arm", "m"]}],
        "sign_in": {"admin_user_name": "root"},
        "jenkins": {"system_message": "Welcome", "sample_jobs": False},
    },
    "everything": {
        **PUBLIC,
        "agents": [{"name": "linux"}],
        "sign_in": {
            "oidc": {**OIDC, "scopes": ["openid", "groups"], "nonce": False, "escape_hatch": True},
            "groups": [*ADMINS, {"name": "ours", "role": "viewer", "permissions": ["Job/Build"]}],
            "users": [{"name": "robot", "permissions": ["Overall/Read", "Job/Configure"]}],
            "project_based": True,
        },
        "jenkins": {
            "system_message": "Welcome",
            "mail_address": "Our CI <ci@example.com>",
            "quiet_period_seconds": 0,
            "build_discarder": {
                "keep_builds": 50,
                "keep_days": 90,
                "keep_builds_with_artifacts": 5,
            },
            "timestamps": False,
            "libraries": [
                {
                    "name": "ours",
                    "remote": "https://git.example.com/ours.git",
                    "default_version": "v1",
                    "credentials_id": "git",
                }
            ],
            "github": {**GITHUB, "api_url": "https://git.example.com/api/v3"},
            "gitlab": {**GITLAB, "url": "https://gitlab.example.com", "create_webhooks": True},
            "bitbucket": {**BITBUCKET, "url": "https://bitbucket.example.com"},
            "git_host_keys": HOST_KEYS,
            "credentials": {"tag_value": "everyone"},
            "log_recorders": [
                {"name": "agents", "loggers": ["com.cloudbees.jenkins.plugins.amazonecs"]}
            ],
            "tools": [
                {"kind": "git", "name": "git", "home": "/usr/bin/git"},
                {"kind": "maven", "name": "maven-3", "version": "3.9.9"},
                {
                    "kind": "jdk",
                    "name": "jdk-21",
                    "archive_url": "https://files.example.com/jdk.tar.gz",
                    "archive_folder": "jdk-21",
                },
            ],
            "secrets": {"SMTP_PASSWORD": SECRET},
            "extra_jcasc": [
                'unclassified:\n  mailer:\n    authentication: {password: "${SMTP_PASSWORD}"}\n'
            ],
            "sample_jobs": False,
        },
    },
}


@pytest.mark.parametrize("profile", PROFILES)
def test_the_document_of_a_profile_stays_as_it_is(
    profile: str, text_file: SnapshotAssertion
) -> None:
    assert render(**PROFILES[profile])[0] == text_file


def at(document: Any, path: str) -> Any:
    """What is at a path such as ``jenkins.clouds.0.ecs``."""
    for key in path.split("."):
        document = document[int(key)] if isinstance(document, list) else document[key]
    return document


def jenkins(**values: Any) -> dict[str, Any]:
    return {"jenkins": values}


def oidc(**values: Any) -> dict[str, Any]:
    return {**PUBLIC, "sign_in": {"oidc": {**OIDC, **values}, "groups": ADMINS}}


REALM = "jenkins.securityRealm.oic"
KNOWN = f"{REALM}.serverConfiguration.wellKnown"
ENTRIES = "jenkins.authorizationStrategy.globalMatrix.entries"
TEMPLATE = "jenkins.clouds.0.ecs.templates.0"
SCM = "unclassified.globalLibraries.libraries.1"
LIBRARY = {"name": "ours", "remote": "https://git.example.com/ours.git"}
LOG = {"name": "agents", "loggers": ["hudson.model", ""]}
READ = ["Overall/Read", "Job/Discover", "Job/Read", "View/Read"]
LOOK = ["Overall/Read", "Job/Build", "Job/Cancel", "Job/Discover", "Job/Read", "Job/Workspace"]

REACHES: dict[str, tuple[dict[str, Any], str, Any]] = {
    "system_message": (jenkins(system_message="Hi"), "jenkins.systemMessage", "Hi"),
    "mail_address": (
        jenkins(mail_address="ci@example.com"),
        "unclassified.location.adminAddress",
        "ci@example.com",
    ),
    "url": ({}, "unclassified.location.url", "https://ci.example.com/"),
    "quiet_period": (jenkins(quiet_period_seconds=0), "jenkins.quietPeriod", 0),
    "crumbs": ({}, "jenkins.crumbIssuer", "standard"),
    "markup": ({}, "jenkins.markupFormatter", "plainText"),
    "executors": ({}, "jenkins.numExecutors", 0),
    "timestamps": (jenkins(timestamps=False), "unclassified.timestamper.allPipelines", False),
    "timestamps-usually": ({}, "unclassified.timestamper.allPipelines", True),
    "discarder-usually": (
        {},
        "unclassified.buildDiscarders.configuredBuildDiscarders",
        ["jobBuildDiscarder"],
    ),
    "keep_builds": (
        jenkins(build_discarder={"keep_builds": 9}),
        "unclassified.buildDiscarders.configuredBuildDiscarders.1.simpleBuildDiscarder.discarder",
        {"logRotator": {"numToKeepStr": "9"}},
    ),
    "keep_days": (
        jenkins(build_discarder={"keep_days": 9, "keep_builds_with_artifacts": 2}),
        "unclassified.buildDiscarders.configuredBuildDiscarders.1.simpleBuildDiscarder.discarder",
        {"logRotator": {"daysToKeepStr": "9", "artifactNumToKeepStr": "2"}},
    ),
    "libraries": (jenkins(libraries=[LIBRARY]), f"{SCM}.defaultVersion", "main"),
    "library-explicit": (jenkins(libraries=[LIBRARY]), f"{SCM}.implicit", False),
    "library-implicit": (
        jenkins(libraries=[LIBRARY | {"implicit": True}]),
        f"{SCM}.implicit",
        True,
    ),
    "library-override": (
        jenkins(libraries=[LIBRARY | {"allow_version_override": False}]),
        f"{SCM}.allowVersionOverride",
        False,
    ),
    "library-credentials": (
        jenkins(libraries=[LIBRARY | {"credentials_id": "git"}]),
        f"{SCM}.retriever.modernSCM.scm.git",
        {
            "id": "ours",
            "remote": LIBRARY["remote"],
            "credentialsId": "git",
            "traits": ["gitBranchDiscovery", "gitTagDiscovery"],
        },
    ),
    "library-of-an-organization": (
        jenkins(github=GITHUB, libraries=[GITHUB_LIBRARY]),
        f"{SCM}.retriever.modernSCM.scm.git.credentialsId",
        "github-acme",
    ),
    "library-of-an-organization-with-other-credentials": (
        jenkins(github=GITHUB, libraries=[GITHUB_LIBRARY | {"credentials_id": "mine"}]),
        f"{SCM}.retriever.modernSCM.scm.git.credentialsId",
        "mine",
    ),
    "github.webhook_secret_arn": (
        jenkins(github=GITHUB | {"webhook_secret_arn": SECRET}),
        "unclassified.gitHubPluginConfig",
        {"hookSecretConfigs": [{"credentialsId": "github-webhook-secret"}]},
    ),
    "gitlab": (
        jenkins(gitlab=GITLAB),
        "unclassified.gitLabServers.servers",
        [
            {
                "name": "gitlab",
                "serverUrl": "https://gitlab.com",
                "credentialsId": "gitlab",
                "manageWebHooks": False,
                "webhookSecretCredentialsId": "gitlab-webhook-secret",
            }
        ],
    ),
    "gitlab-behind-the-endpoint-for-webhooks": (
        {**jenkins(gitlab=GITLAB), "webhooks": {}},
        "unclassified.gitLabServers.servers",
        [
            {
                "name": "gitlab",
                "serverUrl": "https://gitlab.com",
                "credentialsId": "gitlab",
                "manageWebHooks": False,
            }
        ],
    ),
    "bitbucket-cloud": (
        jenkins(bitbucket={"token_secret_arn": SECRET, "workspaces": ["acme"]}),
        "unclassified.bitbucketEndpointConfiguration.endpoints",
        [
            {
                "bitbucketCloudEndpoint": {
                    "webhook": {
                        "cloudWebhook": {"manageHooks": False, "enableHookSignature": False}
                    }
                }
            }
        ],
    ),
    "bitbucket-data-center": (
        jenkins(
            bitbucket=BITBUCKET | {"url": "https://git.example.com/bb", "create_webhooks": True}
        ),
        "unclassified.bitbucketEndpointConfiguration.endpoints",
        [
            {
                "bitbucketServerEndpoint": {
                    "displayName": "Bitbucket",
                    "serverURL": "https://git.example.com/bb",
                    "webhook": {
                        "serverWebhook": {
                            "manageHooks": True,
                            "credentialsId": "bitbucket",
                            "enableHookSignature": True,
                            "hookSignatureCredentialsId": "bitbucket-webhook-secret",
                        }
                    },
                }
            }
        ],
    ),
    "monitoring.audit_trail": (
        {"monitoring": {"audit_trail": True}},
        "unclassified.audit-trail",
        {
            "logBuildCause": True,
            "logCredentialsUsage": True,
            "logScriptUsage": True,
            "loggers": [
                {
                    "console": {
                        "output": "STD_OUT",
                        "dateFormat": "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
                        "logPrefix": "audit",
                    }
                }
            ],
        },
    ),
    "monitoring.opentelemetry_endpoint": (
        {"monitoring": {"opentelemetry_endpoint": "http://collector.example.com:4317"}},
        "unclassified.openTelemetry",
        {
            "endpoint": "http://collector.example.com:4317",
            "serviceName": "jenkins",
            "serviceNamespace": "jenkins",
            "exportOtelConfigurationAsEnvironmentVariables": False,
        },
    ),
    "job_identity": (
        jenkins(job_identity=JOB_IDENTITY),
        "security",
        {
            "idToken": {
                "buildClaimTemplates": [
                    {"name": "sub", "format": "^${JOB_NAME}", "type": "string"},
                    {"name": "build_number", "format": "^${BUILD_NUMBER}", "type": "integer"},
                ]
            }
        },
    ),
    "git_host_keys": (
        jenkins(git_host_keys=HOST_KEYS),
        "security.gitHostKeyVerificationConfiguration.sshHostKeyVerificationStrategy",
        {"manuallyProvidedKeyVerificationStrategy": {"approvedHostKeys": "\n".join(HOST_KEYS)}},
    ),
    "credentials": (
        jenkins(credentials={}),
        "unclassified.awsCredentialsProvider",
        {
            "client": {"region": "eu-central-1"},
            "listSecrets": {
                "filters": [
                    {"key": "tag-key", "values": ["jenkins:credentials:platform"]},
                    {"key": "tag-value", "values": ["jenkins"]},
                ]
            },
        },
    ),
    "log_recorders": (
        jenkins(log_recorders=[LOG | {"level": "finest"}]),
        "jenkins.log.recorders",
        [
            {
                "name": "agents",
                "loggers": [
                    {"name": "hudson.model", "level": "FINEST"},
                    {"name": "", "level": "FINEST"},
                ],
            }
        ],
    ),
    "tool-in-the-image": (
        jenkins(tools=[{"kind": "jdk", "name": "21", "home": "/opt/java/openjdk"}]),
        "tool",
        {"jdk": {"installations": [{"name": "21", "home": "/opt/java/openjdk"}]}},
    ),
    "tool-by-version": (
        jenkins(tools=[{"kind": "maven", "name": "3", "version": "3.9.9"}]),
        "tool.maven.installations.0.properties",
        [{"installSource": {"installers": [{"maven": {"id": "3.9.9"}}]}}],
    ),
    "tool-by-archive": (
        jenkins(tools=[{"kind": "jdk", "name": "j", "archive_url": "https://x.example/j.zip"}]),
        "tool.jdk.installations.0.properties.0.installSource.installers.0",
        {"zip": {"label": "", "url": "https://x.example/j.zip", "subdir": ""}},
    ),
    "html_descriptions": (
        jenkins(html_descriptions=True),
        "jenkins.markupFormatter",
        {"rawHtml": {"disableSyntaxHighlighting": False}},
    ),
    "plain-descriptions": (jenkins(), "jenkins.markupFormatter", "plainText"),
    "extra_jcasc": (
        jenkins(extra_jcasc=["jenkins:\n  nodeMonitors: [clock]\n"]),
        "jenkins.nodeMonitors",
        ["clock"],
    ),
    "extra_jcasc-continues-a-list": (
        jenkins(sample_jobs=False, extra_jcasc=["jobs:\n  - script: folder('a')\n"]),
        "jobs",
        [{"script": "folder('a')"}],
    ),
    "admin_user_name": (
        {"sign_in": {"admin_user_name": "root"}},
        "jenkins.securityRealm",
        {
            "local": {
                "allowsSignup": False,
                "users": [{"id": "root", "password": "${JENKINS_ADMIN_PASSWORD}"}],
            }
        },
    ),
    "who-may-what-usually": (
        {},
        ENTRIES,
        [
            {"user": {"name": "ecsuser", "permissions": ["Overall/Administer"]}},
            {
                "group": {
                    "name": "authenticated",
                    "permissions": [*LOOK, "Run/Replay", "View/Read"],
                }
            },
        ],
    ),
    "groups": (
        {"sign_in": {"groups": [{"name": "all", "role": "viewer", "permissions": ["Job/Build"]}]}},
        f"{ENTRIES}.1.group",
        {"name": "all", "permissions": [*READ, "Job/Build"]},
    ),
    "users": (
        {"sign_in": {"users": [{"name": "robot", "permissions": ["Job/Build"]}]}},
        f"{ENTRIES}.2.user",
        {"name": "robot", "permissions": ["Job/Build"]},
    ),
    "project_based": (
        {"sign_in": {"project_based": True}},
        "jenkins.authorizationStrategy.projectMatrix.entries.0.user.name",
        "ecsuser",
    ),
    "plugin_permissions": (
        {
            "sign_in": {
                "plugin_permissions": ["Lockable Resources/Unlock"],
                "groups": [{"name": "all", "permissions": ["Lockable Resources/Unlock"]}],
            }
        },
        f"{ENTRIES}.1.group.permissions",
        ["Lockable Resources/Unlock"],
    ),
    "oidc-has-no-other-administrator": (
        oidc(),
        ENTRIES,
        [{"group": {"name": "admins", "permissions": ["Overall/Administer"]}}],
    ),
    "oidc.well_known_url": (
        oidc(),
        f"{KNOWN}.wellKnownOpenIDConfigurationUrl",
        OIDC["well_known_url"],
    ),
    "oidc.client_id": (oidc(client_id="other"), f"{REALM}.clientId", "other"),
    "oidc.client_secret_arn": (oidc(), f"{REALM}.clientSecret", "${JENKINS_REALM_SECRET}"),
    "oidc.scopes": (oidc(scopes=["openid", "g"]), f"{KNOWN}.scopesOverride", "openid g"),
    "oidc.user_name_claim": (
        oidc(user_name_claim="cognito:username"),
        f"{REALM}.userNameField",
        '"cognito:username"',
    ),
    "oidc.groups_claim": (
        oidc(groups_claim="realm_access.roles"),
        f"{REALM}.groupsFieldName",
        "realm_access.roles",
    ),
    "oidc.full_name_claim": (oidc(full_name_claim="n"), f"{REALM}.fullNameFieldName", "n"),
    "oidc.email_claim": (oidc(email_claim="mail"), f"{REALM}.emailFieldName", "mail"),
    "oidc.pkce": (oidc(pkce=True), f"{REALM}.properties", ["pkce"]),
    "oidc.nonce": (oidc(pkce=False, nonce=False), f"{REALM}.properties", ["disableNonce"]),
    "oidc.logout_from_provider": (
        oidc(logout_from_provider=False),
        f"{REALM}.logoutFromOpenidProvider",
        False,
    ),
    "oidc.api_tokens_outlive_session": (
        oidc(api_tokens_outlive_session=False),
        f"{REALM}.allowTokenAccessWithoutOicSession",
        False,
    ),
    "oidc.escape_hatch": (
        oidc(pkce=False, escape_hatch=True),
        f"{REALM}.properties",
        [
            {
                "escapeHatch": {
                    "username": "ecsuser",
                    "group": "jenkins-platform-escape-hatch",
                    "secret": "${JENKINS_ADMIN_PASSWORD}",
                }
            }
        ],
    ),
    "oidc.escape_hatch-administers-by-group": (
        oidc(escape_hatch=True),
        f"{ENTRIES}.0",
        {
            "group": {
                "name": "jenkins-platform-escape-hatch",
                "permissions": ["Overall/Administer"],
            }
        },
    ),
}


@pytest.mark.parametrize("name", REACHES)
def test_an_input_reaches_its_place_in_the_document(name: str) -> None:
    args, path, expected = REACHES[name]
    assert at(render(**args)[1], path) == expected


@pytest.mark.parametrize(
    ("args", "path"),
    [
        (oidc(pkce=False), f"{REALM}.properties"),
        ({}, "jenkins.log"),
        ({}, "tool"),
        ({}, "unclassified.awsCredentialsProvider"),
        ({}, "unclassified.audit-trail"),
        ({}, "unclassified.openTelemetry"),
        ({}, "unclassified.location.adminAddress"),
        (jenkins(sample_jobs=False), "jobs"),
        # What current Jenkins refuses or ignores.
        ({}, "jenkins.agentProtocols"),
        ({}, "jenkins.remotingSecurity"),
        ({}, "security"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_what_was_not_asked_for_is_not_in_the_document(args: dict[str, Any], path: str) -> None:
    with pytest.raises(KeyError):
        at(render(**args)[1], path)


def test_unauthenticated_users_have_no_permissions() -> None:
    for profile in PROFILES.values():
        assert "anonymous" not in texts(render(**profile)[1]["jenkins"]["authorizationStrategy"])


def test_spot_templates_have_a_strategy_and_no_launch_type() -> None:
    _, document = render(agents=[{"name": "linux", "capacity": "spot"}])
    spot, on_demand, automatic = document["jenkins"]["clouds"][0]["ecs"]["templates"]
    assert spot["label"] == "linux linux-spot"
    assert spot["capacityProviderStrategies"] == [
        {"provider": "FARGATE_SPOT", "base": 0, "weight": 1}
    ]
    assert "launchType" not in spot
    assert on_demand["label"] == "linux-on-demand"
    assert on_demand["launchType"] == "FARGATE"
    assert "capacityProviderStrategies" not in on_demand
    assert automatic["label"] == "linux-auto"
    assert automatic["capacityProviderStrategies"] == spot["capacityProviderStrategies"]


@pytest.mark.parametrize(
    ("capacity", "expected"),
    [
        ("on-demand", ["a b a-on-demand b-on-demand", "a-spot b-spot", "a-auto b-auto"]),
        ("spot", ["a b a-spot b-spot", "a-on-demand b-on-demand", "a-auto b-auto"]),
        ("auto", ["a b a-auto b-auto", "a-spot b-spot", "a-on-demand b-on-demand"]),
    ],
)
def test_plain_labels_belong_to_the_template_s_own_capacity(
    capacity: str, expected: list[str]
) -> None:
    agents = [{"name": "x", "labels": ["a", "b"], "capacity": capacity, "architecture": "arm64"}]
    _, document = render(agents=agents)
    templates = document["jenkins"]["clouds"][0]["ecs"]["templates"]
    assert [t["label"] for t in templates] == expected
    assert {t["cpuArchitecture"] for t in templates} == {"ARM64"}


def test_ecs_exec_and_the_limits_of_a_cloud_are_those_of_the_template() -> None:
    agents = [
        {"name": "a", "enable_execute_command": True, "idle_minutes": 7},
        {"name": "b", "connect_timeout_seconds": 100, "max_agents": 3},
    ]
    _, document = render(agents=agents)
    found = {}
    for cloud in (entry["ecs"] for entry in document["jenkins"]["clouds"]):
        limits = (cloud["maxAgents"], cloud["retentionTimeout"], cloud["slaveTimeoutInSeconds"])
        for template in cloud["templates"]:
            found[template["templateName"]] = (template["enableExecuteCommand"], *limits)
    kinds = ("on-demand", "spot", "auto")
    assert found == {
        **{f"a-{kind}": (True, 0, 7, 900) for kind in kinds},
        **{f"b-{kind}": (False, 3, 5, 100) for kind in kinds},
    }


def test_metrics_are_for_users_with_a_permission_only() -> None:
    _, document = render(monitoring={"prometheus": True})
    assert document["unclassified"]["prometheusConfiguration"] == {
        "path": "prometheus",
        "useAuthenticatedEndpoint": True,
        "collectDiskUsage": False,
    }
    assert "prometheusConfiguration" not in render()[1]["unclassified"]


def test_the_sample_jobs_run_on_the_kind_of_capacity_that_they_show() -> None:
    agents = [
        {"name": "maven", "labels": ["mvn", "java"]},
        {"name": "builder", "labels": ["images"], "platform_image": "kaniko"},
    ]
    _, document = render(agents=agents)
    critical, non_critical, kaniko = scripts = [job["script"] for job in document["jobs"]]
    assert r"agent { label \'mvn-on-demand\' }" in critical
    assert r"agent { label \'mvn-spot\' }" in non_critical
    assert r"retryOnSpot(label: \'images\') {" in kaniko
    assert ["sandbox(true)" in script for script in scripts] == [True] * 3


def test_every_organization_has_a_folder_with_its_credential() -> None:
    args = GITHUB | {"api_url": "https://git.example.com/api/v3"}
    _, document = render(jenkins={"github": args, "sample_jobs": False})
    scripts = [job["script"] for job in document["jobs"]]
    assert [s.partition("\n")[0] for s in scripts] == [
        "organizationFolder('Acme') {",
        "organizationFolder('acme-labs') {",
    ]
    for line in (
        "repoOwner('Acme')",
        "credentialsId('github-acme')",
        f"apiUri('{args['api_url']}')",
    ):
        assert line in scripts[0]
    assert "ForkDiscovery" not in "".join(scripts)


@pytest.mark.parametrize(
    ("api_url", "remote", "expected"),
    [
        (None, "https://github.com/ACME/steps.git", "github-acme"),
        (None, "https://github.com/acme-labs/steps", "github-acme-labs"),
        (None, "https://github.com/other/steps.git", None),
        (None, "https://git.example.com/acme/steps.git", None),
        (None, "git@github.com:acme/steps.git", None),
        (None, "ssh://git@github.com/acme/steps.git", None),
        ("https://git.example.com/api/v3", "https://git.example.com/acme/steps.git", "github-acme"),
        ("https://git.example.com/api/v3", "https://github.com/acme/steps.git", None),
    ],
)
def test_only_repositories_of_the_organizations_use_the_app(
    api_url: str | None, remote: str, expected: str | None
) -> None:
    given = GITHUB | ({"api_url": api_url} if api_url else {})
    assert GitHubSettings(**given).credentials_id(remote) == expected


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        (
            {"gitlab": GITLAB},
            [
                "organizationFolder('Acme-web') {",
                "projectOwner('Acme/web')",
                "gitLabOriginDiscovery",
            ],
        ),
        ({"bitbucket": BITBUCKET}, ["organizationFolder('Shop') {", "credentialsId('bitbucket')"]),
        (
            {"bitbucket": {**BITBUCKET, "url": "https://git.example.com"}},
            ["repoOwner('Shop')", "serverUrl('https://git.example.com')"],
        ),
    ],
)
def test_every_group_and_workspace_has_a_folder(source: dict[str, Any], lines: list[str]) -> None:
    _, document = render(jenkins={**source, "sample_jobs": False})
    (job,) = document["jobs"]
    assert [line for line in lines if line not in job["script"]] == []
    assert "ForkDiscovery" not in job["script"]


@pytest.mark.parametrize(
    ("given", "remote", "expected"),
    [
        (GitLabSettings(**GITLAB), "https://gitlab.com/acme/web/steps.git", "gitlab"),
        (GitLabSettings(**GITLAB), "https://GitLab.com/Acme/Web/a/steps.git", "gitlab"),
        (GitLabSettings(**GITLAB), "https://gitlab.com/acme/web2/steps.git", None),
        (GitLabSettings(**GITLAB), "https://gitlab.com/acme/steps.git", None),
        (GitLabSettings(**GITLAB), "git@gitlab.com:acme/web/steps.git", None),
        (GitLabSettings(**GITLAB), "https://gitlab.example.com/acme/web/steps.git", None),
        (
            GitLabSettings(**GITLAB, url="https://git.example.com:8443"),
            "https://git.example.com:8443/acme/web/steps.git",
            "gitlab",
        ),
        (BitbucketSettings(**BITBUCKET), "https://bitbucket.org/shop/steps.git", "bitbucket-git"),
        (BitbucketSettings(**BITBUCKET), "https://bitbucket.org/other/steps.git", None),
        (
            BitbucketSettings(**BITBUCKET, url="https://git.example.com/bb"),
            "https://git.example.com/bb/scm/SHOP/steps.git",
            "bitbucket-git",
        ),
        (
            BitbucketSettings(**BITBUCKET, url="https://git.example.com"),
            "https://git.example.com/scm/shop/steps.git",
            "bitbucket-git",
        ),
        (
            BitbucketSettings(**BITBUCKET, url="https://git.example.com"),
            "https://git.example.com/shop/steps.git",
            None,
        ),
    ],
)
def test_libraries_of_groups_and_workspaces_use_their_token(
    given: GitLabSettings | BitbucketSettings, remote: str, expected: str | None
) -> None:
    assert given.credentials_id(remote) == expected


@pytest.mark.parametrize(
    ("user", "url", "expected"),
    [
        (None, None, "x-token-auth"),
        (None, "https://git.example.com", "x-token-auth"),
        ("ci@example.com", None, "x-bitbucket-api-token-auth"),
        ("ci", "https://git.example.com", "ci"),
    ],
)
def test_git_sends_the_user_name_that_bitbucket_expects(
    user: str | None, url: str | None, expected: str
) -> None:
    given = BitbucketSettings(**BITBUCKET, user_name=user, url=url)
    assert given.git_user_name == expected


TEXTS: list[tuple[str, ...]] = [
    ("load_balancer", "domain_name"),
    ("agents", "0", "name"),
    ("sign_in", "admin_user_name"),
    ("sign_in", "oidc", "well_known_url"),
    ("sign_in", "oidc", "client_id"),
    ("sign_in", "oidc", "scopes", "1"),
    ("sign_in", "oidc", "user_name_claim"),
    ("sign_in", "oidc", "groups_claim"),
    ("sign_in", "oidc", "full_name_claim"),
    ("sign_in", "oidc", "email_claim"),
    ("sign_in", "groups", "0", "name"),
    ("sign_in", "users", "0", "name"),
    ("sign_in", "users", "0", "permissions", "1"),
    ("jenkins", "system_message"),
    ("jenkins", "mail_address"),
    ("jenkins", "libraries", "0", "name"),
    ("jenkins", "libraries", "0", "remote"),
    ("jenkins", "libraries", "0", "default_version"),
    ("jenkins", "libraries", "0", "credentials_id"),
    ("jenkins", "github", "organizations", "0"),
    ("jenkins", "github", "api_url"),
    ("jenkins", "gitlab", "groups", "0"),
    ("jenkins", "gitlab", "url"),
    ("jenkins", "bitbucket", "workspaces", "0"),
    ("jenkins", "bitbucket", "url"),
    ("jenkins", "git_host_keys", "0"),
    ("jenkins", "credentials", "tag_value"),
    ("jenkins", "log_recorders", "0", "name"),
    ("jenkins", "log_recorders", "0", "loggers", "0"),
    ("jenkins", "tools", "0", "name"),
    ("jenkins", "tools", "0", "home"),
    ("jenkins", "tools", "1", "version"),
    ("jenkins", "tools", "2", "archive_url"),
    ("jenkins", "tools", "2", "archive_folder"),
]
"""Every input that is a text of the user's and goes into the document."""
ALL_TEXTS = {
    **PROFILES["everything"],
    "jenkins": {k: v for k, v in PROFILES["everything"]["jenkins"].items() if k != "extra_jcasc"},
}
"""Inputs with all of them."""


@functools.cache
def all_texts() -> Any:
    return render(**ALL_TEXTS)[1]


def changed(value: Any, path: tuple[str, ...], change: Callable[[str], str]) -> Any:
    """A copy of some inputs with one text in them changed."""
    if not path:
        return change(value)
    if isinstance(value, list):
        index = int(path[0])
        return [*value[:index], changed(value[index], path[1:], change), *value[index + 1 :]]
    return {**value, path[0]: changed(value.get(path[0], ""), path[1:], change)}


@given(path=st.sampled_from(TEXTS), odd=odd_texts(), appended=st.booleans())
def test_no_text_changes_the_structure_of_the_document_or_is_changed(
    path: tuple[str, ...], odd: str, appended: bool
) -> None:
    args = changed(ALL_TEXTS, path, lambda usual: usual + odd if appended else odd)
    try:
        _, document = render(**args)
    except SettingsError:
        assume(False)  # refused: it never gets into a document
    assert structure(document) == structure(all_texts())
    assert any(odd in text for text in texts(document))


@given(odd=odd_texts())
def test_a_text_stays_as_it_is_when_other_documents_are_merged_in(odd: str) -> None:
    extra = ["unclassified: {mailer: {charset: utf-8}}"]
    try:
        _, document = render(jenkins={"system_message": odd, "extra_jcasc": extra})
    except SettingsError:
        assume(False)
    assert texts(document["jenkins"]["systemMessage"]) == [odd]


@pytest.mark.parametrize("path", TEXTS, ids=".".join)
def test_every_such_text_does_reach_the_document(path: tuple[str, ...]) -> None:
    """Or the test above would prove nothing."""
    known: list[str] = []
    changed(ALL_TEXTS, path, lambda usual: known.append(usual) or usual)
    assert any(known[0] in text for text in texts(all_texts()))


def test_groovy_texts_are_single_quoted_literals() -> None:
    text = "it's ${x}\\ \n\r\t."
    assert jcasc.groovy_text(text) == r"'it\'s ${x}\\ \n\r\t.'"
