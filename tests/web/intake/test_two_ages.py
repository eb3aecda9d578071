"""An age that was answered and a date of birth that contradict each other."""

from __future__ import annotations

import pytest

from tests.web.client import Client, Given, Page, text_of
from tests.web.intake.riverside import (
    CHEST,
    NUMB,
    TYPED,
    WELL,
    Riverside,
    form_of,
    send,
    walked,
)

CHILD = {"day": "3", "month": "5", "year": "2014"}
"""Twelve years old in January 2027; the answers say 40."""


def sure_of(page: Page) -> str:
    return page.one("input", name="sure").get("value") or ""


def test_they_are_asked_about_before_anything_is_sent(riverside: Riverside) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    assert not phone.get("/send").all("input", name="sure")

    page = send(phone, **CHILD)

    assert page.status == 422
    said = "You said you are 40, but someone born on 3 May 2014 is 12. Correct the date or the age"
    assert page.text.count(said) == 2, "in the summary, and beside the field"
    assert "#day" in page.links
    for part in CHILD:
        assert page.one("input", name=part).get("aria-invalid") == "true"
    assert text_of(page.one("textarea")) == TYPED["message"]
    assert "checked" not in page.one("input", name="sure").attrib
    assert riverside.responses() == []


def test_the_date_is_corrected_in_its_field(riverside: Riverside) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    send(phone, **CHILD)
    assert send(phone).goes_to == "/sent"
    assert riverside.responses()[0].content.birth == "1986-05-03"


def test_the_age_is_corrected_beside_the_page_and_nothing_typed_is_lost(
    riverside: Riverside,
) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    page = send(phone, **CHILD)
    [link] = [one for one in page.all("a") if "age" in (one.get("href") or "")]
    assert (link.get("target"), link.get("rel")) == ("_blank", "noopener")
    assert "opens in a new tab" in text_of(link)
    assert phone.answer(link.get("href") or "", "12").goes_to == "/result"
    assert "Ask a doctor or physiotherapist first" in phone.get("/result").text

    assert send(phone, **CHILD, signed="Mara Fischer").goes_to == "/sent"
    [response] = riverside.responses()
    assert (response.content.answers["age"], response.content.birth) == (12, "2014-05-03")


def test_who_says_that_both_are_right_can_send_them_and_that_stands_for_these_two_only(
    riverside: Riverside,
) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    sure = sure_of(send(phone, **CHILD))
    for forged in ("", "on", "40", "12 2014-05-03"):
        assert send(phone, **CHILD, sure=forged).status == 422
    other = send(phone, **{**CHILD, "year": "2015"}, sure=sure)
    assert other.status == 422
    assert "checked" not in other.one("input", name="sure").attrib
    assert "checked" in send(phone, **CHILD, sure=sure, consent="").one("input", name="sure").attrib

    assert send(phone, **CHILD, sure=sure, signed="Mara Fischer").goes_to == "/sent"
    assert riverside.responses()[0].content.birth == "2014-05-03"


def test_a_carer_is_asked_about_the_other_person(riverside: Riverside) -> None:
    phone = walked(riverside.phone(), riverside.invite(), {**WELL, "who": "somebody"})
    assert "You said they are 40, but someone born on" in send(phone, **CHILD).text


@pytest.mark.parametrize("given", [NUMB, CHEST], ids=["urgent", "emergency"])
@pytest.mark.parametrize(
    ("day", "month", "year"),
    [("3", "5", "2014"), ("31", "2", "1980"), ("3", "", "1986"), ("third", "5", "86")],
    ids=["contradicts the age", "no day", "no month", "no number"],
)
def test_no_date_of_birth_holds_up_what_is_urgent_and_staff_read_it_as_it_was_typed(
    riverside: Riverside, given: dict[str, Given], day: str, month: str, year: str
) -> None:
    phone = walked(riverside.phone(), riverside.invite(), given)
    form = {**form_of(phone), "day": day, "month": month, "year": year}
    cookie = phone.cookies["answers"]
    for _ in range(2):
        assert phone.post("/send", form).goes_to == "/sent"
        phone.set_cookie("answers", cookie)  # the reply was lost
    [sent] = riverside.responses()
    assert (sent.content.birth, sent.content.consent.guardian) == ("", False)
    as_typed = " ".join(part for part in (day, month, year) if part)
    assert sent.content.message == f"{TYPED['message']}\n\nDate of birth, as typed: {as_typed}"


def test_a_date_of_birth_that_can_be_is_kept_of_an_emergency_as_of_all_else(
    riverside: Riverside,
) -> None:
    assert send(walked(riverside.phone(), riverside.invite(), CHEST)).goes_to == "/sent"
    [sent] = riverside.responses()
    assert (sent.content.birth, sent.content.message) == ("1986-05-03", TYPED["message"])


@pytest.mark.parametrize(
    ("day", "month", "year", "fits"),
    [
        ("15", "1", "1987", True),  # is 40 today
        ("16", "1", "1987", True),  # and tomorrow, which it is already in the east
        ("17", "1", "1987", False),
        ("15", "1", "1986", True),  # was 40 until yesterday, which it still is in the west
        ("14", "1", "1986", False),
        ("1", "1", "2027", False),
        ("", "", "", True),
    ],
)
def test_a_birthday_is_no_contradiction_anywhere_on_earth(
    riverside: Riverside, day: str, month: str, year: str, fits: bool
) -> None:
    phone = walked(riverside.phone(), riverside.invite())
    page = send(phone, day=day, month=month, year=year)
    assert (page.status == 303) is fits, page.text
    if year == "2027":
        assert "is under 1." in page.text


def unsure(riverside: Riverside) -> Client:
    return walked(riverside.phone(), riverside.invite(), {**WELL, "age": "not_sure"})


def test_an_age_that_nobody_gave_contradicts_nothing(riverside: Riverside) -> None:
    assert send(unsure(riverside), **CHILD, signed="Mara Fischer").goes_to == "/sent"
