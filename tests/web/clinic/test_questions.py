"""An owner writes the clinic's own questions and words; therapists read what was answered."""

from __future__ import annotations

import csv
import io
import json

import pytest

from assessment.exports.dates import UTC
from assessment.practice.practice import Practice
from assessment.practice.responses.printout import sheet_of
from assessment.practice.staff.clinics import LONGEST_WORDS
from assessment.practice.staff.questionnaire import (
    LONGEST_QUESTION,
    MOST_OPTIONS,
    MOST_QUESTIONS,
    READY_MADE,
    Move,
)
from assessment.practice.staff.refusals import Refused
from assessment.records import audit, own_answers
from assessment.records.acts import Act
from assessment.records.ids import ResponseId
from assessment.records.own_answers import OwnAnswer
from assessment.records.own_questions import Kind
from tests.web.client import text_of
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.sent import EMERGENCY, MASSAGE, send_to
from tests.web.clinic.staff import Staff

HOME = "/clinic/settings/questions"
CHOOSE = {"words": "How are you? <b>", "kind": "one", "options": "Well\n\n Well \nNot so well"}


def asked(staff: Staff) -> list[str]:
    return [one.words for one in staff.practice.questionnaire.listed(staff.who)]


def acts(staff: Staff) -> list[str]:
    with staff.practice.database.reading() as tx:
        entries = audit.listed(tx, staff.who.clinic.id, audit.Sought(), None, 9)
    return [one.act for one in entries]


def test_an_owner_adds_changes_orders_and_removes_questions_without_a_script(
    staff: Staff,
) -> None:
    assert HOME in staff.get("/clinic/settings").links
    assert "no questions of your own yet" in staff.get(HOME).text
    page = staff.post(f"{HOME}/new", CHOOSE)
    assert page.goes_to == f"{HOME}?done=added"
    staff.post(f"{HOME}/new", {"words": "For how long?", "kind": "number", "options": "no\nmatter"})
    first, second = staff.practice.questionnaire.listed(staff.who)
    assert (first.kind, first.options) == (Kind.ONE, ("Well", "Not so well"))
    assert (second.kind, second.options) == (Kind.NUMBER, ())
    assert "How are you? &lt;b&gt;" in staff.get(HOME).html

    staff.post(f"{HOME}/{second.id}/up")
    assert asked(staff) == ["For how long?", "How are you? <b>"]
    staff.post(f"{HOME}/{second.id}/down")
    assert asked(staff) == ["How are you? <b>", "For how long?"]

    one = f"{HOME}/{first.id}"
    assert staff.get(one).value("words") == first.words
    assert staff.post(one, {**CHOOSE, "words": "How do you feel?"}).goes_to.endswith("changed")
    changed = staff.practice.questionnaire.listed(staff.who)[0]
    assert changed.words == "How do you feel?"
    assert changed.id != first.id, "another wording is another question"
    assert staff.get(one).status == 404

    assert staff.post(f"{HOME}/{changed.id}/remove").goes_to.endswith("remove")
    assert asked(staff) == ["For how long?"]
    assert acts(staff).count(Act.QUESTIONS_CHANGED) == 6


def test_each_ready_made_question_is_added_with_one_press_and_only_once(staff: Staff) -> None:
    for name, question in READY_MADE.items():
        assert question.words in staff.get(HOME).text
        staff.post(HOME, {"ready": name})
        staff.post(HOME, {"ready": name})

    assert asked(staff) == [one.words for one in READY_MADE.values()]
    assert "Ready-made" not in staff.get(HOME).text
    assert staff.post(HOME, {"ready": "made up"}).status == 404


def test_there_are_at_most_ten(staff: Staff) -> None:
    for number in range(MOST_QUESTIONS):
        staff.post(f"{HOME}/new", {"words": f"Question {number}", "kind": "text", "options": ""})
    assert MOST_QUESTIONS == 10
    assert "the most you can have" in staff.get(HOME).text

    page = staff.post(f"{HOME}/new", CHOOSE)

    assert page.status == 422
    assert "First remove one" in page.text
    staff.post(HOME, {"ready": "goal"})
    assert len(asked(staff)) == MOST_QUESTIONS


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"words": " "}, "Enter a question"),
        ({"words": "w" * (LONGEST_QUESTION + 1)}, "characters or fewer"),
        ({"kind": "essay"}, "Choose how they answer"),
        ({"options": "Only one"}, "Enter 2 to 8 choices"),
        ({"options": "\n".join(map(str, range(MOST_OPTIONS + 1)))}, "Enter 2 to 8 choices"),
        ({"options": "a\n" + "w" * 61}, "Shorten each choice"),
    ],
)
def test_what_is_wrong_with_a_question_is_said_and_it_is_not_asked(
    staff: Staff, wrong: dict[str, str], says: str
) -> None:
    page = staff.post(f"{HOME}/new", {**CHOOSE, **wrong})

    assert page.status == 422
    assert says in page.text
    assert asked(staff) == []


