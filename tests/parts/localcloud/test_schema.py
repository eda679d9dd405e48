"""The schema that the embedded cloud's AWS provider serves."""

from __future__ import annotations

from localcloud.providers import schema, table


def test_the_schema_has_every_type_of_the_table() -> None:
    types = table.load().resources
    resources = schema.of("aws", "7.40.0", types)["resources"]
    assert resources.keys() == set(types)
    group = resources["aws:ec2/securityGroup:SecurityGroup"]
    assert {"vpcId", "description"} <= group["inputProperties"].keys()
    assert "arn" not in group["inputProperties"]
    assert {"arn", "vpcId"} <= group["properties"].keys()
    assert "functionName" not in resources["aws:ec2/vpc:Vpc"]["properties"]
    assert "layers" in resources["aws:lambda/function:Function"]["inputProperties"]
