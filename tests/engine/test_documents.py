"""TypeScript and Go in the documentation; everything else in it is checked by the unit tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.documentation.pages import Piece, pages
from harness.stacks import sdks

pytestmark = pytest.mark.long


def blocks_in(language: str) -> list[Piece]:
    found = [b for page in pages() for b in page.blocks if b.language == language]
    assert found
    return found


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sdks.generated(tmp_path_factory.mktemp("sdks"))


def test_typescript_in_the_pages_compiles_with_the_generated_sdk(
    generated: Path, tmp_path: Path
) -> None:
    project = sdks.TypeScript(generated / "nodejs", tmp_path / "project")
    blocks = blocks_in("typescript")
    for index, block in enumerate(blocks):
        # Each block is a separate module, so that names do not collide.
        (project.folder / f"block{index}.ts").write_text(
            f"// {block.where}\n{block.text}\nexport {{}};\n"
        )
    project.settings([f"block{index}.ts" for index in range(len(blocks))])
    project.compile(project.folder)


def test_go_in_the_pages_passes_vet_with_the_generated_sdk(generated: Path, tmp_path: Path) -> None:
    module = sdks.Go(generated / "go", tmp_path / "module")
    for block in blocks_in("go"):
        module.program.write_text(f"// {block.where}\n{block.text}\n")
        module.run("vet", "./example")
