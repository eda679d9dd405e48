"""What Spot outages do to a day of 1,000 builds, by policy: a simulation.

    python -m benchmarks.spot

SimPy, with the durations, interruptions and prices of `benchmarks.agents`, and the circuit breaker
of the platform itself with its defaults. Assumptions:

- Builds arrive at random over 24 hours. A check of the queue takes 1 s on average, a task start
  20 s (median).
- Three outages of two hours without Spot capacity. In the first two ECS refuses Spot tasks 30 s
  after RunTask; in the third they stay pending, and nothing says why.
- The controller restarts three times, for two minutes each, once in an outage: no agent starts
  meanwhile, and what it remembered in memory is lost. Agents that run reconnect.
- For an hour of an outage ECS throttles RunTask to one call every 80 s.
- A build hangs if its agent has not started after an hour.

Every policy has the same builds.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import simpy
from jenkins_platform.functions.spot_breaker import Breaker

from .agents import GB, GB_HOUR, INTERRUPTIONS_PER_HOUR, SPOT_SHARE, VCPU, VCPU_HOUR

BUILDS, HOUR, SEED = 1000, 3600.0, 7
DAY = 24 * HOUR
OUTAGES = [(3, True), (10, True), (18, False)]
"""Hour of the start, and whether ECS refuses tasks at once."""
OUTAGE_SECONDS, REFUSED_SECONDS, HUNG_SECONDS, WAIT_SECONDS = 2 * HOUR, 30.0, HOUR, 300.0
RESTARTS, RESTART_SECONDS = (6 * HOUR, 11 * HOUR, 20.5 * HOUR), 120.0
THROTTLED, THROTTLED_SECONDS, USUAL_SECONDS = 10 * HOUR, 80.0, 0.05
"""Start of the hour of throttling, and seconds between calls of RunTask."""
FAILURES, COOL_DOWN = 3, 900
ATTEMPTS = 3


@dataclass(frozen=True)
class Policy:
    """How a pipeline requests its agent.

    Attributes:
        spot: Whether it starts on Spot.
        attempts: How many agents it may lose, plus one.
        last_on_demand: Whether the last of them is on demand.
        falls_back: Whether it continues on demand after a failed start.
        breaker: Whether there is a circuit breaker.
    """

    name: str
    spot: bool = True
    attempts: int = 1
    last_on_demand: bool = False
    falls_back: bool = False
    breaker: bool = False


POLICIES = [
    Policy("`linux-on-demand`", spot=False),
    Policy("`linux-spot`"),
    Policy("retries without a limit on waiting", attempts=ATTEMPTS, last_on_demand=True),
    Policy("`linux-spot`, circuit breaker", breaker=True),
    Policy("`retryOnSpot`", attempts=ATTEMPTS, last_on_demand=True, falls_back=True),
    Policy("`linux-auto`, `retries 3`", attempts=ATTEMPTS, falls_back=True),
    Policy(
        "`linux-auto`, `retries 3`, circuit breaker",
        attempts=ATTEMPTS,
        falls_back=True,
        breaker=True,
    ),
]


@dataclass
class Outcome:
    """What became of a day's builds."""

    waits: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    hung: int = 0
    failed: int = 0
    fell_back: int = 0
    dollars: float = 0.0


