""" "Not sure" about a list brings its lines one by one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assessment.engine.conditions import Unsure
from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol, Recommend
from assessment.engine.questions import Kind, Option, Safety
from assessment.engine.text import Text
from assessment.engine.tree import Trees, Value
from assessment.exports.machine import questions_json
from assessment.proof.prove import prove
from assessment.proof.report import Code
from assessment.protocols.diagnostics import BrokenProtocol
from assessment.protocols.load import load_protocol
from assessment.screening import Screening
from tests import tiny

QUESTIONS = """
- id: signs
  type: choices
  section: body
  ask: Do you have any of these?
  short: Signs
  why: They need a doctor.
  options:
    - {id: fever, label: A fever, says: a fever, safety: urgent, evidence: [T1]}
    - id: rash
      label: {text: A rash on you., carer: A rash on them.}
      ask: {text: Is there a rash on you?, carer: Is there a rash on them?}
      safety: clearance
    - {id: itch, label: {text: Do you itch?, carer: Do they itch?}, informs: therapist}
  none: true
  not_sure: I do not know
  clarify: true
- {id: pain, type: scale, ask: How bad?, short: Pain}
"""

RULES = """
findings:
  hot: {says: a fever, when: {signs: fever}}
rules:
  - id: fever
    when: {finding: hot}
    recommend: urgent_medical
    if_unsure: medical_clearance_first
    because: You have a fever.
    evidence: [T1]
  - id: rash
    when: {signs: rash}
    recommend: medical_clearance_first
    if_unsure: medical_clearance_first
    because: You have a rash.
    evidence: [T1]
  - {id: well, when: {signs: none}, recommend: self_care, because: No sign., evidence: [T1]}
  - {id: itch, when: {signs: itch}, recommend: regular_plan, because: Itch., evidence: [T1]}
  - id: pain
    when: {pain: {at_least: 9}}
    recommend: urgent_medical
    because: It hurts.
    evidence: [T1]
