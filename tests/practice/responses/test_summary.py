"""What a therapist sees of a response in ten seconds, and that nothing in it says too much."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest

from assessment.engine.conditions import Operator, Test
from assessment.engine.protocol import Limit, Precaution, Protocol, Recommend
from assessment.engine.text import Text
from assessment.exports.machine import PRIVATE_REASON
from assessment.practice.intake.for_clinic import ForClinic
from assessment.practice.responses.cautions import LIMITS, OF_PLACES, OTHERWISE_UNSURE
from assessment.practice.responses.client_answers import UNREAD
from assessment.practice.responses.names import named, names_of
from assessment.practice.responses.phrases import (
    CARER,
    CHANGED,
    DOUBTFUL,
    INCOMPLETE,
    NOBODY,
    STOPPED,
    warnings,
)
from assessment.practice.responses.stored_decision import Decided, Noted, read_decision
from assessment.practice.responses.summary import (
    URGENCIES,
    Summary,
    summarise,
    urgency_in_words,
)
from assessment.practice.responses.verdict import verdict
from assessment.practice.responses.words import not_asked
from assessment.protocols.diagnostics import BrokenProtocol
from assessment.protocols.load import load_protocol
from assessment.records.ids import ClientId, ResponseId
from assessment.records.model import Consent, Content, Line, State
from assessment.screening import Screening
from tests import tiny
from tests.engine import test_clarify
from tests.records.some import NOW

SMALL = Path(__file__).parents[2] / "protocols" / "web_small"
LINES = f"""{test_clarify.RULES}
precautions:
  - {{id: skin, when: {{signs: rash}}, limits: [note], therapist: Gloves., evidence: [T1]}}
"""
LIMITED = {
    "questions": f"""{tiny.QUESTIONS}
- id: own
  type: choice
  private: true
  ask: Are your bones thin?
  short: Thin bones
  options:
    - {{id: thin, label: Thin}}
    - {{id: firm, label: Firm}}
""",
    "rules": f"""{tiny.RULES}
precautions:
  - id: thin
    when: {{own: thin}}
    limits: [no_deep_pressure, note]
    therapist: Thin bones.
    evidence: [T1]
