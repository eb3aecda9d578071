"""The link for after a visit made by hand, where none goes out by itself."""

from __future__ import annotations

import pytest

from assessment.practice.intake.consent import asked_by
from assessment.practice.intake.submission import Submission
from assessment.records import audit, clinics, invitations, withdrawals
from assessment.records.acts import Act
from assessment.records.database import Database
from assessment.records.ids import ResponseId, new_id
from assessment.records.model import Invitation
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.sent import MASSAGE, SCREENING, URGENT, answered, asks_again, send_to
from tests.web.clinic.staff import Staff
from tests.web.conftest import Clock

MAKE = "Make the link for after the visit"
DAY = 24 * 60 * 60


def links_after(staff: Staff) -> list[Invitation]:
    with staff.practice.database.reading() as tx:
        made = invitations.listed(tx, staff.who.clinic.id, before=None, limit=99)
    return [one for one in made if one.follows]


def test_a_button_on_the_response_makes_it_and_shows_it_as_an_invitation_is_shown(
    staff: Staff, clock: Clock, database: Database
) -> None:
    asks_again(staff)
    response = answered(staff)
    home = f"/clinic/responses/{response}"
    assert MAKE in staff.get(home).text

    page = staff.get(staff.post(f"{home}/after-visit").goes_to)

    [link] = links_after(staff)
    assert link.follows == response
    message, made = page.one("textarea", id="message").text or "", page.one("input", id="link")
    assert "would like to know how you are after your visit" in message
    assert (made.get("value") or "none") in message
    assert [one for one in page.links if one.startswith("sms:+447700900123?")]
    with database.reading() as tx:
        entries = audit.listed(tx, link.clinic, audit.Sought(), None, 9)
    assert (Act.INVITED, staff.who.therapist.id) in [
        (one.act, one.therapist) for one in entries if one.about == link.id
    ]

    again = staff.get(home)
    assert MAKE not in again.text
    assert f"/clinic/invitations/{link.id}" in again.links
    assert staff.post(f"{home}/after-visit").goes_to == f"/clinic/invitations/{link.id}"
    assert links_after(staff) == [link]


@pytest.mark.parametrize(
    "why", ["not agreed", "urgent", "taken back", "to come", "off", "public page", "after a visit"]
)
def test_none_is_made_that_could_not_go_out_by_itself_either(
    staff: Staff, clock: Clock, why: str
) -> None:
    asks_again(staff)
    if why == "public page":
        response = send_to(staff)
    else:
        response = answered(
            staff,
            URGENT if why == "urgent" else MASSAGE,
            agrees=why != "not agreed",
            visit_at=int(clock.now) + DAY if why == "to come" else None,
        )
    with staff.practice.database.writing() as tx:
        if why == "taken back":
            withdrawals.add(tx, staff.who.clinic.id, response, int(clock.now))
        if why == "off":
            clinics.set_measures(tx, staff.who.clinic.id, asks=True, after=None)
    if why == "after a visit":
        issued = staff.practice.after_visits.make(staff.who, response)
        assert issued is not None
        response = answers_link(staff, issued.invitation)
    before = links_after(staff)
    home = f"/clinic/responses/{response}"
    assert MAKE not in staff.get(home).text

    done = staff.post(f"{home}/after-visit").goes_to

    assert "No link was made." in staff.get(done).text
    assert links_after(staff) == before


def answers_link(staff: Staff, link: Invitation) -> ResponseId:
    clinic = staff.who.clinic
    submission = Submission(
        clinic=clinic.id,
        invitation=link.id,
        visit=new_id(),
        answers=SCREENING.restore(MASSAGE),
        name="Zoe Fischer",
        birth="",
        message="",
        agreed=asked_by(clinic, carer=False, again=True),
    )
    return staff.practice.intake.send(submission).response


def test_once_the_visit_has_begun_it_can_be_made(staff: Staff, clock: Clock) -> None:
    asks_again(staff)
    response = answered(staff, visit_at=int(clock.now) + DAY)
    clock.now += DAY
    staff.sign_in()
    assert MAKE in staff.get(f"/clinic/responses/{response}").text


def test_two_presses_at_once_make_one(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    asks_again(staff)
    response, links = answered(staff), staff.practice.after_visits
    assert links.make(staff.who, response) is not None
    # As the second one sees it who looked before the first one was done.
    monkeypatch.setattr("assessment.practice.post.after_visit._made", lambda *_: None)
    assert links.make(staff.who, response) is None
    assert len(links_after(staff)) == 1


def test_a_colleague_who_does_not_see_the_response_makes_none(
    staff: Staff, make_staff: MakeStaff
) -> None:
    asks_again(staff)
    response = answered(staff)
    staff.practice.colleagues.share(staff.who, inviter_only=True)
    colleague = make_staff(email="bo@example.org", joins=staff.who.clinic.slug)
    assert colleague.post(f"/clinic/responses/{response}/after-visit").status == 404
    assert links_after(staff) == []
