"""What makes moto faster and smaller changes no answer."""

from __future__ import annotations

from typing import Any

import boto3
import botocore.loaders
import pytest
from localcloud.emulator import Emulator

from localcloud import moto_speed


def without_documentation(value: Any) -> Any:
    if isinstance(value, dict):
        found = {name: without_documentation(member) for name, member in value.items()}
        return found | (
            {"documentation": ""} if isinstance(found.get("documentation"), str) else {}
        )
    return [without_documentation(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("service", ["ec2", "ecs", "apigateway"])
def test_models_are_those_of_botocore_without_documentation(service: str) -> None:
    original = botocore.loaders.create_loader().load_service_model(service, "service-2")
    found = moto_speed.loader().load_service_model(service, "service-2")
    assert found == without_documentation(original)


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1"])
@pytest.mark.parametrize("location_type", ["region", "availability-zone"])
def test_a_region_offers_its_instance_types(
    emulator: Emulator, region: str, location_type: str
) -> None:
    ec2 = boto3.client(
        "ec2",
        region_name=region,
        endpoint_url=emulator.endpoint,
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    found = ec2.describe_instance_type_offerings(
        LocationType=location_type, Filters=[{"Name": "instance-type", "Values": ["t3.medium"]}]
    )["InstanceTypeOfferings"]
    assert {offering["LocationType"] for offering in found} == {location_type}
    assert {offering["InstanceType"] for offering in found} == {"t3.medium"}
    assert all(offering["Location"].startswith(region) for offering in found)
