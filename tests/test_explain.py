"""`assessment explain`: what it says of a decision, and where its yes and no come from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assessment.cli import main
from assessment.engine.answers import Answers
from assessment.engine.conditions import FindingRef, parts_of
from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.engine.tree import Part, Trees, Value
from tests import tiny
from tests.proof.brute_force import answer_sets
from tests.proof.random_protocols import random_protocol
from tests.proof.written import value

CALM = {"flag": "absent", "signs": ["none"], "pain": 3, "duration": "days"}
WRITTEN = {True: Value.YES, False: Value.NO, None: Value.UNKNOWN}
PARTS = """
findings:
  any_sign: {says: a sign, when: {signs: [a, b, c]}}
  long: {says: a long time, when: {all: [{duration: months}, {finding: any_sign}]}}
rules:
  - id: mixed
    when:
      any:
        - {not: {finding: long}}
        - count: {at_least: 2, of: [{pain: {at_least: 7}}, {more: lots}, {flag: amber}]}
    recommend: certified_therapist
    because: It is mixed.
    evidence: [T1]
  - {id: red, when: {flag: red}, recommend: emergency, because: Red., if_unsure: urgent_medical, evidence: [T1]}
  - {id: deep, when: {signs: a}, recommend: deep_tissue, because: Deep., evidence: [T1]}
  - {id: rest, when: {signs: none}, recommend: self_care, because: None., evidence: [T1]}
precautions:
  - {id: lots_more, when: {more: lots}, limits: [note], therapist: There is lots more., evidence: [T1]}
"""  # noqa: E501  one rule a line
REQUIRES = tiny.RECOMMENDATIONS.replace(
    "- {id: deep_tissue,", "- {id: deep_tissue, requires: {not: {duration: days}},"
)


def explain(folder: Path, answers: object, rules: str = PARTS) -> Result:
    tiny.write(folder, rules=rules, recommendations=REQUIRES)
    result = CliRunner().invoke(
        main, ["explain", str(folder), "--answers", "-"], input=json.dumps(answers)
    )
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result


def lines(folder: Path, **changed: object) -> list[str]:
    result = explain(folder, {**CALM, **changed})
    assert result.exit_code == 0
    return result.stdout.splitlines()


def test_each_part_of_a_rule_has_its_mark_through_findings(tmp_path: Path) -> None:
    said = lines(tmp_path, signs=["a", "not_sure"], duration="months", pain="not_sure", more="lots")
    start = said.index("  rule deep: deep_tissue")
    assert said[start + 1 : start + 3] == [
        "    Deep. [T1]",
        "    yes     “Signs” is “A” [A; Not sure]",
    ]
    start = said.index("  rule rest: self_care") if "  rule rest: self_care" in said else -1
    assert start == -1
    assert "    yes     “More” is “Lots” [Lots]" in said


def test_a_finding_opens_into_its_own_parts(tmp_path: Path) -> None:
    said = lines(tmp_path, pain=8)
    start = said.index("  rule mixed: certified_therapist")
    assert said[start + 1 : start + 13] == [
        "    It is mixed. [T1]",
        "    yes     any of these:",
        "    yes       not this:",
        "    no          a long time (finding long)",
        "    no            all of these:",
        "    no              “How long” is “Months” [Days]",
        "    no              a sign (finding any_sign)",
        "    no                “Signs” is “A” or “B” or “C” [None of these]",
        "    no        at least 2 of these:",
        "    yes         “Pain” is “7” or more [8]",
        "    no          “More” is “Lots” [not asked]",
        "    no          “Flag” is “Yes, an amber one” [No]",
    ]


def test_it_says_why_the_winner_won_and_what_came_after_it(tmp_path: Path) -> None:
    said = lines(tmp_path, flag="not_sure")
    assert said[:2] == [
        "urgent_medical (urgency 2, pressure 0): See a doctor today.",
        "  One rule that counts recommends it, and nothing that counts comes before it.",
    ]
    assert said[said.index("These rules decide:") + 1] == (
        "  rule red: urgent_medical, because it is unknown"
    )
    assert "    unknown “Flag” is “Yes, a red one” [Not sure]" in said
    after = said.index("These count too, and come after urgent_medical:")
    assert said[after + 1] == "  rule mixed: certified_therapist"


def test_it_says_what_is_held_back_by_what_is_required(tmp_path: Path) -> None:
    said = lines(tmp_path, signs=["a"], more="little")
    start = said.index("These are held back by what is required:")
    assert said[start + 1 : start + 7] == [
        "  rule deep: deep_tissue",
        "    Deep. [T1]",
        "    yes     “Signs” is “A” [A]",
        "    deep_tissue requires:",
        "    no      not this:",
        "    yes       “How long” is “Days” [Days]",
    ]


def test_it_says_that_an_emergency_ends_the_questions(tmp_path: Path) -> None:
    said = explain(tmp_path, {"flag": "red"}).stdout.splitlines()
    assert said[1] == "  An emergency rule is yes, which ends the questions at once."
    assert "  Pain: not answered" in said


def test_it_says_what_waits_for_more_answers(tmp_path: Path) -> None:
    said = explain(tmp_path, {"flag": "absent", "duration": "days"}).stdout.splitlines()
    assert said[0].startswith("medical_clearance_first ")
    assert said[1].startswith("  Not every question that is asked has an answer")
    assert said[said.index("These wait until everything asked is answered:") + 1] == (
        "  rule mixed: certified_therapist"
    )


def test_it_says_that_only_the_fail_safe_answers(tmp_path: Path) -> None:
    said = explain(tmp_path, CALM, tiny.rules("{flag: amber}")).stdout.splitlines()
    assert said[1] == "  No rule counts, so the fail-safe answers."


def test_answers_and_precautions_are_listed_with_what_was_left_out(tmp_path: Path) -> None:
    said = lines(tmp_path, more="lots")
    assert said[-2:] == [
        "  How long: Days",
        "  left out, because they are not asked: more",
    ]
    said = lines(tmp_path, signs=["not_sure"], more="lots")
    start = said.index("Precautions for the therapist:")
    assert said[start + 1 : start + 3] == [
        "  lots_more: There is lots more.",
        "    yes     “More” is “Lots” [Lots]",
    ]


@pytest.mark.parametrize("given", ["[]", "{", '{"nope": 1}', '{"pain": 11}', "", '{"pain": 1}\n{}'])
def test_answers_that_cannot_be_read_are_one_line(tmp_path: Path, given: str) -> None:
    result = CliRunner().invoke(
        main, ["explain", str(tiny.write(tmp_path)), "--answers", "-"], input=given
    )
    assert result.exit_code == 2
    assert result.stderr.startswith("assessment: --answers: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("seed", range(60))
def test_every_mark_is_what_the_written_definition_says(seed: int) -> None:
    protocol = random_protocol(seed, questions=3, rules=3)
    sets = answer_sets(protocol, 4000) or []
    trees = Trees(Engine(protocol))
    for answers in sets[:: max(len(sets) // 40, 1)]:
        for rule in protocol.rules:
            _agree(protocol, trees.part(rule.when, answers), answers)


def _agree(protocol: Protocol, part: Part, answers: Answers) -> None:
    assert part.value is WRITTEN[value(protocol, part.condition, answers)]
    inside = parts_of(part.condition)
    if isinstance(part.condition, FindingRef):
        inside = (protocol.finding[part.condition.finding].when,)
    assert tuple(each.condition for each in part.parts) == inside
    for each in part.parts:
        _agree(protocol, each, answers)