"""
LINES = ["signs__fever", "signs__rash", "signs__itch"]


def protocol(folder: Path) -> Protocol:
    return tiny.load(folder, questions=QUESTIONS, rules=RULES)


def decided(folder: Path, **raw: object) -> tuple[Recommend, list[str]]:
    made = protocol(folder)
    decision = Engine(made).decide(tiny.answers(made, **raw, pain=1))
    assert decision.complete, decision.missing
    return decision.recommend, sorted(one.rule.id for one in decision.fired)


def test_each_line_is_a_question_of_its_own_right_after_its_list(tmp_path: Path) -> None:
    made = protocol(tmp_path)
    line = made.question["signs__fever"]

    assert list(made.question) == ["signs", *LINES, "pain"]
    assert (line.kind, line.section, line.private) == (Kind.CHOICE, "body", False)
    assert (line.ask, line.hint) == (Text("A fever?"), Text("Do you have any of these?"))
    assert line.options == (
        Option("yes", Text("Yes"), says=Text("a fever"), safety=Safety.URGENT, evidence=("T1",)),
        Option("no", Text("No")),
    )
    assert line.not_sure_label == Text("I do not know")
    assert line.enable_when == line.line == Unsure("signs", "fever")
    assert made.question["signs"].line is None


def test_a_line_asks_in_its_own_words_or_in_those_of_its_label(tmp_path: Path) -> None:
    made = protocol(tmp_path)

    assert made.question["signs__rash"].ask == Text(
        "Is there a rash on you?", "Is there a rash on them?"
    )
    assert made.question["signs__itch"].ask == Text("Do you itch?", "Do they itch?")
    assert made.question["signs__itch"].options[0].informs


def test_only_not_sure_brings_the_lines_and_only_of_what_is_not_ticked(tmp_path: Path) -> None:
    made = protocol(tmp_path)
    engine = Engine(made)

    def asked(*ticked: str) -> list[str]:
        return engine.asked(tiny.answers(made, signs=list(ticked)))

    assert asked("fever") == asked("none") == ["signs", "pain"]
    assert asked("not_sure") == ["signs", *LINES, "pain"]
    assert asked("not_sure", "rash") == ["signs", "signs__fever", "signs__itch", "pain"]


def test_the_walk_goes_through_the_lines_before_it_goes_on(tmp_path: Path) -> None:
    screening = Screening(protocol(tmp_path))
    answers = tiny.answers(screening.protocol, signs=["not_sure"])
    seen = []
    while (question := screening.position(answers).question) is not None:
        seen.append(question.id)
        answers = screening.answer(answers, question.id, 2 if question.id == "pain" else "no")

    assert seen == [*LINES, "pain"]


@pytest.mark.parametrize(
    ("fever", "rash", "expected"),
    [
        ("yes", "no", (Recommend.URGENT_MEDICAL, ["fever"])),
        ("not_sure", "no", (Recommend.MEDICAL_CLEARANCE_FIRST, ["fever"])),
        ("no", "not_sure", (Recommend.MEDICAL_CLEARANCE_FIRST, ["rash"])),
        ("no", "no", (Recommend.SELF_CARE, ["well"])),
    ],
)
def test_a_line_that_stays_unsure_raises_and_the_rest_is_no(
    tmp_path: Path, fever: str, rash: str, expected: tuple[Recommend, list[str]]
) -> None:
    found = decided(
        tmp_path, signs="not_sure", signs__fever=fever, signs__rash=rash, signs__itch="no"
    )

    assert found == expected


def test_what_is_ticked_beside_not_sure_holds(tmp_path: Path) -> None:
    found = decided(tmp_path, signs=["itch", "not_sure"], signs__fever="no", signs__rash="no")

    assert found == (Recommend.REGULAR_PLAN, ["itch"])


@pytest.mark.parametrize(
    ("signs", "itch", "expected"),
    [
        ("none", None, Value.YES),
        ("fever", None, Value.NO),
        ("not_sure", "no", Value.YES),
        ("not_sure", "not_sure", Value.UNKNOWN),
        ("not_sure", "yes", Value.NO),
        ("not_sure", None, Value.UNKNOWN),
        (None, None, Value.UNKNOWN),
    ],
)
def test_none_holds_when_every_line_is_no(
    tmp_path: Path, signs: str | None, itch: str | None, expected: Value
) -> None:
    made = protocol(tmp_path)
    given = {"signs": signs, "signs__fever": "no", "signs__rash": "no", "signs__itch": itch}
    if signs is None:
        given = {}
    answers = tiny.answers(made, **{name: raw for name, raw in given.items() if raw is not None})
    (well,) = [rule.when for rule in made.rules if rule.id == "well"]

    assert Trees(Engine(made)).value(well, answers) is expected


def test_the_reasons_name_the_line_and_not_the_list(tmp_path: Path) -> None:
    made = protocol(tmp_path)
    lines = {"signs__fever": "not_sure", "signs__rash": "yes", "signs__itch": "no"}
    fired = Engine(made).decide(tiny.answers(made, signs="not_sure", **lines, pain=1)).fired

    assert {one.rule.id: dict(one.answers) for one in fired} == {
        "fever": {"signs__fever": "not_sure"},
        "rash": {"signs__rash": "yes"},
    }


def test_what_a_line_says_is_told_like_what_is_ticked(tmp_path: Path) -> None:
    screening = Screening(protocol(tmp_path))

    def said(fever: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        raw = {"signs__fever": fever, "signs__rash": "no", "signs__itch": "no"}
        return screening.said(tiny.answers(screening.protocol, signs="not_sure", **raw, pain=1))

    assert said("yes") == (("a fever",), ())
    assert said("no") == ((), ("a fever",))
    assert said("not_sure") == ((), ())


def test_a_machine_reads_when_a_line_is_asked(tmp_path: Path) -> None:
    listed = {one["id"]: one["enable_when"] for one in questions_json(protocol(tmp_path))}

    assert listed["signs__fever"] == {
        "data": {"unsure": {"signs": "fever"}},
        "words": "“Signs” is “I do not know” and not “A fever”",
    }


def test_no_condition_may_name_a_line(tmp_path: Path) -> None:
    rules = RULES.replace("when: {signs: rash}", 'when: {signs__rash: "yes"}')

    with pytest.raises(BrokenProtocol, match="unknown-question: found `signs__rash`"):
        tiny.load(tmp_path, questions=QUESTIONS, rules=rules)


def test_a_case_answers_lines_with_bare_yes_and_no(tmp_path: Path) -> None:
    lines = "signs__fever: yes, signs__rash: no, signs__itch: no"
    case = f"""
