"""The walk ends where nothing that is still open can matter: one tiny protocol for each reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from assessment.engine.answers import Answer
from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol, Recommend
from assessment.exports.machine import decision_json
from assessment.screening import Screening
from tests import tiny
from tests.engine.oracle import Oracle
from tests.engine.test_short_walks import check_alike

CHOICE = """- {{id: {0}, type: choice, ask: {0}?, short: {0},
   options: [{{id: a, label: A}}, {{id: b, label: B}}]{1}}}
"""
RULE = "  - {{id: {0}, when: {1}, recommend: {2}, because: So it is., evidence: [T1]{3}}}\n"


def questions(*names: str, **more: str) -> str:
    return "".join(CHOICE.format(name, more.get(name, "")) for name in names)


def rules(*written: tuple[str, str], more: str = "") -> str:
    listed = (
        RULE.format(f"r{number}", when, recommend, "")
        for number, (when, recommend) in enumerate(written)
    )
    return f"rules:\n{''.join(listed)}{more}"


def walked(protocol: Protocol, **raw: object) -> list[str]:
    """The questions that somebody with these answers is asked."""
    screening, answers = Screening(protocol), tiny.answers(protocol, **raw)
    given_so_far: dict[str, Answer] = {}
    while (question := screening.position(given_so_far).question) is not None:
        given_so_far[question.id] = answers[question.id]
    return list(given_so_far)


def load(folder: Path, asked: str, ruled: str, **more: str) -> Protocol:
    return tiny.load(folder, questions=asked, rules=ruled, **more)


def test_what_cannot_outrank_what_is_certain_is_not_asked(tmp_path: Path) -> None:
    made = load(
        tmp_path,
        questions("first", "second"),
        rules(("{first: a}", "regular_plan"), ("{second: a}", "certified_therapist")),
    )

    assert walked(made, first="a", second="a") == ["first"]
    assert walked(made, first="b", second="a") == ["first", "second"]


def test_what_is_as_high_as_what_is_certain_is_not_asked_either(tmp_path: Path) -> None:
    made = load(
        tmp_path,
        questions("first", "second"),
        rules(("{first: a}", "regular_plan"), ("{second: a}", "regular_plan")),
    )

    assert walked(made, first="a", second="a") == ["first"]


def test_what_is_urgent_waits_only_for_an_emergency(tmp_path: Path) -> None:
    made = load(
        tmp_path,
        questions("first", "milder", "worse", "last"),
        rules(
            ("{first: a}", "urgent_medical"),
            ("{milder: a}", "medical_clearance_first"),
            ("{worse: a}", "emergency"),
            ("{last: a}", "self_care"),
        ),
    )

    assert walked(made, first="a", worse="b") == ["first", "worse"]


def test_an_emergency_ends_the_walk_as_interrupted(tmp_path: Path) -> None:
    made = load(
        tmp_path,
        questions("first", "second"),
        rules(("{first: a}", "emergency"), ("{second: a}", "urgent_medical")),
    )
    decision = Engine(made).decide(tiny.answers(made, first="a"))

    assert (decision.recommend, decision.skipped) == (Recommend.EMERGENCY, ("second",))
    assert decision.interrupted
    assert not decision.complete
    assert not decision.ended_early


def test_a_gate_is_settled_only_with_all_that_it_opens(tmp_path: Path) -> None:
    made = load(
        tmp_path,
        questions("first", "gate", "detail", detail=", enable_when: {gate: a}"),
        rules(
            ("{first: a}", "medical_clearance_first"),
            ("{detail: a}", "urgent_medical"),
            ("{detail: b}", "self_care"),
        ),
    )

    assert walked(made, first="a", gate="a", detail="b") == ["first", "gate", "detail"]
    assert walked(made, first="a", gate="b") == ["first", "gate"]


def test_what_a_recommendation_requires_is_depended_on(tmp_path: Path) -> None:
    advice = tiny.RECOMMENDATIONS.replace(
        "{id: deep_tissue,", "{id: deep_tissue, requires: {second: a},"
    )
    made = load(
        tmp_path,
        questions("first", "second", "third"),
        rules(
            ("{first: a}", "deep_tissue"),
            ("{first: b}", "self_care"),
            ("{third: a}", "certified_therapist"),
        ),
        recommendations=advice,
    )

    assert walked(made, first="a", second="a") == ["first", "second"]
    assert walked(made, first="a", second="b", third="a") == ["first", "second", "third"]
    assert walked(made, first="b", third="b") == ["first", "third"]


def test_a_precaution_is_asked_for_unless_help_is_certain_today(tmp_path: Path) -> None:
    caution = """precautions:
  - {id: mind, when: {second: a}, limits: [note], therapist: Mind., evidence: [T1]}
