"""`pulumi preview --policy-pack`, with the `pulumi` command itself."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml
from localcloud.cloud import LocalCloud
from pulumi import automation as auto

from harness.documentation.pages import Page
from harness.stacks.command_line import CommandLine
from harness.stacks.go_tools import yaml_host
from harness.stacks.hosting import ROOT, executable

PACK = ("preview", "--policy-pack", str(ROOT / "policies"))


@pytest.mark.long
def test_the_pack_accepts_the_example_and_stops_a_preview_that_violates_a_rule(
    tmp_path: Path, cloud: LocalCloud, pulumi_command: auto.PulumiCommand
) -> None:
    project = tmp_path / "project"
    shutil.copytree(ROOT / "examples" / "yaml", project)
    file = project / "Pulumi.yaml"
    program = yaml.safe_load(file.read_text())
    # Like Pulumi's Python host, it starts the pack with the module of Pulumi's SDK.
    starter = tmp_path / "policy" / "pulumi-analyzer-policy-python"
    hosts = [yaml_host(tmp_path / "yaml"), executable(starter, "policies", "-u -m pulumi.policy")]
    command = CommandLine(project, tmp_path, cloud, pulumi_command, hosts)
    shown = command.succeed(*PACK)
    assert "jenkins-platform@v0.0.1 (local:" in shown
    assert "[mandatory]" not in shown

    key = {"type": "aws:kms:Key", "properties": {"enableKeyRotation": False}}
    file.write_text(yaml.safe_dump({**program, "resources": {"other": key}, "outputs": {}}))
    refused = command(*PACK)
    assert refused.returncode != 0
    assert "- [mandatory]  kms-rotation  (aws:kms:Key: other)" in refused.stdout
    assert refused.stdout.count("[mandatory]") == 1

    image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/jenkins-shop:1"
    containers = [{"name": "web", "image": image, "logConfiguration": {"logDriver": "awslogs"}}]
    definition = {"family": "shop", "containerDefinitions": json.dumps(containers)}
    task = {"type": "aws:ecs:TaskDefinition", "properties": definition}
    file.write_text(yaml.safe_dump({**program, "resources": {"shop": task}, "outputs": {}}))
    assert "[advisory]  images-by-digest  (aws:ecs:TaskDefinition: shop)" in command.succeed(*PACK)
    (config,) = [b for b in Page(ROOT / "policies" / "README.md").blocks if b.language == "json"]
    (project / "pack.json").write_text(config.text)
    refused = command(*PACK, "--policy-pack-config", "pack.json")
    assert refused.returncode != 0
    assert "- [mandatory]  images-by-digest  (aws:ecs:TaskDefinition: shop)" in refused.stdout
