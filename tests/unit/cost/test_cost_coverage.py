"""Nothing that AWS charges for is forgotten: the estimate against what the platform registers."""

from __future__ import annotations

from typing import Any

import pytest
from jenkins_platform.cost import estimate
from jenkins_platform.settings import Settings
from jenkins_platform.testing import Registration

from harness.stacks.mocks import platform
from harness.stacks.registered import EVERYTHING, OPTIONAL
from tests.unit.test_urns import PROFILES

HOURS = 730
PAID = {
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": "composite_alarm_month",
    "aws:cloudwatch/dashboard:Dashboard": "dashboard_month",
    "aws:backup/plan:Plan": "backup_warm_gb_month",
    "aws:cloudwatch/logGroup:LogGroup": "logs_ingested_gb",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "alarm_month",
    "aws:ec2/eip:Eip": "public_ipv4_hour",
    "aws:ec2/natGateway:NatGateway": "nat_hour",
    "aws:autoscaling/group:Group": "ec2_x86_large_hour",
    "aws:ec2/launchTemplate:LaunchTemplate": "ebs_gp3_gb_month",
    "aws:ecr/repository:Repository": "ecr_gb_month",
    "aws:ecs/capacityProvider:CapacityProvider": "ec2_x86_large_hour",
    "aws:ecs/cluster:Cluster": "metric_month",
    "aws:ecs/service:Service": "fargate_x86_vcpu_hour",
    "aws:ecs/taskDefinition:TaskDefinition": "fargate_x86_gb_hour",
    "aws:efs/fileSystem:FileSystem": "efs_standard_gb_month",
    "aws:efs/replicationConfiguration:ReplicationConfiguration": "efs_standard_gb_month",
    "aws:kms/key:Key": "kms_key_month",
    "aws:secretsmanager/secret:Secret": "secret_month",
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": "dns_zone_month",
    "aws:sqs/queue:Queue": "sqs_million_requests",
    "aws:wafv2/webAcl:WebAcl": "waf_acl_month",
}
"""Resource types that cost, with a price that the estimate must then have a line for."""
COUNTED = {
    "aws:ec2/vpcEndpoint:VpcEndpoint": "an interface endpoint costs, a gateway endpoint does not",
    "aws:lb/loadBalancer:LoadBalancer": "either kind costs",
}
FREE = {
    **dict.fromkeys(
        (
            "aws:acm/certificate:Certificate",
            "aws:acm/certificateValidation:CertificateValidation",
            "aws:budgets/budget:Budget",
            "aws:cloudwatch/eventRule:EventRule",
            "aws:cloudwatch/eventTarget:EventTarget",
            "aws:backup/selection:Selection",
            "aws:backup/vault:Vault",
            "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
            "aws:ec2/internetGateway:InternetGateway",
            "aws:ec2/route:Route",
            "aws:ec2/routeTable:RouteTable",
            "aws:ec2/routeTableAssociation:RouteTableAssociation",
            "aws:ec2/securityGroup:SecurityGroup",
            "aws:ec2/subnet:Subnet",
            "aws:ec2/vpc:Vpc",
            "aws:ecr/lifecyclePolicy:LifecyclePolicy",
            "aws:ecr/repositoryPolicy:RepositoryPolicy",
            "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
            "aws:efs/accessPoint:AccessPoint",
            "aws:efs/fileSystemPolicy:FileSystemPolicy",
            "aws:efs/mountTarget:MountTarget",
            "aws:kms/alias:Alias",
            "aws:iam/instanceProfile:InstanceProfile",
            "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
            "aws:iam/role:Role",
            "aws:iam/rolePolicy:RolePolicy",
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            "aws:kms/alias:Alias",
            "aws:lambda/eventSourceMapping:EventSourceMapping",
            "aws:lambda/functionUrl:FunctionUrl",
            "aws:lambda/permission:Permission",
            "aws:scheduler/scheduleGroup:ScheduleGroup",
            "aws:sns/topicPolicy:TopicPolicy",
            "aws:ssm/parameter:Parameter",
            "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        ),
        "AWS charges nothing for it",
    ),
    **dict.fromkeys(
        (
            "aws:lb/listener:Listener",
            "aws:lb/listenerRule:ListenerRule",
            "aws:lb/targetGroup:TargetGroup",
            "aws:lb/targetGroupAttachment:TargetGroupAttachment",
            "aws:route53/record:Record",
            "aws:secretsmanager/secretVersion:SecretVersion",
            "aws:servicediscovery/service:Service",
            "aws:wafv2/webAclAssociation:WebAclAssociation",
            "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        ),
        "comes with what it belongs to",
    ),
    **dict.fromkeys(
        (
            "aws:s3/bucket:Bucket",
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            "aws:s3/bucketObjectv2:BucketObjectv2",
            "aws:s3/bucketPolicy:BucketPolicy",
            "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
            "aws:s3/bucketServerSideEncryptionConfiguration:"
            "BucketServerSideEncryptionConfiguration",
            "aws:s3/bucketVersioning:BucketVersioning",
        ),
        "kilobytes of configuration and compressed logs come to cents",
    ),
    **dict.fromkeys(
        (
            "aws:lambda/function:Function",
            "aws:scheduler/schedule:Schedule",
            "aws:sns/topic:Topic",
            "aws:sns/topicSubscription:TopicSubscription",
        ),
        "paid for by the call: the 22,000 calls a month of working hours come to two cents",
    ),
    **dict.fromkeys(
        (
            "aws:backup/restoreTestingPlan:RestoreTestingPlan",
            "aws:backup/restoreTestingSelection:RestoreTestingSelection",
        ),
        "each test is charged by what it restores, which the estimate leaves out",
    ),
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": "cached images are charged by the GB",
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": "its metric costs in hours with errors only",
    "aws:ec2/flowLog:FlowLog": "charged by the GB of logs, which cannot be known in advance",
}
CASES: dict[str, dict[str, Any]] = {
    **PROFILES,
    "everything": dict(EVERYTHING),
    "optional": OPTIONAL,
    "unwatched": {
        "network": {"nat": "public-subnets"},
        "monitoring": {"level": "none", "flow_logs": {"destination": "s3"}},
        "agent_cloud": {"reaper": {"enabled": False}},
    },
}


def registered(args: dict[str, Any]) -> list[Registration]:
    return [r for r in platform(args) if r.custom and r.token.startswith("aws:")]


@pytest.mark.parametrize("case", CASES)
def test_every_resource_type_is_priced_or_known_to_be_free(case: str) -> None:
    found = registered(CASES[case])
    tokens = {r.token for r in found}
    assert tokens - PAID.keys() - COUNTED.keys() - FREE.keys() == set(), (
        "say what they cost: a line in jenkins_platform/cost/lines.py and an entry here"
    )
    priced = {line.price for line in _lines(case)}
    assert {t: p for t, p in PAID.items() if t in tokens and p not in priced} == {}


@pytest.mark.parametrize("case", CASES)
def test_the_estimate_counts_what_is_registered(case: str) -> None:
    found = registered(CASES[case])

    def count(token: str, **inputs: str) -> int:
        return sum(
            r.token == token and all(r.inputs.get(k) == v for k, v in inputs.items()) for r in found
        )

    interfaces = [
        len(r.inputs["subnetIds"]) for r in found if r.inputs.get("vpcEndpointType") == "Interface"
    ]
    balancer = "aws:lb/loadBalancer:LoadBalancer"
    quantity: dict[str, float] = {}
    for line in _lines(case):
        quantity[line.price] = quantity.get(line.price, 0) + line.quantity
    assert {
        "nat_hour": count("aws:ec2/natGateway:NatGateway") * HOURS,
        "endpoint_hour": sum(interfaces) * HOURS,
        "alb_hour": count(balancer, loadBalancerType="application") * HOURS,
        "nlb_hour": count(balancer, loadBalancerType="network") * HOURS,
        "kms_key_month": count("aws:kms/key:Key"),
        "secret_month": count("aws:secretsmanager/secret:Secret"),
        "alarm_month": count("aws:cloudwatch/metricAlarm:MetricAlarm"),
        "composite_alarm_month": count("aws:cloudwatch/compositeAlarm:CompositeAlarm"),
        "dashboard_month": count("aws:cloudwatch/dashboard:Dashboard"),
        "waf_acl_month": count("aws:wafv2/webAcl:WebAcl"),
        "dns_zone_month": count("aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace"),
    } == {
        key: quantity.get(key, 0)
        for key in (
            *("nat_hour", "endpoint_hour", "alb_hour", "nlb_hour"),
            *("secret_month", "dns_zone_month", "kms_key_month", "waf_acl_month"),
            *("alarm_month", "composite_alarm_month", "dashboard_month"),
        )
    }


def _lines(case: str) -> Any:
    settings = Settings.from_args("jenkins", CASES[case])  # type: ignore[arg-type]
    return estimate(settings, "eu-central-1").lines
