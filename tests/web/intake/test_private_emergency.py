"""Somebody who thinks of ending their life, in a walk that a clinic began."""

from __future__ import annotations

import pytest

from assessment.protocols.load import load_protocol
from assessment.records import own_answers, own_questions
from assessment.records.database import Database
from assessment.records.own_questions import OwnQuestions
from tests.records.some import OWN
from tests.web.client import Client, Page, text_of
from tests.web.conftest import Clock
from tests.web.intake.riverside import TYPED, Riverside, begin_at, form_of, send, walked
from tests.web.walk.test_start import NEW

KNOT = {"where": "neck_back", "signs": "none", "feel": "knot"}
WILL_READ = "will read that you need help now, and that the reason is private."


@pytest.fixture
def riverside(database: Database, clock: Clock) -> Riverside:
    """A clinic whose protocol has such a question."""
    return Riverside(database, clock, load_protocol(NEW))


def who_told(riverside: Riverside, value: str, *, invited: bool = True) -> Client:
    """Somebody who gave this private answer on their result."""
    phone = riverside.phone()
    if invited:
        walked(phone, riverside.invite(), KNOT)
    else:
        phone.walk(KNOT, begin_at(phone))
    assert phone.answer("/questions/private", value).goes_to == "/result"
    return phone


@pytest.mark.parametrize("invited", [True, False])
def test_sending_can_be_reached_below_the_people_to_talk_to(
    riverside: Riverside, *, invited: bool
) -> None:
    phone = who_told(riverside, "act", invited=invited)
    page = phone.get("/result")
    assert page.heading == "You do not have to carry this alone"
    assert WILL_READ in page.text
    assert "Nothing is sent unless you send it yourself." in page.text
    assert page.links.index("tel:116123") < page.links.index("tel:112") < page.links.index("/send")
    assert "button" not in page.one("a", href="/send").attrib.get("class", "")
    assert riverside.responses() == []
    told = text_of(phone.get("/send").one("dl", class_="facts"))
    assert "The reason is private." in told
    assert send(phone).goes_to == "/sent"
    [response] = riverside.responses()
    assert response.line.recommendation == "emergency"


@pytest.mark.parametrize("value", ["low", "act"])
def test_who_needs_somebody_to_talk_to_is_not_asked_what_a_clinic_wants_to_know(
    riverside: Riverside, value: str
) -> None:
    with riverside.database.writing() as tx:
        own_questions.put(tx, riverside.clinic.id, OwnQuestions((OWN,)))
    calm = walked(riverside.phone(), riverside.invite(), KNOT)
    assert OWN.words in calm.get("/send").text
    phone = who_told(riverside, value)
    assert OWN.words not in phone.get("/send").text
    assert send(phone, **{f"own-{OWN.id}": "Sleep"}).goes_to == "/sent"
    [response] = riverside.responses()
    with riverside.database.reading() as tx:
        assert own_answers.of_responses(tx, riverside.clinic.id, [response.line.id]) == {}


def test_where_the_result_offers_to_send_this_page_does_not(riverside: Riverside) -> None:
    phone = who_told(riverside, "low")
    page = phone.get("/result")
    assert "/send" not in page.links
    assert "/result?behind=1" in page.links
    assert "/send" in phone.get("/result?behind=1").links


def test_whoever_wants_no_reminder_is_not_asked_to_send(riverside: Riverside) -> None:
    phone = who_told(riverside, "act")
    there = phone.post("/close", {"csrf_token": phone.get("/result").token}).goes_to
    page: Page = phone.get(there)
    assert "No one will remind you" in page.text
    assert "/send" not in page.links


def test_once_it_is_sent_people_to_talk_to_come_first_and_nothing_untrue_is_said(
    riverside: Riverside,
) -> None:
    phone = who_told(riverside, "act")
    assert send(phone).goes_to == "/sent"
    page = phone.get("/sent")
    assert page.heading == "You do not have to carry this alone"
    assert "Riverside Massage received them on" in page.text
    assert "because of all your answers" not in page.text
    assert "tel:116123" in page.links
    assert "/result.pdf" not in page.links
    assert phone.get("/result.pdf").goes_to == "/result"
    assert phone.post("/clear", {"csrf_token": page.token}).goes_to == "/c/riverside"


def test_after_sending_a_private_reason_for_a_doctor_no_copy_says_otherwise(
    riverside: Riverside,
) -> None:
    phone = who_told(riverside, "low")
    assert send(phone).goes_to == "/sent"
    page = phone.get("/sent")
    assert "See a doctor today" in page.text
    assert "because of all your answers" not in page.text
    assert "/result.pdf" not in page.links
    assert phone.get("/result.pdf").goes_to == "/result"


def test_a_change_after_sending_to_such_an_answer_shows_people_to_talk_to(
    riverside: Riverside,
) -> None:
    phone = walked(riverside.phone(), riverside.invite(), KNOT)
    other = riverside.phone()
    for name, value in phone.cookies.items():
        other.set_cookie(name, value)
    assert send(phone).goes_to == "/sent"
    assert other.answer("/questions/private", "act").goes_to == "/result"
    page = send(other)
    assert page.status == 409
    assert page.heading == "You do not have to carry this alone"
    assert "Your change was not sent" in page.text
    assert "because of all your answers" not in page.text
    assert "/result.pdf" not in page.links


@pytest.mark.parametrize(("value", "says"), [("act", "Emergency."), ("low", "Urgent: today.")])
def test_a_private_answer_given_in_another_tab_is_not_sent_before_they_read_what_is_told_of_it(
    riverside: Riverside, value: str, says: str
) -> None:
    phone = walked(riverside.phone(), riverside.invite(), KNOT)
    old = form_of(phone)
    phone.answer("/questions/private", value)
    page = phone.post("/send", old)
    assert page.status == 422
    assert "This page has changed. Please read it again" in page.text
    assert f"They will read: “{says} The reason is private.”" in page.text
    assert page.one("input", name="name").get("value") == TYPED["name"]
    assert text_of(page.one("textarea")) == TYPED["message"]
    assert "checked" not in page.one("input", name="consent").attrib
    assert riverside.responses() == []
    consent = page.one("input", name="consent").get("value") or ""
    assert phone.post("/send", {**old, "consent": consent}).goes_to == "/sent"


def test_nor_is_one_that_was_taken_back_sent_under_words_that_are_no_longer_true(
    riverside: Riverside,
) -> None:
    phone = who_told(riverside, "low")
    old = form_of(phone)
    phone.answer("/questions/private", "none")
    assert phone.post("/send", old).status == 422
    assert riverside.responses() == []


def test_a_carer_reads_what_is_told_of_the_person_they_care_for(riverside: Riverside) -> None:
    phone = riverside.phone()
    answers = {"who": "someone", **KNOT}
    phone.walk(answers, phone.post("/c/riverside", start_of(phone)).goes_to)
    phone.answer("/questions/private", "act")
    told = phone.get("/result").text
    assert "will read that the person you care for needs help now" in told
    assert WILL_READ not in told


def start_of(phone: Client) -> dict[str, str]:
    """What the button "for somebody else" of a clinic's first page sends."""
    return {"csrf_token": phone.get("/c/riverside").token, "who": "someone"}
