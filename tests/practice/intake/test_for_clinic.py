"""What a clinic may know of answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assessment.engine.answers import Answer
from assessment.engine.protocol import Protocol, Recommend
from assessment.practice.intake.for_clinic import ForClinic
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


def test_nothing_that_is_kept_tells_of_a_private_answer(
    small: Protocol, for_small: ForClinic
) -> None:
    asked = ["none"], ["hurt"], ["rather_not"]
    kept = [
        json.dumps([for_small.stored(answers), for_small.judge(answers).stored])
        for answers in (given(small, home=value) for value in asked)
    ]
    unanswered = given(small)
    del unanswered["home"]
    kept.append(json.dumps([for_small.stored(unanswered), for_small.judge(unanswered).stored]))

    assert len(set(kept)) == 1
    assert "home" not in kept[0]
    assert "hurt" not in kept[0]


def test_answers_are_complete_without_the_private_ones(
    small: Protocol, for_small: ForClinic
) -> None:
    answers = given(small, home=["hurt"])
    judged = for_small.judge(answers)

    assert Screening(small).decide(answers).recommend is Recommend.MEDICAL_CLEARANCE_FIRST
    assert judged.recommend is Recommend.CERTIFIED_THERAPIST
    assert judged.complete
    assert judged.stored["missing"] == []
    assert judged.stored["fail_safe"] is False


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
    assert for_clinic.judge(told) == for_clinic.judge(quiet)
    assert for_clinic.judge(told).complete


def test_an_emergency_that_only_a_private_answer_tells_of_cannot_be_sent(tmp_path: Path) -> None:
    """A response that breaks off without a reason would give it away."""
    home = PRIVATE[: PRIVATE.index("- id: since")].replace("safety: emergency", "evidence: [T1]")
    protocol = tiny.load(
        tmp_path,
        questions=home + tiny.QUESTIONS,
        rules=tiny.RULES
        + "  - {id: home, when: {home: afraid}, recommend: emergency,"
        + " because: You are afraid., evidence: [T1]}\n",
    )
    for_clinic, screening = ForClinic(protocol), Screening(protocol)
    cut_short = tiny.answers(protocol, home="afraid")
    rest = {"flag": "absent", "signs": ["none"], "pain": 3, "duration": "days"}

    assert screening.position(cut_short).emergency
    assert not for_clinic.can_be_sent(cut_short)
    assert for_clinic.can_be_sent(tiny.answers(protocol, home="afraid", **rest))


def test_a_rule_that_also_rests_on_something_private_keeps_its_reason(tmp_path: Path) -> None:
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
    answers = tiny.answers(
        protocol, flag="absent", signs=["none"], pain=10, duration="days", home="safe"
    )

    assert "It is very bad." in json.dumps(ForClinic(protocol).judge(answers).stored)


def test_the_shipped_protocol_decides_the_same_where_nothing_private_was_told(
    shipped: Path,
) -> None:
    protocol = load_protocol(shipped)
    for_clinic, screening = ForClinic(protocol), Screening(protocol)

    assert for_clinic.private == {"private"}
    for case in protocol.cases:
        answers = screening.restore(case.answers)
        decision, judged = screening.decide(answers), for_clinic.judge(answers)
        if answers.get("private") in (None, frozenset({"none"}), frozenset({"rather_not"})):
            assert (judged.recommend, judged.complete) == (decision.recommend, decision.complete)
        assert for_clinic.can_be_sent(answers) or not decision.complete
