"""One platform with nearly every input: its secrets are only in their stores, and every finding of
a linter and a scanner is justified here."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.aws.linter import Finding, lint, policies
from harness.aws.scanner import scan
from harness.stacks.engine import PASSPHRASE, Stack, platform_program

MARK = "s3cr3t"
NAMES = ("oidc", "balancer", "agent", "sidecar", "boot")
ENGINE_LOG = 8
"""From 9 on the engine logs every value that it sends to a provider, secret or not."""
WEBHOOK = f"https://hooks.example.com/{MARK}-webhook"
PLAIN = "planted-in-plain-text"
"""Not a secret: a search that finds this would find a secret too."""
LAMBDA_CODE = "def handler("
"""In the code of each function, which is text in the state, so a search of the state covers it."""

_OWNER = "the account's own principals, as AWS's default policy of a key has it"
_THIS_KEY = "in the policy of a key, * is the key itself"
_CONTEXT = "AWS's own policy for log groups: the context of an encryption is the group's ARN"
_ENDPOINT = "an endpoint's policy bounds who may pass, this account only; it grants nothing"
_EQUAL_ARNS = "both sides are whole ARNs: nothing in them is a wildcard"
JUSTIFIED = (
    (r"Key jenkins-.*", "PERMISSIONS_MANAGEMENT_ACTIONS", _OWNER),
    (r"Key jenkins-.*", "RESOURCE_STAR", _THIS_KEY),
    (r"Key jenkins-logs", "UNKNOWN_CONDITION_FOR_ACTION", _CONTEXT),
    (r"Key jenkins-logs", "MISMATCHED_TYPE", _CONTEXT),
    (r"VpcEndpoint jenkins-.*", "CREDENTIALS_EXPOSURE", _ENDPOINT),
    (r"VpcEndpoint jenkins-.*", "PERMISSIONS_MANAGEMENT_ACTIONS", _ENDPOINT),
    (r"VpcEndpoint jenkins-.*", "PRIVILEGE_ESCALATION", _ENDPOINT),
    (r"VpcEndpoint jenkins-s3", "RESOURCE_STAR", _ENDPOINT),
    (r"FileSystemPolicy jenkins-home", "MISMATCHED_TYPE_BUT_USABLE", _EQUAL_ARNS),
    (r"RolePolicy jenkins-controller-task", "MISMATCHED_TYPE_BUT_USABLE", _EQUAL_ARNS),
    (
        r"RolePolicy jenkins-controller-task",
        "PERMISSIONS_MANAGEMENT_ACTIONS",
        "iam:PassRole, to ECS tasks only, and only the roles of agents",
    ),
    (
        r"RolePolicy jenkins-agent-linux",
        "CREDENTIALS_EXPOSURE",
        "sts:AssumeRole on the one role that the template names in assumable_role_arns",
    ),
    (
        r"RolePolicy jenkins-agent-kaniko",
        "CREDENTIALS_EXPOSURE",
        "ecr:GetAuthorizationToken, without which Kaniko pushes no image to ECR",
    ),
    (
        r"RolePolicy jenkins-agents-execution-linux",
        "CREDENTIALS_EXPOSURE",
        "ecr:GetAuthorizationToken, without which ECS pulls no image of ECR",
    ),
    (
        r"RolePolicy jenkins-backup",
        "RESOURCE_MISMATCH",
        "CreateFileSystem on file-system/*, as AWS's own policy for restores has it",
    ),
    (
        r"RolePolicy jenkins-agents-execution-.*",
        "RESOURCE_MISMATCH",
        "ecr:BatchImportUpstreamImage on a repository, as the user guide of ECR has it",
    ),
    (
        r"RepositoryPolicy jenkins-.*",
        "MALFORMED",
        "the policy of a repository of ECR names no resource: it is the repository itself",
    ),
    (
        r"RolePolicy jenkins-flow-logs",
        "RESOURCE_MISMATCH",
        "logs:DescribeLogGroups on the groups of this account, as its reference has it by now",
    ),
)
"""Justified findings of the linter: resource, issue, reason."""
JUSTIFIED_OF_SCANNER = (
    (r"Repository jenkins-.*", "CKV_AWS_32", "the statement for all principals is a Deny"),
    (
        r"Repository jenkins-.*",
        "CKV_AWS_136",
        "encrypted by ECR; images.kms_key_arn sets another key",
    ),
    (r"Repository jenkins-kaniko-cache/kaniko", "CKV_AWS_51", "Kaniko overwrites its layers"),
    (r"Vault jenkins-backup", "CKV_AWS_166", "encrypted by AWS Backup; backup.encryption_key"),
)
"""Justified findings of the scanner."""


class SecretPlatform:
    """One platform with every input that refers to a secret, and everything it leaves behind."""

    def __init__(self, cloud: LocalCloud, command: auto.PulumiCommand, folder: Path) -> None:
        self.cloud, self.folder = cloud, folder
        store = cloud.client("secretsmanager")
        self.arns = {
            name: store.create_secret(
                Name=f"mine/{name}", SecretString=json.dumps({"value": f"{MARK}-{name}-value"})
            )["ARN"]
            for name in NAMES
        }
        certificate = cloud.client("acm").request_certificate(DomainName="ci.example.com")
        self.certificate = certificate["CertificateArn"]
        self.stack = Stack(cloud, folder, command, platform_program(self._args))
        self.printed: list[str] = []
        self.events: list[str] = []
        self.stack.stack.up(
            on_output=self.printed.append,
            on_error=self.printed.append,
            on_event=lambda event: self.events.append(json.dumps(event, default=vars)),
            log_to_std_err=True,
            log_verbosity=ENGINE_LOG,
            log_flow=True,
            debug=True,
        )
        self.resources = self.stack.resources()
        self.findings = [
            finding
            for resource, text in policies(self.resources)
            for finding in lint(resource, text)
        ]
        self.outputs = self.stack.stack.workspace.stack_outputs(self.stack.name)
        self.password = store.get_secret_value(
            SecretId=self.outputs["admin_password_secret_arn"].value
        )["SecretString"]

    def _reference(self, name: str) -> str:
        return f"{self.arns[name]}:value::"

    def _args(self) -> dict[str, Any]:
        provider = "https://id.example.com"
        return {
            "network": {"nat": "none", "endpoint_services": ["sqs"]},
            "load_balancer": {
                "scheme": "internet-facing",
                "allowed_cidrs": ["203.0.113.0/24"],
                "domain_name": "ci.example.com",
                "certificate": {"existing": self.certificate},
            },
            "sign_in": {
                "groups": [{"name": "admins", "role": "admin"}],
                "oidc": {
                    "well_known_url": f"{provider}/.well-known/openid-configuration",
                    "client_id": "jenkins",
                    "client_secret_arn": self._reference("oidc"),
                    "escape_hatch": True,
                },
                "load_balancer_oidc": {
                    "issuer": provider,
                    "authorization_endpoint": f"{provider}/authorize",
                    "token_endpoint": f"{provider}/token",
                    "user_info_endpoint": f"{provider}/user",
                    "client_id": "balancer",
                    "client_secret_arn": self._reference("balancer"),
                },
            },
            "agents": [
                {
                    "name": "linux",
                    "environment": {"PLAIN": PLAIN},
                    "secrets": {"TOKEN": self._reference("agent")},
                    "image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/mine:1",
                    "enable_execute_command": True,
                    "policy_statements": [
                        {"actions": ["s3:PutObject"], "resources": ["arn:aws:s3:::releases/*"]}
                    ],
                    "assumable_role_arns": ["arn:aws:iam::123456789012:role/deployer"],
                    "sidecars": [
                        {
                            "name": "db",
                            "image": "postgres:17",
                            "secrets": {"PASSWORD": self._reference("sidecar")},
                        }
                    ],
                },
                {"name": "kaniko", "platform_image": "kaniko"},
            ],
            "jenkins": {
                "system_message": PLAIN,
                "secrets": {"SMTP_PASSWORD": self._reference("boot")},
                "credentials": {},
                "extra_jcasc": ["unclassified: {mailer: {smtpHost: '${SMTP_PASSWORD}'}}"],
            },
            "monitoring": {
                "webhooks": {"chat": pulumi.Output.secret(WEBHOOK)},
                "flow_logs": {},
                "log_key": {"create": {}},
            },
            "schedule": {},
            "budget": {"monthly_usd": 500},
        }

    def secrets(self) -> list[str]:
        return [f"{MARK}-", self.password, PASSPHRASE]

    def exported(self) -> str:
        """The state as ``pulumi stack export`` prints it. The Automation API would show secrets."""
        workspace = self.stack.stack.workspace
        arguments = ["stack", "export", "--stack", self.stack.name]
        command = workspace.pulumi_command
        return command.run(arguments, workspace.work_dir, dict(workspace.env_vars)).stdout

    def traces(self) -> Iterator[tuple[str, str]]:
        """Every place that must hold no secret: its name and its content."""
        for file in sorted(self.folder.rglob("*")):
            if file.is_file() and "plugins" not in file.parts:
                raw = file.read_bytes()
                text = gzip.decompress(raw) if file.suffix == ".gz" else raw
                yield f"file {file.relative_to(self.folder)}", text.decode(errors="replace")
        yield "exported state", self.exported()
        yield "history", repr([vars(s) for s in self.stack.stack.history(show_secrets=False)])
        yield "printed", "\n".join(self.printed)
        yield "events", "\n".join(self.events)
        yield "log of the cloud", (self.cloud.folder / "cloud.log").read_text()
        yield from self._of_aws()

    def _of_aws(self) -> Iterator[tuple[str, str]]:
        ecs, s3 = self.cloud.client("ecs"), self.cloud.client("s3")
        for arn in ecs.list_task_definitions()["taskDefinitionArns"]:
            yield (
                f"AWS {arn}",
                json.dumps(ecs.describe_task_definition(taskDefinition=arn), default=str),
            )
        for bucket in s3.list_buckets()["Buckets"]:
            for one in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", []):
                body = s3.get_object(Bucket=bucket["Name"], Key=one["Key"])["Body"].read()
                yield f"AWS s3 {one['Key']}", body.decode(errors="replace")
        functions = self.cloud.client("lambda")
        for one in functions.list_functions()["Functions"]:
            yield f"AWS {one['FunctionArn']}", json.dumps(one, default=str)
        for name, one in self.cloud.recorded().items():
            if "listener" not in name.lower():
                yield f"AWS recorded {name}", json.dumps(one)


@pytest.fixture(scope="module")
def world(
    cloud: LocalCloud, pulumi_command: auto.PulumiCommand, tmp_path_factory: pytest.TempPathFactory
) -> SecretPlatform:
    return SecretPlatform(cloud, pulumi_command, tmp_path_factory.mktemp("secrets"))


def test_secrets_are_only_in_their_stores(world: SecretPlatform) -> None:
    found = [
        f"{place}: …{text[max(0, text.index(secret) - 60) : text.index(secret) + 20]}…"
        for place, text in world.traces()
        for secret in world.secrets()
        if secret in text
    ]
    assert found == []


def test_the_search_finds_a_marker_in_every_place(world: SecretPlatform) -> None:
    """The search works: it finds a marker everywhere."""
    places = [place for place, text in world.traces() if PLAIN in text]
    for kind in (
        "file state/.pulumi/stacks",
        "exported state",
        "events",
        "AWS s3",
        "AWS arn:aws:ecs",
    ):
        assert [p for p in places if p.startswith(kind)], f"{kind} is not in {places}"
    functions = world.cloud.client("lambda").list_functions()["Functions"]
    assert 0 < len(functions) <= world.exported().count(LAMBDA_CODE)


def test_every_secret_is_in_its_store(world: SecretPlatform) -> None:
    store = world.cloud.client("secretsmanager")
    for name, arn in world.arns.items():
        stored = store.get_secret_value(SecretId=arn)["SecretString"]
        assert f"{MARK}-{name}-value" in stored
    assert len(world.password) >= 20


def test_secrets_in_the_state_are_encrypted(world: SecretPlatform) -> None:
    """The password that Pulumi generated, and the load balancer's client secret."""
    resources = json.loads(world.exported())["deployment"]["resources"]
    encrypted = {r["urn"].rsplit("::", 1)[-1] for r in resources if '"ciphertext"' in json.dumps(r)}
    assert {"jenkins-admin-password", "jenkins-https"} <= encrypted, encrypted