""",
}
CONSENT = Consent("1", "I agree.", NOW)
LASTING = {
    "who": "me", "age": 44, "signs": ["none"], "pain": 6, "where": ["left_calf", "tummy"],
    "lasted": "weeks", "home": ["none"],
}  # fmt: skip


@pytest.fixture(scope="module")
def small() -> Screening:
    return Screening(load_protocol(SMALL))


@pytest.fixture(scope="module")
def shipped_screening(shipped: Path) -> Screening:
    return Screening(load_protocol(shipped))


@cache
def for_clinic(screening: Screening) -> ForClinic:
    return ForClinic(screening.protocol)


def content(screening: Screening, answers: dict[str, Any], **more: str) -> Content:
    """The content of a response, as it comes out of the database."""
    shared, given = for_clinic(screening), screening.restore(answers)
    stored = {"answers": shared.stored(given), "decision": shared.judge(given).stored}
    words = {"name": "Zoe Fischer", "birth": "1982-05-03", "message": "", **more}
    return Content(**json.loads(json.dumps({**stored, **words})), consent=CONSENT)


def summary(screening: Screening, answers: dict[str, Any], **more: str) -> Summary:
    return summarise(content(screening, answers, **more), screening, NOW)


def test_the_small_protocol_gives_every_part(small: Screening) -> None:
    found = summary(small, LASTING, message="It is worst after work.")

    assert found.recommended == "Certified therapist"
    assert found.urgency == "Not urgent"
    assert [reason.words for reason in found.reasons] == ["It has lasted for weeks."]
    assert found.reasons[0].sources[0].claim
    [limited] = found.limited
    assert limited.heading == OF_PLACES, "whoever has it: nothing of this client's own"
    [caution] = limited.cautions
    assert caution.says == "Pain in the left calf."
    assert caution.because == "They said: Left calf"
    assert caution.sources[0].id == "T1"
    assert found.told.areas is not None
    assert found.told.areas.ticked == {"left_calf", "tummy"}
    assert (found.told.areas.front, found.told.areas.back) == (("Tummy",), ("Left calf",))
    assert found.message == "It is worst after work."
    assert (found.person.born, found.person.age) == ("3 May 1982", 44)
    assert not found.told.carer
    assert not found.missing
    assert warnings(found) == ()


def test_a_protocol_that_declares_no_summary_shows_its_sections(small: Screening) -> None:
    told = summary(small, LASTING).told

    assert told.about == ()
    assert told.parts == told.sections
    assert [group.heading for group in told.sections] == [
        "About you", "Signs that matter", "About the pain",
    ]  # fmt: skip
    levels = [said.level for group in told.sections for said in group.said if said.level]
    assert levels == [6]


def test_a_protocol_says_which_questions_come_first(tmp_path: Path) -> None:
    declared = "summary: {about: [signs], pain: [duration, pain], helps: [more]}\n"
    screening = Screening(tiny.load(tmp_path, protocol=tiny.PROTOCOL + declared))
    told = summary(
        screening,
        {"flag": "absent", "signs": ["b"], "pain": 4, "duration": "weeks"},
    ).told

    assert [said.question for said in told.about] == ["Signs"]
    assert [group.heading for group in told.parts] == ["The pain"]
    assert [said.question for said in told.parts[0].said] == ["How long", "Pain"]
    assert told.parts[0].said[1].level == 4


def test_the_shipped_protocol_fills_every_part(shipped_screening: Screening) -> None:
    answers = next(
        case.answers
        for case in shipped_screening.protocol.cases
        if case.expected is Recommend.REGULAR_PLAN
    )
    told = summary(shipped_screening, dict(answers)).told

    assert [group.heading for group in told.parts] == ["The pain", "What helps", "What was tried"]
    assert told.about[0].question == "Age"
    assert told.parts[0].said[0].level is not None
    assert told.areas is not None


def test_every_case_of_the_shipped_protocol_can_be_summarised(
    shipped_screening: Screening,
) -> None:
    names = names_of(shipped_screening.protocol)
    for case in shipped_screening.protocol.cases:
        found = summary(shipped_screening, dict(case.answers))
        assert found.recommended == names[found.decided.recommendation], case.id
        assert found.urgency in URGENCIES
        assert not found.words_lost
        assert all(caution.because for one in found.limited for caution in one.cautions), case.id
        assert UNREAD not in [group.heading for group in found.told.sections]


def test_recommendations_are_called_what_the_answered_protocol_calls_them(
    tmp_path: Path, small: Screening
) -> None:
    renamed = tiny.RECOMMENDATIONS.replace("id: self_care", "id: self_care, short: Rest at home")
    own = Screening(tiny.load(tmp_path, recommendations=renamed))
    answers = {"flag": "absent", "signs": ["none"], "pain": 4, "duration": "weeks"}

    assert summary(own, answers).recommended == "Rest at home"
    names = names_of(own.protocol)
    assert named(names, "certified_therapist") == "Certified therapist"  # it says nothing else
    assert named(names, "a_walk") == "A walk"
    lost = summarise(content(own, answers), None, NOW, names=names)
    assert (lost.words_lost, lost.recommended) == (True, "Rest at home")


def test_not_sure_is_called_out_with_what_to_ask(small: Screening) -> None:
    found = summary(small, {**LASTING, "signs": ["fever", "not_sure"], "fever_days": "short"})

    [ask] = found.to_ask
    assert ask.question == "Signs that matter now"
    assert ask.about == ("chest pain", "numbness between your legs")
    unsure = [said.question for group in found.told.sections for said in group.said if said.unsure]
    assert unsure == ["Signs that matter now"]
    assert "Signs that matter now" not in [one.question for one in found.told.have_not]


def test_what_is_to_ask_of_a_list_is_the_lines_that_stayed_unsure(tmp_path: Path) -> None:
    screening = Screening(tiny.load(tmp_path, questions=test_clarify.QUESTIONS, rules=LINES))
    lines = {"signs__fever": "no", "signs__rash": "not_sure", "signs__itch": "no"}
    found = summary(screening, {"signs": ["not_sure"], **lines, "pain": 3})

    assert [(one.question, one.may_mean) for one in found.to_ask] == [
        ("A rash on you.", ("Gloves.",))
    ]


def test_a_precaution_that_may_apply_stands_with_the_question_that_left_it_open(
    shipped_screening: Screening,
) -> None:
    case = next(
        one
        for one in shipped_screening.protocol.cases
        if one.answers.get("health") == ["none"] and one.expected is Recommend.REGULAR_PLAN
    )
    lines = {
        name: "not_sure" if name == "health__medicine" else "no"
        for name in shipped_screening.protocol.question
        if name.startswith("health__")
    }
    unsure = {
        "health": ["not_sure"],
        "medicine": ["not_sure"],
        "medicine__immune": "no",
        "medicine__injected": "no",
        "medicine__statin_aches": "no",
        **lines,
    }
    found = summary(shipped_screening, {**case.answers, **unsure, "medicine__steroids": "not_sure"})

    [ask] = [one for one in found.to_ask if any("eroid" in words for words in one.may_mean)]
    sure = {caution.says for one in found.limited for caution in one.cautions}
    assert sure.isdisjoint(ask.may_mean)
    assert OTHERWISE_UNSURE not in [one.question for one in found.to_ask]


def test_what_may_apply_is_told_where_the_words_of_the_questions_are_lost(
    small: Screening,
) -> None:
    stored = content(small, {**LASTING, "signs": ["not_sure"], "fever_days": "short"})
    perhaps = {"id": "x", "limits": ["no_heat"], "therapist": "Perhaps no heat.", "unsure": True}
    decision = {**stored.decision, "precautions": [perhaps]}

    found = summarise(replace(stored, decision=decision), None, NOW)

    assert found.limited == ()
    [ask] = found.to_ask
    assert (ask.question, ask.may_mean) == (OTHERWISE_UNSURE, ("Perhaps no heat.",))


def test_a_private_question_cannot_come_first(tmp_path: Path) -> None:
    folder = shutil.copytree(SMALL, tmp_path / "small")
    path = folder / "protocol.yaml"
    path.write_text(path.read_text() + "summary: {pain: [home]}\n")

    with pytest.raises(BrokenProtocol, match="bad-value: found `home`, which is private"):
        load_protocol(folder)


def test_nothing_private_is_told(small: Screening) -> None:
    given = {**LASTING, "home": ["hurt"]}
    stored = content(small, given)
    # Even if a program that stores too much had written it.
    private_rule = {
        "id": "being_hurt", "recommend": "medical_clearance_first", "because": PRIVATE_REASON,
        "evidence": ["T1"], "answers": {}, "unsure": False,
    }  # fmt: skip
    rules = [*stored.decision["rules"], private_rule]  # type: ignore[misc]  # a list of JSON
    careless = Content(
        {**stored.answers, "home": ["hurt"]},
        {**stored.decision, "rules": rules, "missing": ["home"]},
        stored.name, stored.birth, stored.message, stored.consent,
    )  # fmt: skip

    found = summarise(careless, small, NOW)

    assert found.missing == ()
    for word in ("hurt", "being_hurt", "at home", "somebody hurts"):
        assert not re.search(rf"\b{word}\b", repr(found), re.IGNORECASE), word


def test_a_private_reason_is_told_as_one_with_what_the_person_was_told_to_do(
    small: Screening,
) -> None:
    found = summary(small, {**LASTING, "home": ["hurt"]})

    assert found.urgency == "Doctor first"
    assert found.recommended == "A doctor or physiotherapist first"
    assert found.verdict.words == "No massage yet"
    assert found.verdict.then.endswith("Ask if they did."), "nobody is asked for the reason"
    assert [reason.words for reason in found.reasons] == [
        "The reason is private. They may tell you; don't press them."
    ]
    assert [reason.words for reason in found.others] == ["It has lasted for weeks."]


def test_what_a_private_answer_limits_is_told_without_its_reason(tmp_path: Path) -> None:
    screening = Screening(tiny.load(tmp_path, **LIMITED))
    found = summary(
        screening,
        {"flag": "absent", "signs": ["b"], "pain": 3, "duration": "months", "own": "thin"},
    )

    assert found.verdict.words == "Massage may suit them, with precautions"
    [limited] = found.limited
    assert limited.heading == "No deep pressure"
    [caution] = limited.cautions
    assert (caution.says, caution.because, caution.sources) == ("The reason is private.", "", ())
    assert not found.nothing_to_mind
    assert "thin" not in repr(found).lower()


def test_which_area_to_avoid_is_told_though_the_reason_is_private() -> None:
    new = load_protocol(SMALL.parent / "web_new")
    hidden = Precaution(
        "hidden",
        Test("private", Operator.IS, ("hurt",)),
        (Limit.AREA,),
        Text("Secret."),
        (),
        places=("neck_back", "left_calf"),
    )
    screening = Screening(replace(new, precautions=(*new.precautions, hidden)))
    given = {"who": "me", "age": 40, "where": ["neck_back"], "signs": ["none"], "feel": ["knot"]}
    found = summary(screening, {**given, "private": ["hurt"]})

    [limited] = found.limited
    assert limited.heading == "Avoid an area"
    [caution] = limited.cautions
    assert caution.says == "Back of the neck, left calf. The reason is private."
    assert "secret" not in repr(found).lower()


def test_what_was_stored_when_a_clinic_got_a_decision_of_its_own_is_read_as_it_was(
    small: Screening,
) -> None:
    was = content(small, LASTING)
    before = {key: one for key, one in was.decision.items() if not key.startswith("private_")}

    assert len(before) == len(was.decision) - 3
    found = summarise(replace(was, decision=before), small, NOW)
    assert found == summarise(was, small, NOW)
    assert not found.decided.doubtful


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (LASTING, "Ask the age first"),
        ({**LASTING, "where": ["tummy"]}, "Ask the age first"),
        ({**LASTING, "lasted": "days"}, "Ask the age first"),
        ({**LASTING, "signs": ["fever"], "fever_days": "short"}, "No massage yet"),
        ({**LASTING, "signs": ["numb"]}, "No massage today"),
        ({"who": "me", "age": 44, "signs": ["chest"]}, "No massage"),
    ],
)
def test_ages_that_contradict_each_other_are_asked_about_first_and_are_never_a_fit(
    small: Screening, answers: dict[str, Any], words: str
) -> None:
    found = summary(small, answers, birth="2014-05-03")

    assert found.verdict.words == words
    assert "may suit" not in found.verdict.words + found.verdict.then
    assert not found.nothing_to_mind
    assert warnings(found)[0] == (
        "Ask their age first. The answers say 44, but the date of birth (3 May 2014) says 12. "
        "The suggestion goes by the answers."
    )


def test_ages_are_held_against_each_other_as_on_the_day_and_where_both_are_known(
    small: Screening,
) -> None:
    stored = content(small, LASTING)
    assert summarise(stored, small, NOW + 20 * 366 * 86400).ages is None
    assert summarise(replace(stored, birth="2014-05-03"), None, NOW).verdict.words == (
        "Ask the age first"
    ), "also where the words of that day are lost"
    for birth in ("", "soon"):
        assert summary(small, LASTING, birth=birth).ages is None
    for age in (None, "not_sure", True, "44"):
        careless = replace(stored, answers={**stored.answers, "age": age}, birth="2014-05-03")
        assert summarise(careless, small, NOW).ages is None


def test_an_age_that_the_date_of_birth_tells_already_is_not_told_twice(tmp_path: Path) -> None:
    first = tiny.PROTOCOL + "summary: {about: [age]}\n"
    asked = (
        tiny.QUESTIONS
        + """- id: age
  type: number
  minimum: 0
  maximum: 120
  ask: How old are you?
  short: Age
