"""ECS services and load balancers on the embedded cloud, on a real Docker Engine."""

from __future__ import annotations

import itertools
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from localcloud.cloud import LocalCloud

from harness.docker.engine import Engine
from harness.docker.tasks import Messages, Place, living_cloud, shell, wait_until

pytestmark = pytest.mark.long

WEB = "mkdir -p /tmp/w; echo {text} >/tmp/w/index.html; exec python3 -m http.server 8080 -d /tmp/w"


@dataclass
class Web:
    """A service behind an application and a network load balancer, with a name in Cloud Map."""

    place: Place
    balancer: dict[str, Any]
    network_balancer: dict[str, Any]
    listener: str
    group: str

    @classmethod
    def make(cls, place: Place) -> Web:
        elb = place.cloud.client("elbv2")
        balancers = [
            elb.create_load_balancer(Name=kind, Type=kind, Subnets=place.subnets)["LoadBalancers"][
                0
            ]
            for kind in ("application", "network")
        ]
        groups = [
            elb.create_target_group(
                Name=protocol,
                Port=8080,
                Protocol=protocol,
                TargetType="ip",
                VpcId=place.vpc,
                HealthyThresholdCount=2,
                UnhealthyThresholdCount=2,
                HealthCheckIntervalSeconds=10,
            )["TargetGroups"][0]["TargetGroupArn"]
            for protocol in ("HTTP", "TCP")
        ]
        listeners = [
            elb.create_listener(
                LoadBalancerArn=balancer["LoadBalancerArn"],
                Port=port,
                Protocol=protocol,
                DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
            )["Listeners"][0]["ListenerArn"]
            for balancer, port, protocol, group in zip(
                balancers, (80, 8080), ("HTTP", "TCP"), groups, strict=True
            )
        ]
        names = place.cloud.client("servicediscovery")
        names.create_private_dns_namespace(Name="test.internal", Vpc=place.vpc)
        (namespace,) = names.list_namespaces()["Namespaces"]
        registry = names.create_service(
            Name="web",
            NamespaceId=namespace["Id"],
            DnsConfig={"DnsRecords": [{"Type": "A", "TTL": 10}]},
        )["Service"]
        web = cls(place, *balancers, listeners[0], groups[0])
        place.service(
            "web",
            web.definition("first"),
            loadBalancers=[
                {"targetGroupArn": g, "containerName": "main", "containerPort": 8080}
                for g in groups
            ],
            serviceRegistries=[{"registryArn": registry["Arn"]}],
            healthCheckGracePeriodSeconds=60,
        )
        place.steady("web")
        return web

    def definition(self, text: str, **container: Any) -> str:
        ports = [{"containerPort": 8080}]
        container = shell(WEB.format(text=text), portMappings=ports, stopTimeout=2) | container
        return self.place.define(container, family="web")

    @property
    def url(self) -> str:
        return self.place.cloud.url_of(self.balancer["DNSName"])

    def get(self, path: str = "/", **headers: str) -> tuple[int, str, dict[str, str]]:
        """Status, body and headers; redirects are not followed."""
        opener = urllib.request.build_opener(_Redirects)
        try:
            answer = opener.open(urllib.request.Request(self.url + path, headers=headers))
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.read().decode().strip(), dict(answer.headers)

    def rule(self, priority: int, action: dict[str, Any], *conditions: dict[str, Any]) -> None:
        self.place.cloud.client("elbv2").create_rule(
            ListenerArn=self.listener,
            Priority=priority,
            Conditions=list(conditions),
            Actions=[action],
        )


