"""The clinic's own words: beside the locked texts, as the clinic's, and never in place of them."""

from __future__ import annotations

import pytest

from assessment.records import clinics
from tests.web.client import Client, Given, text_of
from tests.web.intake.riverside import CHEST, WELL, Riverside, begin_at, send, walked

WELCOME = "Welcome to the river.\nWe <b>look</b> forward to you."
BEFORE = "Park behind the house."
AFTER = "Rest for a while."
FEVER: dict[str, Given] = {"who": "me", "age": "40", "signs": "fever"}
"""Leads to a doctor."""


def says(riverside: Riverside) -> None:
    with riverside.database.writing() as tx:
        clinics.set_words(tx, riverside.clinic.id, WELCOME, BEFORE, AFTER)


def sections(page_of: Client, path: str) -> dict[str, str]:
    """What each section with a heading says, by its heading."""
    found = {}
    for one in page_of.get(path).all("section"):
        heads = list(one.iter("h2"))
        if heads:
            found[text_of(heads[0])] = text_of(one)
    return found


@pytest.mark.parametrize("is_link", [True, False])
def test_the_welcome_stands_below_the_signs_and_the_buttons_as_the_clinics(
    riverside: Riverside, is_link: bool
) -> None:
    phone, path = riverside.phone(), riverside.invite().path if is_link else "/c/riverside"
    before = phone.get(path)
    assert "Welcome, from" not in before.text
    says(riverside)
    page = phone.get(path)

    shown = sections(phone, path)["Welcome, from Riverside Massage"]
    assert "Welcome to the river. We <b>look</b> forward" in shown
    assert "Riverside Massage wrote this." in shown
    assert "&lt;b&gt;look&lt;/b&gt;" in page.html
    for locked in ("This is not a diagnosis.", "call"):
        assert locked in page.text
    assert page.html.index("<button") < page.html.index("Welcome, from")
    ours = page.text.replace(shown, "").split()
    assert ours == before.text.split(), "nothing of ours is gone or changed"


def test_what_comes_before_and_after_the_visit_stands_with_a_result_that_leads_to_it(
    riverside: Riverside,
) -> None:
    says(riverside)
    phone = walked(riverside.phone(), riverside.invite(), WELL)
    for path in ("/result", "/sent"):
        shown = sections(phone, path)
        assert BEFORE in shown["Before your visit, from Riverside Massage"]
        assert AFTER in shown["After your visit, from Riverside Massage"]
        if path == "/result":
            assert send(phone).goes_to == "/sent"


@pytest.mark.parametrize("given", [CHEST, FEVER])
def test_who_needs_help_or_a_doctor_reads_no_words_of_the_clinic(
    riverside: Riverside, given: dict[str, Given]
) -> None:
    says(riverside)
    phone = walked(riverside.phone(), riverside.invite(), given)
    assert BEFORE not in phone.get("/result").text
    assert send(phone).goes_to == "/sent"
    assert [one.line.urgency > 0 for one in riverside.responses()] == [True]
    assert BEFORE not in phone.get("/sent").text
    assert AFTER not in phone.get("/sent").text


def test_other_clinics_and_the_site_say_nothing_of_it(riverside: Riverside) -> None:
    says(riverside)
    phone = riverside.phone()
    assert "Welcome to the river" not in phone.get("/").text
    phone.walk(WELL, begin_at(phone, "/"))
    assert BEFORE not in phone.get("/result").text
