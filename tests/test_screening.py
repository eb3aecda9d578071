"""What a person who answers can do."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.engine.answers import AnswerProblem, Answers
from assessment.engine.protocol import Protocol, Recommend
from assessment.screening import Screening
from tests import tiny
from tests.engine import strategies as some
from tests.engine.oracle import Oracle

COMPLETE: dict[str, object] = {
    "flag": "absent",
    "signs": ["none"],
    "pain": 3,
    "duration": "days",
}


@pytest.fixture
def screening(tmp_path: Path) -> Screening:
    return Screening(tiny.load(tmp_path))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.data(), some.protocols())
def test_stored_answers_come_back_as_they_were(data: st.DataObject, protocol: Protocol) -> None:
    screening = Screening(protocol)
    answers = data.draw(some.answers(protocol))

    stored = screening.store(answers)

    assert screening.restore(stored) == answers
    assert screening.reopen(stored) == answers


def test_what_the_protocol_no_longer_understands_is_asked_again(screening: Screening) -> None:
    stored = {**COMPLETE, "flag": "purple", "unheard_of": 1, "signs": "all of them", "pain": None}

    assert screening.restore(stored) == {"duration": "days"}


def test_an_answer_replaces_the_one_before_and_leaves_the_others(screening: Screening) -> None:
    before = screening.restore(COMPLETE)

    after = screening.answer(before, "pain", "7")

    assert after == {**before, "pain": 7}
    assert before["pain"] == 3


def test_what_is_no_answer_is_refused(screening: Screening) -> None:
    with pytest.raises(AnswerProblem):
        screening.answer({}, "pain", "11")
    with pytest.raises(KeyError):
        screening.answer({}, "unheard_of", "11")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.data(), some.protocols())
def test_the_position_is_the_first_question_without_an_answer(
    data: st.DataObject, protocol: Protocol
) -> None:
    answers = data.draw(some.answers(protocol))
    position = Screening(protocol).position(answers)
    expected = Oracle(protocol).decide(answers)
    emergency = any(
        recommend is Recommend.EMERGENCY and not unsure for _, recommend, unsure in expected.fired
    )

    assert position.emergency == emergency
    asked_now = () if position.question is None else (position.question.id,)
    assert {*position.asked} <= {*answers, *asked_now}
    if emergency or expected.complete:
        assert position.question is None
    else:
        assert position.question is not None
        assert position.question.id == expected.missing[0]


@pytest.mark.parametrize("stored", [{}, COMPLETE])
def test_the_position_goes_over_the_questions_once(
    screening: Screening, monkeypatch: pytest.MonkeyPatch, stored: dict[str, object]
) -> None:
    times, asked = 0, screening.engine.asked

    def counted(answers: Answers) -> list[str]:
        nonlocal times
        times += 1
        return asked(answers)

    monkeypatch.setattr(screening.engine, "asked", counted)
    screening.position(screening.restore(stored))

    assert times == 1


def test_reasons_are_those_of_the_recommendation_in_the_order_of_the_questions(
    tmp_path: Path,
) -> None:
    rules = tiny.rules("{pain: {at_least: 5}}", "{flag: amber}", "{signs: a}", "{signs: c}")
    for number in range(4):
        rules = rules.replace("You told us so.", f"Reason {number}.", 1)
    screening = Screening(tiny.load(tmp_path, rules=rules))
    answers = screening.restore({**COMPLETE, "flag": "amber", "signs": ["a"], "pain": 9})
    answers = screening.answer(answers, "more", "lots")

    why = screening.why(answers, screening.decide(answers))

    assert why.reasons == ("Reason 1.", "Reason 2.", "Reason 0.")
    assert why.private == ()


def test_private_reasons_stand_apart(tmp_path: Path) -> None:
    questions = tiny.QUESTIONS.replace("short: Pain", "short: Pain\n  private: true")
    screening = Screening(
        tiny.load(tmp_path, questions=questions, rules=tiny.rules("{pain: {at_least: 5}}"))
    )
    answers = screening.restore({**COMPLETE, "pain": 9})

    why = screening.why(answers, screening.decide(answers))

    assert why.reasons == ()
    assert why.private == ("You told us so.",)


def test_what_was_said_is_told_and_what_was_not_sure_is_left_out(screening: Screening) -> None:
    def said(flag: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return screening.said(screening.restore({**COMPLETE, "flag": flag}))

    assert said("red") == (("a red flag",), ())
    assert said("absent") == ((), ("a red flag",))
    assert said("not_sure") == ((), ())


def test_answers_read_as_the_person_saw_them(screening: Screening) -> None:
    question = screening.protocol.question

    def words(name: str, raw: object) -> tuple[str, ...]:
        answer = screening.answer({}, name, raw)[name]
        return screening.in_words(question[name], answer, carer=False)

    assert words("signs", ["c", "a", "not_sure"]) == ("A", "C", "Not sure")
    assert words("signs", ["none"]) == ("None of these",)
    assert words("pain", 3) == ("3",)
    assert words("flag", "absent") == ("No",)
