"""The commands ``cost`` and ``prices``: no engine, cloud or account is needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from botocore.stub import Stubber
from jenkins_platform.cost import estimate, shipped
from jenkins_platform.cost.prices import FILE, PriceTable
from jenkins_platform_cli.engine.project import Project
from jenkins_platform_cli.pulumi_cli.golang import Lines
from localcloud.cloud import REGION
from typer.testing import Result

from harness import command
from harness.documentation.answers import answer
from harness.stacks.user import STACKS

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)


def run(*words: str) -> Result:
    return command.run(*words, columns=130)


def document(*words: str) -> Any:
    done = run(*words, "--json")
    assert done.exit_code == 0, done.output
    return answer(words[0], done.stdout)


@pytest.mark.parametrize("stack", STACKS)
def test_cost_lists_every_item_of_each_stack(monkeypatch: pytest.MonkeyPatch, stack: str) -> None:
    monkeypatch.chdir(ROOT)
    printed = document("cost", "--stack", stack)
    content = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())
    settings = Project(ROOT).configuration(stack, Lines()).settings()
    expected = estimate(settings, content["config"]["aws:region"])
    assert printed["monthly_usd"] == round(expected.monthly_usd, 2)
    assert [line["price"] for line in printed["lines"]] == [line.price for line in expected.lines]
    assert sum(line["monthly_usd"] for line in printed["lines"]) == pytest.approx(
        printed["monthly_usd"], abs=0.005 * len(printed["lines"])
    )
    table = run("cost", "--stack", stack).stdout
    for line in expected.lines:
        assert f"  {line.item} " in table
        assert (f"{line.unit_usd:.5g}*" in table) or line.confirmed
    for part, usd in expected.parts.items():
        assert any(row.startswith(part) and f"{usd:,.2f}" in row for row in table.splitlines())
    for saving in expected.savings:
        assert saving.setting in table
    (total,) = [row for row in table.splitlines() if row.startswith("Total")]
    assert total.split() == ["Total", f"{expected.monthly_usd:,.2f}"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: mine\n")
    (tmp_path / "__main__.py").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(project: Path, stack: str, **config: Any) -> None:
    (project / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": config}))


def test_use_overrides_the_usage_estimate_of_the_stack(project: Path) -> None:
    use = {"running_hours": 100, "build_hours": {"linux": 10}}
    write(project, "dev", **{"aws:region": "us-east-1", "mine:usage_estimate": use})
    quantities = {line["item"]: line for line in document("cost")["lines"]}
    assert quantities["1 vCPU"]["quantity"] == 100
    assert quantities["0.5 vCPU"]["quantity"] == 5

    printed = document(
        "cost",
        "--use",
        "running_hours=217",
        "--use",
        "build_hours.linux-spot=40",
        "--use",
        "log_gb=0",
    )
    assert {part for part in printed["parts"] if part.startswith("agents")} == {
        "agents linux",
        "agents linux-spot",
    }
    items = {(line["part"], line["item"]): line["quantity"] for line in printed["lines"]}
    assert items["controller", "1 vCPU"] == 217
    assert items["agents linux", "0.5 vCPU"] == 5
    assert items["agents linux-spot", "0.5 vCPU"] == 20
    assert ("monitoring", "log ingestion") not in items


def test_region_comes_from_option_stack_or_environment(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, "dev")
    refused = run("cost")
    assert refused.exit_code == 1
    assert "Pulumi.dev.yaml sets no aws:region" in refused.output
    assert document("cost", "--cloud", "local")["region"] == REGION
    assert document("cost", "--region", "us-east-1")["region"] == "us-east-1"
    monkeypatch.setenv("AWS_REGION", "sa-east-1")
    assert document("cost")["region"] == "sa-east-1"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (
            ("--use", "running_hours=900"),
            2,
            "usage_estimate.running_hours: 900: must be at most",
        ),
        (
            ("--use", "build_hours.x=1"),
            2,
            "usage_estimate.build_hours.x: 1.0: is not a label",
        ),
        (
            ("--use", "running_hours.x=1"),
            2,
            "usage_estimate.running_hours: {x: '1'}: must be a number",
        ),
        (
            ("--use", "running_hours=1e2"),
            2,
            "usage_estimate.running_hours: '1e2': must be a number",
        ),
        (("--use", "hours"), 2, "--use: 'hours': must be KEY=VALUE"),
        (("--use", "hours=3"), 2, "usage_estimate.hours: '3': unknown key"),
        (("--stack", "none"), 1, "Pulumi.none.yaml does not exist. Stacks with a file: dev"),
    ],
)
def test_errors_have_the_right_exit_code(
    project: Path, words: tuple[str, ...], code: int, message: str
) -> None:
    write(project, "dev", **{"aws:region": "us-east-1"})
    done = run("cost", *words)
    assert done.exit_code == code
    assert message in " ".join(done.output.split())


def test_invalid_settings_of_the_stack_are_reported(project: Path) -> None:
    write(
        project,
        "dev",
        **{"aws:region": "us-east-1", "mine:network": {"availability_zone_count": 7}},
    )
    done = run("cost")
    assert done.exit_code == 2
    assert "network.availability_zone_count: 7: must be at most 3" in done.output


def test_prices_refresh_updates_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = shipped()
    keys = ("nat_hour", "fargate_spot_share")
    small = table.model_copy(update={"prices": {key: table.prices[key] for key in keys}})
    file = tmp_path / "prices.yaml"
    file.write_text(small.text())
    client = boto3.client(
        "pricing", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    monkeypatch.setattr(
        "jenkins_platform_cli.commands.prices.boto3.client", lambda *_, **__: client
    )
    terms = {"t": {"priceDimensions": {"d": {"pricePerUnit": {"USD": "0.093"}}}}}
    found = {
        "product": {"attributes": {"usagetype": "SAE1-NatGateway-Hours"}},
        "terms": {"OnDemand": terms},
    }
    with Stubber(client) as stubber:
        stubber.add_response("get_products", {"PriceList": [json.dumps(found)]})
        done = run("prices", "refresh", "--region", "sa-east-1", "--file", str(file))
    assert done.exit_code == 0, done.output
    assert ["nat_hour", "sa-east-1", "0.093"] in [row.split() for row in done.output.splitlines()]
    assert PriceTable.load(file).usd("nat_hour", "sa-east-1") == 0.093


def test_without_credentials_the_table_is_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it caches credentials of other tests
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    before = FILE.read_text()
    done = run("prices", "refresh")
    assert done.exit_code == 1
    assert "Unable to locate credentials" in done.output
    assert FILE.read_text() == before
