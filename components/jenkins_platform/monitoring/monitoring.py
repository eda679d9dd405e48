"""Monitoring: alarms, notifications, metrics and the dashboard."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from ..agents.cluster import AgentCluster
from ..base.context import Context, SubComponent
from ..base.lambda_function import Function, FunctionDefinition
from ..base.log_groups import METER, LogGroups
from ..cost.tasks import hourly_usd, prices_as_of, task_prices
from ..inputs import Alarm, Event, MonitoringLevel, ThroughputMode
from ..outputs import concat, json_text, when_known
from ..settings import alarms as alarm_kinds
from . import alarms, dashboard, events, widgets
from .monitored_resources import (
    AGENTS_REFUSED,
    LOG_ERRORS,
    MonitoredResources,
    counted_namespace,
)
from .notifications import Notifications

_LOG_PATTERNS = {
    LOG_ERRORS: ("log-errors", '"SEVERE"'),
    # What the amazon-ecs plugin logs when an agent does not start (ECSLauncher).
    AGENTS_REFUSED: ("agents-refused", '"Error in provisioning"'),
}


@dataclass(frozen=True)
class Monitored:
    """What is monitored.

    Attributes:
        functions: The platform's functions.
        agent_families: Prefix of the families of the agents' task definitions.
        templates: Family of each template's task definition, by template name.
        spot_providers: Names of the agents' capacity providers of Spot.
        vault_arn: The backup vault.
        backup_role_arn: The role of AWS Backup.
        webhook_queues: Names of the queues of webhooks that wait and that are lost; None without
            the endpoint for webhooks.
    """

    load_balancer: pulumi.Output[str]
    target_group: aws.lb.TargetGroup
    controller_cluster: aws.ecs.Cluster
    service: aws.ecs.Service
    controller_log_group: pulumi.Output[str]
    agents_cluster: AgentCluster
    agent_families: pulumi.Output[str]
    templates: Mapping[str, pulumi.Output[str]]
    spot_providers: Sequence[pulumi.Input[str]]
    file_system_id: pulumi.Output[str]
    functions: Sequence[Function]
    vault_arn: pulumi.Output[str]
    backup_role_arn: pulumi.Output[str]
    webhook_queues: tuple[pulumi.Output[str], pulumi.Output[str]] | None


class Monitoring(SubComponent):
    """Alarms, notifications about events, metrics and the dashboard.

    Args:
        context: The platform.
        log_groups: Creates the log group of the function that counts agents.
        monitored: What is monitored.

    Attributes:
        topic_arn: Topic of alarms and events.
    """

    def __init__(self, context: Context, log_groups: LogGroups, monitored: Monitored) -> None:
        super().__init__("monitoring", context)
        self._monitored = monitored
        self.topic_arn = Notifications(context).arn
        self._sources = events.Sources(
            monitored.controller_cluster.arn,
            monitored.agents_cluster.arn,
            monitored.service.arn,
            context.handle,
            monitored.vault_arn,
            monitored.backup_role_arn,
            concat("family:", monitored.agent_families)
            if monitored.agents_cluster.owned_tasks
            else None,
        )
        everything = context.settings.monitoring.level is MonitoringLevel.ALL
        meter = self._meter(log_groups) if everything else None
        self._kinds = alarm_kinds.kinds(context.settings)
        self._log_filters()
        self._resources = MonitoredResources(
            platform=context.handle,
            load_balancer=monitored.load_balancer,
            target_group=monitored.target_group.arn_suffix,
            controller_cluster=monitored.controller_cluster.name,
            service=monitored.service.name,
            file_system=monitored.file_system_id,
            functions=[f.name for f in (meter, *monitored.functions) if f],
            rules=self._events(),
            webhook_queues=monitored.webhook_queues,
        )
        alarm_arns = self._alarms()
        if meter:
            self._dashboard(alarm_arns, meter.log_group_name)
        self.register_outputs({"topic_arn": self.topic_arn})

    def _meter(self, log_groups: LogGroups) -> Function:
        """The function that turns events into metrics, and the rule that invokes it."""
        context, name = self.context, f"{self.context.name}-meter-tasks"
        meter = Function(
            self,
            log_groups,
            FunctionDefinition(
                METER,
                "Counts agents, their price and failures",
                environment={
                    "PLATFORM": context.handle,
                    "FAMILIES": self._monitored.agent_families,
                    "PRICES": context.region.apply(lambda region: json.dumps(task_prices(region))),
                    "SPOT_PROVIDERS": when_known(self._monitored.spot_providers, ",".join),
                },
                modules=["meter", "metrics", "tasks"],
            ),
        )
        pattern = events.metered(self._sources)
        rule = self._rule("meter-tasks", "Metrics of agents", pattern)
        aws.cloudwatch.EventTarget(name, rule=rule.name, arn=meter.arn, opts=self.child())
        meter.permit("meter-tasks", "events.amazonaws.com", rule.arn)
        return meter

    def _events(self) -> dict[Event, pulumi.Output[str]]:
        """Names of the rules that send a message to the topic, or that an alarm or the dashboard
        counts."""
        settings = self.context.settings.monitoring
        counted = {alarm_kinds.COUNTED_EVENTS.get(kind) for kind in self._kinds}
        if settings.level is MonitoringLevel.ALL:
            counted.add(dashboard.COUNTED_EVENT)
        names: dict[Event, pulumi.Output[str]] = {}
        title = f"Jenkins {self.context.settings.name}"
        for kind, message in events.messages(self._sources).items():
            if kind not in settings.events and kind not in counted:
                continue
            role = f"event-{kind.value}"
            rule = self._rule(role, message.summary, message.pattern)
            names[kind] = rule.name
            if kind in settings.events:
                aws.cloudwatch.EventTarget(
                    f"{self.context.name}-{role}",
                    rule=rule.name,
                    arn=self.topic_arn,
                    input_transformer={
                        "input_paths": message.paths,
                        "input_template": message.input_template(settings.message_format, title),
                    },
                    opts=self.child(),
                )
        return names

    def _rule(
        self, role: str, description: str, pattern: events.Pattern
    ) -> aws.cloudwatch.EventRule:
        return aws.cloudwatch.EventRule(
            f"{self.context.name}-{role}",
            name=self.context.aws_name(role),
            description=description,
            event_pattern=json_text(pattern),
            tags=self.context.tags(role),
            opts=self.child(),
        )

    def _log_filters(self) -> None:
        """Metric filters, which count lines of the controller's log."""
        for metric, (role, pattern) in _LOG_PATTERNS.items():
            aws.cloudwatch.LogMetricFilter(
                f"{self.context.name}-{role}",
                name=concat(self.context.handle, "-", role),
                log_group_name=self._monitored.controller_log_group,
                pattern=pattern,
                metric_transformation={
                    "name": metric,
                    "namespace": counted_namespace(self.context.handle),
                    "value": "1",
                },
                opts=self.child(),
            )

    def _alarms(self) -> list[pulumi.Output[str]]:
        """ARNs of the alarms."""
        context, settings = self.context, self.context.settings.monitoring
        down = {Alarm.NO_HEALTHY_TARGET, Alarm.NO_RUNNING_CONTROLLER}
        created: dict[Alarm, aws.cloudwatch.MetricAlarm] = {}
        for definition in alarms.alarms(context.settings, self._resources, self._kinds):
            role = definition.kind.value
            notifies = not settings.alarms.composite or definition.kind not in down
            created[definition.kind] = aws.cloudwatch.MetricAlarm(
                f"{context.name}-{role}",
                name=context.aws_name(role),
                **definition.arguments(),
                alarm_actions=[self.topic_arn] if notifies else [],
                ok_actions=[self.topic_arn] if notifies else [],
                tags=context.tags(role),
                opts=self.child(),
            )
        arns = [alarm.arn for alarm in created.values()]
        if settings.alarms.composite:
            arns.append(self._composite([created[kind] for kind in Alarm if kind in down]))
        return arns

    def _composite(self, parts: list[aws.cloudwatch.MetricAlarm]) -> pulumi.Output[str]:
        rule = pulumi.Output.all(*(part.arn for part in parts)).apply(
            lambda arns: " OR ".join(f'ALARM("{arn}")' for arn in arns)
        )
        return aws.cloudwatch.CompositeAlarm(
            f"{self.context.name}-down",
            alarm_name=concat(self.context.handle, "-down"),
            alarm_description="Jenkins is down: it does not answer or does not run. "
            "What to do: see the alarms that this one combines.",
            alarm_rule=rule,
            alarm_actions=[self.topic_arn],
            ok_actions=[self.topic_arn],
            tags=self.context.tags("down"),
            opts=self.child(),
        ).arn

    def _dashboard(
        self, alarm_arns: list[pulumi.Output[str]], meter_log_group: pulumi.Output[str]
    ) -> None:
        context, of = self.context, self._resources
        known = pulumi.Output.all(
            platform=of.platform,
            region=context.region,
            load_balancer=of.load_balancer,
            target_group=of.target_group,
            controller_cluster=of.controller_cluster,
            service=of.service,
            agents_cluster=self._monitored.agents_cluster.name,
            file_system=of.file_system,
            controller_log_group=self._monitored.controller_log_group,
            meter_log_group=meter_log_group,
            stopped_rule=of.rules[dashboard.COUNTED_EVENT],
            alarm_arns=alarm_arns,
            families=self._monitored.templates,
        )
        aws.cloudwatch.Dashboard(
            f"{context.name}-monitoring",
            dashboard_name=context.handle,
            dashboard_body=known.apply(lambda values: json.dumps(self._document(**values))),
            opts=self.child(),
        )

    def _document(self, *, region: str, **names: Any) -> dict[str, Any]:
        settings = self.context.settings
        task = settings.controller
        facts = widgets.Facts(
            title=f"Jenkins {settings.name}",
            shared_cluster=settings.agent_cloud.cluster_arn is not None,
            region=region,
            hourly_usd=hourly_usd(region, task.architecture, task.cpu, task.memory_mib),
            prices_as_of=prices_as_of(region),
            spot_share=task_prices(region)["spot"],
            sleeps=settings.schedule is not None,
            breaks_circuit=settings.agent_cloud.spot_circuit_breaker.enabled,
            bursting=settings.storage.throughput_mode is ThroughputMode.BURSTING,
            **names,
        )
        return dashboard.document(facts)