- id: unsure
  title: Not sure, and a fever after all
  answers: {{signs: not_sure, {lines}, pain: 1}}
  expected: urgent_medical
  rule: fever
"""
    made = tiny.load(tmp_path, questions=QUESTIONS, rules=RULES, cases=case)

    assert prove(Engine(made)).checked[-1].failures == ()


def test_the_labels_of_lines_can_be_translated(tmp_path: Path) -> None:
    german = tiny.GERMAN.replace("question.flag", "#question.flag").replace("rule.", "#rule.")
    german += """
question.signs.ask: Haben Sie etwas davon?
question.signs.yes: Ja
question.signs.option.fever.label: Fieber
question.signs.option.rash.label: Ausschlag
question.signs.option.rash.ask: Haben Sie Ausschlag?
rule.fever.because: Sie haben Fieber.
rule.rash.because: Sie haben Ausschlag.
rule.pain.because: Es schmerzt.
"""
    head = tiny.PROTOCOL + "languages: [de]\n"
    folder = tiny.write(tmp_path, protocol=head, questions=QUESTIONS, rules=RULES, de=german)
    line = load_protocol(folder, "de").question["signs__fever"]

    assert line.ask == Text("Fieber?")
    assert [option.label.text for option in line.options] == ["Ja", "No"]


def failures(folder: Path, rules: str) -> set[tuple[Code, str]]:
    made = tiny.load(folder, questions=QUESTIONS, rules=rules)
    return {(one.code, one.subject) for one in prove(Engine(made)).failures}


def test_the_floors_of_not_sure_hold_for_lines_and_not_for_their_list(tmp_path: Path) -> None:
    unproven = failures(tmp_path, RULES)
    made = tiny.load(tmp_path, questions=QUESTIONS, rules=RULES)
    first, *others = made.rules
    careless = replace(made, rules=(replace(first, if_unsure=Recommend.SELF_CARE), *others))
    lower = {(one.code, one.subject) for one in prove(Engine(careless)).failures}

    assert not {one for one in unproven if one[0] is Code.NOT_SURE_BELOW_FLOOR}
    assert (Code.NOT_SURE_BELOW_FLOOR, "signs__fever.not_sure") in lower
    assert (Code.NOT_SURE_BELOW_FLOOR, "signs.not_sure") not in lower


def test_a_rule_that_forgets_an_option_forgets_its_line(tmp_path: Path) -> None:
    found = failures(tmp_path, RULES.replace("when: {signs: fever}", "when: {signs: rash}"))

    assert (Code.BELOW_FLOOR, "signs.fever") in found
    assert (Code.BELOW_FLOOR, "signs__fever.yes") in found


def test_an_option_that_nothing_reads_is_dead_though_its_line_is_asked(tmp_path: Path) -> None:
    questions = QUESTIONS.replace("- {id: itch,", "- {id: odd, label: Odd}\n    - {id: itch,")
    made = tiny.load(
        tmp_path, questions=questions, rules=RULES.replace("{signs: none}", "{pain: {at_most: 1}}")
    )
    found = {(one.code, one.subject) for one in prove(Engine(made)).failures}

    assert (Code.OPTION_NEVER_MATTERS, "signs.odd") in found


def test_nothing_about_a_line_is_called_dead(tmp_path: Path) -> None:
    assert not {subject for _, subject in failures(tmp_path, RULES) if "__" in subject}
