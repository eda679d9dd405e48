"""Orphans of a killed run: the id of a resource whose creation was interrupted, by type.

The state contains the inputs of the interrupted creation, automatic names included. Nothing depends
on such a resource yet, which distinguishes it from those of another platform of the same name. The
Resource Groups Tagging API cannot make this distinction: the tags of both platforms are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Inputs = Mapping[str, Any]
Clients = Callable[[str], Any]
Finder = Callable[[Clients, Inputs], list[str]]


def _named(*keys: str, between: str = "") -> Finder:
    """The id is in the inputs."""
    return lambda _, inputs: [between.join(str(inputs[key]) for key in keys)]


def _listed(service: str, call: str, items: str, key: str, **equal: str) -> Finder:
    """List items whose members equal inputs."""

    def find(clients: Clients, inputs: Inputs) -> list[str]:
        client = clients(service)
        paged = client.can_paginate(call)
        pages = client.get_paginator(call).paginate() if paged else [getattr(client, call)()]
        return [
            item[key]
            for page in pages
            for item in page[items]
            if all(item.get(member) == inputs[name] for member, name in equal.items())
        ]

    return find


def _ec2(call: str, items: str, key: str, *, tagged: bool = True, **by: str) -> Finder:
    """Resources with the same tags and, for some filters (`_` for `-`), the same inputs."""

    def find(clients: Clients, inputs: Inputs) -> list[str]:
        values = {name.replace("_", "-"): inputs[member] for name, member in by.items()}
        if tagged:
            values |= {f"tag:{k}": v for k, v in inputs["tags"].items()}
        filters = [{"Name": name, "Values": [value]} for name, value in values.items()]
        answer = getattr(clients("ec2"), call)(Filters=filters)
        return [i[key] for i in answer[items] if i.get("State") not in ("deleted", "deleting")]

    return find


def _vpc(clients: Clients, inputs: Inputs) -> list[str]:
    ec2 = clients("ec2")

    def is_empty(vpc: str) -> bool:
        own = [{"Name": "vpc-id", "Values": [vpc]}]
        return not ec2.describe_subnets(Filters=own)["Subnets"]

    return [v for v in _ec2("describe_vpcs", "Vpcs", "VpcId")(clients, inputs) if is_empty(v)]


def _address(clients: Clients, inputs: Inputs) -> list[str]:
    tags = [{"Name": f"tag:{k}", "Values": [v]} for k, v in inputs["tags"].items()]
    found = clients("ec2").describe_addresses(Filters=tags)["Addresses"]
    return [a["AllocationId"] for a in found if not a.get("AssociationId")]


def _gateway(clients: Clients, inputs: Inputs) -> list[str]:
    """An internet gateway, attached to the VPC or to none yet."""
    find = _ec2("describe_internet_gateways", "InternetGateways", "InternetGatewayId")
    ec2 = clients("ec2")

    def is_candidate(gateway: str) -> bool:
        (found,) = ec2.describe_internet_gateways(InternetGatewayIds=[gateway])["InternetGateways"]
        return all(a["VpcId"] == inputs["vpcId"] for a in found["Attachments"])

    return [g for g in find(clients, inputs) if is_candidate(g)]


def _route(_: Clients, inputs: Inputs) -> list[str]:
    return [f"r-{inputs['routeTableId']}_{inputs['destinationCidrBlock']}"]


def _association(clients: Clients, inputs: Inputs) -> list[str]:
    here = [{"Name": "association.subnet-id", "Values": [inputs["subnetId"]]}]
    return [
        a["RouteTableAssociationId"]
        for table in clients("ec2").describe_route_tables(Filters=here)["RouteTables"]
        for a in table["Associations"]
        if a.get("SubnetId") == inputs["subnetId"]
    ]


def _rule(egress: bool) -> Finder:
    """A rule of a security group."""
    same = {"CidrIpv4": "cidrIpv4", "IpProtocol": "ipProtocol", "FromPort": "fromPort"}

    def find(clients: Clients, inputs: Inputs) -> list[str]:
        own = [{"Name": "group-id", "Values": [inputs["securityGroupId"]]}]
        rules = clients("ec2").describe_security_group_rules(Filters=own)["SecurityGroupRules"]
        return [
            r["SecurityGroupRuleId"]
            for r in rules
            if r["IsEgress"] is egress
            and {t["Key"]: t["Value"] for t in r.get("Tags", [])} == inputs.get("tags", {})
            and all(r.get(k) == inputs[v] for k, v in same.items() if v in inputs)
            and r.get("ReferencedGroupInfo", {}).get("GroupId")
            == inputs.get("referencedSecurityGroupId")
        ]

    return find


def _key(clients: Clients, inputs: Inputs) -> list[str]:
    """A KMS key without an alias: every key of the platform gets one."""
    kms = clients("kms")
    tags = [{"Key": k, "Values": [v]} for k, v in inputs["tags"].items()]
    found = clients("resourcegroupstaggingapi").get_resources(
        ResourceTypeFilters=["kms:key"], TagFilters=tags
    )["ResourceTagMappingList"]
    ids = [f["ResourceARN"].rsplit("/", 1)[-1] for f in found]
    return [
        i
        for i in ids
        if kms.describe_key(KeyId=i)["KeyMetadata"]["KeyState"] == "Enabled"
        and not kms.list_aliases(KeyId=i)["Aliases"]
    ]


def _secret(clients: Clients, inputs: Inputs) -> list[str]:
    return [str(clients("secretsmanager").describe_secret(SecretId=inputs["name"])["ARN"])]


def _cluster(clients: Clients, inputs: Inputs) -> list[str]:
    found = clients("ecs").describe_clusters(clusters=[inputs["name"]])["clusters"]
    return [c["clusterArn"] for c in found if c["status"] == "ACTIVE"]


def _service(clients: Clients, inputs: Inputs) -> list[str]:
    found = clients("ecs").describe_services(cluster=inputs["cluster"], services=[inputs["name"]])
    return [s["serviceArn"] for s in found["services"] if s["status"] == "ACTIVE"]


def _file_system(clients: Clients, inputs: Inputs) -> list[str]:
    found = clients("efs").describe_file_systems(CreationToken=inputs["creationToken"])
    return [f["FileSystemId"] for f in found["FileSystems"]]


def _access_point(clients: Clients, inputs: Inputs) -> list[str]:
    found = clients("efs").describe_access_points(FileSystemId=inputs["fileSystemId"])
    path = inputs["rootDirectory"]["path"]
    return [a["AccessPointId"] for a in found["AccessPoints"] if a["RootDirectory"]["Path"] == path]


def _mount_target(clients: Clients, inputs: Inputs) -> list[str]:
    found = clients("efs").describe_mount_targets(FileSystemId=inputs["fileSystemId"])
    subnet = inputs["subnetId"]
    return [m["MountTargetId"] for m in found["MountTargets"] if m["SubnetId"] == subnet]


def _listener(clients: Clients, inputs: Inputs) -> list[str]:
    found = clients("elbv2").describe_listeners(LoadBalancerArn=inputs["loadBalancerArn"])
    return [x["ListenerArn"] for x in found["Listeners"] if x["Port"] == inputs["port"]]


def _balanced(call: str, items: str, key: str) -> Finder:
    return lambda clients, inputs: [
        item[key] for item in getattr(clients("elbv2"), call)(Names=[inputs["name"]])[items]
    ]


def _topic(clients: Clients, inputs: Inputs) -> list[str]:
    pages = clients("sns").get_paginator("list_topics").paginate()
    arns = [topic["TopicArn"] for page in pages for topic in page["Topics"]]
    return [arn for arn in arns if arn.endswith(f":{inputs['name']}")]


FINDERS: dict[str, Finder] = {
    "aws:backup/plan:Plan": _listed(
        "backup", "list_backup_plans", "BackupPlansList", "BackupPlanId", BackupPlanName="name"
    ),
    "aws:backup/vault:Vault": _named("name"),
    "aws:cloudwatch/dashboard:Dashboard": _named("dashboardName"),
    "aws:cloudwatch/eventRule:EventRule": _named("name"),
    "aws:cloudwatch/eventTarget:EventTarget": _named("rule", "targetId", between="-"),
    "aws:cloudwatch/logGroup:LogGroup": _named("name"),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": _named("name"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": _named("name"),
    "aws:ec2/eip:Eip": _address,
    "aws:ec2/internetGateway:InternetGateway": _gateway,
    "aws:ec2/natGateway:NatGateway": _ec2(
        "describe_nat_gateways", "NatGateways", "NatGatewayId", subnet_id="subnetId"
    ),
    "aws:ec2/route:Route": _route,
    "aws:ec2/routeTable:RouteTable": _ec2(
        "describe_route_tables", "RouteTables", "RouteTableId", vpc_id="vpcId"
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _association,
    "aws:ec2/securityGroup:SecurityGroup": _ec2(
        "describe_security_groups", "SecurityGroups", "GroupId", vpc_id="vpcId", group_name="name"
    ),
    "aws:ec2/subnet:Subnet": _ec2(
        "describe_subnets", "Subnets", "SubnetId", vpc_id="vpcId", cidr_block="cidrBlock"
    ),
    "aws:ec2/vpc:Vpc": _vpc,
    "aws:ec2/vpcEndpoint:VpcEndpoint": _ec2(
        "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId", vpc_id="vpcId"
    ),
    "aws:ecr/repository:Repository": _named("name"),
    "aws:ecs/cluster:Cluster": _cluster,
    "aws:ecs/service:Service": _service,
    "aws:efs/accessPoint:AccessPoint": _access_point,
    "aws:efs/fileSystem:FileSystem": _file_system,
    "aws:efs/mountTarget:MountTarget": _mount_target,
    "aws:iam/role:Role": _named("name"),
    "aws:iam/rolePolicy:RolePolicy": _named("role", "name", between=":"),
    "aws:kms/alias:Alias": _named("name"),
    "aws:kms/key:Key": _key,
    "aws:lambda/function:Function": _named("name"),
    "aws:lambda/permission:Permission": _named("statementId"),
    "aws:lb/listener:Listener": _listener,
    "aws:lb/loadBalancer:LoadBalancer": _balanced(
        "describe_load_balancers", "LoadBalancers", "LoadBalancerArn"
    ),
    "aws:lb/targetGroup:TargetGroup": _balanced(
        "describe_target_groups", "TargetGroups", "TargetGroupArn"
    ),
    "aws:s3/bucket:Bucket": _named("bucket"),
    "aws:scheduler/schedule:Schedule": _named("groupName", "name", between="/"),
    "aws:scheduler/scheduleGroup:ScheduleGroup": _named("name"),
    "aws:secretsmanager/secret:Secret": _secret,
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": _listed(
        "servicediscovery", "list_namespaces", "Namespaces", "Id", Name="name"
    ),
    "aws:servicediscovery/service:Service": _listed(
        "servicediscovery", "list_services", "Services", "Id", Name="name"
    ),
    "aws:sns/topic:Topic": _topic,
    "aws:ssm/parameter:Parameter": _named("name"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule(egress=True),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule(egress=False),
}
"""Types whose second creation would fail or leave the first resource orphaned."""

REPEATABLE = frozenset(
    {
        "aws:backup/selection:Selection",
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        "aws:ecs/taskDefinition:TaskDefinition",
        "aws:efs/fileSystemPolicy:FileSystemPolicy",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "aws:s3/bucketObjectv2:BucketObjectv2",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketVersioning:BucketVersioning",
        "aws:secretsmanager/secretVersion:SecretVersion",
        "aws:sns/topicPolicy:TopicPolicy",
    }
)
"""Types that are created again: that overwrites the first one or adds a version."""
