"""Data sources: each finds the resource that plain boto3 created, among others."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from localcloud.emulator import Emulator
from localcloud.providers import table
from localcloud.providers.aws import AwsPackage

INSTANCE, REGION, ACCOUNT = "a provider", "eu-central-1", "123456789012"
Client = Callable[[str], Any]
Case = Callable[[Client], tuple[dict[str, Any], dict[str, Any]]]
"""Creates a resource; returns the arguments and the expected outputs."""

CASES: dict[str, Case] = {}


def case(token: str) -> Callable[[Case], Case]:
    def keep(made: Case) -> Case:
        CASES[token] = made
        return made

    return keep


@pytest.fixture
def client(emulator: Emulator) -> Client:
    def make(service: str) -> Any:
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=emulator.endpoint,
            aws_access_key_id="x",
            aws_secret_access_key="x",
        )

    return make


@pytest.mark.parametrize("token", sorted(table.load().functions))
def test_a_data_source_finds_the_resource(package: AwsPackage, client: Client, token: str) -> None:
    arguments, expected = CASES[token](client)
    answer = package.invoke(INSTANCE, token, arguments)
    assert {key: answer.get(key) for key in expected} == expected


@case("aws:index/getCallerIdentity:getCallerIdentity")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    return {}, {"accountId": ACCOUNT, "id": ACCOUNT}


@case("aws:index/getRegion:getRegion")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    return {}, {"region": REGION, "name": REGION, "id": REGION}


@case("aws:index/getPartition:getPartition")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    return {}, {"partition": "aws", "dnsSuffix": "amazonaws.com"}


@case("aws:index/getAvailabilityZones:getAvailabilityZones")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    wanted = {"filters": [{"name": "zone-name", "values": [f"{REGION}b"]}]}
    return wanted, {"names": [f"{REGION}b"], "id": REGION}


def vpc(client: Client, cidr: str) -> str:
    made = client("ec2").create_vpc(
        CidrBlock=cidr,
        TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "cidr", "Value": cidr}]}],
    )
    return str(made["Vpc"]["VpcId"])


@case("aws:ec2/getVpc:getVpc")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    made = vpc(client, "10.20.0.0/16")
    expected = {"id": made, "cidrBlock": "10.20.0.0/16", "default": False, "enableDnsSupport": True}
    return {"tags": {"cidr": "10.20.0.0/16"}}, expected


@case("aws:ec2/getSubnet:getSubnet")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    there = vpc(client, "10.21.0.0/16")
    subnets = [
        client("ec2").create_subnet(VpcId=there, CidrBlock=f"10.21.{i}.0/24")["Subnet"]
        for i in range(2)
    ]
    made = subnets[1]["SubnetId"]
    expected = {"id": made, "vpcId": there, "arn": subnets[1]["SubnetArn"], "tags": {}}
    return {"vpcId": there, "cidrBlock": "10.21.1.0/24"}, expected


@case("aws:ec2/getSecurityGroup:getSecurityGroup")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    there = vpc(client, "10.22.0.0/16")
    made = client("ec2").create_security_group(GroupName="mine", Description="one", VpcId=there)
    expected = {"id": made["GroupId"], "name": "mine", "description": "one", "vpcId": there}
    return {"vpcId": there, "filters": [{"name": "group-name", "values": ["mine"]}]}, expected


@case("aws:ec2/getManagedPrefixList:getManagedPrefixList")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    entry = {"Cidr": "192.0.2.0/24", "Description": "one"}
    made = client("ec2").create_managed_prefix_list(
        PrefixListName="offices", MaxEntries=3, AddressFamily="IPv4", Entries=[entry]
    )["PrefixList"]
    expected = {
        "id": made["PrefixListId"],
        "addressFamily": "IPv4",
        "entries": [{"cidr": "192.0.2.0/24", "description": "one"}],
        "maxEntries": 3,
    }
    return {"name": "offices"}, expected


@case("aws:ec2/getPrefixList:getPrefixList")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    name = f"com.amazonaws.{REGION}.s3"
    [found] = client("ec2").describe_prefix_lists(
        Filters=[{"Name": "prefix-list-name", "Values": [name]}]
    )["PrefixLists"]
    entries = client("ec2").get_managed_prefix_list_entries(PrefixListId=found["PrefixListId"])
    cidrs = [entry["Cidr"] for entry in entries["Entries"]]
    assert cidrs
    return {"name": name}, {"id": found["PrefixListId"], "name": name, "cidrBlocks": cidrs}


@case("aws:route53/getZone:getZone")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    zones = [
        client("route53").create_hosted_zone(Name=f"{n}.example.com", CallerReference=n)
        for n in ("one", "two")
    ]
    made = zones[1]["HostedZone"]["Id"].split("/")[-1]
    expected = {
        "zoneId": made,
        "name": "two.example.com",
        "privateZone": False,
        "nameServers": zones[1]["DelegationSet"]["NameServers"],
    }
    return {"name": "two.example.com."}, expected


@case("aws:acm/getCertificate:getCertificate")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    arns = [
        client("acm").request_certificate(DomainName=domain, ValidationMethod="DNS")[
            "CertificateArn"
        ]
        for domain in ("a.example.com", "b.example.com")
    ]
    wanted = {"domain": "b.example.com", "statuses": ["PENDING_VALIDATION"]}
    return wanted, {"arn": arns[1], "domain": "b.example.com", "status": "PENDING_VALIDATION"}


def key(client: Client) -> dict[str, Any]:
    made: dict[str, Any] = client("kms").create_key(Description="mine")["KeyMetadata"]
    return made


@case("aws:kms/getAlias:getAlias")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    made = key(client)
    client("kms").create_alias(AliasName="alias/mine", TargetKeyId=made["KeyId"])
    arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/mine"
    expected = {"arn": arn, "targetKeyId": made["KeyId"], "targetKeyArn": made["Arn"]}
    return {"name": "alias/mine"}, expected


@case("aws:kms/getKey:getKey")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    made = key(client)
    expected = {"id": made["KeyId"], "arn": made["Arn"], "enabled": True, "description": "mine"}
    return {"keyId": made["Arn"]}, expected | {"keyId": made["Arn"]}


@case("aws:ecr/getAuthorizationToken:getAuthorizationToken")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    [data] = client("ecr").get_authorization_token()["authorizationData"]
    user, password = base64.b64decode(data["authorizationToken"]).decode().split(":")
    return {}, {"userName": user, "password": password, "proxyEndpoint": data["proxyEndpoint"]}


@case("aws:ssm/getParameter:getParameter")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    for name in ("other", "sample"):
        client("ssm").put_parameter(Name=name, Value=f"value of {name}", Type="String")
    expected = {"insecureValue": "value of sample", "type": "String", "version": 1}
    return {"name": "sample"}, expected


@case("aws:ecs/getTaskDefinition:getTaskDefinition")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    container = {"name": "main", "image": "x", "memory": 64}
    for _ in range(2):
        made = client("ecs").register_task_definition(
            family="sample", containerDefinitions=[container]
        )["taskDefinition"]
    expected = {
        "arn": made["taskDefinitionArn"],
        "arnWithoutRevision": made["taskDefinitionArn"].rsplit(":", 1)[0],
        "revision": 2,
        "status": "ACTIVE",
    }
    return {"taskDefinition": "sample"}, expected


@case("aws:iam/getRole:getRole")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    made = client("iam").create_role(RoleName="mine", Path="/p/", AssumeRolePolicyDocument="{}")
    role = made["Role"]
    return {"name": "mine"}, {"arn": role["Arn"], "path": "/p/", "uniqueId": role["RoleId"]}


@case("aws:s3/getObject:getObject")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    s3 = client("s3")
    s3.create_bucket(
        Bucket="function", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    s3.put_object(Bucket="function", Key="a/b", Body=b"text", ContentType="text/plain")
    return {"bucket": "function", "key": "a/b"}, {"body": "text", "contentType": "text/plain"}


@case("aws:secretsmanager/getSecretVersion:getSecretVersion")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    manager = client("secretsmanager")
    for name in ("one", "another"):
        made = manager.create_secret(Name=f"function-{name}", SecretString=f"value of {name}")
    old = made["VersionId"]
    new = manager.put_secret_value(SecretId=made["ARN"], SecretString="a new value")["VersionId"]
    assert old != new
    return {"secretId": made["ARN"]}, {
        "arn": made["ARN"],
        "secretString": "a new value",
        "versionId": new,
        "versionStage": "AWSCURRENT",
        "id": f"{made['ARN']}|{new}",
    }


def balancers(client: Client, cidr: str, *names: str) -> tuple[str, list[dict[str, Any]]]:
    """Load balancers in a new VPC."""
    there = vpc(client, cidr)
    subnets = [
        client("ec2").create_subnet(
            VpcId=there,
            CidrBlock=cidr.replace(".0.0/16", f".{i}.0/24"),
            AvailabilityZone=f"{REGION}{zone}",
        )["Subnet"]["SubnetId"]
        for i, zone in enumerate("ab")
    ]
    made = [
        client("elbv2").create_load_balancer(Name=name, Subnets=subnets, Scheme="internal")
        for name in names
    ]
    return there, [found["LoadBalancers"][0] for found in made]


@case("aws:lb/getLoadBalancer:getLoadBalancer")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    there, (_, made) = balancers(client, "10.23.0.0/16", "one", "two")
    client("elbv2").modify_load_balancer_attributes(
        LoadBalancerArn=made["LoadBalancerArn"],
        Attributes=[
            {"Key": "idle_timeout.timeout_seconds", "Value": "90"},
            {"Key": "deletion_protection.enabled", "Value": "true"},
        ],
    )
    expected = {
        "arn": made["LoadBalancerArn"],
        "arnSuffix": made["LoadBalancerArn"].partition("loadbalancer/")[2],
        "dnsName": made["DNSName"],
        "zoneId": made["CanonicalHostedZoneId"],
        "internal": True,
        "vpcId": there,
        "securityGroups": made["SecurityGroups"],
        "idleTimeout": 90,
        "enableDeletionProtection": True,
    }
    return {"arn": made["LoadBalancerArn"]}, expected


@case("aws:lb/getListener:getListener")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    _, (made,) = balancers(client, "10.24.0.0/16", "three")
    certificate = client("acm").request_certificate(DomainName="a.example.com")["CertificateArn"]
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    of_both = {"LoadBalancerArn": made["LoadBalancerArn"], "DefaultActions": [answer]}
    client("elbv2").create_listener(Protocol="HTTP", Port=80, **of_both)
    listener = client("elbv2").create_listener(
        Protocol="HTTPS", Port=443, Certificates=[{"CertificateArn": certificate}], **of_both
    )["Listeners"][0]["ListenerArn"]
    expected = {
        "arn": listener,
        "loadBalancerArn": made["LoadBalancerArn"],
        "port": 443,
        "protocol": "HTTPS",
        "certificateArn": certificate,
    }
    return {"arn": listener}, expected


@case("aws:lb/getLbs:getLbs")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    _, made = balancers(client, "10.25.0.0/16", "four", "five", "six")
    for balancer, team, stage in zip(made, ("a", "a", "b"), ("test", "live", "live"), strict=True):
        client("elbv2").add_tags(
            ResourceArns=[balancer["LoadBalancerArn"]],
            Tags=[{"Key": "Team", "Value": team}, {"Key": "Stage", "Value": stage}],
        )
    tags = {"Team": "a", "Stage": "live"}
    return {"tags": tags}, {"arns": [made[1]["LoadBalancerArn"]]}


@case("aws:ecs/getCluster:getCluster")
def _(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    client("ecs").create_cluster(clusterName="others")
    made = client("ecs").create_cluster(
        clusterName="shared",
        settings=[{"name": "containerInsights", "value": "enabled"}],
        tags=[{"key": "team", "value": "build"}],
    )["cluster"]
    expected = {
        "arn": made["clusterArn"],
        "clusterName": "shared",
        "status": "ACTIVE",
        "settings": [{"name": "containerInsights", "value": "enabled"}],
        "tags": {"team": "build"},
    }
    return {"clusterName": "shared"}, expected
