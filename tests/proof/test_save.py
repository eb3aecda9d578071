from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest
import yaml

from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.proof.prove import prove
from assessment.proof.save import save_cases
from assessment.protocols.load import load_protocol
from tests.proof.proven import CASES, Change, load
from tests.proof.test_witness import AMBER_IS_NOTHING, NO_REST, PAIN_ONLY_TO_NINE


def save(protocol: Protocol, file: Path) -> list[Path]:
    return save_cases(protocol, prove(Engine(protocol)).failures, file)


def test_a_counterexample_becomes_a_case_and_its_answers_a_file(tmp_path: Path) -> None:
    protocol = load(tmp_path, *AMBER_IS_NOTHING)
    file = tmp_path / "found.yaml"
    written = save(protocol, file)
    answers = {"flag": "amber", "signs": ["none"], "pain": 0, "duration": "days"}
    assert written == [file, tmp_path / "found-found_below_floor_flag_amber.json"]
    (case,) = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert case == {
        "id": "found_below_floor_flag_amber",
        "title": "Found by the proof. Whoever answers “Flag: Yes, an amber one” must at least "
        "be told to see a doctor or physiotherapist before any massage: it is tagged clearance. "
        "Some are not.",
        "answers": answers,
        "expected": "medical_clearance_first",
        "acceptable": ["emergency", "urgent_medical"],
        "never": ["deep_tissue", "regular_plan", "certified_therapist", "self_care"],
    }
    assert json.loads(written[1].read_text(encoding="utf-8")) == answers


@pytest.mark.parametrize(
    ("changes", "expected"), [([NO_REST], "medical_clearance_first"), (PAIN_ONLY_TO_NINE, None)]
)
def test_saved_cases_load_and_fail_until_the_rules_are_mended(
    changes: list[Change], expected: str | None, tmp_path: Path
) -> None:
    file = tmp_path / "cases.yaml"
    protocol = load(tmp_path, *changes)
    save(protocol, file)
    text = file.read_text(encoding="utf-8")
    assert text.startswith(CASES.rstrip())
    again = load(tmp_path, *changes, ("cases", CASES, text))
    assert len(again.cases) == len(protocol.cases) + 1
    assert expected in (None, again.cases[-1].expected.id)
    assert again.cases[-1].id in [one.subject for one in prove(Engine(again)).failures]


@pytest.mark.parametrize("indent", ["", "  "])
def test_a_case_is_appended_below_what_is_usual(tmp_path: Path, indent: str) -> None:
    protocol = load(tmp_path, NO_REST)
    file = tmp_path / "cases.yaml"
    before = "usual: {pain: 1}\ncases:\n" + textwrap.indent(CASES.strip(), indent) + "\n"
    file.write_text(before, encoding="utf-8")

    save(protocol, file)

    assert file.read_text(encoding="utf-8").startswith(before)
    assert len(load_protocol(tmp_path).cases) == len(protocol.cases) + 1


def test_the_same_counterexample_twice_gets_two_names(tmp_path: Path) -> None:
    protocol = load(tmp_path, NO_REST)
    file = tmp_path / "found.yaml"
    save(protocol, file)
    save(protocol, file)
    ids = [case["id"] for case in yaml.safe_load(file.read_text(encoding="utf-8"))]
    assert ids == ["found_no_rule_decides_rules", "found_no_rule_decides_rules_2"]


def test_where_there_is_no_counterexample_nothing_is_written(tmp_path: Path) -> None:
    file = tmp_path / "found.yaml"
    assert save(load(tmp_path), file) == []
    assert not file.exists()


def test_a_file_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "found.yaml"
    file.write_text("some: thing\n", encoding="utf-8")
    with pytest.raises(ValueError, match="does not end with a list of cases"):
        save(load(tmp_path, NO_REST), file)
    assert file.read_text(encoding="utf-8") == "some: thing\n"
