"""How to reach whoever has to hear from the clinic, on page and paper, or that none is known."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from assessment.exports.dates import UTC
from assessment.practice.post.issuing import Details
from assessment.practice.responses.printout import sheet_of
from assessment.records import tables
from assessment.records.database import Database
from assessment.records.ids import ResponseId
from assessment.records.model import Invitation
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.sent import EMERGENCY, URGENT, client_of, comes_back, send_to
from tests.web.clinic.staff import Staff
from tests.web.conftest import Clock

NOWHERE = "No telephone number or email known"
PHONE, NEWER = "+442079460000", "+442079460001"


def invited(staff: Staff, phone: str = PHONE, email: str = "zoe@example.org") -> Invitation:
    """Somebody new who was invited, with this number and this address."""
    issued = staff.practice.invitations.invite(
        staff.who, "Zoe Fischer", email, 7, "", details=Details(phone=phone)
    )
    return issued.invitation


def ways(staff: Staff, response: ResponseId) -> set[str]:
    """The links of a response that call or write to somebody."""
    links = staff.get(f"/clinic/responses/{response}").links
    return {one for one in links if one.startswith(("tel:", "mailto:"))}


def on_paper(staff: Staff, response: ResponseId) -> str:
    """What stands beside the urgency on paper."""
    found = staff.practice.inbox.response(staff.who, response)
    assert found is not None
    return sheet_of(found, UTC).then


@pytest.mark.parametrize("answers", [EMERGENCY, URGENT], ids=["emergency", "urgent"])
def test_where_no_way_to_reach_them_is_known_page_and_paper_say_so(
    staff: Staff, answers: dict[str, object]
) -> None:
    """As of the public page and the waiting room, where nobody asks for a number."""
    response = send_to(staff, answers)
    page = staff.get(f"/clinic/responses/{response}").text

    assert page.index("No massage") < page.index(NOWHERE) < page.index("You told us")
    assert on_paper(staff, response).endswith(f" {NOWHERE}.")


def test_what_is_not_urgent_says_nothing_of_it(staff: Staff) -> None:
    response = send_to(staff)

    assert NOWHERE not in staff.get(f"/clinic/responses/{response}").text
    assert NOWHERE not in on_paper(staff, response)


def test_what_was_last_known_of_a_client_holds_for_later_links_too(
    staff: Staff, clock: Clock
) -> None:
    first = invited(staff)
    clock.now += 60
    again = comes_back(staff, first.client, URGENT)

    assert ways(staff, again) == {f"tel:{PHONE}", "mailto:zoe@example.org"}
    assert on_paper(staff, again).endswith("Call +44 20 7946 0000. Email zoe@example.org.")

    staff.practice.invitations.invite(
        staff.who, "", "new@example.org", 7, "", first.client, Details(phone=NEWER)
    )
    assert ways(staff, again) == {f"tel:{NEWER}", "mailto:new@example.org"}


def test_both_stand_on_the_page_of_a_client_and_in_the_form_of_the_next_link(
    staff: Staff, clock: Clock
) -> None:
    first = invited(staff, email="old@example.org")
    clock.now += 60
    staff.practice.invitations.invite(staff.who, "", "new@example.org", 7, "", first.client)

    page = staff.get(f"/clinic/clients/{first.client}")
    assert "Mobile: +44 20 7946 0000" in page.text
    assert "Email: new@example.org" in page.text
    form = staff.get(f"/clinic/invitations/new?client={first.client}")
    assert (form.value("phone"), form.value("email")) == ("+44 20 7946 0000", "new@example.org")
    assert staff.get("/clinic/invitations/new").value("phone") == ""


def test_a_number_goes_with_its_invitation(staff: Staff, clock: Clock, database: Database) -> None:
    first = invited(staff, email="")
    clock.now += 60
    again = comes_back(staff, first.client, URGENT)
    assert ways(staff, again) == {f"tel:{PHONE}"}

    with database.writing() as tx:
        one = tables.invitations.c.id == first.id
        tx.connection.execute(delete(tables.invitations).where(one))

    assert ways(staff, again) == set()
    assert NOWHERE in staff.get(f"/clinic/responses/{again}").text
    assert "Mobile" not in staff.get(f"/clinic/clients/{first.client}").text
    assert staff.get(f"/clinic/invitations/new?client={first.client}").value("phone") == ""


def test_where_the_clinic_chose_so_a_colleagues_number_is_shown_to_nobody_else(
    staff: Staff, make_staff: MakeStaff, clock: Clock
) -> None:
    tess = make_staff(email="tess@example.org", name="Tess Low", joins=staff.who.clinic.slug)
    first = invited(staff, email="")
    clock.now += 60
    again = comes_back(tess, first.client, URGENT)
    assert ways(tess, again) == {f"tel:{PHONE}"}

    staff.practice.colleagues.share(staff.who, inviter_only=True)
    staff.sign_in()

    assert client_of(tess, again) == first.client
    assert ways(tess, again) == set()
    assert "Mobile" not in tess.get(f"/clinic/clients/{first.client}").text
    assert tess.get(f"/clinic/invitations/new?client={first.client}").value("phone") == ""
    assert ways(staff, again) == {f"tel:{PHONE}"}, "owners see everything"
    other = invited(staff)
    assert tess.get(f"/clinic/invitations/new?client={other.client}").status == 404
    assert tess.practice.clients.reach(tess.who, other.client).phone == ""
