"""The clinic's own questions: asked of who was invited, beside the protocol and apart from it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from assessment.practice.intake.intake import Intake
from assessment.records import own_answers, own_questions
from assessment.records.own_answers import OwnAnswers
from assessment.records.own_questions import Kind, OwnQuestion, OwnQuestions
from assessment.web.intake.own_form import LONG_TEXT, LONGEST_TEXT, NO_NUMBER
from assessment.web.intake.send_form import NO_NAME, NOT_ASKED
from tests.web.client import Client, Given, text_of
from tests.web.intake.riverside import CHEST, NUMB, WELL, Riverside, begin_at, form_of, send, walked

GOAL = OwnQuestion("goal", Kind.TEXT, "What would you like? <b>")
FRONT = OwnQuestion("front", Kind.ONE, "Can you lie on your front?", ("Yes", "No"))
OILS = OwnQuestion("oils", Kind.SEVERAL, "Which oils?", ("Rose", "Almond & co", "None"))
WEEKS = OwnQuestion("weeks", Kind.NUMBER, "For how many weeks?")
ALL = (GOAL, FRONT, OILS, WEEKS)
GIVEN: Mapping[str, Given] = {
    "own-goal": "To <i>sleep</i>\nagain", "own-front": "No", "own-oils": ["Rose", "Almond & co"],
    "own-weeks": "2.5",
}  # fmt: skip


def asks(riverside: Riverside, *asked: OwnQuestion, retired: tuple[OwnQuestion, ...] = ()) -> None:
    with riverside.database.writing() as tx:
        own_questions.put(tx, riverside.clinic.id, OwnQuestions(asked, retired))


def answered(riverside: Riverside) -> list[OwnAnswers | None]:
    ids = [one.line.id for one in riverside.responses()]
    with riverside.database.reading() as tx:
        return list(own_answers.of_responses(tx, riverside.clinic.id, ids).values())


def invited(riverside: Riverside, given: Mapping[str, Given] = WELL) -> Client:
    return walked(riverside.phone(), riverside.invite(), given)


def test_who_was_invited_is_asked_after_the_result_and_the_answers_are_kept_apart(
    riverside: Riverside,
) -> None:
    asks(riverside, *ALL)
    phone = invited(riverside)
    assert "lie on your front" not in phone.get("/result").text
    page = phone.get("/send")
    assert "Questions from Riverside Massage" in page.text
    assert "They do not change your result." in page.text
    assert page.text.index("What would you like? <b>") < page.text.index("lie on your front")
    assert "like? &lt;b&gt;" in page.html

    assert send(phone, **GIVEN).goes_to == "/sent"

    [own] = answered(riverside)
    assert own is not None
    assert [(one.question, one.answers) for one in own] == [
        (GOAL.words, ("To <i>sleep</i>\nagain",)),
        (FRONT.words, ("No",)),
        (OILS.words, ("Rose", "Almond & co")),
        (WEEKS.words, ("2.5",)),
    ]
    [response] = riverside.responses()
    assert "sleep" not in repr(response.content)
    assert not {"goal", "front", "oils", "weeks"} & set(response.content.answers)


def test_every_one_of_them_may_be_left_out(riverside: Riverside) -> None:
    asks(riverside, *ALL)
    phone = invited(riverside)

    assert send(phone, **{"own-front": "", "own-goal": "  "}).goes_to == "/sent"

    assert answered(riverside) == []


def test_nobody_is_asked_on_the_public_page_and_nothing_is_taken_there(
    riverside: Riverside,
) -> None:
    asks(riverside, *ALL)
    phone = riverside.phone()
    phone.walk(WELL, begin_at(phone))
    assert "Questions from" not in phone.get("/send").text

    held = send(phone, **GIVEN)

    assert (held.status, NOT_ASKED in held.text) == (422, True)
    assert send(phone).goes_to == "/sent"
    assert answered(riverside) == []


def test_an_emergency_asks_nothing_and_lets_nothing_stand_in_its_way(riverside: Riverside) -> None:
    asks(riverside, *ALL)
    phone = invited(riverside, CHEST)
    assert "Questions from" not in phone.get("/send").text

    assert send(phone, **{"own-gone": "once", **GIVEN}).goes_to == "/sent"

    assert answered(riverside) == []
    assert [one.line.urgency for one in riverside.responses()] == [3]


def test_what_does_not_fit_is_said_and_everything_typed_is_shown_again(
    riverside: Riverside,
) -> None:
    asks(riverside, *ALL)
    phone = invited(riverside)
    long = "a" * (LONGEST_TEXT + 1)

    page = send(phone, **{**GIVEN, "own-weeks": "some", "own-goal": long})

    assert page.status == 422
    assert LONG_TEXT in page.text
    assert NO_NUMBER in page.text
    assert {"#own-goal", "#own-weeks"} <= set(page.links)
    assert page.one("input", id="own-weeks").get("value") == "some"
    ticked = [one.get("value") for one in page.all("input") if "checked" in one.attrib]
    assert {"No", "Rose", "Almond & co"} <= set(ticked)
    assert riverside.responses() == []


def test_an_option_that_is_not_offered_is_not_taken(riverside: Riverside) -> None:
    asks(riverside, *ALL)
    phone = invited(riverside)

    send(phone, **{"own-front": "Maybe", "own-oils": ["Tar", "Rose"]})

    [own] = answered(riverside)
    assert own is not None
    assert [one.answers for one in own] == [("Rose",)]


def test_an_answer_belongs_to_the_wording_it_was_given_to(riverside: Riverside) -> None:
    asks(riverside, GOAL)
    phone = invited(riverside)
    form = form_of(phone)
    other = OwnQuestion("other", Kind.TEXT, "What would you rather not do?")
    asks(riverside, other, retired=(GOAL,))

    assert phone.post("/send", {**form, "own-goal": "Sleep"}).goes_to == "/sent"

    [own] = answered(riverside)
    assert own is not None
    assert [(one.question, one.answers) for one in own] == [(GOAL.words, ("Sleep",))]


def test_an_answer_whose_question_is_gone_is_not_lost_in_silence(riverside: Riverside) -> None:
    asks(riverside, GOAL)
    phone = invited(riverside)
    form = form_of(phone)
    asks(riverside, FRONT)

    page = phone.post("/send", {**form, "own-goal": "Sleep", "name": ""})

    assert page.status == 422
    assert NOT_ASKED in page.text
    assert NO_NAME in page.text, "beside other faults, too"
    assert "Sleep" in text_of(page.one("section", id="lost"))
    assert "lie on your front" in page.text
    assert riverside.responses() == []
    assert phone.post("/send", {**form, "own-front": "No"}).goes_to == "/sent"
    [own] = answered(riverside)
    assert own is not None
    assert [one.answers for one in own] == [("No",)]


def test_nothing_that_is_no_longer_asked_holds_up_whoever_needs_a_doctor_today(
    riverside: Riverside,
) -> None:
    asks(riverside, GOAL)
    phone = invited(riverside, NUMB)
    form = form_of(phone)
    asks(riverside, FRONT)

    assert phone.post("/send", {**form, "own-goal": "Sleep"}).goes_to == "/sent"

    assert [one.line.urgency for one in riverside.responses()] == [2]


def test_the_same_sent_twice_is_stored_once_and_something_else_is_refused(
    riverside: Riverside,
) -> None:
    asks(riverside, *ALL)
    phone = invited(riverside)
    form = {**form_of(phone), "own-goal": "Sleep"}
    before = dict(phone.cookies)
    assert phone.post("/send", form).goes_to == "/sent"
    assert phone.post("/send", form).goes_to == "/sent"
    phone.cookies.update(before)

    assert phone.post("/send", form).goes_to == "/sent"
    phone.cookies.update(before)
    other = phone.post("/send", {**form, "own-goal": "Run"})

    assert other.status == 409
    assert "Run" in other.text
    assert len(riverside.responses()) == 1


@pytest.mark.parametrize("arrived", [True, False], ids=["back button", "reply lost"])
@pytest.mark.parametrize("retired", [(), (GOAL,)], ids=["gone", "retired"])
def test_the_same_sent_again_is_the_same_when_a_question_is_switched_off_meanwhile(
    riverside: Riverside, retired: tuple[OwnQuestion, ...], *, arrived: bool
) -> None:
    asks(riverside, GOAL, FRONT)
    phone = invited(riverside)
    form = {**form_of(phone), "own-goal": "Sleep", "own-front": "No"}
    cookie = phone.cookies["answers"]
    assert phone.post("/send", form).goes_to == "/sent"
    asks(riverside, FRONT, retired=retired)
    if not arrived:
        phone.set_cookie("answers", cookie)

    assert phone.post("/send", form).goes_to == "/sent"
    if not arrived:
        phone.set_cookie("answers", cookie)
    other = phone.post("/send", {**form, "own-front": "Yes"})

    assert other.status != 303, "what is still asked was answered otherwise"
    assert len(riverside.responses()) == 1


@pytest.mark.parametrize("retired", [(), (GOAL,)], ids=["gone", "retired"])
def test_the_same_sent_from_a_page_that_asks_no_more_is_the_same(
    riverside: Riverside, retired: tuple[OwnQuestion, ...]
) -> None:
    """The reply was lost, and the page was opened anew."""
    asks(riverside, GOAL, FRONT)
    phone = invited(riverside)
    cookie = phone.cookies["answers"]
    assert send(phone, **{"own-goal": "Sleep", "own-front": "No"}).goes_to == "/sent"
    asks(riverside, FRONT, retired=retired)
    phone.set_cookie("answers", cookie)

    assert send(phone, **{"own-front": "No"}).goes_to == "/sent"

    phone.set_cookie("answers", cookie)
    assert send(phone).status == 409, "what is still asked was left out"
    [own] = answered(riverside)
    assert own is not None
    assert [one.answers for one in own] == [("Sleep",), ("No",)]


@pytest.mark.parametrize("said", ["Sleep", "Run"])
def test_the_same_sent_again_is_the_same_when_a_question_goes_in_that_moment(
    riverside: Riverside, said: str
) -> None:
    """Which are asked was read already, in another order, when the clinic took one out."""
    asks(riverside, GOAL, FRONT)
    phone = invited(riverside)
    form = {**form_of(phone), "own-goal": "Sleep", "own-front": "No"}
    cookie = phone.cookies["answers"]
    assert phone.post("/send", form).goes_to == "/sent"
    phone.set_cookie("answers", cookie)
    asks(riverside, FRONT)
    other_order = OwnQuestions((FRONT, GOAL))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Intake, "own_questions", lambda *_: other_order)
        page = phone.post("/send", {**form, "own-goal": said})
    assert page.status == (303 if said == "Sleep" else 409)


def test_while_the_database_is_away_what_was_typed_is_shown_and_sent_with_one_more_press(
    riverside: Riverside,
) -> None:
    asks(riverside, *ALL)
    phone = invited(riverside)
    form: dict[str, Given] = {**form_of(phone), **GIVEN}
    with riverside.away():
        page = phone.post("/send", form)
    assert page.status == 503
    assert "Almond & co" in page.text
    again: dict[str, list[str]] = {}
    for one in page.one("form", action="/send").iter("input"):
        again.setdefault(one.get("name") or "", []).append(one.get("value") or "")

    assert phone.post("/send", again).goes_to == "/sent"

    [own] = answered(riverside)
    assert own is not None
    assert [one.answers for one in own][2] == ("Rose", "Almond & co")


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.SEVERAL])
def test_the_longest_answers_to_as_many_questions_as_can_be_are_taken(
    riverside: Riverside, kind: Kind
) -> None:
    options = tuple(f"{place} " + "w" * 58 for place in range(8)) if kind is Kind.SEVERAL else ()
    asks(riverside, *(OwnQuestion(f"q{at:07}", kind, "w" * 150, options) for at in range(10)))
    phone = invited(riverside)
    given: Given = list(options) if options else "\U0001f486" * LONGEST_TEXT

    sent = send(phone, **{f"own-q{at:07}": given for at in range(10)}, message="\U0001f486" * 2000)

    assert sent.goes_to == "/sent"
    [own] = answered(riverside)
    assert own is not None
    assert len(own) == 10


def test_no_answer_that_does_not_fit_holds_up_what_is_urgent_and_staff_read_it_as_it_was_typed(
    riverside: Riverside,
) -> None:
    asks(riverside, GOAL, WEEKS)
    phone = invited(riverside, NUMB)
    long = "a" * (LONGEST_TEXT + 1)
    form = {**form_of(phone), "own-goal": long, "own-weeks": "about three"}
    cookie = phone.cookies["answers"]
    for _ in range(2):
        assert phone.post("/send", form).goes_to == "/sent"
        phone.set_cookie("answers", cookie)  # the reply was lost
    [own] = answered(riverside)
    assert own is not None
    assert [one.answers for one in own] == [(long,), ("about three",)]


@pytest.mark.parametrize("arrived_before", [True, False], ids=["reply lost", "first press"])
def test_of_what_is_urgent_an_answer_whose_question_is_gone_reaches_staff_with_the_message(
    riverside: Riverside, *, arrived_before: bool
) -> None:
    asks(riverside, GOAL)
    phone = invited(riverside, NUMB)
    form = {**form_of(phone), "own-goal": "My left arm is numb, too", "message": "Hello"}
    cookie = phone.cookies["answers"]
    if arrived_before:
        assert phone.post("/send", form).goes_to == "/sent"
        phone.set_cookie("answers", cookie)
    asks(riverside)

    for _ in range(2):
        assert phone.post("/send", form).goes_to == "/sent"
        phone.set_cookie("answers", cookie)

    [response] = riverside.responses()
    own = [one for found in answered(riverside) for one in found or ()]
    told = [*(text for one in own for text in one.answers), response.content.message]
    assert "My left arm is numb, too" in " ".join(told)
    assert response.content.message.startswith("Hello")
