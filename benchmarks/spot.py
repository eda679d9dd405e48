"""What Spot outages do to a day of 1,000 builds, by policy: a simulation.

    python -m benchmarks.spot

SimPy, with the durations, interruptions and prices of `benchmarks.agents`. Assumptions:

- Builds arrive at random over 24 hours. A check of the queue takes 1 s on average, a task start
  20 s (median).
- Three outages of two hours without Spot capacity. In the first two ECS refuses Spot tasks 30 s
  after RunTask; in the third they stay pending, and nothing says why.
- A build hangs if its agent has not started after an hour.

Restarts of the controller and throttling by ECS are not simulated. Every policy has the same
builds.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import simpy
from rich.console import Console
from rich.table import Table

from .agents import GB, GB_HOUR, INTERRUPTIONS_PER_HOUR, SPOT_SHARE, VCPU, VCPU_HOUR

BUILDS, DAY, SEED = 1000, 24 * 3600.0, 7
OUTAGES = [(3, True), (10, True), (18, False)]
"""Hour of the start, and whether ECS refuses tasks at once."""
OUTAGE_SECONDS, REFUSED_SECONDS, HUNG_SECONDS = 2 * 3600.0, 30.0, 3600.0
ATTEMPTS = 3


@dataclass(frozen=True)
class Policy:
    """How a pipeline requests its agent.

    Attributes:
        spot: Whether it starts on Spot.
        retries: Whether a lost agent is replaced, the last time on demand.
        wait_seconds: Longest wait for a Spot agent; infinite without a fallback.
    """

    name: str
    spot: bool = True
    retries: bool = False
    wait_seconds: float = float("inf")


POLICIES = [
    Policy("`linux-on-demand`", spot=False),
    Policy("`linux-spot`"),
    Policy("retries only", retries=True),
    Policy("`retryOnSpot`", retries=True, wait_seconds=300),
]


@dataclass
class Outcome:
    """What became of a day's builds."""

    waits: list[float] = field(default_factory=list)
    hung: int = 0
    failed: int = 0
    fell_back: int = 0
    dollars: float = 0.0


class SpotCapacity:
    """When there is capacity, and the last time a start was refused, which all builds share."""

    def __init__(self, env: simpy.Environment) -> None:
        self.env, self.refused_at = env, float("-inf")

    def outage(self) -> tuple[float, bool] | None:
        """End of the current outage, and whether tasks are refused at once."""
        for hour, refuses in OUTAGES:
            if hour * 3600 <= self.env.now < hour * 3600 + OUTAGE_SECONDS:
                return hour * 3600 + OUTAGE_SECONDS, refuses
        return None

    def wait(self, limit: float) -> Any:
        """Wait for a Spot agent. Returns whether it came before the limit or a refusal."""
        falls_back = limit != float("inf")
        if falls_back and self.env.now - self.refused_at < limit:
            return False
        asked = self.env.now
        while outage := self.outage():
            end, refuses = outage
            if not falls_back:
                yield self.env.timeout(end - self.env.now)
            elif refuses:
                yield self.env.timeout(REFUSED_SECONDS)
                self.refused_at = self.env.now
                return False
            else:
                yield self.env.timeout(min(end - self.env.now, limit - (self.env.now - asked)))
                if self.env.now - asked >= limit:
                    return False
        return True


def build(
    env: simpy.Environment, policy: Policy, capacity: SpotCapacity, seed: float, outcome: Outcome
) -> Any:
    """One build, from the queue to its end."""
    chance, asked = random.Random(seed), env.now
    length, spot = chance.lognormvariate(5.886, 0.6), policy.spot
    for attempt in range(1, ATTEMPTS + 1):
        spot = spot and not (policy.retries and attempt == ATTEMPTS)
        if spot and not (yield from capacity.wait(policy.wait_seconds)):
            outcome.fell_back += 1
            spot = False
        yield env.timeout(chance.uniform(0, 2))
        started = env.now
        yield env.timeout(chance.lognormvariate(2.996, 0.472))
        if attempt == 1:
            outcome.waits.append(env.now - asked)
            outcome.hung += outcome.waits[-1] > HUNG_SECONDS
        until = chance.expovariate(INTERRUPTIONS_PER_HOUR / 3600)
        yield env.timeout(min(length, until) if spot else length)
        hours = max(env.now - started, 60) / 3600
        share = SPOT_SHARE if spot else 1.0
        outcome.dollars += hours * (VCPU * VCPU_HOUR + GB * GB_HOUR) * share
        if not spot or until >= length:
            return
        if not policy.retries:
            outcome.failed += 1
            return


def simulate(policy: Policy) -> Outcome:
    """A day with a policy."""
    env, chance, outcome = simpy.Environment(), random.Random(SEED), Outcome()
    capacity = SpotCapacity(env)

    def arrive(at: float, seed: float) -> Any:
        yield env.timeout(at)
        yield from build(env, policy, capacity, seed, outcome)

    for _ in range(BUILDS):
        env.process(arrive(chance.uniform(0, DAY), chance.random()))
    env.run()
    return outcome


def main() -> None:
    """Print the table of docs/benchmarks.md."""
    table = Table(title=f"{BUILDS} builds in a day with three Spot outages of two hours")
    table.add_column("policy")
    for title in ("hung", "failed", "on demand", "wait p50", "p95", "max", "USD"):
        table.add_column(title, justify="right")
    for policy in POLICIES:
        done = simulate(policy)
        waits = sorted(done.waits)
        table.add_row(
            policy.name,
            *(str(n) for n in (done.hung, done.failed, done.fell_back)),
            *(f"{waits[int(len(waits) * p)]:.0f} s" for p in (0.5, 0.95)),
            f"{waits[-1]:.0f} s",
            f"{done.dollars:.2f}",
        )
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
