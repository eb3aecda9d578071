"""The telephone number of somebody who sends without an invitation, so that they can be reached."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace

import pytest

from assessment.engine.protocol import Protocol
from assessment.exports.dates import UTC
from assessment.practice.responses.downloads import Format, file_of
from assessment.practice.responses.opened import Opened
from assessment.practice.responses.printout import sheet_of
from assessment.practice.staff.accounts import SignedIn
from assessment.records.database import Database
from assessment.web.intake.send_form import NO_PHONE, NOT_ASKED
from tests.records.some import some_clinic, some_session
from tests.web.client import Client, Given
from tests.web.conftest import Clock
from tests.web.intake.riverside import (
    CHEST,
    NUMB,
    TYPED,
    WELL,
    Riverside,
    begin_at,
    form_of,
    send,
    shows_typed,
    walked,
)
from tests.web.intake.test_waiting import tablet_of

TOLD, KEPT, READ = "020 7946 0000", "+442079460000", "+44 20 7946 0000"


@pytest.fixture
def british(database: Database, clock: Clock, small: Protocol) -> Riverside:
    clinic = some_clinic(slug="riverside", country="GB", time_zone="Europe/London")
    return Riverside(database, clock, small, clinic=clinic)


def from_outside(clinic: Riverside, given: dict[str, Given] = WELL) -> Client:
    """Somebody who answered on the public page."""
    phone = clinic.phone()
    phone.walk(given, begin_at(phone))
    return phone


def therapist(clinic: Riverside) -> SignedIn:
    now = int(clinic.clock.now)
    return SignedIn(clinic.therapist, clinic.clinic, some_session(clinic.therapist), now, now)


def opened(clinic: Riverside) -> Opened:
    """The one response, as staff read it."""
    [sent] = clinic.responses()
    found = clinic.practice.inbox.response(therapist(clinic), sent.line.id)
    assert found is not None
    return found


@pytest.mark.parametrize("place", ["public page", "tablet"])
def test_whoever_was_not_invited_may_give_a_number_and_is_told_what_for(
    british: Riverside, place: str
) -> None:
    if place == "tablet":
        person: Client = tablet_of(british)
        person.walk(WELL, person.post("/waiting", {"who": "me"}).goes_to)
    else:
        person = from_outside(british)
    page = person.get("/send")
    assert "So that Riverside Massage can reach you." in page.text
    assert "they use it only to reach me about this and my visit" in page.text
    remembers = page.one("input", id="phone").get("autocomplete")
    assert remembers == ("off" if place == "tablet" else "tel")

    assert send(person, phone=TOLD).goes_to == "/sent"

    found = opened(british)
    assert found.reach.phone == KEPT
    assert found.response is not None
    assert found.response.content.phone == KEPT
    assert "my telephone number" in found.response.content.consent.text


def test_it_may_be_left_out_and_whoever_was_invited_is_not_asked(british: Riverside) -> None:
    assert send(from_outside(british)).goes_to == "/sent"
    assert opened(british).reach.phone == ""
    invited = walked(british.phone(), british.invite())
    page = invited.get("/send")
    assert page.all("input", id="phone") == []
    assert "my telephone number" not in page.text
    held = send(invited, phone=TOLD)
    assert (held.status, NOT_ASKED in held.text, TOLD in held.text) == (422, True, True)


def test_a_carer_gives_a_number_of_their_own(british: Riverside) -> None:
    page = from_outside(british, {**WELL, "who": "somebody"}).get("/send")
    assert "Your own telephone (optional)" in page.text
    assert "Riverside Massage uses it only to reach me about this and the visit" in page.text


@pytest.mark.parametrize("typed", ["12 about noon", "0049 neighbour"])
def test_what_nobody_can_call_is_said_and_everything_stays(british: Riverside, typed: str) -> None:
    phone = from_outside(british)
    page = send(phone, phone=typed)
    assert (page.status, NO_PHONE in page.text) == (422, True)
    assert "#phone" in page.links
    assert page.one("input", id="phone").get("value") == typed
    assert page.one("input", id="name").get("value") == TYPED["name"]
    assert british.responses() == []


@pytest.mark.parametrize("given", [NUMB, CHEST], ids=["urgent", "emergency"])
def test_an_urgent_response_has_the_number_to_call_on_page_and_paper(
    british: Riverside, given: dict[str, Given]
) -> None:
    assert send(from_outside(british, given), phone=TOLD).goes_to == "/sent"
    staff = tablet_of(british)
    staff.sign_in()
    [sent] = british.responses()

    page = staff.get(f"/clinic/responses/{sent.line.id}")

    assert f"tel:{KEPT}" in page.links
    assert "No telephone number" not in page.text
    assert f"Call {READ}." in sheet_of(opened(british), UTC).then


def test_it_stands_in_every_file_and_in_the_copy_for_the_client(british: Riverside) -> None:
    assert send(from_outside(british), phone=TOLD).goes_to == "/sent"
    found, clinic = opened(british), british.clinic
    [row] = csv.DictReader(io.StringIO(file_of(Format.CSV, [found], clinic, 1).decode("utf-8-sig")))
    assert row["telephone"] == f"'{READ}", "no formula"
    [told] = json.loads(file_of(Format.JSON, [found], clinic, 1))["responses"]
    assert told["client"]["phone"] == KEPT
    assert ("Telephone", READ) in sheet_of(found, UTC).facts
    owner = replace(therapist(british), therapist=replace(british.therapist, is_owner=True))
    copy = british.practice.copies.of_client(owner, found.line.client)
    assert copy is not None
    with zipfile.ZipFile(io.BytesIO(copy)) as files:
        everything = json.loads(files.read("everything.json"))
    assert everything["client"]["phone"] == KEPT
    assert everything["responses"][0]["client"]["phone"] == KEPT


def test_the_same_twice_is_stored_once_and_another_number_is_refused(british: Riverside) -> None:
    phone = from_outside(british)
    form, cookie = {**form_of(phone), "phone": TOLD}, phone.cookies["answers"]
    for _ in range(2):
        assert phone.post("/send", form).goes_to == "/sent"
        phone.set_cookie("answers", cookie)  # the reply was lost
    other = phone.post("/send", {**form, "phone": "020 7946 0001"})
    assert (other.status, "020 7946 0001" in other.text) == (409, True)
    assert opened(british).reach.phone == KEPT


@pytest.mark.parametrize("given", [WELL, CHEST], ids=["well", "emergency"])
def test_whoever_presses_send_again_after_the_reply_is_led_to_what_was_sent(
    british: Riverside, given: dict[str, Given]
) -> None:
    phone = from_outside(british, given)
    form = {**form_of(phone), "phone": TOLD}
    for _ in range(2):
        assert phone.post("/send", form).goes_to == "/sent"
    for otherwise in ("020 7946 0001", ""):
        assert phone.post("/send", {**form, "phone": otherwise}).status == 409
    assert opened(british).reach.phone == KEPT


@pytest.mark.parametrize(
    ("given", "message"), [(NUMB, ""), (CHEST, "x" * 2000)], ids=["urgent", "emergency"]
)
def test_a_number_that_nobody_can_call_holds_up_nothing_urgent_and_is_read_as_it_was_typed(
    british: Riverside, given: dict[str, Given], message: str
) -> None:
    phone = from_outside(british, given)
    form = {**form_of(phone), "phone": "12 about noon", "message": message}
    for _ in range(2):
        assert phone.post("/send", form).goes_to == "/sent"
    found = opened(british)
    assert found.reach.phone == ""
    [sent] = british.responses()
    assert sent.content.message.startswith(message)
    assert sent.content.message.endswith("Telephone, as typed: 12 about noon")


LONG = "+44 20 7946 0000, extension of the desk 1234"


def test_a_number_that_is_too_long_is_not_kept_in_part(british: Riverside) -> None:
    """By typing alone nobody gets there; a program that fills in forms does."""
    page = send(from_outside(british), phone=LONG)
    assert (page.status, NO_PHONE in page.text) == (422, True)
    assert british.responses() == []

    assert send(from_outside(british, NUMB), phone=LONG).goes_to == "/sent"
    assert opened(british).reach.phone == ""
    [sent] = british.responses()
    assert sent.content.message.endswith(f"Telephone, as typed: {LONG}")


def test_while_the_database_is_away_the_number_stays_and_one_press_sends_it(
    british: Riverside,
) -> None:
    phone = from_outside(british)
    form = {**form_of(phone), "phone": TOLD}
    with british.away():
        page = phone.post("/send", form)
        assert (page.status, page.one("input", id="phone").get("value")) == (503, TOLD)
        phone = british.restarted(phone)  # knows no clinic then
        page = phone.post("/send", form)
    assert page.status == 503
    shows_typed(page)
    british.clock.now += 300  # it asks again by then
    assert TOLD in page.text
    again = {
        one.get("name") or "": one.get("value") or ""
        for one in page.one("form", action="/send").iter("input")
    }
    assert phone.post("/send", again).goes_to == "/sent"
    assert opened(british).reach.phone == KEPT
