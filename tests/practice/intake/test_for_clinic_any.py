"""Whatever the protocol and the answers: a clinic gets the advice of the person, and no reason."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.engine.answers import Answer
from assessment.engine.conditions import Condition, every_test
from assessment.engine.decision import Decision, Engine
from assessment.engine.lines import lines_of
from assessment.engine.protocol import Limit, Protocol
from assessment.engine.questions import Option, Question
from assessment.engine.text import Text
from assessment.practice.intake.for_clinic import ForClinic
from assessment.practice.responses.phrases import warnings
from assessment.practice.responses.stored_decision import read_decision
from assessment.practice.responses.summary import Summary, summarise
from assessment.records.model import Consent, Content
from assessment.screening import Screening
from tests.bare import WORDS
from tests.engine.strategies import answers as some_answers
from tests.engine.strategies import protocols as some_protocols

SECRET = Text("secret")
EXAMPLES = settings(max_examples=100, deadline=None)


@st.composite
def protocols(draw: st.DrawFn) -> Protocol:
    """A protocol with a private question, in which all that rests on one says "secret"."""
    found = draw(some_protocols())
    lists = [one for one in found.questions if one.line is None]
    private = {draw(st.sampled_from(lists)).id} | {one.id for one in lists if one.private}
    findings = {finding.id: finding.when for finding in found.findings}

    def rests(when: Condition) -> bool:
        return any(test.question in private for test in every_test(when, findings))

    asked = [_secret(one) if one.id in private else one for one in lists]
    texts = dict.fromkeys(("disclaimer", "disclaimer_short", "not_reviewed"), WORDS)
    return replace(
        found,
        texts=texts,
        questions=tuple(each for one in asked for each in (one, *lines_of(one))),
        rules=tuple(
            replace(one, id=f"secret_{one.id}", because=SECRET, evidence=("secret",))
            if rests(one.when)
            else one
            for one in found.rules
        ),
        precautions=tuple(
            replace(
                one, id=f"secret_{one.id}", therapist=SECRET, person=SECRET, evidence=("secret",)
            )
            if rests(one.when)
            else one
            for one in found.precautions
        ),
    )


def _secret(question: Question) -> Question:
    def told(option: Option) -> Option:
        return replace(option, label=SECRET, hint=SECRET, says=SECRET, evidence=("secret",))

    return replace(
        question,
        private=True,
        ask=SECRET,
        short=SECRET,
        options=tuple(map(told, question.options)),
        none_label=question.none_label and SECRET,
        not_sure_label=question.not_sure_label and SECRET,
    )


@st.composite
def walks(draw: st.DrawFn) -> tuple[Protocol, dict[str, Answer]]:
    protocol = draw(protocols())
    return protocol, draw(some_answers(protocol, complete=draw(st.booleans())))


def read(protocol: Protocol, answers: dict[str, Answer]) -> Summary:
    """What a therapist sees of these answers."""
    for_clinic = ForClinic(protocol)
    kept = {
        "answers": for_clinic.stored(answers),
        "decision": for_clinic.judge(answers).stored,
    }
    content = Content(
        **json.loads(json.dumps(kept)), name="", birth="", message="", consent=Consent("", "", 0)
    )
    return summarise(content, Screening(protocol), 0)


@EXAMPLES
@given(walks())
def test_a_therapist_sees_the_urgency_and_the_pressure_that_the_person_was_told(
    walk: tuple[Protocol, dict[str, Answer]],
) -> None:
    protocol, answers = walk
    told, seen = Engine(protocol).decide(answers), read(protocol, answers)

    assert seen.decided.urgency == told.recommend.urgency
    assert seen.decided.pressure == told.recommend.pressure
    assert seen.decided.recommendation == told.recommend.id
    assert (seen.decided.complete, seen.decided.fail_safe) == (told.complete, told.fail_safe)
    assert not seen.decided.doubtful
    if seen.verdict.words.startswith("Massage"):
        assert told.recommend.is_massage
    if seen.verdict.words == "Massage may suit them":
        limits = {limit for one in told.precautions for limit in one.precaution.limits}
        assert limits <= {Limit.NOTE}, "what is limited for a private reason counts"


@EXAMPLES
@given(walks())
def test_no_word_of_a_private_question_is_kept_or_shown(
    walk: tuple[Protocol, dict[str, Answer]],
) -> None:
    protocol, answers = walk
    for_clinic, seen = ForClinic(protocol), read(protocol, answers)
    kept = json.dumps([for_clinic.stored(answers), for_clinic.judge(answers).stored])

    for said in (kept, repr(seen), repr(warnings(seen))):
        assert "secret" not in said
    for question in protocol.questions:
        if question.private:
            assert f'"{question.id}"' not in kept


def advice(decision: Decision, protocol: Protocol, answers: dict[str, Answer]) -> object:
    """What a clinic is told of a decision with the consent of the person."""
    judged = ForClinic(protocol).judge(answers)
    limits = judged.limits, judged.places
    return decision.recommend, decision.complete, decision.fail_safe, limits


@EXAMPLES
@given(st.data())
def test_of_two_private_answers_that_lead_to_the_same_advice_a_clinic_gets_the_same(
    data: st.DataObject,
) -> None:
    protocol, one = data.draw(walks())
    others = data.draw(some_answers(protocol, complete=True))
    for_clinic, engine = ForClinic(protocol), Engine(protocol)
    two = {**one, **{name: others[name] for name in for_clinic.private}}

    assert for_clinic.stored(one) == for_clinic.stored(two)
    assert for_clinic.extent(one) == for_clinic.extent(two)
    first, second = engine.decide(one), engine.decide(two)
    if advice(first, protocol, one) == advice(second, protocol, two):
        assert for_clinic.judge(one).stored == for_clinic.judge(two).stored
        assert read_decision(for_clinic.judge(one).stored) == read_decision(
            for_clinic.judge(two).stored
        )
