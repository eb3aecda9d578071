"""The README's example is run, so that it cannot go stale."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from click.testing import CliRunner

from assessment.cli import main
from assessment.protocols.load import load_protocol
from assessment.web.factory import make_app
from assessment.web.server.settings import read_settings
from tests.conftest import ROOT
from tests.web.client import Client
from tests.web.walk.test_shipped import sent

README = (ROOT / "README.md").read_text("utf-8")


def shown(command: str) -> str:
    """Return what the README shows behind this command."""
    found = re.search(rf"```console\n\$ {re.escape(command)}\n(.*?)```", README, re.S)
    assert found, f"the README does not show `{command}`"
    return found[1]


def changed(folder: Path, shipped: Path, old: str, new: str) -> Path:
    """Return a copy of the shipped protocol with its strong-pain rule changed."""
    copy = folder / "muscle_pain"
    shutil.copytree(shipped, copy)
    rules = copy / "rules.yaml"
    head, tail = rules.read_text("utf-8").split("- id: strong_sudden_unexplained\n", 1)
    assert old in tail
    edited = f"{head}- id: strong_sudden_unexplained\n{tail.replace(old, new, 1)}"
    rules.write_text(edited, "utf-8")
    return copy


def says(*arguments: str, types: str = "") -> str:
    """Return what a command prints; the copy is called what the reader's protocol is."""
    said = CliRunner().invoke(main, list(arguments), input=types).output
    return said.replace(arguments[1], "muscle_pain")


def test_the_example_works_to_its_end(tmp_path: Path, shipped: Path) -> None:
    copy = changed(tmp_path, shipped, "{pain: {at_least: 8}}", "{pain: {at_least: 7}}")
    moved = load_protocol(copy).cases
    assert says("check", str(copy)) == shown(".venv/bin/assessment check muscle_pain")

    assert "0 of them failed" in says("check", str(copy), "--update-cases", types="y\n")

    protocol = load_protocol(copy)
    assert f"muscle_pain {protocol.version}: proven, in" in says("prove", str(copy))
    [before] = [one for one in moved if one.id == "edge_sudden_unexplained_seven"]
    [after] = [one for one in protocol.cases if one.id == before.id]
    assert (before.expected.id, after.expected.id) == ("self_care", "urgent_medical")
    client = Client(make_app(read_settings(), protocol, bytes(32), lambda: 1_800_000_000.0))
    client.walk(sent(protocol, after.answers))
    told = client.get("/result").heading
    assert f'"{told}"' in README
    assert told == protocol.advice[after.expected].headline.text


def test_a_slip_is_reported_with_its_place_and_the_nearest_name(
    tmp_path: Path, shipped: Path
) -> None:
    copy = changed(tmp_path, shipped, "{pain: {at_least: 8}}", "{pian: {at_least: 8}}")
    assert says("check", str(copy)) == shown(
        ".venv/bin/assessment check muscle_pain  # with a typo"
    )


def test_the_two_commands_come_first() -> None:
    first = README.split("```")[1]
    assert "make run" in first
    assert "make test" in first
