"""What may be confirmed instead of asked anew, and what the loader refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.protocols.diagnostics import BrokenProtocol
from tests import tiny

OLD = """
- id: old
  type: choices
  lasts: true
  ask: Long-term illness?
  short: Illness
  options:
    - {id: thin, label: Thin bones, safety: clearance}
    - {id: other, label: Another}
  none: true
"""
FEVER = """
- id: fever
  type: choice
  ask: A fever in the last 2 weeks?
  short: Fever
  options: [{id: fever, label: "Yes"}, {id: cool, label: "No"}]
  enable_when: {when}
"""


def refused(folder: Path, questions: str) -> str:
    with pytest.raises(BrokenProtocol) as broken:
        tiny.load(folder, questions=tiny.QUESTIONS + questions)
    return str(broken.value)


def test_a_question_says_that_its_answer_lasts(tmp_path: Path) -> None:
    protocol = tiny.load(tmp_path, questions=tiny.QUESTIONS + OLD)

    assert [one.id for one in protocol.questions if one.lasts] == ["old"]


def test_whether_it_lasts_is_part_of_the_rules(tmp_path: Path) -> None:
    """A response names the rules under which somebody could confirm."""
    lasting = tiny.load(tmp_path, questions=tiny.QUESTIONS + OLD)
    anew = OLD.replace("  lasts: true\n", "")
    asked = tiny.load(tmp_path, questions=tiny.QUESTIONS + anew)

    assert lasting.rules_hash != asked.rules_hash


@pytest.mark.parametrize("tag", ["emergency", "urgent"])
def test_no_sign_of_today_is_confirmed(tmp_path: Path, tag: str) -> None:
    told = refused(tmp_path, OLD.replace("clearance", tag))

    assert (
        f"does-not-last: found `lasts` on a question with `thin`, which is tagged `{tag}`" in told
    )


@pytest.mark.parametrize("words", ["An operation in the last 6 weeks", "A flare now", "New pain"])
def test_nothing_that_was_true_for_a_time_only_is_confirmed(tmp_path: Path, words: str) -> None:
    assert "with a time in `other`" in refused(tmp_path, OLD.replace("Another", words))


def test_no_time_stands_in_the_question_either(tmp_path: Path) -> None:
    assert "with a time in `ask` (`now`)" in refused(tmp_path, OLD.replace("illness?", "ill now?"))


def test_a_gate_without_a_tag_is_asked_anew(tmp_path: Path) -> None:
    plain = OLD.replace(", safety: clearance", "")
    either = FEVER.replace("{when}", "{any: [{old: thin}, {signs: a}]}")

    assert "that opens `fever`, which has to be asked anew" in refused(tmp_path, plain + either)


def test_what_a_sign_is_asked_through_alone_is_asked_anew(tmp_path: Path) -> None:
    alone = FEVER.replace("{when}", "{all: [{old: thin}, {signs: a}]}")

    assert "that opens `fever`" in refused(tmp_path, OLD + alone)


def test_a_tagged_question_beside_another_way_to_the_sign_may_last(tmp_path: Path) -> None:
    either = FEVER.replace("{when}", "{any: [{old: thin}, {signs: a}]}")

    assert tiny.load(tmp_path, questions=tiny.QUESTIONS + OLD + either).question["old"].lasts


@pytest.mark.parametrize("key", ["private: true", "optional: true"])
def test_what_no_clinic_has_cannot_be_confirmed(tmp_path: Path, key: str) -> None:
    told = refused(tmp_path, OLD.replace("lasts: true", f"lasts: true\n  {key}"))

    assert "private or optional" in told


@pytest.mark.parametrize(
    "when", ["{any: [{signs: a}, {signs: b}]}", "{not: {signs: a}}", "{signs: {none_of: [a]}}"]
)
def test_what_is_confirmed_can_always_be_made_to_count(tmp_path: Path, when: str) -> None:
    gated = OLD.replace("lasts: true", f"lasts: true\n  enable_when: {when}")

    assert "that no single answer opens" in refused(tmp_path, gated)


def test_a_list_that_one_answer_opens_may_last(tmp_path: Path) -> None:
    gated = OLD.replace("lasts: true", "lasts: true\n  enable_when: {signs: a}")

    assert tiny.load(tmp_path, questions=tiny.QUESTIONS + gated).question["old"].lasts


@pytest.mark.parametrize("key", ["private: true", "optional: true"])
def test_no_question_that_somebody_may_leave_out_opens_what_may_last(
    tmp_path: Path, key: str
) -> None:
    gate = f"""
- id: gate
  type: choice
  {key}
  ask: Are you ill?
  short: Ill
  options: [{{id: ill, label: "Yes"}}, {{id: well, label: "No"}}]
"""
    gated = OLD.replace("lasts: true", "lasts: true\n  enable_when: {gate: ill}")

    assert "that no single answer opens" in refused(tmp_path, gate + gated)
