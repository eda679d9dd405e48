"""The price table: complete, valid and updated from the Price List API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.stub import Stubber
from jenkins_platform.cost import PriceTable, estimate, shipped
from jenkins_platform.cost.prices import FALLBACK, FILE, Confidence
from jenkins_platform.cost.tasks import prices_as_of
from jenkins_platform.settings import Settings
from jenkins_platform_cli.commands.prices import SOURCE_KEY, Reading, read, updated
from pydantic import ValidationError

from harness.aws.clients import session

SUBJECTS = {
    "Fargate": r"fargate_(x86|arm64)_(vcpu|gb)_hour|fargate_(spot_share|storage_gb_hour)",
    "EFS": r"efs_(standard|infrequent|archive|elastic|provisioned)_.+",
    "backup": r"backup_(warm|cold)_gb_month|backup_restore_gb",
    "load balancers": r"(alb|nlb)_(hour|lcu_hour)",
    "network": r"nat_(hour|gb)|endpoint_(hour|gb)|public_ipv4_hour|cross_zone_gb",
    "CloudWatch": r"logs_(ingested_gb|stored_gb_month)|(metric|(composite_)?alarm|dashboard)_month",
    "security": r"kms_key_month|secret_month|waf_(acl_month|rule_month|million_requests)",
    "instances": r"(ec2|ebs)_.+",
    "others": r"(s3|ecr)_gb_month|dns_zone_month|lambda_.+|scheduler_.+|sqs_.+|budget_month",
}
COUNTS = {
    "Fargate": 6,
    "instances": 6,
    "EFS": 8,
    "backup": 3,
    "load balancers": 4,
    "network": 6,
    "CloudWatch": 6,
    "security": 5,
    "others": 7,
}


def test_table_is_complete_in_both_regions() -> None:
    table = shipped()
    assert table.regions() == ("us-east-1", "eu-central-1")
    found = {
        subject: sum(bool(re.fullmatch(pattern, key)) for key in table.prices)
        for subject, pattern in SUBJECTS.items()
    }
    assert found == COUNTS
    assert sum(COUNTS.values()) == len(table.prices)


def test_every_price_except_free_items_is_positive() -> None:
    free = {
        key
        for key, price in shipped().prices.items()
        if min(f.usd for f in price.by_region.values()) <= 0
    }
    assert free == {"budget_month"}


def test_unconfirmed_prices_are_marked() -> None:
    table = shipped()
    doubtful = {
        source.what
        for source in table.sources.values()
        if source.confidence in (Confidence.RECALLED, Confidence.ASSUMED)
    }
    assert doubtful
    assert all("to be refreshed" in what or "taken for" in what for what in doubtful)


def test_file_has_the_format_of_a_refresh() -> None:
    assert shipped().text() == FILE.read_text()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"by_region": {"eu-central-1": {"usd": 1, "as_of": "2026", "source": "a"}}},
            "no price for",
        ),
        ({"by_region": {"us-east-1": {"usd": -1, "as_of": "2026", "source": "a"}}}, "greater than"),
        ({"by_region": {"us-east-1": {"usd": 1, "as_of": "May", "source": "a"}}}, "a year, month"),
        (
            {"by_region": {"us-east-1": {"usd": 1, "as_of": "2026", "source": "b"}}},
            "unknown sources: b",
        ),
        ({"colour": "red"}, "Extra inputs are not permitted"),
    ],
)
def test_invalid_table_is_refused(tmp_path: Path, change: dict[str, Any], expected: str) -> None:
    price = {
        "what": "A thing",
        "unit": "hour",
        "by_region": {"us-east-1": {"usd": 1, "as_of": "2026-01", "source": "a"}},
    }
    file = tmp_path / "prices.yaml"
    sources = {"a": {"what": "A document", "confidence": "quoted"}}
    file.write_text(yaml.safe_dump({"sources": sources, "prices": {"thing": price | change}}))
    with pytest.raises(ValidationError, match=expected):
        PriceTable.load(file)


@pytest.fixture
def stubber() -> Iterator[Stubber]:
    client = session().client("pricing", region_name="us-east-1")
    with Stubber(client) as stubbed:
        yield stubbed


def table_of(*keys: str) -> PriceTable:
    table = shipped()
    return table.model_copy(update={"prices": {k: table.prices[k] for k in keys}})


def product(usage: str, *tiers: tuple[str, str]) -> str:
    dimensions = {
        f"tier{index}": {"beginRange": start, "pricePerUnit": {"USD": usd}}
        for index, (start, usd) in enumerate(tiers)
    }
    return json.dumps(
        {
            "product": {"attributes": {"usagetype": usage}},
            "terms": {"OnDemand": {"term": {"priceDimensions": dimensions}}},
        }
    )


def answer(
    stubber: Stubber, service: str, filters: dict[str, str], *products: str, token: str = ""
) -> None:
    expected = {
        "ServiceCode": service,
        "FormatVersion": "aws_v1",
        "Filters": [{"Type": "TERM_MATCH", "Field": k, "Value": v} for k, v in filters.items()],
    }
    response: dict[str, Any] = {"FormatVersion": "aws_v1", "PriceList": list(products)}
    if token:
        response["NextToken"] = token
    stubber.add_response("get_products", response, expected)


def test_prices_are_queried_by_region_family_and_attributes(stubber: Stubber) -> None:
    table = table_of("nat_hour", "efs_elastic_write_gb")
    answer(
        stubber,
        "AmazonEC2",
        {"productFamily": "NAT Gateway", "regionCode": "eu-central-1"},
        product("EUC1-NatGateway-Hours", ("0", "0.0530000000")),
        product("EUC1-NatGateway-Bytes", ("0", "0.0520000000")),
        product("EUC1-RegionalNatGateway-Hours", ("0", "0.9")),
    )
    answer(
        stubber,
        "AmazonEFS",
        {"accessType": "Write", "regionCode": "eu-central-1"},
        product("EUC1-ETDataAccess-Bytes", ("0", "0.0720000000")),
    )
    assert list(read(table, stubber.client, ["eu-central-1"])) == [
        Reading("nat_hour", "eu-central-1", 0.052, 0.053),
        Reading("efs_elastic_write_gb", "eu-central-1", 0.07, 0.072),
    ]
    stubber.assert_no_pending_responses()


@pytest.mark.parametrize(
    "usage", ["KMS-Keys", "us-east-1-KMS-Keys", "USE1-KMS-Keys", "EU-KMS-Keys"]
)
def test_usage_type_with_any_region_prefix(stubber: Stubber, usage: str) -> None:
    filters = {"productFamily": "Encryption Key", "regionCode": "us-east-1"}
    answer(stubber, "awskms", filters, product(usage, ("0", "1.0")))
    assert [r.after for r in read(table_of("kms_key_month"), stubber.client, ["us-east-1"])] == [
        1.0
    ]


def test_first_charged_tier_and_scale(
    stubber: Stubber,
) -> None:
    metrics = product("CW:MetricMonitorUsage", ("10000", "0.1"), ("0", "0.3"), ("250000", "0.05"))
    filters = {"productFamily": "Metric", "regionCode": "us-east-1"}
    answer(stubber, "AmazonCloudWatch", filters, metrics)
    requests = product("USE1-RequestV2-Tier1", ("0", "0"), ("100", "0.0000006000"))
    answer(stubber, "awswaf", {"regionCode": "us-east-1"}, requests)
    table = table_of("metric_month", "waf_million_requests")
    readings = list(read(table, stubber.client, ["us-east-1"]))
    assert [r.after for r in readings] == [0.3, 0.6]


def test_pagination_and_worldwide_prices(stubber: Stubber) -> None:
    other = product("DNS-Queries", ("0", "0.4"))
    answer(stubber, "AmazonRoute53", {"productFamily": "DNS Zone"}, other, token="more")
    stubber.add_response(
        "get_products",
        {
            "FormatVersion": "aws_v1",
            "PriceList": [product("HostedZone", ("0", "0.5"), ("25", "0.1"))],
        },
    )
    readings = list(read(table_of("dns_zone_month"), stubber.client, ["eu-central-1"]))
    assert readings == [Reading("dns_zone_month", "eu-central-1", 0.5, 0.5)]


def test_missing_and_ambiguous_prices_are_kept(
    stubber: Stubber,
) -> None:
    table = table_of("alb_hour", "nlb_hour", "fargate_spot_share")
    for kind, found in (
        ("Application", ()),
        ("Network", (("LoadBalancerUsage", "0.02"), ("USE1-LoadBalancerUsage", "0.03"))),
    ):
        answer(
            stubber,
            "AWSELB",
            {"productFamily": f"Load Balancer-{kind}", "regionCode": "us-east-1"},
            *(product(usage, ("0", usd)) for usage, usd in found),
        )
    readings = list(read(table, stubber.client, ["us-east-1"]))
    assert [(r.key, r.after, r.problem) for r in readings] == [
        ("alb_hour", None, "none found"),
        ("nlb_hour", None, "several: 0.02, 0.03"),
    ]
    assert updated(table, readings, date(2026, 11, 21)).prices == table.prices


def test_updated_table_has_date_and_source_without_unused_sources() -> None:
    table = table_of("nat_hour", "fargate_spot_share")
    readings = [
        Reading("nat_hour", region, None, usd)
        for region, usd in (("us-east-1", 0.046), ("eu-central-1", 0.053), ("sa-east-1", 0.093))
    ]
    new = updated(table, readings, date(2026, 11, 21))
    assert new.usd("nat_hour", "sa-east-1") == 0.093
    assert {f.as_of for f in new.prices["nat_hour"].by_region.values()} == {"2026-11-21"}
    assert {f.source for f in new.prices["nat_hour"].by_region.values()} == {SOURCE_KEY}
    assert new.sources[SOURCE_KEY].confidence is Confidence.READ
    assert new.prices["fargate_spot_share"] == table.prices["fargate_spot_share"]
    assert new.sources.keys() == {SOURCE_KEY, "articles", "cost-model"}
    assert PriceTable.model_validate(yaml.safe_load(new.text())) == new


def test_every_line_of_an_estimate_has_source_and_date_of_its_price() -> None:
    found = estimate(Settings.from_args("jenkins", {}), "us-east-1")
    table = shipped()
    for line in found.lines:
        price = table.regional(line.price, "us-east-1")
        source = table.sources[price.source]
        assert (line.as_of, line.source) == (price.as_of, source.what)
        assert line.confirmed == (
            source.confidence not in (Confidence.RECALLED, Confidence.ASSUMED)
        )
    assert {line.confirmed for line in found.lines} == {True, False}


def test_a_region_has_a_price_for_everything() -> None:
    table = shipped()
    assert "eu-central-1" in table.regions()
    price = table.prices["nat_gb"]
    only = price.model_copy(update={"by_region": {FALLBACK: price.by_region[FALLBACK]}})
    incomplete = table.model_copy(update={"prices": {**table.prices, "nat_gb": only}})
    assert incomplete.regions() == (FALLBACK,)


def test_prices_are_as_old_as_the_oldest_of_them() -> None:
    table, key = shipped(), "fargate_arm64_gb_hour"
    price = table.prices[key]
    old = price.by_region[FALLBACK].model_copy(update={"as_of": "2020-01"})
    changed = price.model_copy(update={"by_region": {**price.by_region, FALLBACK: old}})
    aged = table.model_copy(update={"prices": {**table.prices, key: changed}})
    assert prices_as_of(FALLBACK, table) > "2020-01"
    assert prices_as_of(FALLBACK, aged) == "2020-01"


def test_no_price_differs_much_between_regions() -> None:
    for key, price in shipped().prices.items():
        usual = price.by_region[FALLBACK].usd
        for region, found in price.by_region.items():
            assert 0.8 * usual <= found.usd <= 2 * usual, (key, region)


@pytest.mark.parametrize(
    "keys",
    [
        ("fargate_arm64_vcpu_hour", "fargate_x86_vcpu_hour"),
        ("fargate_arm64_gb_hour", "fargate_x86_gb_hour"),
        ("fargate_storage_gb_hour", "fargate_arm64_gb_hour", "fargate_arm64_vcpu_hour"),
        ("ec2_arm64_large_hour", "ec2_x86_large_hour", "ec2_gpu_hour"),
        ("ebs_gp3_gb_month", "ebs_gp2_gb_month"),
        ("efs_archive_gb_month", "efs_infrequent_gb_month", "efs_standard_gb_month"),
        ("efs_elastic_read_gb", "efs_elastic_write_gb", "efs_provisioned_mibps_month"),
        ("backup_cold_gb_month", "backup_warm_gb_month", "efs_standard_gb_month"),
        ("public_ipv4_hour", "endpoint_hour", "alb_hour", "nat_hour"),
        ("logs_stored_gb_month", "logs_ingested_gb"),
        ("alarm_month", "metric_month", "composite_alarm_month", "dashboard_month"),
        ("waf_rule_month", "waf_acl_month"),
    ],
)
def test_what_is_less_costs_less(keys: tuple[str, ...]) -> None:
    table = shipped()
    for region in table.regions():
        found = [table.usd(key, region) for key in keys]
        assert found == sorted(set(found)), region
