"""TypeScript in the documentation; everything else in it is checked by the unit tests."""

from __future__ import annotations

import json
from pathlib import Path

from docs import node
from harness.pages import ROOT, pages
from harness.typescript import declarations

TOKEN = "jenkins-platform:index:JenkinsPlatform"
SETTINGS = ROOT / "examples" / "typescript" / "tsconfig.json"


def test_typescript_in_the_pages_compiles_against_the_schema(tmp_path: Path) -> None:
    compiler = node.package("typescript", "5.9.3") / "bin" / "tsc"
    schema = json.loads((ROOT / "plugin" / "schema.json").read_text())
    (tmp_path / "types.d.ts").write_text(declarations(schema, TOKEN))
    blocks = [b for page in pages() for b in page.blocks if b.language == "typescript"]
    assert blocks
    for index, block in enumerate(blocks):
        # Each block is a separate module, so that names do not collide.
        (tmp_path / f"block{index}.ts").write_text(
            f"// {block.where}\n{block.text}\nexport {{}};\n"
        )
    settings = json.loads(SETTINGS.read_text())
    settings["files"] = sorted(f.name for f in tmp_path.glob("*.ts"))
    (tmp_path / "tsconfig.json").write_text(json.dumps(settings))
    result = node.run(compiler, "--noEmit", "--project", tmp_path)
    assert result.returncode == 0, result.stdout
