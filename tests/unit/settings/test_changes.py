"""The update matrix has a valid change of every input."""

from __future__ import annotations

from harness.inputs import changes


def test_every_input_has_a_change() -> None:
    found = [change.paths for change in changes.inputs()]
    assert ["backup.schedule"] in found
    assert ["controller.task_role_arn"] in found
    assert len(found) == len({path for (path,) in found})
