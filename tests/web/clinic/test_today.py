"""Today: who comes today and tomorrow and what they answered, then what is new; and its count."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from sqlalchemy import update

from assessment.exports.dates import calendar_of
from assessment.practice.day import day
from assessment.practice.intake.consent import asked_by
from assessment.practice.intake.submission import Submission
from assessment.practice.post.issuing import Details, Issued
from assessment.practice.practice import Practice
from assessment.practice.staff.accounts import IDLE
from assessment.records import clinics, invitations, tables
from assessment.records.ids import ResponseId, new_id
from tests.web.client import text_of
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.sent import EMERGENCY, MASSAGE, SCREENING, send_to
from tests.web.clinic.staff import Staff, StaffPage
from tests.web.conftest import Clock

HOUR = 3600
DAY = 24 * HOUR


def comes(staff: Staff, name: str, at: float) -> Issued:
    return staff.practice.invitations.invite(
        staff.who, name, "", 7, "", details=Details(visit_at=int(at))
    )


def answer(staff: Staff, made: Issued, answers: Mapping[str, object] = MASSAGE) -> ResponseId:
    submission = Submission(
        clinic=staff.who.clinic.id, invitation=made.invitation.id, visit=new_id(),
        answers=SCREENING.restore(dict(answers)), name=made.invitation.name, birth="1982-05-03",
        message="", agreed=asked_by(staff.who.clinic, carer=False),
    )  # fmt: skip
    return staff.practice.intake.send(submission).response


def rows(page: StaffPage, caption: str) -> list[str]:
    """The rows of the table of which the caption begins so."""
    found = [one for one in page.all("table") if text_of(one).startswith(caption)]
    return [text_of(row) for table in found for row in [*table.iter("tr")][1:]]


def begin(staff: Staff, made: Issued, answered: int) -> None:
    with staff.practice.database.writing() as tx:
        clinic, id = staff.who.clinic.id, made.invitation.id
        invitations.opened(tx, clinic, id, int(staff.practice.day._clock()))
        invitations.progress(tx, clinic, id, answered, 17)


def test_the_first_page_lists_the_visits_of_two_days_with_state_and_urgency(
    staff: Staff, clock: Clock
) -> None:
    for hours, name in enumerate(("Ann", "Bea", "Cy", "Di", "Ed"), 1):
        made = comes(staff, name, clock.now + hours * HOUR)
        if name == "Bea":
            begin(staff, made, 0)
        if name == "Cy":
            begin(staff, made, 9)
        if name == "Di":
            answer(staff, made, EMERGENCY)
        if name == "Ed":
            read = answer(staff, made)
            staff.practice.inbox.opened(staff.who, read)
    comes(staff, "Fay", clock.now + DAY)
    comes(staff, "Gus", clock.now + 3 * DAY)

    page = staff.get("/clinic")

    assert page.one("h1").text == "Today"
    days = [text_of(one).split(",")[0] for one in page.all("h2")][:2]
    assert days == ["Visits today", "Visits tomorrow"], "no two headings are alike"
    assert rows(page, "Visits: Today") == [
        "09:00 Ann Not opened No answers yet",
        "10:00 Bea Started No answers yet",
        "11:00 Cy 9 of about 17 answered No answers yet",
        "12:00 Di Answered Emergency Emergency care (not complete)",
        "13:00 Ed Read Not urgent Certified therapist",
    ]
    assert rows(page, "Visits: Tomorrow") == ["08:00 Fay Not opened No answers yet"]
    assert "Gus" not in page.text


def test_a_day_begins_and_ends_in_the_zone_of_the_clinic(
    staff: Staff, clock: Clock, practice: Practice
) -> None:
    with practice.database.writing() as tx:
        clinics.update(tx, replace(staff.who.clinic, time_zone="Pacific/Auckland"))
    calendar = calendar_of("Pacific/Auckland")
    midnight = calendar.end_of_day(int(clock.now), 0)
    comes(staff, "Late", midnight - 60)
    comes(staff, "Early", midnight)
    comes(staff, "Last", midnight + DAY - 60)
    comes(staff, "Next", midnight + DAY)

    page = staff.get("/clinic")

    assert rows(page, "Visits: Today") == ["23:59 Late Not opened No answers yet"]
    assert [row.split()[1] for row in rows(page, "Visits: Tomorrow")] == ["Early", "Last"]


def test_a_visit_is_there_whatever_became_of_its_link(staff: Staff, clock: Clock) -> None:
    """Nobody who comes goes missing; a link that was made anew is there once."""
    revoked = comes(staff, "Ann", clock.now + HOUR)
    staff.practice.invitations.revoke(staff.who, revoked.invitation.id)
    replaced = comes(staff, "Bea", clock.now + 2 * HOUR)
    staff.practice.invitations.resend(staff.who, replaced.invitation.id)
    erased = comes(staff, "Cy", clock.now + 3 * HOUR)
    staff.practice.inbox.erase_response(staff.who, answer(staff, erased))

    assert rows(staff.get("/clinic"), "Visits: Today") == [
        "09:00 Ann Revoked No answers yet",
        "10:00 Bea Not opened No answers yet",
        "11:00 Cy Answers erased No answers yet",
    ]


def test_an_empty_day_says_what_to_do_next(staff: Staff) -> None:
    page = staff.get("/clinic")

    assert "No visits today or tomorrow" in page.text
    assert "/clinic/invitations/new" in page.links
    assert "Nothing to review" in page.text


def test_what_is_new_follows_without_those_who_come(staff: Staff, clock: Clock) -> None:
    answer(staff, comes(staff, "Ann", clock.now + HOUR))
    send_to(staff, MASSAGE, "Bea")
    send_to(staff, EMERGENCY, "Cy")

    found = rows(staff.get("/clinic"), "Responses to review")

    assert [name for row in found for name in ("Ann", "Bea", "Cy") if name in row] == ["Cy", "Bea"]


def test_many_visits_are_shown_page_by_page(
    staff: Staff, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day, "PAGE", 2)
    for number in range(5):
        comes(staff, f"Client {number}", clock.now + HOUR)  # at the same time
    seen: list[str] = []
    path = "/clinic"
    while path:
        page = staff.get(path)
        seen += rows(page, "Visits: Today")
        path = next((one for one in page.links if "/clinic?after=" in one), "")

    assert sorted(row.split()[2] for row in seen) == ["0", "1", "2", "3", "4"]


def test_where_the_clinic_chose_so_a_colleagues_visits_are_not_there(
    staff: Staff, make_staff: MakeStaff, clock: Clock
) -> None:
    tess = make_staff(email="tess@example.org", name="Tess Low", joins=staff.who.clinic.slug)
    staff.practice.colleagues.share(staff.who, inviter_only=True)
    staff.sign_in()
    answer(staff, comes(staff, "Quillfeather", clock.now + HOUR), EMERGENCY)
    comes(tess, "Ann", clock.now + HOUR)

    assert "Quillfeather" not in tess.get("/clinic").text
    assert "Ann" in tess.get("/clinic").text
    assert json.loads(tess.get("/clinic/count").html) == {"urgent": 0, "unread": 0}
    assert "Quillfeather" in staff.get("/clinic").text


def test_a_visit_of_which_somebody_changed_the_response_is_shown_as_most_urgent(
    staff: Staff, clock: Clock
) -> None:
    answer(staff, comes(staff, "Ann", clock.now + HOUR))
    with staff.practice.database.writing() as tx:
        tx.connection.execute(update(tables.responses).values(recommendation="self_care"))

    [row] = rows(staff.get("/clinic"), "Visits: Today")
    assert "Emergency Changed in the database: open it now" in row


def test_whose_response_somebody_changed_is_not_told_a_colleague_and_it_is_not_called_erased(
    staff: Staff, make_staff: MakeStaff, clock: Clock
) -> None:
    tess = make_staff(email="tess@example.org", name="Tess Low", joins=staff.who.clinic.slug)
    staff.practice.colleagues.share(staff.who, inviter_only=True)
    answer(tess, comes(tess, "Ann", clock.now + HOUR))
    with staff.practice.database.writing() as tx:
        tx.connection.execute(update(tables.responses).values(recommendation="self_care"))

    [row] = rows(tess.get("/clinic"), "Visits: Today")
    assert "Answers erased" not in row
    assert "Changed in the database: ask an owner" in row


def test_the_count_tells_numbers_and_nothing_else(staff: Staff) -> None:
    ann = send_to(staff, EMERGENCY, "Ann")
    send_to(staff, MASSAGE, "Bea")

    page = staff.get("/clinic/count")
    assert page.response.mimetype == "application/json"
    assert json.loads(page.html) == {"urgent": 1, "unread": 2}
    assert page.response.headers["Cache-Control"] == "no-store"
    staff.practice.inbox.opened(staff.who, ann)
    assert json.loads(staff.get("/clinic/count").html) == {"urgent": 0, "unread": 1}


def test_7_3_1_asking_for_the_count_keeps_no_session_alive(staff: Staff, clock: Clock) -> None:
    staff.get("/clinic")
    used = staff.who.session.used_at
    while clock.now < used + IDLE - 60:
        clock.now += 60
        assert staff.get("/clinic/count").status == 200

    clock.now = used + IDLE
    page = staff.get("/clinic/count")
    assert page.goes_to.startswith("/clinic/sign-in")
    assert "urgent" not in page.html


def test_a_page_tells_what_it_knows_to_the_script_that_asks(staff: Staff) -> None:
    send_to(staff, MASSAGE, "Bea")
    for path in ("/clinic", "/clinic/inbox"):
        [place] = [one for one in staff.get(path).all("p") if one.get("data-count")]
        assert (place.get("data-count"), place.get("data-unread")) == ("/clinic/count", "1")