"""
    )
    screening = Screening(tiny.load(tmp_path, protocol=first, questions=asked))
    answers = {"flag": "absent", "signs": ["b"], "pain": 4, "duration": "weeks", "age": 44}

    assert summary(screening, answers, birth="1982-05-03").told.about == ()
    for other in ("", "1990-05-03"):
        [said] = summary(screening, answers, birth=other).told.about
        assert said.question == "Age"


def test_an_emergency_says_what_was_not_asked(shipped_screening: Screening) -> None:
    answers = {
        "age": 44,
        "where": ["neck_back"],
        "how_long": "weeks_2_to_6",
        "began": "overuse",
        "now": ["chest"],
    }
    found = summary(shipped_screening, answers)

    assert found.verdict.words == "No massage"
    assert found.urgency == "Emergency"
    assert "Health" in found.not_asked
    assert not any("private" in words.lower() for words in found.not_asked)
    assert warnings(found) == (STOPPED,)
    assert found.to_ask == ()


def test_what_alone_was_not_asked_is_told_as_a_question(shipped_screening: Screening) -> None:
    """The label of one question alone, "Checked", tells a therapist nothing."""
    decision = {"recommendation": "self_care", "urgency": 0, "complete": True}
    decided = read_decision({**decision, "skipped": ["checked"], "ended_early": True}, 0)

    assert not_asked(decided, shipped_screening) == (
        "“Has a doctor or physiotherapist checked this pain?”",
    )


def test_a_carer_who_answered_is_told_of(small: Screening) -> None:
    found = summary(small, {**LASTING, "who": "somebody", "signs": ["numb"]})

    assert CARER in warnings(found)
    assert "numbness between their legs" in found.told.have


def test_what_they_have_not_is_told_as_nothing_only_where_nothing_was_ticked(
    small: Screening,
) -> None:
    some = summary(small, {**LASTING, "signs": ["fever"], "fever_days": "short"}).told
    none = summary(small, LASTING).told

    assert [(one.signs, one.none_at_all) for one in some.have_not if "now" in one.question] == [
        (("chest pain", "numbness between your legs"), False)
    ]
    assert none.have_not[0].none_at_all


def test_an_answer_that_is_no_none_is_never_told_as_none(shipped_screening: Screening) -> None:
    case = next(
        one
        for one in shipped_screening.protocol.cases
        if one.answers.get("guardian") == "agrees" and one.answers.get("health") == ["none"]
    )
    denied = summary(shipped_screening, dict(case.answers)).told.have_not

    assert [one.signs for one in denied if one.question == "Parent or guardian"]
    none = [one.question for one in denied if one.none_at_all]
    assert "Parent or guardian" not in none
    assert "Chest, breath, face, sudden pain" in none


def test_answers_that_the_protocol_does_not_know_are_shown_as_they_were_stored(
    small: Screening,
) -> None:
    stored = content(small, LASTING)
    odd = {**stored.answers, "gone": ["x", "y"], "pain": 99}

    told = summarise(Content(odd, stored.decision, "", "", "", CONSENT), small, NOW).told

    assert told.sections[-1].heading == UNREAD
    assert {said.question: said.answers for said in told.sections[-1].said} == {
        "gone": ("x", "y"),
        "pain": ("99",),
    }


@pytest.mark.parametrize("recommend", Recommend)
def test_the_verdict_never_speaks_for_massage_where_care_comes_first(recommend: Recommend) -> None:
    for limits in ((), (Limit.NOTE,), (Limit.NO_MASSAGE,), (Limit.NO_DEEP, Limit.HEAT)):
        found = verdict(decided(recommend, limits)).words

        fits = recommend.is_massage and Limit.NO_MASSAGE not in limits
        waits = ("No massage", "Not this week")
        assert found.startswith("Massage may suit them" if fits else waits)
        assert ("with precautions" in found) is (fits and Limit.NO_DEEP in limits)
        assert not re.search(r"\b(safe|cleared|fine|healthy)\b", found.lower())


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ((Limit.NO_MASSAGE, Limit.ASK_FIRST), "Not this week"),
        ((Limit.ASK_FIRST, Limit.TRAINING, Limit.NO_DEEP), "Ask first"),
        ((Limit.TRAINING, Limit.NO_DEEP), "Special training needed"),
        ((Limit.NO_DEEP,), "Massage may suit them, with precautions"),
        ((Limit.AREA,), "Massage may suit them, with precautions"),
        ((Limit.NOTE,), "Massage may suit them"),
    ],
)
def test_what_a_massage_depends_on_is_a_verdict_of_its_own(
    limits: tuple[Limit, ...], words: str
) -> None:
    for unsure in (False, True):
        found = verdict(decided(Recommend.REGULAR_PLAN, limits, unsure=unsure))
        assert found.words == words
        assert "No precautions found" not in found.then


@pytest.mark.parametrize("changed", [{}, {"precautions": None}, {"complete": False}])
def test_no_precautions_are_found_only_where_all_of_the_decision_is_there(
    small: Screening, changed: dict[str, object]
) -> None:
    stored = content(small, {**LASTING, "where": ["tummy"]})
    found = summarise(replace(stored, decision={**stored.decision, **changed}), small, NOW)

    assert found.verdict.words == "Massage may suit them"
    assert found.verdict.then.startswith("Read the answers" if changed else "No precautions found.")


def test_what_goes_with_a_place_whoever_has_it_is_no_precaution_of_theirs(
    small: Screening,
) -> None:
    found = summary(small, LASTING)
    assert found.verdict.words == "Massage may suit them"
    assert found.verdict.then.startswith("Read the notes")
    assert not found.nothing_to_mind

    stored = content(small, LASTING)
    [noted] = cast(list[dict[str, object]], stored.decision["precautions"])
    for changed in ({"unsure": True}, {"limits": ["no_deep_pressure"]}, {"id": "other"}):
        decision = {**stored.decision, "precautions": [{**noted, **changed}]}
        careful = summarise(replace(stored, decision=decision), small, NOW)
        assert careful.verdict.words == "Massage may suit them, with precautions", changed
    lost = summarise(content(small, LASTING), None, NOW)
    assert lost.verdict.words == "Massage may suit them, with precautions"


def test_every_verdict_of_massage_is_given_to_some_case_that_is_shipped(
    shipped_screening: Screening,
) -> None:
    found: dict[str, int] = {}
    for case in shipped_screening.protocol.cases:
        one = summary(shipped_screening, dict(case.answers), birth="").verdict.words
        found[one] = found.get(one, 0) + 1

    assert found["Massage may suit them"] > found["Massage may suit them, with precautions"]
    assert {"Not this week", "Ask first"} <= found.keys()


def test_not_sure_limits_as_yes_does() -> None:
    for unsure in (False, True):
        no_massage = decided(Recommend.DEEP_TISSUE, (Limit.NO_MASSAGE,), unsure=unsure)
        no_deep = decided(Recommend.DEEP_TISSUE, (Limit.NO_DEEP,), unsure=unsure)

        assert verdict(no_massage).words == "Not this week"
        assert verdict(no_deep).words == "Massage may suit them, with precautions"


def decided(recommend: Recommend, limits: tuple[Limit, ...], *, unsure: bool = False) -> Decided:
    """A decision with this recommendation, and one precaution with these limits."""
    empty = read_decision({})
    noted = Noted("one", limits, "Mind this.", (), unsure=unsure)
    values = {name: getattr(empty, name) for name in Decided.__slots__}
    return Decided(
        **{
            **values,
            "recommendation": recommend.id,
            "urgency": recommend.urgency,
            "pressure": recommend.pressure,
            "noted": (noted,),
        }
    )


def test_a_precaution_stands_once_under_its_gravest_limit(small: Screening) -> None:
    stored = content(small, LASTING)
    precaution = {
        "id": "calf", "limits": ["ask_first", "note", "no_deep_pressure", "unheard_of"],
        "says": "Mind it.", "evidence": ["T1", "GONE"], "unsure": False,
    }  # fmt: skip
    decision = {**stored.decision, "precautions": [precaution, {**precaution, "limits": []}]}
    found = summarise(Content(stored.answers, decision, "", "", "", CONSENT), small, NOW).limited

    assert [(one.limit, len(one.cautions)) for one in found] == [
        ("ask_first", 1),
        ("note", 1),
    ]
    assert found[0].cautions[0].also == ("No deep pressure",)
    assert [source.id for source in found[0].cautions[0].sources] == ["T1", "GONE"]
    assert found[0].cautions[0].sources[1].claim == ""


def test_a_decision_of_nobody_and_an_incomplete_one_say_so(small: Screening) -> None:
    stored = content(small, {"who": "me"})
    found = summarise(stored, small, NOW)

    assert warnings(found) == (INCOMPLETE, NOBODY)


def test_a_decision_that_lacks_everything_is_still_shown() -> None:
    found = summarise(
        Content({}, {"rules": "no list", "urgency": "3"}, "", "", "", CONSENT), None, 0
    )

    assert found.words_lost
    assert found.decided.urgency == 1
    assert found.verdict.words == "No massage yet"
    assert DOUBTFUL in warnings(found)
    assert found.told.sections == ()
    assert urgency_in_words(7) == "Emergency"


def test_the_protocol_may_name_a_recommendation_that_is_new(small: Screening) -> None:
    stored = content(small, LASTING)
    decision = {**stored.decision, "recommendation": "see_a_midwife"}

    found = summarise(Content(stored.answers, decision, "", "", "", CONSENT), small, NOW)

    assert found.recommended == "See a midwife"
    assert found.verdict.words == "No massage yet"
    assert DOUBTFUL in warnings(found)


@pytest.mark.parametrize("recommend", Recommend)
@pytest.mark.parametrize("urgency", [None, "3", True, -1, 0, 1, 2, 3, 99])
@pytest.mark.parametrize("at_least", [0, 2])
def test_of_everything_that_tells_an_urgency_the_most_urgent_counts(
    recommend: Recommend, urgency: object, at_least: int
) -> None:
    stored = {"recommendation": recommend.id, "urgency": urgency, "pressure": recommend.pressure}
    told = urgency if isinstance(urgency, int) and urgency is not True else 0

    found = read_decision({**stored, "rules": [], "precautions": []}, at_least)

    assert found.urgency == min(max(told, recommend.urgency, at_least), 3)
    assert found.doubtful is (urgency is True or urgency != recommend.urgency)


@pytest.mark.parametrize(
    "changed",
    [
        {"precautions": None},
        {"rules": "no list"},
        {"pressure": 2},
        {"precautions": [{"id": "x", "limits": ["no_needles"], "says": "No needles."}]},
    ],
)
def test_a_part_of_a_decision_that_is_lost_or_unknown_is_told_of(
    small: Screening, changed: dict[str, object]
) -> None:
    stored = content(small, {**LASTING, "where": ["tummy"]})
    whole = summarise(stored, small, NOW)
    found = summarise(replace(stored, decision={**stored.decision, **changed}), small, NOW)

    assert (whole.nothing_to_mind, warnings(whole)) == (True, ())
    assert (found.nothing_to_mind, warnings(found)) == (False, (DOUBTFUL,))
    assert found.decided.pressure <= whole.decided.pressure


def test_columns_that_somebody_changed_are_told_of(small: Screening) -> None:
    stored = content(small, {**LASTING, "signs": ["numb"]})
    line = Line(
        ResponseId("r"), ClientId("c"), "Zoe", 2, "urgent_medical", complete=True,
        state=State.NEW, received_at=NOW, read_at=None,
    )  # fmt: skip

    assert CHANGED not in warnings(summarise(stored, small, NOW, line=line))
    for changed in (
        replace(line, urgency=0),
        replace(line, urgency=3),
        replace(line, recommendation="self_care"),
        replace(line, complete=False),
    ):
        found = summarise(stored, small, NOW, line=changed)
        assert CHANGED in warnings(found)
        assert found.decided.urgency == max(2, changed.urgency)
        assert found.recommended == "A doctor today"


def test_who_answered_is_asked_where_somebody_else_was_invited(small: Screening) -> None:
    stored = content(small, LASTING, name="Anna Berg")

    for invited, asks in (("Zoe Fischer", True), ("A. Berg", False), ("", False)):
        found = summarise(stored, small, NOW, invited_as=invited)
        ask = f"Invited as {invited}; the answers name Anna Berg. Ask who answered."
        assert (ask in warnings(found)) is asks, invited


def test_every_limit_says_in_plain_words_what_it_limits() -> None:
    named = {
        Limit.NO_MASSAGE: "massage",
        Limit.NO_DEEP: "deep pressure",
        Limit.HEAT: "heat",
        Limit.AREA: "area",
    }

    assert set(LIMITS) == set(Limit)
    for limit, words in named.items():
        assert words in LIMITS[limit]


def test_a_rule_that_did_not_decide_is_told_apart(small: Screening) -> None:
    found = summary(small, {**LASTING, "signs": ["fever"], "fever_days": "long"})

    assert [reason.words for reason in found.reasons] == ["You told us that the fever has lasted."]
    assert [(one.leads_to, one.words) for one in found.others] == [
        ("A doctor or physiotherapist first", "You told us about a fever."),
        ("Certified therapist", "It has lasted for weeks."),
    ]


def test_the_summary_of_a_protocol_is_part_of_what_is_read(tmp_path: Path) -> None:
    def loaded(extra: str) -> Protocol:
        return tiny.load(tmp_path, protocol=tiny.PROTOCOL + extra)

    hashes = {
        loaded(extra).wording_hash
        for extra in ("", "summary: {pain: [pain]}\n", "summary: {tried: [pain]}\n")
    }

    assert len(hashes) == 3
