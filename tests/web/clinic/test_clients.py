"""The list of clients, its search, and the page of one client."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import update

from assessment.practice.responses import client_list
from assessment.records import tables
from assessment.records.ids import ClientId, ResponseId
from assessment.records.model import Line, NoteKind, State
from tests.web.client import text_of
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.sent import EMERGENCY, MASSAGE, client_of, send_to
from tests.web.clinic.staff import Staff, StaffPage
from tests.web.conftest import Clock

CLIENTS = "/clinic/clients"


def names(page: StaffPage) -> list[str]:
    return [text_of(next(iter(row.iter("a")))) for row in page.one("tbody").iter("tr")]


def test_every_client_is_listed_the_newest_first(staff: Staff, clock: Clock) -> None:
    staff.practice.invitations.invite(staff.who, "Ann Berg", "", 7, "")
    clock.now += 60
    send_to(staff, MASSAGE, "Bea")

    page = staff.get(CLIENTS)

    assert names(page) == ["Bea", "Ann Berg"]
    [bea, ann] = [text_of(row) for row in page.one("tbody").iter("tr")]
    assert bea == "Bea 1 15 January 2027, 08:01 \u2013"
    assert ann == "Ann Berg 0 \u2013 15 January 2027, 08:00"


def test_a_search_finds_by_the_beginning_of_a_word_and_its_address_holds_no_name(
    staff: Staff,
) -> None:
    for name in ("Zoë Fischer", "Ann Berg"):
        staff.practice.invitations.invite(staff.who, name, "", 7, "")

    sent = staff.post(CLIENTS, {"name": " fisch "})

    assert re.fullmatch(r"/clinic/clients\?find=[A-Za-z0-9_-]+", sent.goes_to)
    page = staff.get(sent.goes_to)
    assert names(page) == ["Zoë Fischer"]
    assert page.value("name") == "fisch"
    assert "Nobody found" in staff.get(staff.post(CLIENTS, {"name": "nobody"}).goes_to).text
    assert "Nobody found" in staff.get(staff.post(CLIENTS, {"name": "?!"}).goes_to).text
    assert staff.post(CLIENTS, {"name": " "}).goes_to == CLIENTS


def test_without_clients_it_says_what_to_do(staff: Staff) -> None:
    page = staff.get(CLIENTS)
    assert "No clients yet" in page.text
    assert "/clinic/invitations/new" in page.links


@pytest.mark.parametrize("few", [1000, 0], ids=["from the few", "along the list"])
def test_each_client_is_on_one_page_also_in_a_search(
    staff: Staff, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(client_list, "PAGE", 2)
    monkeypatch.setattr("assessment.records.client_list._FEW", few)
    for number in range(5):
        staff.practice.invitations.invite(staff.who, f"Ann {number}", "", 7, "")
    for path in (CLIENTS, staff.post(CLIENTS, {"name": "ann"}).goes_to):
        seen: list[str] = []
        where: str | None = path
        while where:
            page = staff.get(where)
            seen += names(page)
            where = next((one for one in page.links if "after=" in one), None)
        assert sorted(seen) == [f"Ann {number}" for number in range(5)]


@pytest.mark.parametrize("few", [1000, 0], ids=["from the few", "along the list"])
def test_where_the_clinic_chose_so_only_ones_own_clients_are_listed_and_found(
    staff: Staff, make_staff: MakeStaff, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("assessment.records.client_list._FEW", few)
    tess = make_staff(email="tess@example.org", name="Tess Low", joins=staff.who.clinic.slug)
    staff.practice.colleagues.share(staff.who, inviter_only=True)
    staff.sign_in()
    staff.practice.invitations.invite(staff.who, "Ann Quillfeather", "", 7, "")
    send_to(staff, MASSAGE, "Ann Marrowgate")
    tess.practice.invitations.invite(tess.who, "Ann Berg", "", 7, "")

    assert names(tess.get(CLIENTS)) == ["Ann Berg"]
    assert names(tess.get(tess.post(CLIENTS, {"name": "ann"}).goes_to)) == ["Ann Berg"]
    assert len(names(staff.get(CLIENTS))) == 3


def test_one_client_shows_responses_changes_notes_and_invitations(
    staff: Staff, clock: Clock
) -> None:
    first = staff.practice.invitations.invite(staff.who, "Zoe Fischer", "", 7, "")
    page = staff.get(f"{CLIENTS}/{first.invitation.client}")
    assert "Nothing has come back yet." in page.text
    assert "Changes" not in page.text

    mild = send_to(staff, MASSAGE, "Zoe Fischer")
    client = client_of(staff, mild)
    staff.practice.inbox.note(staff.who, mild, NoteKind.NOTE, "Likes the left side.")
    page = staff.get(f"{CLIENTS}/{client}")

    assert "Likes the left side." in page.text
    assert "Changes" not in page.text, "of one response there is none"
    assert f"/clinic/invitations/new?client={client}" in page.links
    assert "Send a link" in page.text


def test_a_change_of_the_advice_is_told_with_both() -> None:
    """Whichever way it went; the same advice twice is none."""

    def line(at: int, urgency: int, said: str, *, altered: bool = False) -> Line:
        return Line(
            ResponseId(str(at)), ClientId("c"), "Zoe", urgency, said, True, State.NEW, at, None,
            altered=altered,
        )  # fmt: skip

    told = [
        line(5, 0, "self_care"),
        line(4, 3, "whatever", altered=True),
        line(3, 2, "urgent_medical"),
        line(2, 0, "self_care"),
        line(1, 0, "self_care"),
    ]
    found = client_list.changes_of(told, {}, {"self_care": "Self-care"})

    assert [(one.at, one.before, one.after, one.by) for one in found] == [
        (5, "Urgent medical", "Self-care", -2),
        (3, "Self-care", "Urgent medical", 2),
    ]


def test_a_client_whose_name_cannot_be_read_is_still_listed(staff: Staff) -> None:
    send_to(staff, EMERGENCY, "Ann")
    with staff.practice.database.writing() as tx:
        tx.connection.execute(update(tables.clients).values(sealed=b"x"))

    assert names(staff.get(CLIENTS)) == ["Name cannot be read"]
