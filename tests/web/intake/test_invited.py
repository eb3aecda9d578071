"""What somebody who answers for a clinic finds: they have a visit already."""

from __future__ import annotations

import pytest

from assessment.protocols.load import load_protocol
from assessment.records.database import Database
from tests.web.client import Client, Given, Page, text_of
from tests.web.conftest import Clock
from tests.web.intake.riverside import Link, Riverside, begin_at, send, walked
from tests.web.walk.test_start import MOST_WORDS, NEW

KNOT: dict[str, Given] = {"age": "40", "where": "neck_back", "signs": "none", "feel": "knot"}
FEVER: dict[str, Given] = {**KNOT, "signs": "fever"}
SWOLLEN: dict[str, Given] = {**KNOT, "where": "left_calf", "legs": "swollen"}
CHEST: dict[str, Given] = {**KNOT, "signs": "chest"}
PHONE = "tel:+442079460000"
BOOKING = "https://clinic.example/book"


@pytest.fixture
def riverside(database: Database, clock: Clock) -> Riverside:
    """The clinic, over a protocol in which the first page asks for whom it is."""
    return Riverside(database, clock, load_protocol(NEW))


@pytest.fixture
def link(riverside: Riverside) -> Link:
    return riverside.invite()


@pytest.fixture
def phone(riverside: Riverside) -> Client:
    return riverside.phone()


def result(phone: Client, link: Link, given: dict[str, Given]) -> Page:
    return walked(phone, link, given).get("/result")


def test_the_page_of_a_link_says_who_asks_and_what_is_sent_in_few_words(
    phone: Client, link: Link
) -> None:
    page = phone.get(link.path)
    before = page.text[: page.text.index("For me")]
    assert len(before.split()) <= MOST_WORDS
    for words in (
        "Riverside Massage has some questions",
        "Call 112 now for: Chest pressure",
        "This is not a diagnosis.",
        "Nothing is sent until you press Send.",
    ):
        assert words in before


def test_its_buttons_answer_for_whom_it_is(phone: Client, link: Link) -> None:
    token = phone.get(link.path).token
    assert phone.post(link.path, {"csrf_token": token, "who": "someone"}).goes_to == (
        "/questions/age"
    )
    assert phone.get("/questions/age").heading == "How old are they?"


def test_somebody_with_a_visit_sends_first_and_is_never_told_to_book(
    phone: Client, link: Link
) -> None:
    page = result(phone, link, KNOT)
    assert page.heading == "Your visit is the right next step"
    main = page.text
    assert main.index("Send to Riverside Massage") < main.index("When to get help sooner")
    assert BOOKING not in page.links
    assert "ook" not in main.partition("What to expect")[0]


@pytest.mark.parametrize("given", [FEVER, SWOLLEN])
def test_who_must_see_a_doctor_first_finds_the_telephone_of_the_clinic(
    phone: Client, link: Link, given: dict[str, Given]
) -> None:
    page = result(phone, link, given)
    advice = page.one("div", class_="advice")
    assert PHONE in [one.get("href") for one in advice.iter("a")]
    assert "/send" in [one.get("href") for one in advice.iter("a")]
    assert "You have a visit" in text_of(advice)
    assert BOOKING not in page.links


def test_in_an_emergency_sending_comes_after_help(phone: Client, link: Link) -> None:
    main = result(phone, link, CHEST).text
    for help_first in ("112", "Call now.", "What to say", "Pressed the wrong thing?"):
        assert main.index(help_first) < main.index("Send my answers to Riverside Massage")


def test_at_the_public_address_booking_comes_first_and_sending_is_an_offer(
    riverside: Riverside, phone: Client
) -> None:
    phone.walk(KNOT, begin_at(phone))
    page = phone.get("/result")
    assert page.heading == "See a certified therapist"
    assert BOOKING in page.links
    assert page.text.index("When to get help sooner") < page.text.index("Send my answers to")


def test_what_was_sent_cannot_be_changed_from_its_result(phone: Client, link: Link) -> None:
    assert "Change an answer" in result(phone, link, KNOT).text
    send(phone)
    sent = phone.get("/sent").text
    assert "Your visit is the right next step" in sent
    assert "Change an answer" not in sent
    assert "Something private" not in sent


def test_who_thinks_of_ending_their_life_can_end_all_reminders(
    riverside: Riverside, phone: Client, link: Link
) -> None:
    result(phone, link, KNOT)
    phone.answer("/questions/private", "low")
    page = phone.get("/result")
    assert "/send" not in page.links
    closed = phone.post("/close", {"csrf_token": page.token}).goes_to
    after = phone.get(closed)
    assert after.heading == "You do not have to carry this alone"
    assert "No one will remind you" in after.text
    assert "Don\u2019t remind me again" not in after.text
    assert phone.get(link.path).status == 404
    stored = link.stored
    assert (stored.opened_at, stored.answered, stored.of_about) == (None, 0, 0)
    assert stored.closed_at == int(riverside.clock.now)
    assert riverside.responses() == []


def test_closing_needs_the_form_that_was_made_for_this_walk(phone: Client, link: Link) -> None:
    result(phone, link, KNOT)
    assert phone.post("/close", {"csrf_token": "old"}).status == 400
    assert link.stored.closed_at is None


def test_nobody_without_an_invitation_closes_anything(riverside: Riverside, phone: Client) -> None:
    assert phone.post("/close").status == 400
    phone.walk(KNOT, begin_at(phone))
    assert phone.post("/close", {"csrf_token": riverside.token(phone)}).goes_to == "/result"


@pytest.mark.parametrize("given", [None, {"age": "40"}])
def test_a_link_can_be_closed_by_anybody_who_would_rather_not_answer(
    riverside: Riverside, phone: Client, link: Link, given: dict[str, str] | None
) -> None:
    # So that "closed by the client" never tells why.
    if given:
        phone.answer(link.open(phone), given["age"])
    token = phone.get(link.path).token
    page = phone.post(link.path, {"csrf_token": token, "close": "1"})
    assert page.heading == "The link is closed"
    assert link.stored.closed_at is not None
    assert phone.get(link.path).status == 404
    if given:
        assert riverside.visit(phone).invitation is None


def test_a_link_that_was_closed_takes_nothing_from_a_page_left_open(
    riverside: Riverside, phone: Client, link: Link
) -> None:
    walked(phone, link, KNOT)
    other = riverside.phone()
    other.post(link.path, {"csrf_token": other.get(link.path).token, "close": "1"})
    assert send(phone).status == 409
    assert riverside.responses() == []
