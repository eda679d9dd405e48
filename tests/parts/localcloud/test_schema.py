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


def test_a_nested_type_with_the_name_of_the_inputs_is_not_taken_for_them() -> None:
    token = "aws:s3/bucketServerSideEncryptionConfiguration:"
    token += "BucketServerSideEncryptionConfiguration"
    (resource,) = schema.of("aws", "7.40.0", [token])["resources"].values()
    assert {"bucket", "rules"} <= resource["inputProperties"].keys()
    assert "rule" not in resource["inputProperties"]