def test_who_is_an_owner_no_more_changes_nothing(
    staff: Staff, make_staff: MakeStaff, practice: Practice
) -> None:
    therapist = make_staff(email="tess@example.org", name="Tess", joins=staff.who.clinic.slug)
    assert therapist.get(HOME).status == 403
    assert therapist.get("/clinic/settings/words").status == 403
    staff.post(HOME, {"ready": "goal"})
    [one] = practice.questionnaire.listed(staff.who)
    with pytest.raises(Refused):
        practice.questionnaire.move(therapist.who, one.id, Move.REMOVE)

    assert asked(staff) == [READY_MADE["goal"].words]


def with_own(staff: Staff, answers: dict[str, object]) -> ResponseId:
    response = send_to(staff, answers)
    own = (
        OwnAnswer("a", Kind.TEXT, "What would you like?", ("To <i>sleep</i>\n=1+1",)),
        OwnAnswer("b", Kind.SEVERAL, "Which oils?", ("Rose", "Almond")),
    )
    with staff.practice.database.writing() as tx:
        own_answers.add(tx, staff.who.clinic.id, response, own)
    return response


def test_answers_stand_under_a_heading_of_their_own_on_the_page_on_paper_and_in_files(
    staff: Staff,
) -> None:
    response = with_own(staff, dict(MASSAGE))
    page = staff.get(f"/clinic/responses/{response}")
    assert "Our own questions" in map(text_of, page.all("h2"))
    assert "To &lt;i&gt;sleep&lt;/i&gt;" in page.html

    opened = staff.practice.inbox.response(staff.who, response)
    assert opened is not None
    block = sheet_of(opened, UTC).answers[-1]
    assert block.heading == "Our own questions"
    assert block.lines[1] == ("Which oils?: Rose; Almond", "")
    address = f"/clinic/responses/{response}"
    assert staff.get(f"{address}.pdf").response.data.startswith(b"%PDF")
    told = json.loads(staff.get(f"{address}.json").response.data)["responses"][0]
    assert told["own_questions"][1] == {
        "id": "b", "kind": "several", "question": "Which oils?", "answers": ["Rose", "Almond"],
    }  # fmt: skip
    assert "a" not in told["answers"]
    text = staff.get(f"{address}.csv").response.data.decode("utf-8-sig")
    heads, cells = csv.reader(io.StringIO(text))
    assert cells[heads.index("own_questions")].endswith("| Which oils?: Rose, Almond")
    assert "sleep" not in cells[heads.index("answers")]


def test_what_was_answered_says_nothing_of_urgency(staff: Staff) -> None:
    plain, asked_too = send_to(staff, MASSAGE), with_own(staff, dict(MASSAGE))
    seen = [staff.practice.inbox.response(staff.who, id) for id in (plain, asked_too)]
    first, second = (one.summary for one in seen if one is not None)
    assert first is not None
    assert second is not None
    assert (first.level, first.verdict, first.limited) == (
        second.level, second.verdict, second.limited,
    )  # fmt: skip
    assert first.for_notes == second.for_notes


def test_what_cannot_be_read_is_said(staff: Staff) -> None:
    response = with_own(staff, dict(EMERGENCY))
    with staff.practice.database.writing() as tx:
        tx.connection.exec_driver_sql("UPDATE own_answers SET sealed = substr(sealed, 2)")

    page = staff.get(f"/clinic/responses/{response}")

    assert "cannot be read" in page.text
    told = json.loads(staff.get(f"/clinic/responses/{response}.json").response.data)
    assert told["responses"][0]["own_questions"] is None


def test_an_owner_writes_words_of_bounded_length(staff: Staff) -> None:
    address = "/clinic/settings/words"
    assert address in staff.get("/clinic/settings").links
    form = {"welcome": "Hello <b>\r\nthere", "before_visit": "", "after_visit": "Rest."}
    assert staff.post(address, form).goes_to == "/clinic/settings?done=saved"

    clinic = staff.who.clinic
    assert (clinic.welcome, clinic.before_visit, clinic.after_visit) == (
        "Hello <b>\nthere", None, "Rest.",
    )  # fmt: skip
    assert staff.get(address).value("welcome") == "Hello <b>\nthere"
    assert Act.SETTINGS_CHANGED in acts(staff)
    page = staff.post(address, {**form, "welcome": "w" * (LONGEST_WORDS + 1)})
    assert page.status == 422
    assert "500 characters or fewer" in page.text
    assert staff.who.clinic.welcome == "Hello <b>\nthere"


def test_questions_that_cannot_be_read_are_never_written_over(staff: Staff) -> None:
    staff.post(HOME, {"ready": "goal"})
    with staff.practice.database.writing() as tx:
        tx.connection.exec_driver_sql("UPDATE own_questions SET sealed = substr(sealed, 2)")

    staff.post(HOME, {"ready": "pressure"})
    page = staff.get(HOME)

    assert "be read now, so nobody is asked them" in page.text
    assert "Ready-made" not in page.text
    assert "You have no questions" not in page.text
    with pytest.raises(Refused, match="unreadable"):
        staff.practice.questionnaire.add(staff.who, Kind.TEXT, "Another?", ())
