"""`localcloud/README.md` matches the table."""

from __future__ import annotations

import importlib
import re

import yaml
from localcloud.providers import gaps, table
from localcloud.providers.expressions import consumed, shape_consumed
from localcloud.providers.functions import TableFunctions
from localcloud.providers.table import AutoName, Row, Step, Update

TEXT = gaps.README.read_text()
TABLE = table.load()


def test_the_list_of_gaps_matches_the_table() -> None:
    """After a change: ``python -m localcloud.providers.gaps``."""
    listed = TEXT.split(gaps.START)[1].split(gaps.END)[0].strip()
    assert listed == gaps.markdown(TABLE)


def test_the_example_row_is_complete_and_loads() -> None:
    [(_, example)] = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)[0]).items()
    Row(**example)
    assert Row.model_fields.keys() - example.keys() == {"recorded_only"}
    assert example["autoname"].keys() == AutoName.model_fields.keys()
    steps = [*example["create"], *example["read"], *example["update"], *example["delete"]]
    assert {key for step in steps for key in step} == Update.model_fields.keys()


def test_every_function_is_described() -> None:
    ours = {n.removeprefix("_func_") for n in vars(TableFunctions) if n.startswith("_func_")}
    described = set(re.findall(r"`(\w+)\(", TEXT)) | set(re.findall(r", `(\w+)\(", TEXT))
    assert ours <= described


def test_every_name_of_the_scope_is_described() -> None:
    described = set(re.findall(r"`(_\w+)`", TEXT))
    used = {p[0] for row in TABLE.resources.values() for p in row.sent if p[0].startswith("_")}
    for row in TABLE.resources.values():
        for step in (*row.create, *row.read, *row.update, *row.delete):
            used |= {p[0] for p in consumed(step.when)} if step.when else set()
        for expression in (row.id, row.found, *row.inputs.values(), *row.outputs.values()):
            used |= {p[0] for p in consumed(expression) if p} if expression else set()
    for tagging in TABLE.tagging.values():
        for step in (tagging.add, tagging.remove):
            used |= {p[0] for p in shape_consumed(step.send) if p}
    assert {name for name in used if name.startswith("_")} <= described


def unsupported_calls() -> list[tuple[str, Step]]:
    """Recorded calls whose reason is that moto lacks them."""
    found = []
    for row in TABLE.resources.values():
        for step in (*row.create, *row.update, *row.delete):
            why = step.recorded_only or row.recorded_only
            # A type that is recorded in part gives the reason at its first call.
            if why and (step.recorded_only or step is row.create[0]):
                found.append((step.client or row.client, step.model_copy(update={"when": why})))
    for service, tagging in TABLE.tagging.items():
        for step in (tagging.add, tagging.remove):
            if step.recorded_only:
                found.append((service, step.model_copy(update={"when": step.recorded_only})))
    return found


def test_moto_lacks_the_calls_documented_as_missing() -> None:
    """If this fails after an update of moto, make the call instead of recording it."""
    wrong = []
    for service, step in unsupported_calls():
        operation = re.search(r"^moto has no (\w+)", step.when or "")
        if not operation:
            continue
        assert step.call.replace("_", "") == operation[1].lower(), step
        module = importlib.import_module(f"moto.{service.replace('-', '')}.responses")
        if any(hasattr(item, step.call) for item in vars(module).values()):
            wrong.append(f"{service}.{step.call}")
    assert wrong == []
