"""An existing load balancer: what is added to its listener, and what is checked before."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from jenkins_platform import JenkinsPlatform
from jenkins_platform.cost import estimate
from jenkins_platform.settings import Settings
from jenkins_platform.settings.facts import limits
from jenkins_platform.testing import LOAD_BALANCER, Registration, register

from harness.inputs.changes import BY_HAND
from harness.inputs.lean import LEAN, SMALL
from harness.stacks.mocks import platform
from harness.stacks.parts import load_balancer, parts
from harness.stacks.registered import ACCOUNT, OF_A_COMPANY, by_role, dependencies, inputs, of_type

RULE = "aws:lb/listenerRule:ListenerRule"
ARN = f"arn:aws:mock:eu-central-1:{ACCOUNT}"
EXISTING = {**SMALL, **BY_HAND["load_balancer.existing"]}
LISTENER = EXISTING["load_balancer"]["existing"]["listener_arn"]
HOST = {"hostHeader": {"values": ["ci.example.com"]}}
FORWARD = {"type": "forward", "order": 2, "targetGroupArn": f"{ARN}:jenkins-shared-web"}
CERTIFICATE = f"arn:aws:acm:eu-central-1:{ACCOUNT}:certificate/two"
OIDC = BY_HAND["sign_in.load_balancer_oidc"]["sign_in"]["load_balancer_oidc"]


def everything(**oidc: Any) -> dict[str, Any]:
    """Everything that adds a rule."""
    load_balancer = {
        **EXISTING["load_balancer"],
        "zone_id": "Z0123456789ABCDEFGHIJ",
        "additional_domain_names": ["old.example.com"],
        "additional_certificate_arns": [CERTIFICATE],
    }
    return {
        **EXISTING,
        "load_balancer": load_balancer,
        "sign_in": {"load_balancer_oidc": {**OIDC, **oidc}},
        "schedule": {
            "time_zone": "Europe/Berlin",
            "windows": [{"days": ["mon"], "start": "08:00", "end": "12:00"}],
            "wake_page": True,
        },
    }


@cache
def only_rules() -> list[Registration]:
    """The existing load balancer with nothing that adds a rule."""
    return parts(load_balancer, EXISTING)


@cache
def all_rules() -> list[Registration]:
    """The existing load balancer with everything that adds a rule."""
    return parts(load_balancer, everything())


def below_a_path() -> dict[str, Any]:
    """A whole platform with everything that adds a rule, below a path of its name."""
    args = everything(bypass_path_cidrs=[], bypass_api_cidrs=["203.0.113.0/24", "10.0.0.0/8"])
    args["load_balancer"]["path_prefix"] = "/tools/jenkins"
    return {**args, "monitoring": {"level": "alarms"}}


def rules(registered: list[Registration]) -> dict[int, Registration]:
    found = sorted(
        of_type(registered, RULE).values(), key=lambda rule: int(rule.inputs["priority"])
    )
    assert {rule.inputs["listenerArn"] for rule in found} == {LISTENER}
    return {int(rule.inputs["priority"]): rule for rule in found}


def test_only_a_rule_for_the_domain_name_is_added() -> None:
    found = only_rules()
    (rule,) = rules(found).values()
    assert inputs(rule) == {
        "listenerArn": LISTENER,
        "priority": 1099,
        "conditions": [HOST],
        "actions": [FORWARD],
    }
    for kind in ("loadBalancer:LoadBalancer", "listener:Listener"):
        assert of_type(found, f"aws:lb/{kind}") == {}
    assert of_type(found, "aws:acm/certificate:Certificate") == {}
    groups = set(of_type(found, "aws:ec2/securityGroup:SecurityGroup"))
    assert groups >= {"controller"}
    assert "load-balancer" not in groups


def test_the_service_waits_for_the_rule_and_is_in_its_target_group() -> None:
    service = by_role("aws:ecs/service:Service", below_a_path())["controller"]
    assert dependencies(service, RULE) == {"shared-forward"}
    (registered,) = service.inputs["loadBalancers"]
    assert registered["targetGroupArn"] == FORWARD["targetGroupArn"]


def test_every_rule_that_serves_jenkins_is_limited_to_its_name() -> None:
    found = rules(all_rules())
    assert [(p, r.name.removeprefix("jenkins-shared-")) for p, r in found.items()] == [
        (1000, "additional-names"),
        (1001, "wake-page"),
        (1002, "bypass-0"),
        (1003, "bypass-1"),
        (1004, "guard-0"),
        (1099, "forward"),
    ]
    redirect = found.pop(1000).inputs
    assert redirect["conditions"] == [{"hostHeader": {"values": ["old.example.com"]}}]
    assert {rule.inputs["conditions"][0]["hostHeader"]["values"][0] for rule in found.values()} == {
        "ci.example.com"
    }


def test_every_rule_is_limited_to_the_path_of_jenkins() -> None:
    args = below_a_path()

    def on(*paths: str) -> dict[str, Any]:
        return {"pathPattern": {"values": list(paths)}}

    all_paths = on("/tools/jenkins", "/tools/jenkins/*")
    own = {"httpHeader": {"httpHeaderName": "Authorization", "values": ["Basic *", "Bearer *"]}}
    below = on("/tools/jenkins/*")
    assert {r.name.removeprefix("jenkins-shared-"): c for r, c in conditions(platform(args))} == {
        "additional-names": [{"hostHeader": {"values": ["old.example.com"]}}, all_paths],
        "wake-page": [HOST, on("/tools/jenkins/jenkins-platform/asleep")],
        "bypass-0": [HOST, own, below, {"sourceIp": {"values": ["203.0.113.0/24"]}}],
        "bypass-1": [HOST, own, below, {"sourceIp": {"values": ["10.0.0.0/8"]}}],
        "bypass-2": [HOST, on("/tools/jenkins/open/*")],
        "guard-0": [HOST, on("/tools/jenkins/job/*")],
        "forward": [HOST, all_paths],
    }
    functions = by_role("aws:lambda/function:Function", args)
    variables = {r: f.inputs["environment"]["variables"] for r, f in functions.items()}
    assert variables["working-hours"]["PATH_PREFIX"] == "/tools/jenkins"
    assert variables["working-hours"]["HOST_NAME"] == "ci.example.com"
    assert variables["wake-page"] == {
        "WORKING_HOURS": "jenkins-working-hours",
        "PATH_PREFIX": "/tools/jenkins",
    }


def conditions(registered: list[Registration]) -> list[tuple[Registration, Any]]:
    return [(rule, rule.inputs["conditions"]) for rule in rules(registered).values()]


def test_everything_else_signs_in_unless_only_some_paths_do() -> None:
    def last(registered: list[Registration]) -> list[str]:
        return [action["type"] for action in rules(registered)[1099].inputs["actions"]]

    assert last(all_rules()) == ["forward"]
    without_paths = parts(load_balancer, everything(paths=[]))
    assert last(without_paths) == ["authenticate-oidc", "forward"]


@pytest.mark.parametrize("path_prefix", [None, "/jenkins"])
def test_conditions_with_the_name_stay_within_the_limit_of_a_rule(path_prefix: str | None) -> None:
    ranges = [f"203.0.113.{i}/32" for i in range(5)]
    args = everything(bypass_api_cidrs=ranges, bypass_path_cidrs=ranges)
    if path_prefix:
        args["load_balancer"]["path_prefix"] = path_prefix
        names = [f"{name}.example.com" for name in ("old", "older", "oldest")]
        args["load_balancer"]["additional_domain_names"] = names
    for rule in rules(parts(load_balancer, args)).values():
        values = [v for c in rule.inputs["conditions"] for k in c.values() for v in k["values"]]
        assert len(values) <= 5, rule.name


def test_a_target_group_leaves_one_load_balancer_before_it_joins_another() -> None:
    assert all(rule.delete_before_replace for rule in rules(all_rules()).values())
    groups = set(of_type(all_rules(), "aws:lb/targetGroup:TargetGroup"))
    assert groups == {"shared-web", "shared-wake"}


def test_the_alias_leads_to_the_existing_load_balancer() -> None:
    found = all_rules()
    (alias,) = of_type(found, "aws:route53/record:Record")["alias"].inputs["aliases"]
    assert alias == {
        "name": "shared.eu-central-1.elb.amazonaws.com",
        "zoneId": "Z215JYRZR1TBD5",
        "evaluateTargetHealth": True,
    }
    (certificate,) = of_type(found, "aws:lb/listenerCertificate:ListenerCertificate").values()
    assert certificate.inputs == {
        "listenerArn": LISTENER,
        "certificateArn": CERTIFICATE,
    }


def test_alarms_are_on_the_metrics_of_the_existing_load_balancer() -> None:
    alarms = by_role("aws:cloudwatch/metricAlarm:MetricAlarm", below_a_path())
    dimensions = alarms["server-errors"].inputs["dimensions"]
    assert dimensions["LoadBalancer"] == "app/shared/0a1b2c3d"


def register_with(
    listener: dict[str, Any] | None = None,
    balancer: dict[str, Any] | None = None,
    own: list[str] | None = None,
    **inputs: Any,
) -> None:
    """Register an existing load balancer that differs. With ``own``, the answer is also for load
    balancers that the platform created."""
    calls = {
        "aws:lb/getLbs:getLbs": {"arns": own or []},
        "aws:lb/getListener:getListener": {
            "arn": LISTENER,
            "loadBalancerArn": LOAD_BALANCER,
            "protocol": "HTTPS",
            "port": 443,
            **(listener or {}),
        },
        "aws:lb/getLoadBalancer:getLoadBalancer": {
            "arn": LOAD_BALANCER,
            "arnSuffix": "app/shared/0a1b2c3d",
            "vpcId": "vpc-0a1b2c3d",
            "securityGroups": ["sg-0a1b2c3d"],
            "idleTimeout": 60,
            "ipAddressType": "ipv4",
            **(balancer or {}),
        },
    }
    args = {**EXISTING, "load_balancer": {**EXISTING["load_balancer"], **inputs}}
    parts(load_balancer, args, calls=calls)


@pytest.mark.parametrize(
    ("different", "message"),
    [
        (
            {"listener": {"protocol": "HTTP", "port": 80}},
            f"load_balancer.existing.listener_arn: '{LISTENER}': is a listener of HTTP on port 80",
        ),
        (
            {"listener": {"protocol": "HTTP"}},
            "is a listener of HTTP on port 443: name one of HTTPS on port 443",
        ),
        (
            {"listener": {"port": 8443}},
            "is a listener of HTTPS on port 8443: name one of HTTPS on port 443",
        ),
        (
            {"balancer": {"vpcId": "vpc-0f0f0f0f"}},
            "in vpc-0f0f0f0f, but network.existing.vpc_id is vpc-0a1b2c3d",
        ),
        (
            {"balancer": {"securityGroups": ["sg-0f0f0f0f"]}},
            "load_balancer.security_group_ids[0]: 'sg-0a1b2c3d': is not a security group of the "
            "existing load balancer, which has sg-0f0f0f0f",
        ),
        (
            {"security_group_ids": ["sg-0a1b2c3d", "sg-0a1b2c3e"]},
            "load_balancer.security_group_ids[1]: 'sg-0a1b2c3e': is not a security group of the "
            "existing load balancer, which has sg-0a1b2c3d",
        ),
        (
            {"ip_address_type": "dualstack"},
            "load_balancer.ip_address_type: 'dualstack': the existing load balancer has only IPv4",
        ),
    ],
)
def test_a_listener_that_cannot_serve_jenkins_is_refused(
    different: dict[str, Any], message: str
) -> None:
    with pytest.raises(Exception, match="1 problem in the inputs") as caught:
        register_with(**different)
    assert message in str(caught.value)


def test_everything_that_does_not_fit_is_reported_at_once() -> None:
    own = LOAD_BALANCER.replace("shared", "jenkins-alb")
    different = {"vpcId": "vpc-0f0f0f0f", "enableDeletionProtection": True, "arn": own}
    with pytest.raises(Exception, match="3 problems in the inputs") as caught:
        register_with({"port": 8443}, different, own=[own])
    for message in ("on port 8443", "in vpc-0f0f0f0f", f"AWS would not delete {own}"):
        assert message in str(caught.value)


@pytest.mark.parametrize("args", [OF_A_COMPANY, LEAN], ids=["existing", "created"])
def test_load_balancers_and_clusters_are_not_looked_up_for_a_change_that_is_refused(
    args: dict[str, Any], lookups: set[str]
) -> None:
    outputs = {"jenkins-platform-choices": {"output": {"name_prefix": "another"}}}
    with pytest.raises(Exception, match="name_prefix"):
        register(lambda: JenkinsPlatform("jenkins", args), outputs=outputs)  # type: ignore[arg-type]
    assert "getRegion {}" in lookups
    later = ("getLbs ", "getListener ", "getLoadBalancer ", "getCluster ")
    assert [asked for asked in lookups if asked.startswith(later)] == []


def test_a_created_load_balancer_with_deletion_protection_is_not_left_behind(
    names: set[str],
) -> None:
    own = LOAD_BALANCER.replace("shared", "jenkins-alb")
    balancer = {
        "arn": own,
        "arnSuffix": "app/shared/0a1b2c3d",
        "vpcId": "vpc-0a1b2c3d",
        "securityGroups": ["sg-0a1b2c3d"],
        "idleTimeout": 60,
        "ipAddressType": "ipv4",
    }

    def calls(protected: bool) -> dict[str, dict[str, Any]]:
        # The answer is for both load balancers.
        found = {**balancer, "enableDeletionProtection": protected}
        return {
            "aws:lb/getLbs:getLbs": {"arns": [own]},
            "aws:lb/getLoadBalancer:getLoadBalancer": found,
        }

    parts(load_balancer, EXISTING, calls=calls(False))
    names.clear()
    with pytest.raises(Exception, match=f"AWS would not delete {own}"):
        register(lambda: JenkinsPlatform("jenkins", EXISTING), calls=calls(True))  # type: ignore[arg-type]
    assert names == {"jenkins-id", "jenkins-platform-choices"}, "nothing else is registered"


def test_a_longer_idle_timeout_than_that_of_jenkins_is_a_warning(warned: list[str]) -> None:
    register_with()
    assert "idle" not in str(warned)
    register_with(balancer={"idleTimeout": 300})
    assert "keeps idle connections for 300 seconds" in str(warned)


def test_rules_of_sign_in_stay_below_the_rule_that_forwards() -> None:
    most = limits.RULES_OF_BALANCER.maximum
    paths = {"paths": [f"/a/{i}/????" for i in range(60)], "bypass_api": False}
    bypassed = [f"/b/{i}/????" for i in range(most - 3 - 60)]
    args = everything(**paths, bypass_paths=bypassed, bypass_api_cidrs=[])
    numbers = list(rules(parts(load_balancer, args)))
    assert numbers == list(range(1000, 1000 + most))
    one_more = everything(**paths, bypass_paths=[*bypassed, "/c/????"], bypass_api_cidrs=[])
    with pytest.raises(Exception, match="AWS allows 100"):
        Settings.from_args("jenkins", one_more)  # type: ignore[arg-type]


def test_the_existing_load_balancer_costs_its_capacity_only() -> None:
    settings = Settings.from_args("jenkins", EXISTING)  # type: ignore[arg-type]
    lines = estimate(settings, "eu-central-1").lines
    assert [x.item for x in lines if x.part == "load balancer"] == ["its capacity"]