class _Redirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@pytest.fixture(scope="module")
def living(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with living_cloud(engine, tmp_path_factory.mktemp("services")) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def web(living: LocalCloud) -> Web:
    return Web.make(Place(living))


def test_a_service_answers_at_its_load_balancer(web: Web) -> None:
    assert web.url.startswith("http://127.0.0.1:")
    assert web.get()[:2] == (200, "first")
    health = web.place.cloud.client("elbv2").describe_target_health(TargetGroupArn=web.group)
    (target,) = health["TargetHealthDescriptions"]
    (task,) = web.place.tasks_of("web")
    details = {d["name"]: d["value"] for d in task["attachments"][0]["details"]}
    assert target["Target"] == {"Id": details["privateIPv4Address"], "Port": 8080}
    assert target["TargetHealth"]["State"] == "healthy"


def test_other_tasks_find_it_by_all_of_its_names(web: Web) -> None:
    names = ["web.test.internal:8080", f"{web.network_balancer['DNSName']}:8080"]
    names.append(web.balancer["DNSName"])
    asked = "; ".join(f"curl -sS http://{name}/" for name in names)
    client = web.place.run(shell(asked), family="client")
    assert web.place.printed(client) == ["first"] * 3


def test_rules_are_executed(web: Web) -> None:
    path = {"Field": "path-pattern", "Values": ["/fixed/*"]}
    fixed = {"StatusCode": "418", "ContentType": "text/plain", "MessageBody": "tea"}
    web.rule(1, {"Type": "fixed-response", "FixedResponseConfig": fixed}, path)
    host = {"Field": "host-header", "HostHeaderConfig": {"Values": ["*.example.com"]}}
    redirect = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    web.rule(2, {"Type": "redirect", "RedirectConfig": redirect}, host)
    assert web.get("/fixed/x")[:2] == (418, "tea")
    assert web.get("/fixed")[0] == 404
    status, _, headers = web.get("/a?b=c", Host="x.example.com")
    assert (status, headers["Location"]) == (301, "https://x.example.com/a?b=c")


def test_a_new_definition_replaces_the_task_and_a_bad_one_is_rolled_back(web: Web) -> None:
    place, ecs = web.place, web.place.ecs
    second = web.definition("second")
    ecs.update_service(cluster=place.cluster, service="web", taskDefinition=second)
    place.steady("web")
    assert web.get()[:2] == (200, "second")
    tasks = place.tasks_of("web")
    for old, new in itertools.pairwise(tasks):
        assert new["createdAt"] >= old["stoppedAt"]  # never two at once
    assert tasks[0]["stopCode"] == "ServiceSchedulerInitiated"
    assert tasks[0]["stoppedReason"].startswith(
        "Scaling activity initiated by (deployment ecs-svc/"
    )

    broken = web.definition("", command=["sh", "-c", "exit 3"])
    ecs.update_service(cluster=place.cluster, service="web", taskDefinition=broken)
    said = "rolling back to"
    wait_until(lambda: any(said in e["message"] for e in place.described("web")["events"]))
    service = place.steady("web")
    assert service["taskDefinition"] == second
    assert web.get()[:2] == (200, "second")


def test_a_task_that_ends_is_replaced(web: Web) -> None:
    before = [t["taskArn"] for t in web.place.tasks_of("web")]
    web.place.ecs.stop_task(cluster=web.place.cluster, task=before[-1])
    wait_until(lambda: len(web.place.tasks_of("web")) > len(before))
    wait_until(lambda: web.get()[0] == 200)


def test_scaled_to_nothing_nothing_answers(web: Web) -> None:
    place = web.place
    place.ecs.update_service(cluster=place.cluster, service="web", desiredCount=0)
    wait_until(lambda: all(t["lastStatus"] == "STOPPED" for t in place.tasks_of("web")))
    wait_until(lambda: web.get()[0] == 503)
    place.ecs.update_service(cluster=place.cluster, service="web", desiredCount=1)
    wait_until(lambda: web.get()[0] == 200)


def test_a_deployment_that_cannot_start_fails(web: Web) -> None:
    place, queue = web.place, failures(web.place)
    place.service("broken", place.define({"image": "nowhere.invalid/x:1"}, family="broken"))
    wait_until(lambda: place.described("broken")["deployments"][0]["rolloutState"] == "FAILED")
    failed = place.described("broken")["deployments"][0]
    assert failed["failedTasks"] == 3
    assert failed["rolloutStateReason"] == "ECS deployment circuit breaker: tasks failed to start."
    sqs = place.cloud.client("sqs")
    event = json.loads(sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"])
    assert event["detail"]["deploymentId"] == failed["id"]
    assert event["resources"] == [place.described("broken")["serviceArn"]]
    place.ecs.delete_service(cluster=place.cluster, service="broken", force=True)


def failures(place: Place) -> str:
    """URL of a queue that gets the events of failed deployments."""
    sqs, events = place.cloud.client("sqs"), place.cloud.client("events")
    queue = str(sqs.create_queue(QueueName="failures")["QueueUrl"])
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    pattern = {
        "detail-type": ["ECS Deployment State Change"],
        "detail": {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]},
    }
    events.put_rule(Name="failures", EventPattern=json.dumps(pattern))
    target = {"Id": "q", "Arn": attributes["Attributes"]["QueueArn"]}
    events.put_targets(Rule="failures", Targets=[target])
    return queue


def test_an_alarm_follows_the_health_of_targets(web: Web) -> None:
    place, messages = web.place, Messages.make(web.place.cloud, "alarms")
    place.cloud.client("cloudwatch").put_metric_alarm(
        AlarmName="down",
        Namespace="AWS/ApplicationELB",
        MetricName="HealthyHostCount",
        Dimensions=[
            {"Name": "LoadBalancer", "Value": web.balancer["LoadBalancerArn"].split("/", 1)[1]},
            {"Name": "TargetGroup", "Value": web.group.split(":", 5)[5]},
        ],
        Statistic="Maximum",
        Period=300,
        EvaluationPeriods=2,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="breaching",
        AlarmActions=[messages.topic],
        OKActions=[messages.topic],
    )
    place.cloud.advance(20 * 60)  # healthy all the time
    place.ecs.update_service(cluster=place.cluster, service="web", desiredCount=0)
    wait_until(lambda: web.get()[0] == 503)
    place.cloud.advance(10 * 60)
    alarm = messages.next()
    assert (alarm["AlarmName"], alarm["NewStateValue"], alarm["OldStateValue"]) == (
        "down",
        "ALARM",
        "OK",
    )
    place.ecs.update_service(cluster=place.cluster, service="web", desiredCount=1)
    wait_until(lambda: web.get()[0] == 200)
    place.cloud.advance(60)
    assert messages.next()["NewStateValue"] == "OK"


def test_requests_and_use_are_measured(web: Web) -> None:
    place = web.place
    place.cloud.advance(60)
    web.get("/missing")
    wait_until(lambda: metric(web, "AWS/ApplicationELB", "HTTPCode_Target_4XX_Count"))
    assert metric(web, "AWS/ApplicationELB", "TargetResponseTime")
    assert metric(web, "ECS/ContainerInsights", "RunningTaskCount")
    assert 0 < metric(web, "AWS/ECS", "MemoryUtilization") < 100


def metric(web: Web, namespace: str, name: str) -> float:
    """The largest value of a metric with the dimensions that CloudWatch lists first for it."""
    client = web.place.cloud.client("cloudwatch")
    found = client.list_metrics(Namespace=namespace, MetricName=name)["Metrics"]
    if not found:
        return 0
    points = client.get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=found[0]["Dimensions"],
        StartTime=datetime.now(timezone.utc) - timedelta(days=1),
        EndTime=datetime.now(timezone.utc) + timedelta(days=1),
        Period=3600,
        Statistics=["Maximum"],
    )["Datapoints"]
    return max((float(p["Maximum"]) for p in points), default=0)
