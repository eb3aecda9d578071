"""What a clinic may know of answers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assessment.engine.answers import Answer
from assessment.engine.conditions import Condition, Operator, Test
from assessment.engine.protocol import Limit, Precaution, Protocol, Recommend
from assessment.engine.text import Text
from assessment.practice.intake.for_clinic import ForClinic
from assessment.practice.responses.phrases import private_lines
from assessment.practice.responses.stored_decision import read_decision
from assessment.protocols.load import load_protocol
from assessment.screening import Screening
from tests import tiny
from tests.web.conftest import SMALL

WELL: dict[str, object] = {
    "who": "me", "age": 40, "signs": ["none"], "pain": 4, "where": ["left_calf"],
    "lasted": "weeks", "home": ["none"],
}  # fmt: skip
PRIVATE = """
- id: home
  type: choice
  private: true
  ask: Is home safe?
  short: Home
  options:
    - {id: afraid, label: "No", safety: emergency}
    - {id: safe, label: "Yes"}
- id: since
  type: choice
  ask: Since when?
  short: Since
  options:
    - {id: long, label: Long}
    - {id: lately, label: Lately}
  enable_when: {home: afraid}
- id: later
  type: choice
  ask: And later?
  short: Later
  options:
    - {id: more, label: More}
    - {id: less, label: Less}
  enable_when: {since: long}
"""


@pytest.fixture(scope="module")
def small() -> Protocol:
    return load_protocol(SMALL)


@pytest.fixture(scope="module")
def for_small(small: Protocol) -> ForClinic:
    return ForClinic(small)


def given(protocol: Protocol, **changed: object) -> dict[str, Answer]:
    return Screening(protocol).restore({**WELL, **changed})


def kept(for_clinic: ForClinic, answers: dict[str, Answer]) -> str:
    """All that a clinic gets."""
    return json.dumps([for_clinic.stored(answers), for_clinic.judge(answers).stored])


def test_a_private_answer_that_changes_no_advice_leaves_no_trace(
    small: Protocol, for_small: ForClinic
) -> None:
    quiet, rather_not = (given(small, home=value) for value in (["none"], ["rather_not"]))

    assert kept(for_small, quiet) == kept(for_small, rather_not)
    assert "home" not in kept(for_small, quiet)
    assert 'private_reason": false' in kept(for_small, quiet)


def test_a_clinic_gets_the_advice_that_the_person_got_and_no_private_reason(
    small: Protocol, for_small: ForClinic
) -> None:
    answers = given(small, home=["hurt"])
    judged = for_small.judge(answers)

    assert judged.recommend is Screening(small).decide(answers).recommend
    assert judged.recommend is Recommend.MEDICAL_CLEARANCE_FIRST
    assert judged.complete
    assert judged.private_reason
    assert judged.stored["headline"] == "Ask a doctor or physiotherapist first"
    assert judged.stored["missing"] == []
    assert judged.stored["fail_safe"] is False
    for word in ("home", "hurt"):
        assert word not in kept(for_small, answers)


def test_a_reason_that_is_not_private_is_told_though_another_one_is(
    small: Protocol, for_small: ForClinic
) -> None:
    judged = for_small.judge(given(small, home=["hurt"], signs=["fever"], fever_days="long"))

    assert not judged.private_reason
    assert judged == for_small.judge(given(small, signs=["fever"], fever_days="long"))
    assert "You told us about a fever." in json.dumps(judged.stored)


def test_an_emergency_that_cut_the_questions_short_is_incomplete(
    small: Protocol, for_small: ForClinic
) -> None:
    answers = Screening(small).restore({"who": "me", "age": 40, "signs": ["chest"]})
    judged = for_small.judge(answers)

    assert for_small.can_be_sent(answers)
    assert judged.recommend is Recommend.EMERGENCY
    assert not judged.complete
    assert judged.stored["interrupted"] is True


def test_half_the_answers_cannot_be_sent(small: Protocol, for_small: ForClinic) -> None:
    answers = given(small)
    del answers["lasted"]

    assert not for_small.can_be_sent(answers)


def test_answers_of_a_branch_that_is_not_asked_are_left_out(
    small: Protocol, for_small: ForClinic
) -> None:
    answers = given(small, fever_days="long")

    assert "fever_days" not in for_small.stored(answers)
    assert for_small.judge(answers).recommend is Recommend.CERTIFIED_THERAPIST


def test_how_far_somebody_got_leaves_private_questions_out(
    small: Protocol, for_small: ForClinic
) -> None:
    before, after = given(small), given(small, home=["hurt"])
    del before["home"]

    assert for_small.extent(before) == for_small.extent(after)
    assert for_small.extent(after).answered == for_small.extent(after).of_about == 6
    assert for_small.extent({}).answered == 0


def test_what_is_asked_because_of_a_private_answer_is_private_too(tmp_path: Path) -> None:
    protocol = tiny.load(
        tmp_path,
        questions=tiny.QUESTIONS + PRIVATE.replace(", safety: emergency", ""),
        rules=tiny.RULES
        + "  - {id: home, when: {later: more}, recommend: urgent_medical,"
        + " because: You told us more., evidence: [T1]}\n",
    )
    for_clinic = ForClinic(protocol)
    rest: dict[str, object] = {"flag": "absent", "signs": ["none"], "pain": 3, "duration": "days"}
    quiet = tiny.answers(protocol, **rest, home="safe")
    told = tiny.answers(protocol, **rest, home="afraid", since="long", later="more")

    assert for_clinic.private == {"home", "since", "later"}
    assert for_clinic.stored(told) == for_clinic.stored(quiet) == rest
    assert for_clinic.extent(told) == for_clinic.extent(quiet)
    assert for_clinic.judge(told).recommend is Recommend.URGENT_MEDICAL
    for word in ("home", "since", "later", "more"):
        assert word not in kept(for_clinic, told)


def test_the_lines_of_a_list_that_is_private_are_private_too(tmp_path: Path) -> None:
    """They come from "Not sure" on a list that only a private answer opens."""
    listed = (
        PRIVATE[: PRIVATE.index("- id: since")]
        + """
