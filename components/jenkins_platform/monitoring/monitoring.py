"""Monitoring: alarms, messages, figures and the dashboard."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from ..agents.agents import AgentCloud, AgentTemplates
from ..base import log_groups
from ..base.context import Context, SubComponent
from ..base.lambda_function import Function
from ..base.roles import Roles
from ..controller.service import ControllerService
from ..cost.tasks import hourly_usd, prices_as_of, task_prices
from ..inputs import Alarm, Event, MonitoringLevel, ThroughputMode
from ..load_balancer.load_balancer import LoadBalancer
from ..outputs import concat, json_text
from ..settings import alarms as alarm_kinds
from ..storage.backup import Backup
from ..storage.file_system import Storage
from . import alarms, dashboard, events
from .notifications import Topic

_LOG_PATTERNS = {
    alarms.LOG_ERRORS: ("log-errors", '"SEVERE"'),
    # What the amazon-ecs plugin logs whenever an agent did not come (ECSLauncher).
    alarms.AGENTS_REFUSED: ("agents-refused", '"Error in provisioning"'),
}


class Monitoring(SubComponent):
    """Everything that tells people how Jenkins is.

    Args:
        functions: The platform's own functions, whose failures are told too.
        backup: Whose failures are told; None where nothing is backed up.

    Attributes:
        topic_arn: Where alarms and events are told.
    """

    def __init__(
        self,
        context: Context,
        roles: Roles,
        groups: log_groups.Logs,
        load_balancer: LoadBalancer,
        storage: Storage,
        controller: ControllerService,
        agents: AgentCloud,
        templates: AgentTemplates,
        functions: Sequence[Function],
        backup: Backup | None,
    ) -> None:
        super().__init__("monitoring", context)
        self._controller, self._agents, self._templates = controller, agents, templates
        self.topic_arn = Topic(context).arn
        self._sources = events.Sources(
            controller.cluster.arn,
            agents.cluster.arn,
            controller.service.arn,
            backup.vault.arn if backup else None,
            backup.role_arn if backup else None,
        )
        everything = context.settings.monitoring.level is MonitoringLevel.ALL
        meter = self._meter(roles, groups) if everything else None
        self._kinds = alarm_kinds.kinds(context.settings)
        self._log_filters()
        self._subjects = alarms.MonitoredResources(
            platform=context.handle,
            load_balancer=load_balancer.load_balancer.arn_suffix,
            target_group=load_balancer.target_group.arn_suffix,
            controller_cluster=controller.cluster.name,
            service=controller.service.name,
            file_system=storage.file_system.id,
            functions=[f.name for f in (meter, *functions) if f],
            rules=self._events(),
        )
        made = self._alarms()
        if meter:
            self._dashboard(made, meter.log_group_name)
        self.register_outputs({"topic_arn": self.topic_arn})

    def _meter(self, roles: Roles, groups: log_groups.Logs) -> Function:
        """The function that turns events into figures, and the rule that calls it."""
        context, name = self.context, f"{self.context.name}-meter-tasks"
        meter = Function(
            self,
            roles,
            groups,
            log_groups.METER,
            description="Counts agents, their price and failures",
            environment={
                "PLATFORM": context.handle,
                "FAMILIES": self._agents.families,
                "PRICES": context.region.apply(lambda region: json.dumps(task_prices(region))),
            },
            statements=[],
            modules=["meter", "metrics", "tasks"],
        )
        pattern = events.metered(self._sources)
        rule = self._rule("meter-tasks", "Figures about agents", pattern)
        aws.cloudwatch.EventTarget(name, rule=rule.name, arn=meter.arn, opts=self.child())
        meter.allow("meter-tasks", "events.amazonaws.com", rule.arn)
        return meter

    def _events(self) -> dict[Event, pulumi.Output[str]]:
        """Rules that send a sentence to the topic, or that an alarm or the dashboard counts; their
        names."""
        settings = self.context.settings.monitoring
        counted = {alarm_kinds.COUNTED_EVENTS.get(kind) for kind in self._kinds}
        if settings.level is MonitoringLevel.ALL:
            counted.add(dashboard.COUNTED_EVENT)
        names: dict[Event, pulumi.Output[str]] = {}
        for kind, message in events.messages(self._sources).items():
            if kind not in settings.events and kind not in counted:
                continue
            role = f"event-{kind.value}"
            rule = self._rule(role, message.template.split(":")[0][:100], message.pattern)
            names[kind] = rule.name
            if kind in settings.events:
                aws.cloudwatch.EventTarget(
                    f"{self.context.name}-{role}",
                    rule=rule.name,
                    arn=self.topic_arn,
                    input_transformer={
                        "input_paths": message.paths,
                        "input_template": json.dumps(message.template),
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
        """Count lines of the controller's log."""
        for metric, (role, pattern) in _LOG_PATTERNS.items():
            aws.cloudwatch.LogMetricFilter(
                f"{self.context.name}-{role}",
                name=concat(self.context.handle, "-", role),
                log_group_name=self._controller.log_group_name,
                pattern=pattern,
                metric_transformation={
                    "name": metric,
                    "namespace": alarms.counted_namespace(self.context.handle),
                    "value": "1",
                },
                opts=self.child(),
            )

    def _alarms(self) -> list[pulumi.Output[str]]:
        """The alarms; their ARNs."""
        context, settings = self.context, self.context.settings.monitoring
        down = {Alarm.NO_HEALTHY_TARGET, Alarm.NO_RUNNING_CONTROLLER}
        made: dict[Alarm, aws.cloudwatch.MetricAlarm] = {}
        for definition in alarms.alarms(context.settings, self._subjects, self._kinds):
            role = definition.kind.value
            told_by_itself = not settings.alarms.composite or definition.kind not in down
            made[definition.kind] = aws.cloudwatch.MetricAlarm(
                f"{context.name}-{role}",
                name=context.aws_name(role),
                **definition.arguments(),
                alarm_actions=[self.topic_arn] if told_by_itself else [],
                ok_actions=[self.topic_arn] if told_by_itself else [],
                tags=context.tags(role),
                opts=self.child(),
            )
        arns = [alarm.arn for alarm in made.values()]
        if settings.alarms.composite:
            arns.append(self._composite([made[kind] for kind in Alarm if kind in down]))
        return arns

    def _composite(self, parts: list[aws.cloudwatch.MetricAlarm]) -> pulumi.Output[str]:
        rule = pulumi.Output.all(*(part.arn for part in parts)).apply(
            lambda arns: " OR ".join(f'ALARM("{arn}")' for arn in arns)
        )
        return aws.cloudwatch.CompositeAlarm(
            f"{self.context.name}-down",
            alarm_name=concat(self.context.handle, "-down"),
            alarm_description="Jenkins is down: it does not answer or does not run. "
            "What to do: see the alarms that this one is made of.",
            alarm_rule=rule,
            alarm_actions=[self.topic_arn],
            ok_actions=[self.topic_arn],
            tags=self.context.tags("down"),
            opts=self.child(),
        ).arn

    def _dashboard(
        self, alarm_arns: list[pulumi.Output[str]], meter_log_group: pulumi.Output[str]
    ) -> None:
        context, of = self.context, self._subjects
        known = pulumi.Output.all(
            platform=of.platform,
            region=context.region,
            load_balancer=of.load_balancer,
            target_group=of.target_group,
            controller_cluster=of.controller_cluster,
            service=of.service,
            agents_cluster=self._agents.cluster.name,
            file_system=of.file_system,
            controller_log_group=self._controller.log_group_name,
            meter_log_group=meter_log_group,
            stopped_rule=of.rules[dashboard.COUNTED_EVENT],
            alarm_arns=alarm_arns,
            families=self._templates.families,
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
        facts = dashboard.Facts(
            title=f"Jenkins {settings.name}",
            region=region,
            hourly_usd=hourly_usd(region, task.architecture, task.cpu, task.memory_mib),
            prices_as_of=prices_as_of(region),
            spot_share=task_prices(region)["spot"],
            sleeps=settings.schedule is not None,
            bursting=settings.storage.throughput_mode is ThroughputMode.BURSTING,
            **names,
        )
        return dashboard.document(facts)