"""
    made = load(
        tmp_path,
        questions("first", "second"),
        rules(
            ("{first: a}", "urgent_medical"),
            ("{first: b}", "medical_clearance_first"),
            more=caution,
        ),
    )

    assert walked(made, first="a") == ["first"]
    assert walked(made, first="b", second="a") == ["first", "second"]


def test_support_is_always_asked_for(tmp_path: Path) -> None:
    help_line = """support:
  - {id: kind, when: {second: a}, headline: Kind, lines: [Be kind.], evidence: [T1]}
"""
    made = load(
        tmp_path,
        questions("first", "second"),
        rules(("{first: a}", "urgent_medical"), ("{first: b}", "self_care"), more=help_line),
    )

    assert walked(made, first="a", second="a") == ["first", "second"]


def test_who_is_spoken_to_is_always_asked(tmp_path: Path) -> None:
    made = load(
        tmp_path,
        questions("who", "first"),
        rules(("{first: a}", "urgent_medical"), ("{first: b}", "self_care")),
        protocol=f"{tiny.PROTOCOL}carer_when: {{who: b}}\n",
    )

    assert walked(made, who="a", first="a") == ["who", "first"]


def test_what_informs_the_therapist_is_asked_unless_a_doctor_comes_first(tmp_path: Path) -> None:
    more = """- {id: tells, type: choice, ask: Tell?, short: Tell,
   options: [{id: a, label: A, informs: therapist}]}
- {id: body, type: areas, ask: Where?, short: Where,
   options: [{id: neck, label: Neck, side: back}]}
"""
    made = load(
        tmp_path,
        questions("first") + more,
        rules(("{first: a}", "medical_clearance_first"), ("{first: b}", "regular_plan")),
    )

    assert walked(made, first="a") == ["first"]
    assert walked(made, first="b", tells="a", body=["neck"]) == ["first", "tells", "body"]


def test_an_if_unsure_is_certain_only_where_its_rule_can_become_neither_yes_nor_no(
    tmp_path: Path,
) -> None:
    unsure = ", if_unsure: medical_clearance_first"
    ruled = "rules:\n" + RULE.format("one", "{first: a}", "urgent_medical", unsure)
    ruled += RULE.format("two", "{any: [{first: a}, {second: a}]}", "urgent_medical", unsure)
    ruled += RULE.format("low", "{third: a}", "self_care", "")
    made = load(tmp_path, questions("first", "second", "third", first=", not_sure: true"), ruled)
    decision = Engine(made).decide(tiny.answers(made, first="not_sure", second="b"))

    assert walked(made, first="not_sure", second="b") == ["first", "second"]
    assert [one.rule.id for one in decision.fired] == ["one", "two"]


def test_nothing_rests_on_what_was_skipped(tmp_path: Path) -> None:
    unsure = ", if_unsure: certified_therapist"
    ruled = "rules:\n" + RULE.format("one", "{first: a}", "medical_clearance_first", "")
    ruled += RULE.format("two", "{second: a}", "regular_plan", unsure)
    made = load(tmp_path, questions("first", "second", second=", not_sure: true"), ruled)
    engine = Engine(made)
    skipped = engine.decide(tiny.answers(made, first="a"))
    unsure_about_it = engine.decide(tiny.answers(made, first="a", second="not_sure"))

    assert [one.rule.id for one in skipped.fired] == ["one"]
    assert [one.rule.id for one in unsure_about_it.fired] == ["one", "two"]


def test_a_decision_lists_what_was_skipped_and_whether_the_walk_ended_early(
    tmp_path: Path,
) -> None:
    made = load(
        tmp_path,
        questions("first", "second", "third"),
        rules(
            ("{first: a}", "regular_plan"),
            ("{second: a}", "self_care"),
            ("{third: a}", "urgent_medical"),
        ),
    )
    engine = Engine(made)

    def said(**raw: str) -> tuple[object, ...]:
        answers = tiny.answers(made, **raw)
        found = decision_json(engine, answers, engine.decide(answers))
        return found["complete"], found["missing"], found["skipped"], found["ended_early"]

    assert said(first="a") == (False, ["third"], ["second"], False)
    assert said(first="a", third="a") == (True, [], ["second"], False)
    assert said(first="b", second="a", third="a") == (True, [], [], False)
    assert said(third="a") == (False, ["first", "second"], [], False)
    assert said(first="a", second="a", third="a") == (True, [], [], False)


def test_the_walk_has_ended_early_when_its_last_question_was_skipped(tmp_path: Path) -> None:
    made = load(
        tmp_path,
        questions("first", "second", "extra", extra=", optional: true"),
        rules(("{first: a}", "urgent_medical"), ("{second: a}", "self_care")),
    )
    engine = Engine(made)

    assert engine.decide(tiny.answers(made, first="a")).ended_early
    assert engine.decide(tiny.answers(made, first="a", extra="a")).ended_early


def test_an_answer_to_a_settled_question_counts(tmp_path: Path) -> None:
    made = load(
        tmp_path,
        questions("first", "second"),
        rules(("{first: a}", "regular_plan"), ("{second: a}", "self_care")),
    )
    decision = Engine(made).decide(tiny.answers(made, first="a", second="a"))

    assert decision.skipped == ()
    assert [one.rule.id for one in decision.fired] == ["r0", "r1"]


def test_a_private_answer_shortens_no_walk(tmp_path: Path) -> None:
    made = load(
        tmp_path,
        questions("secret", "second", secret=", private: true"),
        rules(("{secret: a}", "urgent_medical"), ("{second: a}", "self_care")),
    )

    assert walked(made, secret="a", second="a") == ["secret", "second"]


LISTED = """- id: signs
  type: choices
  ask: Signs?
  short: Signs
  options: [{id: a, label: A}, {id: b, label: B}]
  none: true
  not_sure: true
  clarify: true
