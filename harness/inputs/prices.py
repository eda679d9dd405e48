"""A fixed price table: prices of us-east-1 for calculations in tests."""

from __future__ import annotations

from jenkins_platform.cost import PriceTable, shipped
from jenkins_platform.cost.prices import RegionalPrice

US = "us-east-1"
USD = {
    "fargate_x86_vcpu_hour": 0.04048,
    "fargate_x86_gb_hour": 0.004445,
    "fargate_arm64_vcpu_hour": 0.03238,
    "fargate_arm64_gb_hour": 0.00356,
    "fargate_spot_share": 0.3,
    "fargate_storage_gb_hour": 0.000111,
    "ec2_x86_large_hour": 0.1008,
    "ec2_arm64_large_hour": 0.0816,
    "ec2_gpu_hour": 0.8048,
    "ec2_spot_share": 0.4,
    "ebs_gp3_gb_month": 0.08,
    "ebs_gp2_gb_month": 0.10,
    "efs_standard_gb_month": 0.30,
    "efs_elastic_read_gb": 0.03,
    "efs_elastic_write_gb": 0.06,
    "efs_provisioned_mibps_month": 6.0,
    "backup_warm_gb_month": 0.05,
    "backup_cold_gb_month": 0.01,
    "alb_hour": 0.0225,
    "alb_lcu_hour": 0.008,
    "nlb_hour": 0.0225,
    "nat_hour": 0.045,
    "nat_gb": 0.045,
    "endpoint_hour": 0.01,
    "endpoint_gb": 0.01,
    "public_ipv4_hour": 0.005,
    "cross_zone_gb": 0.02,
    "logs_ingested_gb": 0.50,
    "logs_stored_gb_month": 0.03,
    "metric_month": 0.30,
    "alarm_month": 0.10,
    "composite_alarm_month": 0.50,
    "dashboard_month": 3.00,
    "kms_key_month": 1.00,
    "waf_acl_month": 5.00,
    "waf_rule_month": 1.00,
    "secret_month": 0.40,
    "sqs_million_requests": 0.40,
    "dns_zone_month": 0.50,
    "ecr_gb_month": 0.10,
}


def fixed() -> PriceTable:
    """The shipped table with only these prices."""
    table = shipped()
    source = next(iter(table.sources))
    prices = {
        key: table.prices[key].model_copy(
            update={"by_region": {US: RegionalPrice(usd=usd, as_of="2026-11", source=source)}}
        )
        for key, usd in USD.items()
    }
    return table.model_copy(update={"prices": prices})
