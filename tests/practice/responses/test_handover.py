"""What a therapist copies into their notes never says more than the client did."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.engine.answers import Answer
from assessment.engine.questions import NO, NONE, NOT_SURE, YES, Kind, Question
from assessment.exports.dates import UTC
from assessment.practice.intake.for_clinic import ForClinic
from assessment.practice.responses.handover import (
    CUT_SHORT,
    DENIES,
    ENDED,
    NO_POINTER,
    REPORTS,
    UNREAD,
    UNSURE,
)
from assessment.practice.responses.summary import summarise
from assessment.practice.responses.told_signs import Told, told_signs
from assessment.protocols.load import load_protocol
from assessment.records.model import Consent, Content
from assessment.screening import Screening
from tests.records.some import NOW

SHIPPED = Screening(load_protocol(Path(__file__).parents[3] / "rules" / "muscle_pain"))
QUESTIONS = SHIPPED.protocol.question
FOR_CLINIC = ForClinic(SHIPPED.protocol)
SIGNS = [
    (question, option)
    for question in SHIPPED.protocol.questions
    for option in question.options
    if option.safety and question.line is None and question.id not in SHIPPED.protocol.private
]


class Client:
    """Somebody who answers what they are asked, and of whom it is written down what that was."""

    def __init__(self, rolls: random.Random, calm: float) -> None:
        self._random = rolls
        self._calm = calm
        self.shown: dict[str, Answer] = {}

    def answer(self, name: str) -> Answer:
        """Answer a question; `calm` is how often they say none, no, or what is mildest."""
        self.shown[name] = given = self._given(QUESTIONS[name])
        return given

    def _given(self, question: Question) -> Answer:
        draw = self._random
        if question.kind.is_numeric:
            return draw.randint(question.minimum or 0, question.maximum or 0)
        options = [one.id for one in question.options]
        if not question.kind.is_set:
            mild = [one.id for one in question.options if one.safety is None]
            return draw.choice(mild if draw.random() < self._calm else self._any(question, options))
        if question.offers_none and question.kind is not Kind.AREAS and draw.random() < self._calm:
            return frozenset({NONE})
        ticked = draw.sample(options, draw.randint(1, min(3, len(options))))
        if question.offers_not_sure and draw.random() < 0.3:
            return frozenset({NOT_SURE, *ticked[1:]})
        return frozenset(ticked)

    def _any(self, question: Question, options: list[str]) -> list[str]:
        return [*options, NOT_SURE] if question.offers_not_sure else options


def content_of(answers: dict[str, Answer]) -> Content:
    shared, judged = FOR_CLINIC.stored(answers), FOR_CLINIC.judge(answers).stored
    stored = json.loads(json.dumps({"answers": shared, "decision": judged}))
    return Content(**stored, name="", birth="", message="", consent=Consent("1", "I agree.", NOW))


def expected(
    question: Question, option: str, shown: dict[str, Answer], ended_at: str | None
) -> Told:
    """What was told of a sign, from the pages that somebody was shown and what they pressed.

    `ended_at` is the page after which the questions ended early, if they did.
    """
    if question.id not in shown:
        return Told.NOT_ASKED
    pressed = shown[question.id]
    ticked = pressed if isinstance(pressed, frozenset) else {pressed}
    if option in ticked:
        return Told.YES
    if NOT_SURE in ticked:
        single = shown.get(f"{question.id}__{option}", NOT_SURE) if question.clarify else NOT_SURE
        return {YES: Told.YES, NO: Told.DENIED, NOT_SURE: Told.NOT_SURE}[str(single)]
    if question.id == ended_at and question.kind.is_set and pressed != frozenset({NONE}):
        return Told.NOT_ASKED
    return Told.DENIED


def ended_at(client: Client, answers: dict[str, Answer]) -> str | None:
    """The page after which the questions of a walk ended early, if they did."""
    is_early = SHIPPED.engine.is_emergency(answers) or SHIPPED.decide(answers).ended_early
    return list(client.shown)[-1] if is_early else None


def listed(note: str, heading: str) -> str:
    """Everything that the lines with this heading say, as one text."""
    return "\n".join(line for line in note.splitlines() if line.startswith(heading))


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from([0.3, 0.8, 0.95, 1.0]), st.booleans())
def test_told_denied_not_sure_and_not_asked_are_never_taken_for_one_another(
    rolls: random.Random, calm: float, is_open: bool
) -> None:
    client = Client(rolls, calm)
    answers = SHIPPED.engine.walk(client.answer, {})
    ended = ended_at(client, answers)
    if is_open:  # what only the person may see, answered on the result
        answers = {**answers, **{one: client.answer(one) for one in SHIPPED.protocol.private}}
    content = content_of(answers)

    told = told_signs(SHIPPED, content.answers)

    assert not told.unread
    assert {(sign.question, sign.option): sign.told for sign in told.signs} == {
        (question.id, option.id): expected(question, option.id, client.shown, ended)
        for question, option in SIGNS
    }
    note = summarise(content, SHIPPED, NOW).for_notes
    places = {
        Told.YES: listed(note, REPORTS),
        Told.DENIED: listed(note, DENIES),
        Told.NOT_SURE: listed(note, UNSURE),
    }
    for sign in told.signs:
        if sign.told is Told.NOT_ASKED and sign.question in client.shown:
            assert sign.says in listed(note, CUT_SHORT)
        elif sign.told is Told.NOT_ASKED:
            short = QUESTIONS[sign.question].short.to(carer=True)
            assert short in listed(note, ENDED) + listed(note, NO_POINTER)
        else:
            assert sign.says in places[sign.told], sign
    denied = {sign.says for sign in told.of(Told.DENIED)}
    for sign in told.signs:
        if sign.told is not Told.DENIED and sign.says not in denied:
            words = places[Told.DENIED].replace(".", ";").split("; ")
            assert sign.says not in words, sign
    for name in SHIPPED.protocol.private:
        assert QUESTIONS[name].short.text not in note


def test_every_state_comes_up_in_walks_like_these() -> None:
    found = set()
    for seed in range(40):
        client = Client(random.Random(seed), 0.8)
        answers = SHIPPED.engine.walk(client.answer, {})
        found |= {sign.told for sign in told_signs(SHIPPED, content_of(answers).answers).signs}

    assert found == set(Told)


def test_a_walk_that_an_emergency_ended_denies_nothing_that_was_not_asked() -> None:
    given = {"who": "me", "age": 61, "where": ["chest"], "how_long": "under_3_days",
             "began": "no_cause", "now": ["chest"]}  # fmt: skip
    note = summarise(content_of(SHIPPED.restore(given)), SHIPPED, NOW).for_notes

    assert listed(note, REPORTS) == "Reports: pressure or tightness in the chest."
    assert listed(note, DENIES) == "", "they may have ticked the first line that fits"
    assert "trouble speaking" in listed(note, CUT_SHORT)
    assert "Chest, jaw, arm, upper back" in listed(note, ENDED)
    summary = summarise(content_of(SHIPPED.restore(given)), SHIPPED, NOW)
    assert summary.told.have_not == (), "nor does the printed sheet say so"


def test_none_that_takes_something_back_is_quoted() -> None:
    case = next(one for one in SHIPPED.protocol.cases if one.answers.get("low") == ["none"])
    note = summarise(content_of(SHIPPED.restore(case.answers)), SHIPPED, NOW).for_notes

    label = QUESTIONS["low"].none_label
    assert label is not None
    [line] = [one for one in note.splitlines() if label.text in one and one.startswith(DENIES)]
    assert "trouble peeing" in line
    assert "you" not in note.replace("young", "").split()


def test_what_they_were_not_sure_of_stands_in_the_note_though_no_sign_is_among_it() -> None:
    case = next(one for one in SHIPPED.protocol.cases if one.answers.get("health") == ["none"])
    lines = {name: "no" for name in QUESTIONS if name.startswith("health__")}
    given = {**case.answers, "health": ["not_sure"], **lines, "health__blood": "not_sure"}
    content = content_of(SHIPPED.restore({**given, "blood": ["none"]}))
    note = summarise(content, SHIPPED, NOW).for_notes

    assert listed(note, UNSURE) == f"Not sure: {QUESTIONS['health__blood'].short.text}."


ASKED_SINGLY = [
    (question.id, option)
    for question in SHIPPED.protocol.questions
    if question.clarify and question.id not in SHIPPED.protocol.private
    for option in question.options
    if option.says or option.safety
]


@pytest.mark.parametrize(("told", "heading"), [(YES, REPORTS), (NOT_SURE, UNSURE)])
def test_what_was_told_of_a_line_asked_singly_stands_in_the_note(told: str, heading: str) -> None:
    assert {option.safety for _, option in ASKED_SINGLY} > {None}
    for name, option in ASKED_SINGLY:
        given = {name: ["not_sure"], f"{name}__{option.id}": told}
        content = replace(content_of({}), answers=given)
        note = summarise(content, SHIPPED, NOW).for_notes

        says = option.says or option.label
        words = {says.to(carer=True), option.label.to(carer=True) if told == NOT_SURE else ""}
        found = listed(note, heading)
        assert any(one and one in found for one in words), (name, option.id, note)


@pytest.mark.parametrize("ticked", ["organs", NONE])
def test_what_was_only_confirmed_is_neither_told_nor_denied_today(ticked: str) -> None:
    case = next(one for one in SHIPPED.protocol.cases if one.answers.get("health") == ["none"])
    given = {**case.answers, "health": ["illness"], "illness": [ticked]}
    asked = content_of(SHIPPED.restore(given))
    summary = summarise(replace(asked, confirmed={"illness": NOW - 40 * 86_400}), SHIPPED, NOW)
    note, since = summary.for_notes, f"{UTC.day(NOW)}, first told {UTC.day(NOW - 40 * 86_400)}"

    says = QUESTIONS["illness"].option("fits").says
    assert says is not None
    assert says.text in listed(summarise(asked, SHIPPED, NOW).for_notes, DENIES)
    assert says.text not in listed(note, DENIES) + listed(note, REPORTS) + listed(note, NO_POINTER)
    label = "Kidney or liver failure" if ticked == "organs" else "None"
    assert f"Confirmed on {since}: Long-term illness: {label}" in note
    assert "Fits that are not under control" in listed(note, "Not ticked then")
    assert "Long-term illness" not in {one.question for one in summary.told.have_not}
    row = next(
        one
        for group in summary.told.sections
        for one in group.said
        if one.question == "Long-term illness"
    )
    assert f"(confirmed on {since})" in row.answers[0]


@pytest.mark.parametrize("broken", [["gone"], "no list"])
def test_an_answer_that_cannot_be_read_denies_nothing(broken: object) -> None:
    case = next(one for one in SHIPPED.protocol.cases if one.answers.get("low") == ["none"])
    content = content_of(SHIPPED.restore(case.answers))
    stored = {**content.answers, "low": broken}

    told = told_signs(SHIPPED, stored)

    assert told.unread == ("low",)
    assert "low" not in {sign.question for sign in told.signs}
    note = summarise(
        Content(stored, content.decision, "", "", "", content.consent), SHIPPED, NOW
    ).for_notes
    assert listed(note, UNREAD) == f"{UNREAD}: {QUESTIONS['low'].short.text}."
    assert "trouble peeing" not in note