def test_tasks_get_references_to_secrets_and_no_values(world: SecretPlatform) -> None:
    ecs = world.cloud.client("ecs")
    containers = [
        container
        for arn in ecs.list_task_definitions()["taskDefinitionArns"]
        for container in ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"][
            "containerDefinitions"
        ]
    ]
    given = {s["name"]: s["valueFrom"] for c in containers for s in c.get("secrets", [])}
    references = {f"{world.arns[name]}:value::" for name in ("oidc", "agent", "sidecar", "boot")}
    assert references <= set(given.values())
    in_plain = {e["name"] for c in containers for e in c.get("environment", [])}
    assert not in_plain & set(given)


def check(findings: list[Finding], justified: tuple[tuple[str, str, str], ...]) -> None:
    """Every finding has a justification, and every justification a finding."""
    used, unargued = set(), []
    for finding in findings:
        matching = [
            one
            for one in justified
            if re.fullmatch(one[0], finding.resource) and one[1] == finding.issue
        ]
        used.update(matching)
        if not matching:
            unargued.append(finding)
    assert unargued == []
    assert set(justified) == used, "a justification without a finding"


def test_every_finding_of_the_linter_is_justified(world: SecretPlatform) -> None:
    check(world.findings, JUSTIFIED)


@pytest.mark.long
def test_every_finding_of_the_scanner_is_justified(world: SecretPlatform, tmp_path: Path) -> None:
    passed, findings = scan(world.resources, tmp_path)
    check(findings, JUSTIFIED_OF_SCANNER)
    print(f"{passed} checks passed, {len(findings)} justified")


@pytest.mark.long
def test_the_scanner_finds_misconfigurations(world: SecretPlatform, tmp_path: Path) -> None:
    wide = json.dumps({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    policy = next(r for r in world.resources if r["type"] == "aws:iam/rolePolicy:RolePolicy")
    task = next(r for r in world.resources if r["type"].endswith(":TaskDefinition"))
    volume = {"name": "home", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}
    wrong = [
        {**policy, "inputs": {**policy["inputs"], "policy": wide}},
        {**task, "inputs": {**task["inputs"], "volumes": [volume]}},
    ]
    _, findings = scan(wrong, tmp_path)
    assert {"CKV_AWS_107", "CKV_AWS_97"} <= {finding.issue for finding in findings}


def test_the_linter_finds_invalid_policies() -> None:
    wrong = {"Effect": "Allow", "Action": ["s3:GetObjekt"], "Resource": ["*"]}
    wide = {"Effect": "Allow", "Action": ["ecs:RunTask"], "Resource": ["arn:aws:s3:::a"]}
    text = json.dumps({"Version": "2012-10-17", "Statement": [wrong, wide]})
    issues = {finding.issue for finding in lint("a policy", text)}
    assert {"UNKNOWN_ACTION", "RESOURCE_MISMATCH"} <= issues