"""


def test_the_lines_of_a_list_are_skipped_with_it(tmp_path: Path) -> None:
    made = load(
        tmp_path,
        questions("first") + LISTED,
        rules(("{first: a}", "regular_plan"), ("{signs: b}", "self_care")),
    )
    everything = {"first": "b", "signs": ["not_sure"], "signs__b": "no"}

    assert walked(made, first="a") == ["first"]
    assert walked(made, **everything) == ["first", "signs", "signs__b"]


def test_a_line_that_was_answered_counts_though_its_list_was_left_out(tmp_path: Path) -> None:
    """Only whoever has not ticked its option is asked the line, so its answer says as much."""
    made = load(
        tmp_path,
        questions("first") + LISTED,
        rules(("{first: a}", "regular_plan"), ("{signs: {none_of: [a, b]}}", "self_care")),
    )
    full = tiny.answers(
        made, first="a", signs=["not_sure"], signs__a="no", signs__b="no"
    )  # fmt: skip
    short = {name: answer for name, answer in full.items() if name != "signs"}
    decision, expected = Engine(made).decide(short), Oracle(made).decide(short)

    assert decision.skipped == expected.skipped == ("signs",)
    assert [one.rule.id for one in decision.fired] == ["r0", "r1"]
    assert {rule for rule, *_ in expected.fired} == {"r0", "r1"}
    check_alike(Engine(made), full, short)


def test_a_line_that_is_not_sure_gives_nothing_where_its_list_was_left_out(tmp_path: Path) -> None:
    made = load(
        tmp_path,
        questions("first") + LISTED,
        rules(("{first: a}", "regular_plan"), ("{signs: b}", "self_care")),
    )
    first, second = made.rules
    made = replace(made, rules=(first, replace(second, if_unsure=Recommend.SELF_CARE)))
    full = tiny.answers(
        made, first="a", signs=["not_sure"], signs__a="no", signs__b="not_sure"
    )  # fmt: skip
    short = {name: answer for name, answer in full.items() if name != "signs"}

    assert {rule for rule, *_ in Oracle(made).decide(full).fired} == {"r0", "r1"}
    assert {rule for rule, *_ in Oracle(made).decide(short).fired} == {"r0"}
    assert [one.rule.id for one in check_alike(Engine(made), full, short).fired] == ["r0"]
