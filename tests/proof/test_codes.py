"""For each code of `prove`, a small protocol that breaks exactly it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assessment.engine.answers import Answers
from assessment.engine.decision import Decision, Engine
from assessment.engine.protocol import Recommend
from assessment.proof.prove import prove
from assessment.proof.report import Code
from assessment.protocols.load import load_protocol
from tests.conftest import ROOT
from tests.proof.proven import Change, load, proof

BOTH = "{all: [{flag: red}, {flag: amber}]}"
RULE = """  - id: {id}
    when: {when}
    recommend: {recommend}
    because: You told us so.
    if_unsure: {recommend}
    evidence: [T1]
precautions:
"""
QUESTION = """
- id: extra
  type: choice
  ask: Anything else?
  short: Extra
  options: [{id: one, label: One}, {id: two, label: Two}]
  enable_when: {when}
"""


def rule(name: str, when: str, recommend: str) -> Change:
    """Return the change that adds a rule."""
    text = RULE.replace("{id}", name).replace("{when}", when).replace("{recommend}", recommend)
    return "rules", "precautions:\n", text


def requires(recommend: str, condition: str) -> Change:
    """Return the change that makes a recommendation require something."""
    return "recommendations", f"id: {recommend},", f"id: {recommend}, requires: {condition},"


def asked(when: str) -> str:
    """Return a promise that it is asked whether there is more."""
    return f"- {{id: lots, promise: More is asked., when: {when}, asked: [more.lots]}}\n"


def under(section: str, entry: str) -> Change:
    """Return the change that adds an entry to a section of rules.yaml."""
    return "rules", f"{section}:\n", f"{section}:\n  {entry}\n"


BROKEN: dict[Code, tuple[str, list[Change]]] = {
    Code.NO_RULE_DECIDES: ("rules", [("rules", "    if_unsure: self_care\n", "")]),
    Code.BELOW_FLOOR: (
        "flag.amber",
        [
            ("rules", "    if_unsure: medical_clearance_first\n", "    if_unsure: self_care\n"),
            ("rules", "recommend: medical_clearance_first", "recommend: self_care"),
        ],
    ),
    Code.TOO_MUCH_PRESSURE: (
        "flag.soft",
        [
            (
                "questions",
                '{id: absent, label: "No"}',
                "{id: absent, label: Absent}\n"
                "    - {id: soft, label: Soft, safety: no_deep, informs: therapist}",
            )
        ],
    ),
    Code.NOT_SURE_TOO_MUCH_PRESSURE: (
        "more.not_sure",
        [
            ("questions", "label: Lots}", "label: Lots, safety: no_deep}"),
            ("questions", "enable_when: {signs: a}", "enable_when: {signs: a}\n  not_sure: true"),
            (
                "rules",
                "when: {signs: {all_of: [a, b]}, duration: months}",
                "when: {signs: {all_of: [a, b]}, duration: months, more: {none_of: [lots]}}\n"
                "    if_unsure: deep_tissue",
            ),
        ],
    ),
    Code.WORSE_IS_LESS_URGENT: (
        "pain",
        [
            ("rules", "{pain: {at_least: 9}}", "{pain: {between: [8, 9]}}"),
            ("safety", "{at_least: 10}", "{between: [8, 9]}"),
        ],
    ),
    Code.WORSE_HAS_MORE_PRESSURE: (
        "duration",
        [("questions", "  ordered: true\n", "  ordered: true\n  worse: up\n")],
    ),
    Code.PROMISE_BROKEN: ("strong_pain", [("safety", "at_least: 10", "at_least: 8")]),
    Code.PROMISE_EMPTY: ("strong_pain", [("safety", "{pain: {at_least: 10}}", BOTH)]),
    Code.SIGN_NOT_ASKED: ("lots: more.lots", [("safety", "", asked("{signs: [a, b]}"))]),
    Code.SIGN_DOES_NOT_INTERRUPT: (
        "flag.red",
        [
            ("rules", "when: {flag: red}", "when: {flag: red, duration: days}"),
            rule("red_for_long", "{flag: red, duration: [weeks, months]}", "emergency"),
            ("cases", "  rule: red_flag\n", ""),
        ],
    ),
    Code.RULE_NEVER_FIRES: ("dead", [rule("dead", BOTH, "emergency")]),
    Code.RULE_NEVER_COUNTS: (
        "dead",
        [
            rule("dead", "{duration: weeks}", "deep_tissue"),
            requires("deep_tissue", "{duration: months}"),
        ],
    ),
    Code.PRECAUTION_NEVER_APPLIES: (
        "dead",
        [
            under(
                "precautions",
                f"- {{id: dead, when: {BOTH}, limits: [note], therapist: Dead., evidence: [T1]}}",
            )
        ],
    ),
    Code.SUPPORT_NEVER_SHOWN: (
        "dead",
        [
            under(
                "support",
                f"- {{id: dead, when: {BOTH}, headline: Dead, lines: [Dead.], evidence: [T1]}}",
            )
        ],
    ),
    Code.FINDING_NEVER_HOLDS: (
        "dead",
        [
            under("findings", f"dead: {{says: dead, when: {BOTH}}}"),
            ("rules", "{finding: any_sign}", "{any: [{finding: any_sign}, {finding: dead}]}"),
        ],
    ),
    Code.FINDING_UNUSED: ("dead", [under("findings", "dead: {says: dead, when: {flag: red}}")]),
    Code.QUESTION_NEVER_ASKED: (
        "extra",
        [("questions", "", QUESTION.replace("{when}", "{all: [{more: lots}, {more: little}]}"))],
    ),
    Code.QUESTION_NEVER_MATTERS: (
        "extra",
        [("questions", "", QUESTION.replace("{when}", "{more: lots}"))],
    ),
    Code.OPTION_NEVER_MATTERS: (
        "signs.d",
        [
            ("questions", "{id: c, label: C}", "{id: c, label: C}\n    - {id: d, label: D}"),
            ("rules", "{signs: none}", "{signs: {none_of: [a, b, c]}}"),
        ],
    ),
    Code.RECOMMENDATION_NEVER_GIVEN: ("deep_tissue", [requires("deep_tissue", "{flag: red}")]),
    Code.CASE_FAILS: ("nothing", [("cases", "expected: self_care", "expected: regular_plan")]),
}
"""For each code, the subject that fails and the changes that make it fail."""
MAKES_LESS_OF_NOT_SURE = {
    Code.NOT_SURE_BELOW_FLOOR: ("flag.not_sure", "red_flag", Recommend.MEDICAL_CLEARANCE_FIRST),
    Code.PROMISE_NOT_SURE: ("strong_pain", "worst_pain", Recommend.SELF_CARE),
}
"""The same for what `check` refuses already: the subject, and the `if_unsure` of which rule."""


def test_everything_holds_of_the_protocol_that_the_others_break(tmp_path: Path) -> None:
    report = proof(tmp_path)
    assert report.failures == ()
    assert report.questions_asked == (4, 5)


@pytest.mark.parametrize("code", BROKEN)
def test_a_protocol_that_breaks_one_thing_fails_with_its_code(code: Code, tmp_path: Path) -> None:
    subject, changes = BROKEN[code]
    failures = proof(tmp_path, *changes).failures
    assert [(failure.code, failure.subject) for failure in failures] == [(code, subject)]


@pytest.mark.parametrize("code", MAKES_LESS_OF_NOT_SURE)
def test_a_rule_that_makes_less_of_not_sure_fails_where_no_check_stopped_it(
    code: Code, tmp_path: Path
) -> None:
    """Versions that are kept were written before `check` refused it."""
    subject, name, given = MAKES_LESS_OF_NOT_SURE[code]
    protocol = load(tmp_path)
    rules = [replace(one, if_unsure=given) if one.id == name else one for one in protocol.rules]
    failures = prove(Engine(replace(protocol, rules=tuple(rules)))).failures
    assert [(failure.code, failure.subject) for failure in failures] == [(code, subject)]


def test_what_does_not_finish_within_its_budget_has_failed(shipped: Path) -> None:
    report = prove(Engine(load_protocol(shipped)), conflicts=1)
    assert {failure.code for failure in report.failures} == {Code.NOT_PROVEN}
    assert not report.proven


def test_an_engine_that_decides_otherwise_than_the_solver_is_loud(tmp_path: Path) -> None:
    class Wrong(Engine):
        def decide(self, answers: Answers) -> Decision:
            return super().decide({**answers, "flag": "red"})

    subject, changes = BROKEN[Code.PROMISE_BROKEN]
    failures = prove(Wrong(load(tmp_path, *changes))).failures
    promised = [failure for failure in failures if failure.subject == subject]
    assert {failure.code for failure in promised} == {Code.SOLVER_DISAGREES}
    assert Code.PROMISE_BROKEN in promised[0].says


def test_every_code_is_broken_by_some_test() -> None:
    faults_of_ours = {
        Code.NOT_PROVEN,
        Code.SOLVER_DISAGREES,
        Code.SHORT_WALK_DIFFERS,
        Code.INTERRUPT_TAKEN_BACK,
        Code.RESTS_ON_CONFIRMED,  # in test_confirmed.py: only where something lasts
    }
    assert {*BROKEN, *MAKES_LESS_OF_NOT_SURE} == set(Code) - faults_of_ours


def test_every_code_has_a_section_in_the_docs() -> None:
    sections = [
        line.removeprefix("### ").strip("`")
        for line in (ROOT / "docs" / "proof.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("### ")
    ]
    assert sections == [code.value for code in Code]
