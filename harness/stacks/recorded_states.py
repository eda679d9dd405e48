"""States of releases, kept as test data, on which the present program is previewed.

``make record`` deploys each of `STACKS` to an embedded cloud and writes its inputs and its state
into ``tests/data/recorded/<version>/<stack>.json``, replacing the states of that version. Secrets
are replaced by a placeholder.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml
from jenkins_platform_cli.pulumi_cli.toolchain import pulumi_cli
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.inputs.lean import LEAN, READY_IMAGES
from harness.stacks.engine import Stack, platform_program, short

FOLDER = Path(__file__).parents[2] / "tests" / "data" / "recorded"
PLACEHOLDER = "a recorded secret"
CERTIFICATE = "the ARN of a certificate that exists"
_SECRET, _IS_SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
"""How Pulumi marks a secret in a state."""
_OF_THE_RUN = ("created", "modified", "sourcePosition", "stackTrace")
_KEY: Mapping[str, Any] = {"create": {"rotation_days": 180, "deletion_window_days": 7}}
STACKS: Mapping[str, Mapping[str, Any]] = {
    "small": {**LEAN, "removal_policy": "retain"},
    "default": {"removal_policy": "retain"},
    "hardened": {
        "removal_policy": "retain",
        "network": {"availability_zone_count": 3, "nat": "one-per-zone"},
        "load_balancer": {
            "scheme": "internet-facing",
            "domain_name": "ci.example.com",
            "certificate": {"existing": CERTIFICATE},
            "allowed_cidrs": ["203.0.113.0/24", "2001:db8::/32"],
            "access_logs": {"retention_days": 60},
            "web_acl": {"rate_limit": 5000},
        },
        "storage": {
            "encryption_key": _KEY,
            "replication": {"region": "eu-west-1", "encryption_key": _KEY},
        },
        "backup": {
            "copy_to": {"region": "eu-west-1", "encryption_key": _KEY},
            "lock": {"mode": "governance", "min_retention_days": 7, "max_retention_days": 400},
        },
        "images": {**READY_IMAGES, "application_repositories": ["shop"]},
        "agents": [
            {"name": "linux"},
            {
                "name": "deploy",
                "policy_statements": [
                    {"actions": ["s3:PutObject"], "resources": ["arn:aws:s3:::site/*"]}
                ],
            },
        ],
        "monitoring": {"level": "all", "log_key": _KEY},
    },
}


@dataclass(frozen=True)
class Record:
    """One stack of a release."""

    version: str
    name: str
    args: Mapping[str, Any]
    deployment: dict[str, Any]

    @property
    def retained(self) -> set[str]:
        """Resources that hold data: the platform protects or retains them."""
        resources = self.deployment["resources"]
        held = [r for r in resources if r.get("protect") or r.get("retainOnDelete")]
        return {short(r["urn"]) for r in held if r["custom"]}

    def load(self, stack: Stack) -> None:
        """Make this the state of a new stack of the same name."""
        settings = yaml.safe_load((stack.folder / f"Pulumi.{stack.name}.yaml").read_text())
        secrets = {"type": "passphrase", "state": {"salt": settings["encryptionsalt"]}}
        deployment = {**self.deployment, "secrets_providers": secrets}
        stack.stack.import_stack(auto.Deployment(version=3, deployment=deployment))


def records() -> list[Record]:
    """Every recorded stack, by version and name."""
    return [
        Record(file.parent.name, file.stem, **json.loads(file.read_text()))
        for file in sorted(FOLDER.glob("*/*.json"))
    ]


def scrubbed(value: Any) -> Any:
    """A part of a state without times and paths, and with a placeholder for every secret."""
    if isinstance(value, dict):
        if value.get(_SECRET) == _IS_SECRET:
            return {_SECRET: _IS_SECRET, "plaintext": json.dumps(PLACEHOLDER)}
        return {key: scrubbed(item) for key, item in value.items() if key not in _OF_THE_RUN}
    return [scrubbed(item) for item in value] if isinstance(value, list) else value


def record(name: str, cloud: LocalCloud, command: auto.PulumiCommand, folder: Path) -> str:
    """Deploy a stack; its inputs and its state, a resource a line."""
    certificate = cloud.client("acm").request_certificate(DomainName="ci.example.com")
    args = json.dumps(STACKS[name], sort_keys=True)
    args = args.replace(CERTIFICATE, certificate["CertificateArn"])
    stack = Stack(cloud, folder, command, platform_program(json.loads(args)), name)
    stack.up()
    state = scrubbed(stack.stack.export_stack().deployment)
    resources = ",\n".join(json.dumps(r, sort_keys=True) for r in state["resources"])
    return f'{{"args": {args},\n"deployment": {{"resources": [\n{resources}\n]}}}}\n'


class _Silent:
    def say(self, message: str) -> None: ...

    def advance(self, label: str, done: int, total: int) -> None: ...


def main() -> None:
    target = FOLDER / version("jenkins-platform")
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="record-") as folder:
        cloud = LocalCloud.start(Path(folder) / "cloud", docker="none")
        try:
            for name in sys.argv[1:] or STACKS:
                text = record(name, cloud, pulumi_cli(_Silent()), Path(folder) / name)
                (target / f"{name}.json").write_text(text)
                print(f"recorded {target.name}/{name}.json: {text.count(chr(10)) - 3} resources")
                cloud.reset()
        finally:
            cloud.stop()


if __name__ == "__main__":
    main()
