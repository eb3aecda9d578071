"""The README's example is run, so that it cannot go stale."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from click.testing import CliRunner

from assessment.cli import main
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")


def shown(command: str) -> str:
    """Return what the README shows behind this command."""
    found = re.search(rf"```console\n\$ {re.escape(command)}\n(.*?)```", README, re.S)
    assert found, f"the README does not show `{command}`"
    return found[1]


def changed(folder: Path, shipped: Path, old: str, new: str) -> str:
    """Return what `check` says of the shipped protocol with its strong-pain rule changed."""
    copy = folder / "muscle_pain"
    shutil.copytree(shipped, copy)
    rules = copy / "rules.yaml"
    head, tail = rules.read_text("utf-8").split("- id: strong_sudden_unexplained\n", 1)
    assert old in tail
    edited = f"{head}- id: strong_sudden_unexplained\n{tail.replace(old, new, 1)}"
    rules.write_text(edited, "utf-8")
    return CliRunner().invoke(main, ["check", str(copy)]).output


def test_a_changed_threshold_shows_the_cases_that_move(tmp_path: Path, shipped: Path) -> None:
    said = changed(tmp_path, shipped, "{pain: {at_least: 8}}", "{pain: {at_least: 7}}")
    assert said == shown(".venv/bin/assessment check muscle_pain")


def test_a_slip_is_reported_with_its_place_and_the_nearest_name(
    tmp_path: Path, shipped: Path
) -> None:
    said = changed(tmp_path, shipped, "{pain: {at_least: 8}}", "{pian: {at_least: 8}}")
    assert said.splitlines()[0] in shown(".venv/bin/assessment check muscle_pain  # with a slip")


def test_the_two_commands_come_first() -> None:
    first = README.split("```")[1]
    assert "make run" in first
    assert "make test" in first
