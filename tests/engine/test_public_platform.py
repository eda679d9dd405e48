"""A platform that users sign in to by OpenID Connect, until it becomes internal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.aws.load_balancers import CALLERS, PROVIDER, SECRET, User
from harness.aws.permissions import Actor
from harness.jenkins.ecs_plugin import configuration_of
from harness.stacks.engine import Stack, platform_program


@pytest.fixture(scope="module")
def user(cloud: LocalCloud) -> User:
    return User(cloud)


class Platform:
    """One platform of a user, over several updates."""

    def __init__(self, user: User, command: auto.PulumiCommand, folder: Path) -> None:
        self.user = user
        self.stack = Stack(user.cloud, folder, command, lambda: None)
        self.outputs: dict[str, Any] = {}
        self.last: Any = None

    def up(self, inputs: Mapping[str, Any], **jenkins: Any) -> None:
        """Deploy it with some inputs, unless those were deployed last."""
        if (inputs, jenkins) == self.last:
            return
        self.last = (inputs, jenkins)
        self.stack.program = platform_program(
            {
                **inputs,
                "agent_cloud": {"reaper": {"enabled": False}},
                "monitoring": {"level": "none"},
                "jenkins": {"sample_jobs": False, **jenkins},
            }
        )
        self.outputs = self.stack.up()

    def configuration(self) -> dict[str, Any]:
        return configuration_of(self.user.cloud, self.outputs["controller_cluster_arn"])

    def task(self) -> dict[str, Any]:
        ecs, cluster = self.user.client("ecs"), self.outputs["controller_cluster_arn"]
        (arn,) = ecs.list_services(cluster=cluster)["serviceArns"]
        (service,) = ecs.describe_services(cluster=cluster, services=[arn])["services"]
        found = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])
        return dict(found["taskDefinition"])

    def container(self) -> dict[str, Any]:
        (container,) = self.task()["containerDefinitions"]
        return dict(container)

    def boot_secrets(self) -> dict[str, str]:
        return {s["name"]: s["valueFrom"] for s in self.container()["secrets"]}

    def environment(self) -> dict[str, str]:
        return {e["name"]: e["value"] for e in self.container()["environment"]}


@pytest.fixture(scope="module")
def platform(
    user: User, pulumi_command: auto.PulumiCommand, tmp_path_factory: pytest.TempPathFactory
) -> Platform:
    return Platform(user, pulumi_command, tmp_path_factory.mktemp("platform"))


def public(user: User) -> dict[str, Any]:
    """Open to some addresses, with a domain name, a certificate, and both kinds of sign-in."""
    inputs = user.inputs("out", "made", "both")
    inputs["load_balancer"] |= {
        "domain_name": "ci.example.com",
        "web_acl": {},
        "allowed_prefix_list_ids": [user.prefix_list],
    }
    return inputs


def extras(user: User) -> dict[str, Any]:
    return {
        "secrets": {"SMTP_PASSWORD": f"{user.secret}:secret::"},
        "extra_jcasc": ['unclassified:\n  mailer: {authentication: "${SMTP_PASSWORD}"}\n'],
        "credentials": {},
        "configuration_rollout": "reload",
        "configuration_reload_seconds": 90,
    }


def test_the_public_profile_uses_oidc_and_grants_by_group(user: User, platform: Platform) -> None:
    platform.up(public(user), **extras(user))
    assert platform.outputs["url"] == "https://ci.example.com/"
    document = platform.configuration()
    well_known = f"{PROVIDER}/.well-known/openid-configuration"
    assert document["jenkins"]["securityRealm"] == {
        "oic": {
            "clientId": "jenkins",
            "clientSecret": "${JENKINS_REALM_SECRET}",
            "serverConfiguration": {
                "wellKnown": {
                    "wellKnownOpenIDConfigurationUrl": well_known,
                    "scopesOverride": "openid profile email",
                }
            },
            "userNameField": "preferred_username",
            "fullNameFieldName": "name",
            "emailFieldName": "email",
            "groupsFieldName": "groups",
            "userIdStrategy": "caseInsensitive",
            "groupIdStrategy": "caseSensitive",
            "logoutFromOpenidProvider": True,
            "allowTokenAccessWithoutOicSession": True,
            "properties": ["pkce"],
        }
    }
    assert document["jenkins"]["authorizationStrategy"] == {
        "globalMatrix": {
            "entries": [{"group": {"name": "admins", "permissions": ["Overall/Administer"]}}]
        }
    }
    assert document["unclassified"]["mailer"] == {"authentication": "${SMTP_PASSWORD}"}
    assert document["unclassified"]["location"]["url"] == "https://ci.example.com/"


def test_secrets_are_passed_by_reference_to_their_readers_only(
    user: User, platform: Platform
) -> None:
    platform.up(public(user), **extras(user))
    assert platform.boot_secrets() == {
        "JENKINS_REALM_SECRET": f"{user.secret}:secret::",
        "SMTP_PASSWORD": f"{user.secret}:secret::",
    }
    read = "secretsmanager:GetSecretValue"
    execution = Actor.load(user.cloud, platform.task()["executionRoleArn"])
    assert execution.may(read, user.secret)
    assert not execution.may(read, platform.outputs["admin_password_secret_arn"]), (
        "nothing signs in with it"
    )
    tag = {"aws:ResourceTag/jenkins:credentials:platform": "jenkins"}
    controller = Actor.load(user.cloud, platform.task()["taskRoleArn"])
    assert controller.may(read, user.secret, tag)
    assert not controller.may(read, user.secret)
    assert not controller.may(read, user.secret, dict.fromkeys(tag, "other"))
    assert controller.may("secretsmanager:ListSecrets", "*")

    state = platform.stack.state_file().read_text()
    assert "ciphertext" in state
    assert SECRET not in state + json.dumps(platform.task(), default=str)
    assert SECRET not in json.dumps(platform.configuration())


def test_a_second_up_and_a_refresh_of_a_public_platform_change_nothing(
    user: User, platform: Platform
) -> None:
    platform.up(public(user), **extras(user))
    platform.stack.up()
    assert platform.stack.changes == {}
    platform.stack.refresh()
    assert platform.stack.changes == {}, "a refresh finds no change"


def test_with_reload_a_new_message_changes_only_the_document(
    user: User, platform: Platform
) -> None:
    platform.up(public(user), **extras(user))
    environment = platform.environment()
    assert environment["CONFIGURATION_RELOAD_SECONDS"] == "90"
    assert "CONFIGURATION_VERSION" not in environment
    platform.up(public(user), **extras(user), system_message="Hello")
    assert platform.stack.changes == {
        "aws:s3/bucketObjectv2:BucketObjectv2 jenkins-configuration": "update"
    }
    found = user.client("s3").get_object(
        Bucket=environment["CONFIGURATION_BUCKET"], Key=environment["CONFIGURATION_KEY"]
    )
    assert yaml.safe_load(found["Body"].read())["jenkins"]["systemMessage"] == "Hello"


def test_only_allowed_addresses_reach_the_public_load_balancer(
    user: User, platform: Platform
) -> None:
    platform.up(public(user), **extras(user))
    assert sorted(
        (r.get("CidrIpv4", r.get("PrefixListId")), r["FromPort"])
        for r in user.ingress_of("jenkins-alb")
    ) == sorted((source, port) for source in (*CALLERS, user.prefix_list) for port in (80, 443))


def test_a_platform_can_become_internal_with_a_local_administrator(
    user: User, platform: Platform
) -> None:
    platform.up(public(user), **extras(user))
    inside = user.inputs("in", "given", "local")
    inside["load_balancer"] = {
        "certificate": {"existing": user.certificate},
        "security_group_ids": [user.group],
    }
    platform.up(inside)
    assert user.records_of("ci.example.com") == {}
    balancer = user.balancer("jenkins-alb")
    assert (balancer["Scheme"], balancer["SecurityGroups"]) == ("internal", [user.group])
    rules = user.client("ec2").describe_security_group_rules()["SecurityGroupRules"]
    assert [
        r["FromPort"]
        for r in rules
        if r.get("ReferencedGroupInfo", {}).get("GroupId") == user.group and not r["IsEgress"]
    ] == [8080]
    assert set(platform.configuration()["jenkins"]["securityRealm"]) == {"local"}
    assert set(platform.boot_secrets()) == {"JENKINS_ADMIN_PASSWORD"}
    secret = platform.outputs["admin_password_secret_arn"]
    assert platform.boot_secrets()["JENKINS_ADMIN_PASSWORD"].startswith(f"{secret}:::")
    assert "CONFIGURATION_VERSION" in platform.environment(), "a restart loads the new document"
