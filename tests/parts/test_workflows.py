"""The workflows of this repository and of the examples, as GitHub reads them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from harness.stacks.go_tools import actionlint

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = [ROOT / "examples" / "ci" / f"{n}.yaml" for n in ("github-actions", "nightly")]
WORKFLOWS = sorted([*ROOT.glob(".github/workflows/*.yaml"), *EXAMPLES])
MAKEFILE = (ROOT / "Makefile").read_text()


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_the_workflow_is_valid(workflow: Path) -> None:
    result = subprocess.run([actionlint(), workflow], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_a_wrong_workflow_is_noticed(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    needs: b\n    steps: []\n"
    )
    assert subprocess.run([actionlint(), wrong], capture_output=True).returncode != 0


def test_workflows_run_targets_and_scripts_that_exist() -> None:
    runs = " ".join(
        (ROOT / ".github" / "workflows" / f"{n}.yaml").read_text() for n in ("test", "release")
    )
    assert (ROOT / ".ci" / "run").exists()
    assert ".ci/run" in runs
    targets = re.findall(r"run: make (\S+)", runs)
    assert targets == ["dist"]
    assert all(re.search(rf"^{target}:", MAKEFILE, re.MULTILINE) for target in targets)
    modules = re.findall(r"python -m (\S+)", runs)
    assert modules == ["release.notes"]
    assert all((ROOT / f"{m.replace('.', '/')}.py").exists() for m in modules)
