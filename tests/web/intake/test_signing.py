"""What is sent is signed under the words that were shown, and the agreement can be taken back."""

from __future__ import annotations

import hashlib

import pytest

from assessment.records import responses, withdrawals
from assessment.records.keeping_tables import withdrawals as table
from assessment.records.model import Consent
from tests.web.client import Client, Given, text_of
from tests.web.intake.riverside import WELL, Riverside, begin_at, send, walked

CHILD: dict[str, Given] = {**WELL, "age": "17"}
BORN_2012 = {"day": "1", "month": "2", "year": "2012"}


def consent_of(riverside: Riverside) -> Consent:
    [response] = riverside.responses()
    return response.content.consent


def withdrawn(riverside: Riverside) -> list[int]:
    """When the consents for all that is stored were taken back."""
    ids = [one.line.id for one in riverside.responses()]
    with riverside.database.reading() as tx:
        return list(withdrawals.of_responses(tx, riverside.clinic.id, ids).values())


def test_a_typed_name_signs_exactly_the_words_that_were_shown(riverside: Riverside) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    shown = [text_of(one) for one in phone.get("/send").one("fieldset", **{
        "class": "field consent"}).iter("li")]  # fmt: skip
    assert send(phone, signed="  Zoë  Fischer ").goes_to == "/sent"

    consent = consent_of(riverside)
    assert (consent.signed_by, consent.guardian) == ("Zoë Fischer", False)
    assert consent.text.split("\n") == shown
    assert consent.text_hash == hashlib.sha256(consent.text.encode()).hexdigest()
    assert consent.given_at == int(riverside.clock.now)


@pytest.mark.parametrize("signed", ["", " ", "..."])
def test_nothing_is_sent_without_a_signature(riverside: Riverside, signed: str) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    page = send(phone, signed=signed)
    assert page.status == 422
    assert "Type your name to sign" in page.text
    assert riverside.responses() == []


def test_for_a_minor_a_guardian_signs_with_a_name_of_their_own(riverside: Riverside) -> None:
    phone = walked(riverside.phone(), riverside.invite(), CHILD)
    assert "parent or guardian" in phone.get("/send").text
    mine = {"day": "", "month": "", "year": ""}
    page = send(phone, **mine, signed="zoë fischer")
    assert (page.status, riverside.responses()) == (422, [])
    assert "A parent or guardian has to sign" in page.text
    assert send(phone, **mine, signed="Mara Fischer").goes_to == "/sent"
    assert (consent_of(riverside).signed_by, consent_of(riverside).guardian) == (
        "Mara Fischer", True,
    )  # fmt: skip


def test_the_date_of_birth_says_who_is_a_minor(riverside: Riverside) -> None:
    """Where it contradicts the age that was answered, and both are said to be right."""
    phone = walked(riverside.phone(), riverside.invite())
    page = send(phone, **BORN_2012, sure="40 2012-02-01")
    assert page.status == 422
    assert "A parent or guardian has to sign" in page.text


def test_whoever_has_the_link_takes_the_agreement_back_and_nothing_is_shown(
    riverside: Riverside,
) -> None:
    link = riverside.invite()
    send(walked(riverside.phone(), link))
    other = riverside.phone()
    page = other.get(link.path)
    assert "Take back your agreement" in page.text
    assert withdrawn(riverside) == []
    for _ in range(2):  # a second press does no harm
        page = other.post(link.path, {"withdraw": "yes"})
        assert "You have taken back your agreement" in page.text
    assert withdrawn(riverside) == [int(riverside.clock.now)]
    assert "Fischer" not in page.html


def test_who_came_from_the_public_page_takes_it_back_where_they_sent_it(
    riverside: Riverside,
) -> None:
    phone: Client = riverside.phone()
    phone.walk(WELL, begin_at(phone))
    send(phone)
    page = phone.get("/sent")
    assert phone.post("/withdraw", {"csrf_token": "made up"}).status == 400
    assert withdrawn(riverside) == []
    done = phone.post("/withdraw", {"csrf_token": page.token})
    assert "You have taken back your agreement" in done.text
    assert len(withdrawn(riverside)) == 1


def test_nobody_is_told_that_the_clinic_sees_what_it_has_erased(riverside: Riverside) -> None:
    link, phone = riverside.invite(), riverside.phone()
    send(walked(phone, link))
    page = phone.get("/sent")
    [response] = riverside.responses()
    with riverside.database.writing() as tx:
        responses.erase(tx, riverside.clinic.id, response.line.id, int(riverside.clock.now))
    for told in (
        riverside.phone().post(link.path, {"withdraw": "yes"}),
        phone.post("/withdraw", {"csrf_token": page.token}),
    ):
        assert told.heading == "There is nothing left to take back"
        assert "can see this" not in told.text


def test_an_open_link_has_nothing_to_take_back(riverside: Riverside) -> None:
    link = riverside.invite()
    riverside.phone().post(link.path, {"withdraw": "yes"})
    assert riverside.responses() == []


def test_what_somebody_else_changed_still_counts_as_taken_back(riverside: Riverside) -> None:
    """Its `mac` is wrong: whoever writes the database without the key lets nothing be agreed to."""
    link = riverside.invite()
    send(walked(riverside.phone(), link))
    riverside.phone().post(link.path, {"withdraw": "yes"})
    with riverside.database.writing() as tx:
        tx.connection.execute(table.update().values(withdrawn_at=1))
        [response] = withdrawals.listed(tx, riverside.clinic.id)

    assert response == riverside.responses()[0].line.id
    assert withdrawn(riverside) == [1]
