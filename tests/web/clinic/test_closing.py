"""A page of the clinic area closes when its session is known to end."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from assessment.practice.practice import Practice
from assessment.practice.staff.accounts import IDLE
from assessment.practice.staff.first_step import LONGEST
from assessment.records.refusals import Unavailable
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.sent import LIST, send_to
from tests.web.clinic.staff import PASSWORD, Staff, StaffPage
from tests.web.conftest import Clock

NOTE = "Zebrafinch: called at nine."


def closes(page: StaffPage) -> tuple[int, str] | None:
    """After how many seconds a page without script closes, and where it goes; None for never."""
    found = re.findall(
        r'<noscript><meta http-equiv="refresh" content="([0-9]+); url=([^"]+)"></noscript>',
        page.html,
    )
    assert page.html.count("http-equiv") == len(found) <= 1
    return (int(found[0][0]), found[0][1]) if found else None


def scripted(page: StaffPage) -> tuple[int, str] | None:
    """The same as the script is told."""
    found = [one for one in page.all("div") if "data-idle" in one.attrib]
    return (
        (int(found[0].get("data-idle") or ""), found[0].get("data-closed") or "") if found else None
    )


def test_asvs_14_3_1_a_page_closes_a_second_after_its_session_ends_with_or_without_script(
    staff: Staff, clock: Clock
) -> None:
    path = f"/clinic/responses/{send_to(staff)}"
    there = f"/clinic/closed?next={path}"
    page = staff.get(path)
    assert closes(page) == (IDLE + 1, there)
    assert scripted(page) == (IDLE, there)
    clock.now += 20  # so short a while is not noted as use
    assert closes(staff.get(path)) == (IDLE - 20 + 1, there)


def test_no_page_stays_open_longer_than_the_session_can_last(staff: Staff, clock: Clock) -> None:
    end = clock.now + LONGEST
    while clock.now < end - IDLE:
        clock.now += IDLE - 60
        page = staff.get("/clinic/inbox")
    left = int(end - clock.now)
    assert 0 < left < IDLE
    assert closes(page) == (left + 1, "/clinic/closed?next=/clinic/inbox")


def test_the_page_after_a_form_closes_too_and_leads_to_a_page_that_can_be_opened(
    staff: Staff,
) -> None:
    refused = staff.post(f"/clinic/responses/{send_to(staff)}/notes", {"text": "x" * 5000})
    assert refused.status == 422
    assert closes(refused) == (IDLE + 1, "/clinic/closed?next=/clinic")
    found = staff.get("/clinic/inbox?state=any&recommendation=any")
    assert closes(found) == (
        IDLE + 1, "/clinic/closed?next=/clinic/inbox%3Fstate%3Dany%26recommendation%3Dany",
    )  # fmt: skip


def test_a_note_that_may_not_have_been_saved_does_not_stay_on_the_screen_either(
    staff: Staff, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> bool:
        raise Unavailable("away")

    monkeypatch.setattr(practice.inbox, "note", away)
    page = staff.post(f"/clinic/responses/{send_to(staff)}/notes", {"text": NOTE})
    assert page.status == 503
    assert closes(page) == (IDLE + 1, "/clinic/closed?next=/clinic")
    assert scripted(page) == (IDLE, "/clinic/closed?next=/clinic")


def test_pages_for_people_without_a_session_stay_open(stranger: Staff) -> None:
    for path in ("/clinic/sign-in", "/clinic/setup", "/clinic/code"):
        page = stranger.get(path)
        assert closes(page) is None
        assert scripted(page) is None


def test_once_the_session_has_ended_a_closed_page_asks_to_sign_in_and_leads_back(
    staff: Staff, clock: Clock
) -> None:
    clock.now += IDLE + 1
    closed = staff.get("/clinic/closed?next=/clinic/account")
    assert closed.goes_to == "/clinic/sign-in?next=/clinic/account"
    assert closed.response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert staff.get("/clinic/closed?next=https://evil.example").goes_to.endswith("next=/clinic")


def test_closing_is_not_use_so_open_tabs_never_keep_a_session_alive(
    staff: Staff, clock: Clock
) -> None:
    token = staff.token or ""
    clock.now += IDLE - 60
    page = staff.get("/clinic/closed?next=/clinic/account")
    assert "You are still signed in" in page.text
    assert page.links.count("/clinic/account") == 1
    assert closes(page) is None
    form = {"csrf_token": token, "name": NOTE, "closing": "1"}
    assert staff.post("/clinic/account", form).status == 200
    clock.now += 60
    assert staff.get("/clinic/account").goes_to.startswith("/clinic/sign-in")


def test_what_stands_in_a_form_when_its_page_closes_is_kept_and_not_sent(
    staff: Staff, clock: Clock
) -> None:
    path = f"/clinic/responses/{send_to(staff)}"
    form = {"csrf_token": staff.token or "", "text": NOTE, "closing": "1"}
    alive = staff.post(f"{path}/notes", form)
    assert alive.status == 200
    assert NOTE in alive.text
    assert NOTE not in staff.get(path).text, "nobody pressed anything"

    clock.now += IDLE
    ended = staff.post(f"{path}/notes", form)
    assert (ended.status, "Zebrafinch" in ended.html) == (401, False)
    again = staff.post(
        "/clinic/sign-in", {**ended.hidden, "email": staff.email, "password": PASSWORD}
    )
    assert NOTE in again.text
    assert staff.post(f"{path}/notes", again.hidden).goes_to == f"{path}?{LIST}&done=note"
    assert NOTE in staff.get(path).text


def test_what_closes_in_a_browser_where_somebody_else_has_signed_in_shows_nothing(
    make_staff: MakeStaff,
) -> None:
    ana = make_staff()
    form = {"csrf_token": ana.token or "", "name": NOTE, "closing": "1"}
    ben = make_staff("Hillside Therapy", "ben@example.org", "Ben Okoro")
    page = ben.post("/clinic/account", form)
    assert "belongs to another account" in page.text
    assert "Zebrafinch" not in page.html


@pytest.mark.parametrize(
    "ask",
    [
        lambda staff: staff.get("/clinic/sign-in"),
        lambda staff: staff.get("/clinic/inbox"),
        lambda staff: staff.post("/clinic/account", {"csrf_token": "x", "name": "x"}),
    ],
)
def test_asvs_14_3_1_a_session_that_has_ended_empties_the_browser_at_the_next_page(
    staff: Staff, stranger: Staff, clock: Clock, ask: Callable[[Staff], StaffPage]
) -> None:
    assert "Clear-Site-Data" not in ask(staff).response.headers
    clock.now += IDLE
    assert ask(staff).response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in ask(stranger).response.headers, "who never had a session"
