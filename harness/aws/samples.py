"""Samples: for every row of the table, resources to create, and calls that show them.

They are in ``tests/engine/samples/*.yaml``. A text may refer to another sample's property:
``<topic.arn>``. The resources are read back by plain boto3 calls.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import botocore.exceptions
import jmespath
import pulumi
import yaml
from localcloud.cloud import REGION, LocalCloud
from pydantic import BaseModel, ConfigDict, Field, model_validator

FOLDER = Path(__file__).parents[2] / "tests" / "engine" / "samples"
ACCOUNT = "123456789012"

Phase = Literal["first", "then", "instead"]
Known = Mapping[str, Mapping[str, Any]]
"""The properties of each sample, and its ``id``."""

_REFERENCE = re.compile(r"<([a-z0-9-]+)\.(\w+)>")
_FILES, _FOLDER = "$files", "$folder"
"""Placeholders of an archive of texts, and of an archive of a folder."""


_clients: dict[tuple[str, str], Any] = {}
"""Creating one takes longer than most calls."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Call(_Strict):
    """A boto3 call, ``service.method``."""

    call: str
    parameters: dict[str, Any] = Field(default_factory=dict, alias="with")

    def make(self, cloud: LocalCloud, known: Known) -> Any:
        service, method = self.call.split(".")
        client = _clients.get((cloud.endpoint, service)) or cloud.client(service)
        _clients[cloud.endpoint, service] = client
        return getattr(client, method)(**resolved(self.parameters, known))


class Look(Call):
    """A call that shows a resource, and what its response must hold in each phase."""

    at: str = "@"
    """Path in the response, as JMESPath."""
    first: Any = None
    then: Any = None
    instead: Any = None
    gone: Any = None
    """The response once the resource is deleted; by default an error or empty."""

    def answer(self, cloud: LocalCloud, known: Known) -> Any:
        return jmespath.search(resolved(self.at, known), self.make(cloud, known))

    def expected(self, phase: Phase) -> Any:
        """The expected values; those that a phase omits are as in the previous phase."""
        if phase == "instead" and self.instead is not None:
            return self.instead
        return self.first if phase == "first" or self.then is None else self.then

    def shows_nothing(self, cloud: LocalCloud, known: Known) -> bool:
        try:
            answer = self.answer(cloud, known)
        except botocore.exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            return bool(re.search(r"not.?found|no.?such|non.?exist|^404$", code, re.IGNORECASE))
        if self.gone is not None:
            return holds(answer, resolved(self.gone, known))
        return not answer


class Sample(_Strict):
    """A resource in up to three phases."""

    token: str
    name: str
    first: dict[str, Any]
    then: dict[str, Any] = Field(default_factory=dict)
    """Changes of the second run; null removes a property."""
    becomes: Literal["update", "replace", "nothing"]
    """The real provider's operation for that change."""
    instead: dict[str, Any] | None = None
    """Changes of the third run, for which the real provider replaces the resource."""
    look: list[Look] = Field(default_factory=list)
    recorded: list[dict[str, Any]] = Field(default_factory=list)
    """For calls that the emulator lacks: the records after the second run."""
    drift: Call | None = None
    """A change outside Pulumi, after the second run."""

    @model_validator(mode="after")
    def _is_looked_at(self) -> Sample:
        if not self.look and not self.recorded:
            raise ValueError(f"{self.name} has no look")
        shows = [look for look in self.look if look.then is not None] or self.recorded
        if self.becomes != "nothing" and not shows:
            raise ValueError(f"no look covers {self.name}")
        return self

    def properties(self, phase: Phase) -> dict[str, Any]:
        given = dict(self.first)
        given |= {} if phase == "first" else self.then
        given |= (self.instead or {}) if phase == "instead" else {}
        return {k: v for k, v in given.items() if v is not None}

    def refers_to(self) -> set[str]:
        return {m[0] for m in _REFERENCE.findall(json.dumps([self.first, self.then, self.instead]))}


@functools.cache
def load() -> dict[str, Sample]:
    """All samples by name; a sample comes after those that it refers to."""
    samples: dict[str, Sample] = {}
    for file in sorted(FOLDER.glob("*.yaml")):
        for token, entries in yaml.load(file.read_text(), Loader=yaml.CSafeLoader).items():
            for entry in entries:
                sample = Sample(token=token, **entry)
                assert sample.name not in samples, sample.name
                samples[sample.name] = sample
    return dict(_ordered(samples))


def _ordered(samples: dict[str, Sample]) -> Iterator[tuple[str, Sample]]:
    done: set[str] = set()
    while len(done) < len(samples):
        ready = [n for n, s in samples.items() if n not in done and s.refers_to() <= done]
        assert ready, f"samples refer to each other or to nothing: {samples.keys() - done}"
        for name in ready:
            done.add(name)
            yield name, samples[name]


def resolved(value: Any, known: Known) -> Any:
    """The value with references replaced by the known properties."""

    def one(text: str) -> Any:
        text = text.replace("<account>", ACCOUNT).replace("<region>", REGION)
        if whole := _REFERENCE.fullmatch(text):
            return known[whole[1]][whole[2]]
        return _REFERENCE.sub(lambda m: str(known[m[1]][m[2]]), text)

    return _mapped(value, one)


def _mapped(value: Any, one: Callable[[str], Any]) -> Any:
    if isinstance(value, dict):
        if _FILES in value:
            texts = {k: pulumi.StringAsset(v) for k, v in value[_FILES].items()}
            return pulumi.AssetArchive(texts)  # type: ignore[arg-type]
        if _FOLDER in value:
            return pulumi.FileArchive(str(FOLDER.parents[2] / value[_FOLDER]))
        return {k: _mapped(v, one) for k, v in value.items()}
    if isinstance(value, list):
        return [_mapped(v, one) for v in value]
    return one(value) if isinstance(value, str) else value


def program(samples: Mapping[str, Sample], phase: Phase) -> Callable[[], None]:
    """A Pulumi program that registers the samples in one phase."""
    wanted: dict[str, set[str]] = {name: set() for name in samples}
    for sample in samples.values():
        text = json.dumps(sample.properties(phase))
        for name, attribute in _REFERENCE.findall(text):
            wanted[name].add(attribute)

    def run() -> None:
        made: dict[str, pulumi.CustomResource] = {}

        def one(text: str) -> Any:
            text = text.replace("<account>", ACCOUNT).replace("<region>", REGION)
            references = _REFERENCE.findall(text)
            if not references:
                return text
            values = [getattr(made[name], attribute) for name, attribute in references]
            if _REFERENCE.fullmatch(text):
                return values[0]
            return pulumi.Output.all(*values).apply(lambda known: _filled(text, known))

        for name, sample in samples.items():
            given = _mapped(sample.properties(phase), one)
            outputs = {a: None for a in wanted[name] - given.keys() if a != "id"}
            made[name] = pulumi.CustomResource(sample.token, name, {**outputs, **given})

    return run


def _filled(text: str, values: list[Any]) -> str:
    remaining = iter(values)
    return _REFERENCE.sub(lambda _: str(next(remaining)), text)


def holds(actual: Any, expected: Any) -> bool:
    """Whether the actual value holds everything expected; texts may hold JSON."""
    if isinstance(expected, dict | list) and isinstance(actual, str):
        actual = json.loads(actual)
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            holds(actual.get(k), v) for k, v in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(actual, list)
            and len(actual) == len(expected)
            and all(any(holds(a, e) for a in actual) for e in expected)
        )
    return bool(actual == expected)
