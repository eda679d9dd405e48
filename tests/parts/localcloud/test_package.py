"""The ``aws`` package over the emulated AWS, one call at a time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from localcloud.cloud import LocalCloud
from localcloud.emulator import Emulator
from localcloud.providers.aws import UNFINISHED, AwsPackage
from localcloud.providers.differences import DEFAULTS
from localcloud.providers.protocol import InitError, Naming, ProviderError
from pulumi.runtime.rpc import UNKNOWN

INSTANCE = "a provider"
TOPIC, QUEUE = "aws:sns/topic:Topic", "aws:sqs/queue:Queue"
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"
RULE = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule"


def checked(
    package: AwsPackage, token: str, inputs: dict[str, Any], olds: dict[str, Any] | None = None
) -> dict[str, Any]:
    found, failures = package.check(INSTANCE, token, inputs, olds or {}, Naming("name", b"seed"))
    assert failures == {}
    return found


def refused(package: AwsPackage, token: str, inputs: dict[str, Any]) -> dict[str, str]:
    return package.check(INSTANCE, token, inputs, {}, Naming("name", b"seed"))[1]


def test_an_unknown_type_is_refused_by_name(package: AwsPackage) -> None:
    with pytest.raises(ProviderError, match="no row for the resource type 'aws:x/y:Y'"):
        package.check(INSTANCE, "aws:x/y:Y", {}, {}, Naming("name", b""))


def test_an_unknown_property_is_refused_with_its_type(package: AwsPackage) -> None:
    said = f"'colour' of {TOPIC} is neither sent to AWS nor left out by its row in the table"
    assert refused(package, TOPIC, {"colour": "red"}) == {"colour": said}


def test_an_unknown_part_of_a_property_is_refused_with_its_path(package: AwsPackage) -> None:
    service = "aws:ecs/service:Service"
    inputs = {
        "loadBalancers": [{"targetGroupArn": "x", "colour": 1}],
        "networkConfiguration": {"x": 1},
    }
    assert refused(package, service, inputs).keys() == {
        "loadBalancers.colour",
        "networkConfiguration.x",
    }


def test_unknown_nested_parameters_are_refused(package: AwsPackage) -> None:
    """Statements of firewall rules are renamed as a whole; botocore validates them."""
    visible = {"cloudwatchMetricsEnabled": True, "metricName": "x", "sampledRequestsEnabled": True}
    rule = {
        "name": "x",
        "priority": 1,
        "statement": {"geoMatchStatement": {"countryCodes": ["AQ"], "colour": "red"}},
        "visibilityConfig": visible,
    }
    inputs = {
        "scope": "REGIONAL",
        "defaultAction": {"allow": {}},
        "visibilityConfig": visible,
        "rules": [rule],
    }
    [said] = refused(package, "aws:wafv2/webAcl:WebAcl", inputs).values()
    assert said.startswith("aws:wafv2/webAcl:WebAcl: Unknown parameter in Rules[0].Statement.Geo")
    assert '"Colour"' in said


def test_a_wrong_type_is_refused_without_showing_the_value(package: AwsPackage) -> None:
    parameter = "aws:ssm/parameter:Parameter"
    said = refused(package, parameter, {"type": "String", "value": {"hidden": "text"}})
    assert said == {
        "put_parameter": f"{parameter}: Invalid type for parameter Value, type: <class 'dict'>, "
        "valid types: <class 'str'>"
    }


def test_an_automatic_name_is_stable(package: AwsPackage) -> None:
    first = checked(package, TOPIC, {})
    assert first["name"].startswith("name-")
    assert first[DEFAULTS] == ["name"]
    assert checked(package, TOPIC, {"displayName": "x"}, first)["name"] == first["name"]
    chosen = checked(package, TOPIC, {"name": "chosen"}, first)
    assert (chosen["name"], DEFAULTS in chosen) == ("chosen", False)
    assert checked(package, TOPIC, {}, chosen)["name"].startswith("name-")
    assert checked(package, TOPIC, {"fifoTopic": True})["name"].endswith(".fifo")


def test_names_of_buckets_objects_and_key_aliases_follow_their_own_rules(
    package: AwsPackage,
) -> None:
    def named(token: str, **inputs: Any) -> dict[str, Any]:
        return package.check(INSTANCE, token, inputs, {}, Naming("Some-Name", b"seed"))[0]

    assert named("aws:s3/bucket:Bucket")["bucket"].startswith("some-name-")
    assert named("aws:s3/bucketObjectv2:BucketObjectv2", bucket="b")["key"] == "Some-Name"
    assert named("aws:kms/alias:Alias", targetKeyId="x")["name"].startswith("alias/Some-Name-")


def test_the_package_sets_the_defaults_of_the_real_provider(package: AwsPackage) -> None:
    group = checked(package, "aws:ec2/securityGroup:SecurityGroup", {"vpcId": "vpc-1"})
    assert group["description"] == "Managed by Pulumi"
    assert group[DEFAULTS] == ["description", "name"]


def test_a_document_may_be_given_as_an_object(package: AwsPackage) -> None:
    role, document = "aws:iam/role:Role", {"Version": "2012-10-17", "Statement": []}
    assert json.loads(
        checked(package, role, {"assumeRolePolicy": document})["assumeRolePolicy"]
    ) == (document)
    unknown = checked(package, role, {"assumeRolePolicy": {"Statement": [UNKNOWN]}})
    assert unknown["assumeRolePolicy"] == UNKNOWN


@pytest.mark.parametrize(
    ("token", "olds", "news", "replaces"),
    [
        (TOPIC, {"name": "a"}, {"name": "b"}, True),
        (TOPIC, {"displayName": "a"}, {"displayName": "b"}, False),
        (TOPIC, {}, {"region": "eu-west-1"}, True),
        (
            "aws:servicediscovery/service:Service",
            {"dnsConfig": {"dnsRecords": [{"type": "A", "ttl": 1}]}},
            {"dnsConfig": {"dnsRecords": [{"type": "A", "ttl": 2}]}},
            False,
        ),
        (
            "aws:servicediscovery/service:Service",
            {"dnsConfig": {"dnsRecords": [{"type": "A", "ttl": 1}]}},
            {"dnsConfig": {"dnsRecords": [{"type": "SRV", "ttl": 1}]}},
            True,
        ),
        ("aws:acm/certificate:Certificate", {}, {"options": {"export": "ENABLED"}}, True),
        (
            "aws:acm/certificate:Certificate",
            {},
            {"options": {"certificateTransparencyLoggingPreference": "DISABLED"}},
            False,
        ),
        (
            "aws:lb/loadBalancer:LoadBalancer",
            {"loadBalancerType": "network", "subnets": ["a"]},
            {"loadBalancerType": "network", "subnets": ["a", "b"]},
            False,
        ),
        (
            "aws:lb/loadBalancer:LoadBalancer",
            {"loadBalancerType": "network", "subnets": ["a", "b"]},
            {"loadBalancerType": "network", "subnets": ["a"]},
            True,
        ),
        (
            "aws:lb/loadBalancer:LoadBalancer",
            {"loadBalancerType": "application", "subnets": ["a", "b"]},
            {"loadBalancerType": "application", "subnets": ["a"]},
            False,
        ),
    ],
)
def test_a_change_replaces_like_the_real_provider(
    package: AwsPackage, token: str, olds: dict[str, Any], news: dict[str, Any], replaces: bool
) -> None:
    found = package.diff(token, olds, news).changes
    assert [c.replaces for c in found] == [replaces]


def test_unique_resources_are_deleted_before_they_are_replaced(package: AwsPackage) -> None:
    policy = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
    assert package.diff(policy, {"policy": "1"}, {"policy": "2"}).delete_before_replace
    change = ({"name": "a", "fifoTopic": True}, {"name": "a", "fifoTopic": False})
    assert package.diff(TOPIC, *change).delete_before_replace
    automatic = [inputs | {DEFAULTS: ["name"]} for inputs in change]
    assert not package.diff(TOPIC, *automatic).delete_before_replace


def test_an_import_reads_every_input_that_aws_returns(package: AwsPackage) -> None:
    inputs = checked(package, QUEUE, {"delaySeconds": 7, "tags": {"a": "b"}})
    identity, _ = package.create(INSTANCE, QUEUE, inputs, preview=False)
    imported = package.read(INSTANCE, QUEUE, identity, {}, {})
    assert imported is not None
    assert imported[0]["delaySeconds"] == 7
    assert imported[0]["tags"] == {"a": "b"}
    assert imported[0]["name"] == inputs["name"]


def test_a_recorded_resource_is_unique_in_each_region(
    package: AwsPackage, emulator: Emulator
) -> None:
    inputs = checked(
        package, RULE, {"ecrRepositoryPrefix": "hub", "upstreamRegistryUrl": "quay.io"}
    )
    identity, _ = package.create(INSTANCE, RULE, inputs, preview=False)
    with pytest.raises(ProviderError, match="'hub' already exists"):
        package.create(INSTANCE, RULE, inputs, preview=False)
    elsewhere = inputs | {"region": "eu-west-1"}
    package.create(INSTANCE, RULE, elsewhere, preview=False)
    entries = emulator.recorder.entries()[f"{RULE} hub"]
    assert [(e["region"], e["operation"]) for e in entries] == [
        ("eu-central-1", "ecr.create_pull_through_cache_rule"),
        ("eu-west-1", "ecr.create_pull_through_cache_rule"),
    ]

    package.delete(INSTANCE, RULE, identity, inputs, {})
    assert package.read(INSTANCE, RULE, identity, inputs, {"region": "eu-central-1"}) is None
    assert package.read(INSTANCE, RULE, identity, elsewhere, {}) is not None
    package.delete(INSTANCE, RULE, identity, elsewhere, {})
    assert emulator.recorder.entries() == {}


def test_a_refresh_prefers_recorded_changes_over_the_emulator(
    package: AwsPackage, emulator: Emulator
) -> None:
    files = "aws:efs/fileSystem:FileSystem"
    olds = checked(package, files, {"throughputMode": "bursting"})
    identity, outputs = package.create(INSTANCE, files, olds, preview=False)
    news = olds | {"throughputMode": "elastic"}
    outputs = package.update(INSTANCE, files, identity, olds, news, outputs, preview=False)
    found = package.read(INSTANCE, files, identity, news, outputs)
    assert found is not None
    assert found[0]["throughputMode"] == "elastic"
    package.delete(INSTANCE, files, identity, news, outputs)
    assert emulator.recorder.entries() == {}


def test_a_failed_creation_leaves_no_record_and_no_state(
    package: AwsPackage, emulator: Emulator
) -> None:
    emulator.faults.replace([{"operation": "CreateTopic", "code": "Refused"}], 0)
    with pytest.raises(ProviderError, match="aws:sns/topic:Topic: CreateTopic: Refused"):
        package.create(INSTANCE, TOPIC, {"name": "a"}, preview=False)


def test_a_partial_creation_is_marked_until_it_is_complete(
    package: AwsPackage, emulator: Emulator
) -> None:
    files = "aws:efs/fileSystem:FileSystem"
    inputs = checked(package, files, {"lifecyclePolicies": [{"transitionToIa": "AFTER_7_DAYS"}]})
    emulator.faults.replace([{"operation": "PutLifecycle*", "code": "Refused"}], 0)
    with pytest.raises(InitError, match="PutLifecycleConfiguration: Refused") as failure:
        package.create(INSTANCE, files, inputs, preview=False)
    identity, outputs = failure.value.resource_id, failure.value.outputs
    assert package.unfinished(outputs)
    assert package.unfinished(package.read(INSTANCE, files, identity, inputs, outputs)[1])  # type: ignore[index]

    with pytest.raises(InitError):
        package.update(INSTANCE, files, identity, inputs, inputs, outputs, preview=False)
    emulator.faults.replace([], 0)
    finished = package.update(INSTANCE, files, identity, inputs, inputs, outputs, preview=False)
    assert UNFINISHED not in finished
    assert finished["arn"].endswith(identity)


def test_a_deletion_fails_when_another_resource_is_missing(
    package: AwsPackage, emulator: Emulator
) -> None:
    identity, outputs = package.create(INSTANCE, TOPIC, {"name": "stays"}, preview=False)
    emulator.faults.replace([{"operation": "DeleteTopic", "code": "NotFound", "times": 1}], 0)
    with pytest.raises(ProviderError, match="DeleteTopic: NotFound"):
        package.delete(INSTANCE, TOPIC, identity, {"name": "stays"}, outputs)
    package.delete(INSTANCE, TOPIC, identity, {"name": "stays"}, outputs)
    package.delete(INSTANCE, TOPIC, identity, {"name": "stays"}, outputs)


def test_a_provider_reports_unsupported_options(package: AwsPackage) -> None:
    assert package.check_config({"region": "x", "maxRetries": 3}) == {}
    failures = package.check_config({"colour": 1})
    assert failures["colour"] == "the embedded cloud's aws provider has no option 'colour'"
    assert failures["region"].startswith("aws:region is not set")
    assert package.config_replaces({"region", "maxRetries"}) == {"region"}
    with pytest.raises(ProviderError, match="an entry without 'roleArn'"):
        package.configure("other", {"region": "x", "assumeRoles": '[{"role_arn": "x"}]'})
    with pytest.raises(ProviderError, match="the connection to the engine was lost"):
        package.create("missing", TOPIC, {"name": "a"}, preview=False)


def test_a_refresh_of_a_resource_that_is_only_read_keeps_its_state(package: AwsPackage) -> None:
    """It has no inputs, as the engine knows them."""
    inputs = {"name": "read", "displayName": "Shared"}
    identity, _ = package.create(INSTANCE, TOPIC, inputs, preview=False)
    first = package.read(INSTANCE, TOPIC, identity, {}, {})
    assert first
    assert first[1]["displayName"] == "Shared"
    assert package.read(INSTANCE, TOPIC, identity, {}, first[1]) == first


def test_options_about_the_way_to_aws_are_accepted(package: AwsPackage) -> None:
    options = {
        "profile": "prod",
        "accessKey": "a",
        "useFipsEndpoint": True,
        "retryMode": "adaptive",
    }
    assert package.check_config({"region": "eu-west-1", **options}) == {}


def test_a_provider_refuses_a_forbidden_account(package: AwsPackage) -> None:
    forbidden = {"region": "eu-west-1", "forbiddenAccountIds": '["123456789012"]'}
    with pytest.raises(ProviderError, match="account 123456789012 is one of forbiddenAccountIds"):
        package.configure("other", forbidden)


def test_default_tags_are_on_every_resource_that_does_not_set_them(package: AwsPackage) -> None:
    tags = '{"tags": {"team": "build", "stage": "prod"}}'
    package.configure("tagging", {"region": "eu-central-1", "defaultTags": tags})

    def tagged(token: str, **inputs: Any) -> Any:
        found, failures = package.check("tagging", token, inputs, {}, Naming("name", b"seed"))
        assert failures == {}
        return found.get("tags")

    assert tagged(TOPIC) == {"team": "build", "stage": "prod"}
    assert tagged(TOPIC, tags={"team": "web"}) == {"team": "web", "stage": "prod"}
    assert tagged(TOPIC, tags=UNKNOWN) == UNKNOWN
    document = {"bucket": "b", "content": "x"}
    assert tagged(OBJECT, **document) == {"team": "build", "stage": "prod"}
    assert tagged(OBJECT, **document, overrideProvider={"defaultTags": {"tags": {}}}) is None
    assert tagged("aws:sns/topicPolicy:TopicPolicy", arn="a", policy="{}") is None


def test_ignored_tags_are_left_to_others(package: AwsPackage, emulator: Emulator) -> None:
    ignored = '{"keys": ["owner"], "keyPrefixes": ["audit:"]}'
    package.configure("ignoring", {"region": "eu-central-1", "ignoreTags": ignored})
    inputs = {"name": "audited", "tags": {"team": "build"}}
    identity, outputs = package.create("ignoring", TOPIC, inputs, preview=False)
    added = {"audit:by": "x", "owner": "y", "other": "z"}
    cloud = LocalCloud(Path(), 0, "session", emulator.endpoint, {})
    cloud.client("sns").tag_resource(
        ResourceArn=identity, Tags=[{"Key": k, "Value": v} for k, v in added.items()]
    )
    found = package.read("ignoring", TOPIC, identity, inputs, outputs)
    assert found
    assert found[0]["tags"] == {"team": "build", "other": "z"}


def test_data_sources_report_when_nothing_is_found(package: AwsPackage) -> None:
    zones = package.invoke(
        INSTANCE, "aws:index/getAvailabilityZones:getAvailabilityZones", {"state": "available"}
    )
    assert zones["names"] == [f"eu-central-1{letter}" for letter in "abc"]
    with pytest.raises(ProviderError, match="'colour' of aws:ec2/getVpc:getVpc is not used"):
        package.invoke(INSTANCE, "aws:ec2/getVpc:getVpc", {"colour": 1})
    with pytest.raises(ProviderError, match="found nothing for"):
        package.invoke(INSTANCE, "aws:ec2/getVpc:getVpc", {"cidrBlock": "10.99.0.0/16"})
    with pytest.raises(ProviderError, match="GetRole: NoSuchEntity"):
        package.invoke(INSTANCE, "aws:iam/getRole:getRole", {"name": "missing"})


def test_previews_make_no_calls(package: AwsPackage, emulator: Emulator) -> None:
    emulator.faults.replace([{"operation": "*", "code": "Called"}], 0)
    assert package.create(INSTANCE, TOPIC, {"name": "a"}, preview=True) == ("", {"name": "a"})
    kept = package.update(
        INSTANCE, TOPIC, "arn", {}, {"name": "a"}, {"arn": "arn", "colour": 1}, preview=True
    )
    assert kept == {"arn": "arn", "name": "a"}
    assert [fault.hits for fault in emulator.faults.active] == [0]
