"""What a therapist typed before a session ended: theirs, and nobody else's."""

from __future__ import annotations

import pytest
from flask import Flask

from assessment.records.ids import ResponseId
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.sent import LIST, send_to
from tests.web.clinic.staff import PASSWORD, Staff, StaffPage
from tests.web.conftest import Clock

NOTE = "Zebrafinch: called at nine, the knee is worse."
LATER = 20 * 60
"""Seconds after which a session has ended."""


@pytest.fixture
def ana(make_staff: MakeStaff) -> Staff:
    return make_staff()


@pytest.fixture(params=["another clinic", "the same clinic"])
def ben(request: pytest.FixtureRequest, ana: Staff, make_staff: MakeStaff) -> Staff:
    """Somebody else, of another clinic or of Ana's own."""
    if request.param == "another clinic":
        return make_staff("Hillside Therapy", "ben@example.org", "Ben Okoro")
    return make_staff(email="ben@example.org", name="Ben Okoro", joins="riverside-massage")


def notes(ana: Staff, response: ResponseId) -> list[str]:
    opened = ana.practice.inbox.response(ana.who, response)
    assert opened is not None
    return [note.text for note in opened.notes]


def signs_in(browser: Staff, page: StaffPage, who: Staff) -> StaffPage:
    """Fill in the form for signing in that stands on a page."""
    return browser.post(
        "/clinic/sign-in", {**page.hidden, "email": who.email, "password": PASSWORD}
    )


def shows_nothing(page: StaffPage) -> None:
    """Fail unless a page says why it does not show what was typed, and does not."""
    assert "belongs to another account" in page.text
    assert "Zebrafinch" not in page.html
    assert "/clinic" in page.links


def test_it_is_never_shown_to_somebody_else_and_still_there_for_who_typed_it(
    ana: Staff, ben: Staff, clock: Clock
) -> None:
    response = send_to(ana)
    path, token = f"/clinic/responses/{response}/notes", ana.token or ""
    clock.now += LATER
    ended = ana.post(path, {"csrf_token": token, "text": NOTE})
    assert ended.status == 401
    assert "We have kept what you typed" in ended.text
    assert "Zebrafinch" not in ended.html, "not even in the source of the page"

    others = signs_in(ana, ended, ben)
    shows_nothing(others)
    assert ana.get("/clinic/inbox").status == 200, "Ben is signed in"

    again = signs_in(ana, others, ana)
    assert "You are signed in again" in again.text
    assert NOTE in again.text
    assert ana.post(path, again.hidden).goes_to == f"/clinic/responses/{response}?{LIST}&done=note"
    assert notes(ana, response) == [NOTE]


def test_a_page_that_somebody_else_left_open_shows_nothing_to_who_signed_in_since(
    ana: Staff, ben: Staff
) -> None:
    response = send_to(ana)
    path, token = f"/clinic/responses/{response}/notes", ana.token or ""
    ana.forget()
    assert signs_in(ana, ana.get("/clinic/sign-in"), ben).goes_to == "/clinic"

    page = ana.post(path, {"csrf_token": token, "text": NOTE})

    assert page.status == 400
    shows_nothing(page)
    assert NOTE in signs_in(ana, page, ana).text


def test_every_form_of_somebody_else_shows_nothing_of_what_is_in_it(
    ana: Staff, ben: Staff, clinic_app: Flask, clock: Clock
) -> None:
    forms = [
        rule.rule.replace("<", "").replace(">", "").replace(":", "-")
        for rule in clinic_app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and rule.rule.startswith("/clinic/")
    ]
    assert len(forms) > 15
    token = ana.token or ""
    for path in forms:
        if path in ("/clinic/sign-in", "/clinic/setup", "/clinic/code"):
            continue
        page = ben.post(path, {"csrf_token": token, "text": NOTE, "name": NOTE})
        assert page.status == 400, path
        assert "Zebrafinch" not in page.html, path


def test_another_session_of_the_same_account_is_the_same_person(ana: Staff) -> None:
    old = ana.token or ""
    ana.sign_in()
    page = ana.post("/clinic/account", {"csrf_token": old, "name": "Ana Maria"})
    assert page.status == 400
    assert "Press Continue to send what you typed" in page.text
    asked = ana.post("/clinic/account", page.hidden)  # no password is carried, a new name needs it
    assert (asked.status, asked.value("name")) == (422, "Ana Maria")
    form = {"name": asked.value("name"), "password": PASSWORD}
    assert ana.post("/clinic/account", form).goes_to == "/clinic/account?done=details"
    assert ana.who.therapist.name == "Ana Maria"


def test_a_form_that_says_nobody_is_not_kept_and_the_page_does_not_say_so(
    ana: Staff, clock: Clock
) -> None:
    clock.now += LATER
    for token in ("", "x", "x.", ".y"):
        page = ana.post("/clinic/account", {"csrf_token": token, "name": NOTE})
        assert page.status == 401
        assert "Zebrafinch" not in page.html
        assert ("We have kept" in page.text) is (token == ".y")
    assert "belongs to another account" in signs_in(ana, page, ana).text


def test_what_is_carried_cannot_be_read_changed_or_kept_for_ever(ana: Staff, clock: Clock) -> None:
    token = ana.token or ""
    clock.now += LATER
    page = ana.post("/clinic/account", {"csrf_token": token, "name": NOTE})
    sealed = page.hidden["carried"]
    for other in ("", "x", sealed[:-8] + "AAAAAAA=", sealed[1:]):
        ana.forget()
        form = {**ana.get("/clinic/sign-in").hidden, "carried": other}
        form |= {"email": ana.email, "password": PASSWORD}
        assert ana.post("/clinic/sign-in", form).goes_to == "/clinic"
    ana.forget()
    left_open = ana.post("/clinic/account", {"csrf_token": token, "name": NOTE})
    clock.now += 13 * 3600
    assert signs_in(ana, left_open, ana).goes_to == "/clinic"


def test_a_search_is_shown_to_who_searched_and_to_nobody_else(ana: Staff, ben: Staff) -> None:
    found = ana.post("/clinic/inbox", {"name": "Zebrafinch"}).goes_to
    assert "Zebrafinch" in ana.get(found).text
    assert "Zebrafinch" not in ben.get(found).html