- id: listed
  type: choices
  ask: Which?
  short: Which
  options: [{id: one, label: One}, {id: two, label: Two}]
  none: true
  not_sure: true
  clarify: true
  enable_when: {home: afraid}
"""
    )
    protocol = tiny.load(
        tmp_path,
        questions=tiny.QUESTIONS + listed.replace(", safety: emergency", ""),
        rules=tiny.RULES
        + "  - {id: two, when: {listed: two}, recommend: urgent_medical, if_unsure: urgent_medical,"
        + " because: Two., evidence: [T1]}\n"
        + "  - {id: home, when: {home: afraid}, recommend: medical_clearance_first,"
        + " because: Home., evidence: [T1]}\n",
    )

    assert ForClinic(protocol).private == {"home", "listed", "listed__one", "listed__two"}


def test_an_emergency_that_only_a_private_answer_tells_of_says_that_it_is_private(
    tmp_path: Path,
) -> None:
    home = PRIVATE[: PRIVATE.index("- id: since")].replace("safety: emergency", "evidence: [T1]")
    protocol = tiny.load(
        tmp_path,
        questions=home + tiny.QUESTIONS,
        rules=tiny.RULES
        + "  - {id: home, when: {home: afraid}, recommend: emergency,"
        + " because: You are afraid., evidence: [T1]}\n",
    )
    for_clinic = ForClinic(protocol)
    cut_short = tiny.answers(protocol, home="afraid")
    judged = for_clinic.judge(cut_short)

    assert for_clinic.can_be_sent(cut_short)
    assert (judged.recommend, judged.private_reason) == (Recommend.EMERGENCY, True)
    for word in ("home", "afraid"):
        assert word not in kept(for_clinic, cut_short)


def test_a_rule_that_rests_on_something_private_as_well_does_not_tell_which(
    tmp_path: Path,
) -> None:
    protocol = tiny.load(
        tmp_path,
        questions=tiny.QUESTIONS + PRIVATE[: PRIVATE.index("- id: since")].replace(
            ", safety: emergency", ""
        ),
        rules=tiny.RULES
        + "  - {id: both, when: {any: [{home: afraid}, {pain: {at_least: 9}}]},"
        + " recommend: urgent_medical, if_unsure: urgent_medical, because: It is very bad.,"
        + " evidence: [T1]}\n",
    )  # fmt: skip
    bad = {"flag": "absent", "signs": ["none"], "pain": 10, "duration": "days"}
    for_clinic = ForClinic(protocol)
    told = [kept(for_clinic, tiny.answers(protocol, **bad, home=one)) for one in ("afraid", "safe")]

    assert told[0] == told[1]
    assert "It is very bad." not in told[0]
    assert for_clinic.judge(tiny.answers(protocol, **bad, home="safe")).private_reason


def test_what_was_not_advised_does_not_tell_that_nothing_private_stood_in_its_way(
    tmp_path: Path,
) -> None:
    protocol = tiny.load(
        tmp_path,
        questions=tiny.QUESTIONS
        + PRIVATE[: PRIVATE.index("- id: since")].replace(", safety: emergency", ""),
        rules=tiny.RULES
        + "  - {id: deep, when: {pain: {at_least: 5}}, recommend: deep_tissue,"
        + " because: It is deep., evidence: [T1]}\n",
        recommendations=tiny.RECOMMENDATIONS.replace(
            "headline: Try deeper work.",
            "headline: Try deeper work., requires: {home: safe}, requires_says: Home is safe.",
        ),
    )
    for_clinic = ForClinic(protocol)
    amber = {"flag": "amber", "signs": ["none"], "pain": 6, "duration": "days"}
    told = [
        kept(for_clinic, tiny.answers(protocol, **amber, home=one)) for one in ("afraid", "safe")
    ]

    assert told[0] == told[1]
    well = tiny.answers(protocol, **{**amber, "flag": "absent"}, home="safe")
    assert "It is deep." in kept(for_clinic, well), "advised to both"


def test_the_shipped_protocol_decides_once_for_both_sides(
    shipped: Path,
) -> None:
    protocol = load_protocol(shipped)
    for_clinic, screening = ForClinic(protocol), Screening(protocol)

    assert for_clinic.private == {"private"}
    for case in protocol.cases:
        answers = screening.restore(case.answers)
        decision, judged = screening.decide(answers), for_clinic.judge(answers)
        assert (judged.recommend, judged.complete) == (decision.recommend, decision.complete)
        assert for_clinic.can_be_sent(answers) or not decision.complete


def test_the_shipped_protocol_tells_of_thoughts_of_ending_life_no_word(shipped: Path) -> None:
    protocol = load_protocol(shipped)
    for_clinic, screening = ForClinic(protocol), Screening(protocol)
    words = ("better_dead", "better off dead", "thoughts", "ending", "hurt me", "RF12", '"private"')
    told = [
        screening.restore(case.answers)
        for case in protocol.cases
        if case.answers.get("private") in (["act"], ["better_dead"], ["better_dead", "hurt"])
    ]

    assert len(told) == 3
    for answers in told:
        judged = for_clinic.judge(answers)
        assert judged.recommend.urgency >= Recommend.URGENT_MEDICAL.urgency
        for word in words:
            assert word not in kept(for_clinic, answers), word


def avoiding(when: Condition, *, areas_private: bool = False) -> ForClinic:
    """A clinic whose protocol avoids an area for a private reason."""
    new = load_protocol(SMALL.parent / "web_new")
    area = Precaution("area", when, (Limit.AREA,), Text("Secret."), (), places=("left_calf",))
    asked = tuple(
        replace(one, private=True) if areas_private and one.id == "where" else one
        for one in new.questions
    )
    return ForClinic(replace(new, questions=asked, precautions=(*new.precautions, area)))


HURT = Test("private", Operator.IS, ("hurt",))
AT_EASE: dict[str, Answer] = {
    "who": "me",
    "age": 40,
    "where": frozenset({"neck_back"}),
    "signs": frozenset({"none"}),
    "feel": frozenset({"knot"}),
    "private": frozenset({"hurt"}),
}


def test_the_places_of_a_private_limit_are_told_to_both_sides() -> None:
    judged = avoiding(HURT).judge(AT_EASE)

    assert private_lines(judged) == ("Avoid an area: left calf. The reason is private.",)
    assert read_decision(judged.stored).private_places == {Limit.AREA: ("left calf",)}


def test_places_that_are_a_private_answer_themselves_are_not() -> None:
    judged = avoiding(HURT, areas_private=True).judge(AT_EASE)

    assert private_lines(judged) == ("Avoid an area. The reason is private.",)
    assert "calf" not in json.dumps(judged.stored)
