"""``jenkins-platform show``: the platform on one static page."""

from __future__ import annotations

import webbrowser
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Optional

import jinja2
import typer
from jenkins_platform.cost import Estimate, estimate
from jenkins_platform.cost.instances import instance_hourly_usd
from jenkins_platform.cost.tasks import hourly_usd, task_prices
from jenkins_platform.inputs import Capacity
from jenkins_platform.settings import Settings
from jenkins_platform.settings.agents import AgentTemplate, label_forms
from markupsafe import Markup
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..app import (
    CloudOption,
    JsonOption,
    StackOption,
    app,
    open_stack,
    print_json,
    report_errors,
)
from ..engine import local_jenkins, running_tasks, summary
from ..engine.health import Health, health
from ..engine.progress import Reporter
from ..engine.project import LOCAL_FOLDER
from ..engine.running_tasks import RunningTask
from ..engine.session import Cloud, Session
from ..picture.deployment import Deployment, Resource
from .agents import rows

OutputOption = Annotated[
    Optional[Path],
    typer.Option(
        dir_okay=False,
        writable=True,
        help="File to write. Default: show-STACK.html in .localcloud.",
    ),
]
OpenOption = Annotated[bool, typer.Option("--open", help="Open the page in a browser.")]
_PAGES = jinja2.Environment(
    loader=jinja2.PackageLoader(__package__ or "", "."),
    undefined=jinja2.StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass
class Node:
    """A resource with its children."""

    name: str
    type: str
    id: str
    open: bool = False
    children: list[Node] = field(default_factory=list)


@dataclass(frozen=True)
class Label:
    """The agent that a label selects, and its price per hour on demand or on Spot."""

    name: str
    vcpu: float
    memory_gib: float
    architecture: str
    capacity: str
    hourly_usd: float


@dataclass(frozen=True)
class Content:
    """What the page is about.

    Attributes:
        resources: The resources in the state.
        outputs: The stack's outputs; ``url`` is where Jenkins answers, or why it does not.
    """

    settings: Settings
    region: str
    resources: list[dict[str, Any]]
    outputs: Mapping[str, Any]

    @property
    def count(self) -> int:
        """Number of resources, as in the summary of `up`."""
        return summary.by_module(r["type"] for r in self.resources).total()

    @property
    def picture(self) -> str:
        """What stands on AWS, as SVG."""
        found = [
            Resource(r["type"], r["urn"].split("::")[-1], r.get("id", ""), r.get("inputs", {}))
            for r in self.resources
        ]
        return Deployment(self.settings.name, self.region, found).svg()

    @cached_property
    def estimate(self) -> Estimate:
        """The estimated cost."""
        return estimate(self.settings, self.region)


@app.command()
def show(
    stack: StackOption = "dev",
    cloud: CloudOption = Cloud.AWS,
    output: OutputOption = None,
    open_page: OpenOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write one page about the platform: health, agents, labels, cost, resources, configuration of
    Jenkins. The address, the health and the tasks are printed too.
    """
    reporter = Reporter(Console(stderr=True))
    session = open_stack(stack, cloud, reporter)
    with report_errors(reporter):
        outputs = session.deployed_outputs()
        found = health(session, outputs)
        ours, theirs = (str(outputs[f"{kind}_cluster_arn"]) for kind in ("controller", "agent"))
        tasks = running_tasks.of_stack(session, [ours, theirs])
        agents = rows(session, (task for task in tasks if task.cluster == theirs))
        opens_at = _address(session, outputs)
    file = output or session.project.folder / LOCAL_FOLDER / f"show-{stack}.html"
    file.parent.mkdir(parents=True, exist_ok=True)
    content = Content(
        session.settings, session.region, session.resources(), {**outputs, "url": opens_at}
    )
    file.write_text(page(stack, content, found, agents, tasks))
    if as_json:
        print_json(
            {
                "file": str(file),
                "url": opens_at,
                "health": found.state,
                "resources": content.count,
                "monthly_usd": round(content.estimate.monthly_usd, 2),
                "tasks": [running_tasks.row(task) for task in tasks],
            }
        )
    else:
        console = Console()
        console.print(f"Jenkins: {opens_at}", highlight=False, soft_wrap=True)
        console.print(f"Health: {found}", highlight=False)
        if tasks:
            console.print(table(tasks))
        console.print(f"Wrote {file}", highlight=False, soft_wrap=True)
    if open_page:
        webbrowser.open(file.resolve().as_uri())


def _address(session: Session, outputs: Mapping[str, Any]) -> str:
    """Where Jenkins answers, or why it does not."""
    try:
        return local_jenkins.address(session, outputs)
    except RuntimeError as error:
        return str(error)


def table(tasks: Sequence[RunningTask]) -> Table:
    """The tasks, one a row."""
    shown = Table("task", "family", "state", "capacity", "last line")
    for task in tasks:
        state = Text(f"{task.status} {task.reason}".strip())
        shown.add_row(task.id, task.family, state, task.capacity, Text(task.last_line))
    return shown


def page(
    stack: str,
    content: Content,
    health: Health,
    agents: Sequence[Mapping[str, Any]] = (),
    tasks: Sequence[RunningTask] = (),
) -> str:
    """The page, from the resources in the state. It shows no property that holds a secret."""
    return _PAGES.get_template("page.html.j2").render(
        stack=stack,
        name=content.settings.name,
        region=content.region,
        health=health,
        resources=content.count,
        outputs={"url": None, **content.outputs},
        agents=agents,
        tasks=tasks,
        labels=list(labels(content.settings, content.region)),
        estimate=content.estimate,
        picture=Markup(content.picture),  # noqa: S704  escaped by its own template
        highest_usd=max(content.estimate.parts.values()),
        tree=tree(content.resources),
        configuration=configuration(content.resources),
    )


def tree(resources: list[dict[str, Any]]) -> Node:
    """The resources under their parents; the stack is the root."""
    nodes = {
        r["urn"]: Node(r["urn"].split("::")[-1], r["type"], str(r.get("id", ""))) for r in resources
    }
    root = next(nodes[r["urn"]] for r in resources if r["type"] == "pulumi:pulumi:Stack")
    for resource in resources:
        node = nodes[resource["urn"]]
        if node is not root:
            nodes.get(resource.get("parent", ""), root).children.append(node)
    root.open = True
    for child in root.children:
        child.open = True
    return root


def labels(settings: Settings, region: str) -> Iterator[Label]:
    """Every label, with the size and the price of its tasks."""
    for template in settings.agents:
        for label in template.plain_labels:
            capacities = (
                template.own_capacity,
                Capacity.SPOT,
                Capacity.ON_DEMAND,
                Capacity.AUTO,
            )
            for name, capacity in zip(label_forms(label), capacities, strict=True):
                yield _label(name, template, capacity, region)


def _label(name: str, template: AgentTemplate, capacity: Capacity, region: str) -> Label:
    spot = capacity is not Capacity.ON_DEMAND
    if template.on_instances:
        hourly = instance_hourly_usd(region, template, spot)
        kind = "instances, spot" if spot else "instances"
    else:
        hourly = hourly_usd(region, template.architecture, template.cpu, template.memory_mib)
        hourly *= task_prices(region)["spot"] if spot else 1.0
        kind = capacity.value
    return Label(
        name=name,
        vcpu=template.cpu / 1024,
        memory_gib=template.memory_mib / 1024,
        architecture=template.architecture.value,
        capacity=kind,
        hourly_usd=hourly,
    )


def configuration(resources: list[dict[str, Any]]) -> str:
    """The JCasC document as deployed."""
    contents = [
        r["inputs"]["content"]
        for r in resources
        if r["type"].startswith("aws:s3/bucketObject") and r["urn"].endswith("-configuration")
    ]
    return str(contents[0]) if contents else ""
