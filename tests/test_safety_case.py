"""The safety case says what is so: its figures, its tests and its proofs are there."""

from __future__ import annotations

import re
from pathlib import Path

from assessment.proof.report import Code
from assessment.protocols.load import load_protocol
from tests.safety_figures import DOCUMENT, END, START, figures, written

ROOT = DOCUMENT.parents[1]
TEXT = DOCUMENT.read_text(encoding="utf-8")
PROVEN = {code.value for code in Code}


def section(title: str) -> str:
    """The text under a heading."""
    [found] = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE)
    return str(found)


def rows(title: str) -> list[list[str]]:
    """The cells of the table under a heading, its head left out."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_figures_are_those_of_the_shipped_protocol(shipped: Path) -> None:
    assert TEXT.count(START) == TEXT.count(END) == 1
    assert written(TEXT, figures(load_protocol(shipped))) == TEXT, "python -m tests.safety_figures"


def test_every_file_that_is_named_exists() -> None:
    named = set(re.findall(r"`((?:tests|rules|bench|assessment)/[\w./]+)`", TEXT))

    assert named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_proof_that_is_named_exists() -> None:
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", TEXT))

    assert named
    assert named - PROVEN == set()


def test_every_hazard_has_a_control_and_a_proof_or_a_test() -> None:
    hazards = rows("Hazards and controls")

    assert len(hazards) >= 15
    for hazard, control, shown in hazards:
        named = re.findall(r"`([^`]+)`", shown)
        assert control, hazard
        assert named, hazard
        assert all(name in PROVEN or name.startswith("tests/") for name in named), hazard


def test_every_piece_of_evidence_is_proven_tested_or_assumed() -> None:
    assert {kind for kind, *_ in rows("Evidence")} == {"proven", "tested", "assumed"}


def test_what_is_not_covered_is_said() -> None:
    said = section("What is not covered")

    for what in ("The wording", "Honesty and memory", "The evidence"):
        assert f"**{what}" in said
    assert "No clinician has reviewed" in TEXT
