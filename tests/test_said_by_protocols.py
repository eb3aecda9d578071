"""What a protocol says for itself stands in no program and on no page of ours."""

from __future__ import annotations

from pathlib import Path

from assessment.protocols.load import load_protocol

ROOT = Path(__file__).resolve().parents[1]


def test_no_program_and_no_page_knows_the_therapy_that_a_protocol_suggests() -> None:
    files = [*(ROOT / "assessment").rglob("*.py"), *(ROOT / "templates").rglob("*.*")]
    assert len(files) > 100
    assert [
        file.relative_to(ROOT)
        for file in files
        if "trigger point" in file.read_text(encoding="utf-8").lower().replace("_", " ")
    ] == []


def test_the_shipped_protocol_names_every_recommendation_and_says_whom_it_is_for(
    shipped: Path,
) -> None:
    protocol = load_protocol(shipped)
    assert [each.recommend.id for each in protocol.advice.values() if each.short is None] == []
    assert protocol.audience is not None
    assert protocol.therapist is not None