class Platform:
    """What all builds share: Spot capacity, the controller with what it remembers, and RunTask."""

    def __init__(self, env: simpy.Environment, policy: Policy) -> None:
        self.env, self.policy = env, policy
        self._run_task = simpy.Resource(env)
        self._failed_at, self._breaker = float("-inf"), Breaker()
        env.process(self._restarts())

    def _restarts(self) -> Any:
        for start in RESTARTS:
            yield self.env.timeout(start - self.env.now)
            self._failed_at = float("-inf")

    def launch(self) -> Iterator[Any]:
        """Wait until the controller runs and ECS accepts a call of RunTask."""
        for start in RESTARTS:
            if start <= self.env.now < start + RESTART_SECONDS:
                yield self.env.timeout(start + RESTART_SECONDS - self.env.now)
        with self._run_task.request() as turn:
            yield turn
            throttled = THROTTLED <= self.env.now < THROTTLED + HOUR
            yield self.env.timeout(THROTTLED_SECONDS if throttled else USUAL_SECONDS)

    def _outage(self) -> tuple[float, bool] | None:
        """End of the current outage, and whether tasks are refused at once."""
        for hour, refuses in OUTAGES:
            if hour * HOUR <= self.env.now < hour * HOUR + OUTAGE_SECONDS:
                return hour * HOUR + OUTAGE_SECONDS, refuses
        return None

    def _on_demand(self) -> bool:
        policy, now = self.policy, self.env.now
        recent = policy.falls_back and now - self._failed_at < WAIT_SECONDS
        return recent or (policy.breaker and self._breaker.open(int(now)))

    def request(self) -> Any:
        """Request an agent on Spot. Returns whether it is one, once ECS starts it."""
        while True:
            yield from self.launch()
            if self._on_demand():
                return False
            outage = self._outage()
            if outage is None:
                return True
            end, refuses = outage
            left = end - self.env.now
            yield self.env.timeout(REFUSED_SECONDS if refuses else min(left, WAIT_SECONDS))
            if not refuses and left <= WAIT_SECONDS:
                return True
            self._failed_at = self.env.now
            self._breaker = self._breaker.after(1, int(self.env.now), FAILURES, COOL_DOWN)


def build(env: simpy.Environment, platform: Platform, seed: float, outcome: Outcome) -> Any:
    """One build, from the queue to its end."""
    policy, chance, asked = platform.policy, random.Random(seed), env.now
    length = chance.lognormvariate(5.886, 0.6)
    for attempt in range(1, policy.attempts + 1):
        yield env.timeout(chance.uniform(0, 2))
        spot = policy.spot and not (policy.last_on_demand and attempt == policy.attempts)
        if not spot:
            yield from platform.launch()
        elif not (yield from platform.request()):
            outcome.fell_back += 1
            spot = False
        started = env.now
        yield env.timeout(chance.lognormvariate(2.996, 0.472))
        if attempt == 1:
            outcome.waits.append(env.now - asked)
            outcome.hung += outcome.waits[-1] > HUNG_SECONDS
        until = chance.expovariate(INTERRUPTIONS_PER_HOUR / HOUR)
        yield env.timeout(min(length, until) if spot else length)
        hours = max(env.now - started, 60) / HOUR
        share = SPOT_SHARE if spot else 1.0
        outcome.dollars += hours * (VCPU * VCPU_HOUR + GB * GB_HOUR) * share
        if not spot or until >= length:
            outcome.times.append(env.now - asked)
            return
    outcome.failed += 1


def simulate(policy: Policy) -> Outcome:
    """A day with a policy."""
    env, chance, outcome = simpy.Environment(), random.Random(SEED), Outcome()
    platform = Platform(env, policy)

    def arrive(at: float, seed: float) -> Any:
        yield env.timeout(at)
        yield from build(env, platform, seed, outcome)

    for _ in range(BUILDS):
        env.process(arrive(chance.uniform(0, DAY), chance.random()))
    env.run()
    return outcome


COLUMNS = (
    *("policy", "hung", "failed", "on demand"),
    *("wait p50", "wait p95", "longest", "finished p95", "USD"),
)


def rows() -> Iterator[tuple[str, ...]]:
    """The table of docs/benchmarks.md."""
    for policy in POLICIES:
        done = simulate(policy)
        waits, times = sorted(done.waits), sorted(done.times)
        yield (
            policy.name,
            *(str(n) for n in (done.hung, done.failed, done.fell_back)),
            *(f"{waits[int(len(waits) * p)]:,.0f} s" for p in (0.5, 0.95)),
            f"{waits[-1]:,.0f} s",
            f"{times[int(len(times) * 0.95)]:,.0f} s",
            f"{done.dollars:.2f}",
        )


def main() -> None:
    """Print the table as Markdown."""
    print(f"| {' | '.join(COLUMNS)} |")
    print(f"| --- |{' ---: |' * (len(COLUMNS) - 1)}")
    for row in rows():
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
