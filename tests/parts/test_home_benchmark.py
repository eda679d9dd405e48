"""The real Git on a home with the controller's links reaches the home a tenth as often, or less."""

from __future__ import annotations

from pathlib import Path

from benchmarks import home
from harness.stacks.user import ROOT


def test_what_jenkins_fills_again_does_not_reach_the_home(tmp_path: Path) -> None:
    found = home.measured(tmp_path, files=20, commits=2)
    assert len(found) == 3
    assert all(before > 100 for before, _ in found.values())
    before, after = (sum(calls[n] for calls in found.values()) for n in (0, 1))
    assert after * 10 <= before


def test_it_measures_the_links_of_the_start_script(tmp_path: Path) -> None:
    places = home.Places.on_disk(tmp_path / "home", tmp_path / "disk")
    assert places.caches.resolve() == tmp_path / "disk" / "caches"
    script = (ROOT / "images/controller/scripts/start-controller").read_text()
    assert "for cache in caches global-libraries-cache; do" in script
    assert 'ln -sfn "$state/$cache" "$JENKINS_HOME/$cache"' in script
    assert "SCMBasedRetriever.root=$state/libraries" in script
