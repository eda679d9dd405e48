"""Waiting time and cost of agents at 1, 100 and 5,000 builds an hour: a simulation.

    python -m benchmarks.agents

It simulates Jenkins, the plugin and Fargate as discrete events (SimPy). Assumptions, with sources:

- Fargate launches 20 tasks a second with a burst of 100, on-demand and Spot separately (ECS
  Developer Guide, Fargate throttling quotas).
- A task needs 15 to 60 seconds until its agent is connected; the published means of slim agents
  are 15 to 19 seconds. Drawn here from a log-normal with a median of 20 s and 60 s at the 99th
  percentile.
- Jenkins checks the queue every ``recurrence_seconds``; the plugin polls a starting task every
  ``polling_seconds``, so an agent is used up to that much later.
- Builds last 6 minutes at the median (log-normal), and arrive at random (Poisson).
- Spot interruptions: 5 % of the tasks an hour, each costing the time built so far and a retry on
  on-demand. AWS publishes no rate for Fargate Spot; this is an assumption, as is 70 % off.
- Prices of us-east-1, x86: 0.04048 USD per vCPU-hour and 0.004445 USD per GB-hour.

The same seed is used for every setting, so that differences come from the settings.
"""

from __future__ import annotations

import random
import statistics
from dataclasses import dataclass, field
from typing import Any

import simpy
from rich.console import Console
from rich.table import Table

HOURS = 2
SEED = 7
VCPU_HOUR, GB_HOUR, SPOT_SHARE = 0.04048, 0.004445, 0.30
VCPU, GB = 0.5, 1.0
LAUNCHES_PER_SECOND, LAUNCH_BURST = 20.0, 100.0
INTERRUPTIONS_PER_HOUR = 0.05


@dataclass(frozen=True)
class Setting:
    """One configuration of the platform."""

    name: str
    recurrence_seconds: float
    polling_seconds: float
    spot: bool = False
    max_agents: int | None = None


SETTINGS = [
    Setting("Jenkins's and the plugin's own", recurrence_seconds=10, polling_seconds=1),
    Setting("ours, on-demand", recurrence_seconds=1, polling_seconds=5),
    Setting(
        "ours, Spot with a last try on-demand", recurrence_seconds=1, polling_seconds=5, spot=True
    ),
    Setting(
        "ours, Spot, max_agents 200",
        recurrence_seconds=1,
        polling_seconds=5,
        spot=True,
        max_agents=200,
    ),
]


@dataclass
class Outcome:
    waits: list[float] = field(default_factory=list)
    retries: int = 0
    dollars: float = 0.0
    builds: int = 0


class Fargate:
    """The launch quota as a token bucket."""

    def __init__(self, env: simpy.Environment) -> None:
        self.env, self.tokens, self.filled_at = env, LAUNCH_BURST, 0.0

    def launch(self) -> Any:
        while True:
            gained = (self.env.now - self.filled_at) * LAUNCHES_PER_SECOND
            self.tokens, self.filled_at = min(LAUNCH_BURST, self.tokens + gained), self.env.now
            if self.tokens >= 1:
                self.tokens -= 1
                return
            yield self.env.timeout((1 - self.tokens) / LAUNCHES_PER_SECOND)


def build(
    env: simpy.Environment,
    setting: Setting,
    chance: random.Random,
    pools: dict[bool, Fargate],
    places: simpy.Resource,
    outcome: Outcome,
) -> Any:
    """One build from the queue to its end, with its retries."""
    asked, spot = env.now, setting.spot
    length = chance.lognormvariate(5.886, 0.6)  # median 360 s
    while True:
        with places.request() as place:
            yield place
            yield env.timeout(chance.uniform(0, setting.recurrence_seconds))
            yield from pools[spot].launch()
            started = env.now
            yield env.timeout(chance.lognormvariate(2.996, 0.472))  # median 20 s, p99 60 s
            yield env.timeout(chance.uniform(0, setting.polling_seconds))
            if asked >= 0:
                outcome.waits.append(env.now - asked)
                asked = -1.0
            until = chance.expovariate(INTERRUPTIONS_PER_HOUR / 3600) if spot else float("inf")
            yield env.timeout(min(length, until))
            share = SPOT_SHARE if spot else 1.0
            hours = max(env.now - started, 60) / 3600
            outcome.dollars += hours * (VCPU * VCPU_HOUR + GB * GB_HOUR) * share
        if until >= length:
            outcome.builds += 1
            return
        outcome.retries += 1
        spot = False


def simulate(setting: Setting, builds_per_hour: int) -> Outcome:
    env, chance, outcome = simpy.Environment(), random.Random(SEED), Outcome()
    pools = {True: Fargate(env), False: Fargate(env)}
    places = simpy.Resource(env, setting.max_agents or 1_000_000)

    def arrivals() -> Any:
        while env.now < HOURS * 3600:
            yield env.timeout(chance.expovariate(builds_per_hour / 3600))
            own = random.Random(chance.random())
            env.process(build(env, setting, own, pools, places, outcome))

    env.process(arrivals())
    env.run()
    return outcome


def main() -> None:
    table = Table(title=f"{HOURS} simulated hours, agents of {VCPU} vCPU and {GB:g} GB")
    table.add_column("setting")
    for title in ("builds/h", "wait p50", "p95", "max", "retries", "USD per 1,000 builds"):
        table.add_column(title, justify="right")
    for setting in SETTINGS:
        for rate in (1, 100, 5000):
            done = simulate(setting, rate)
            waits = sorted(done.waits) or [0.0]
            table.add_row(
                setting.name,
                f"{rate:,}",
                f"{statistics.median(waits):.0f} s",
                f"{waits[int(len(waits) * 0.95)]:.0f} s",
                f"{waits[-1]:.0f} s",
                f"{done.retries}",
                f"{done.dollars / max(done.builds, 1) * 1000:.2f}",
            )
        table.add_section()
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
