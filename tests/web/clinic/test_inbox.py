"""The inbox on its page: order, filters, search, and no name in an address."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import update

from assessment.practice.responses.inbox import PAGE
from assessment.records import tables
from assessment.records.database import Database
from tests.web.client import text_of
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.sent import EMERGENCY, MASSAGE, UNSURE, URGENT, client_of, send_to
from tests.web.clinic.staff import Staff, StaffPage
from tests.web.conftest import Clock

INBOX = "/clinic/inbox"
DASH = "\u2013"


def names(page: StaffPage) -> list[str]:
    """The clients whose responses are listed, from the top."""
    shown = [text_of(one) for one in page.all("a")]
    opens = "Open the response from "
    return [name.removeprefix(opens) for name in shown if name.startswith(opens)]


def test_an_empty_inbox_says_what_to_do_next(staff: Staff) -> None:
    page = staff.get(INBOX)

    assert page.title == f"Inbox {DASH} Riverside Massage"
    assert "/clinic/invitations/new" in page.links
    assert "Nothing to review" in page.text
    assert "Nothing found" in staff.get(f"{INBOX}?state=contacted").text


def test_the_most_urgent_come_first_and_the_title_counts_urgent_unread_ones(
    staff: Staff, clock: Clock
) -> None:
    for answers, name in ((MASSAGE, "Ann"), (EMERGENCY, "Bea"), (URGENT, "Cy"), (EMERGENCY, "Di")):
        clock.now += 60
        send_to(staff, answers, name)

    page = staff.get(INBOX)

    assert names(page) == ["Di", "Bea", "Cy", "Ann"]
    assert page.title == f"(3 urgent) Inbox {DASH} Riverside Massage"
    assert text_of(page.all("nav")[0]).startswith("Today Inbox 3 urgent unread ")
    assert page.html.count("urgent unread") == 1, "one count"
    rows = [text_of(row) for row in page.all("tr")][1:]
    assert [("Unread" in row, "Emergency" in row) for row in rows] == [
        (True, True), (True, True), (True, False), (True, False),
    ]  # fmt: skip


def test_a_link_opens_a_response_and_its_page_marks_it_as_read(staff: Staff) -> None:
    response = send_to(staff, EMERGENCY)
    path = f"/clinic/responses/{response}"
    [link] = [one for one in staff.get(INBOX).all("a") if "Zoe Fischer" in text_of(one)]
    assert (link.get("href") or "").partition("?")[0] == path

    page = staff.get(path)
    assert "(1 urgent)" in staff.get(INBOX).title  # whatever looks ahead at links marks nothing
    [form] = [one for one in page.all("form") if "data-read" in one.attrib]
    [token] = [one.get("value") for one in form.iter("input")]
    assert staff.post(str(form.get("action")), {"csrf_token": str(token)}).goes_to == (
        f"{path}?state=new&recommendation=any"
    )
    assert not [one for one in staff.get(path).all("form") if "data-read" in one.attrib]

    page = staff.get(INBOX)
    assert page.title == f"Inbox {DASH} Riverside Massage"
    assert "Unread" not in page.text
    assert names(page) == ["Zoe Fischer"]


def test_filters_are_in_the_address_and_hold(staff: Staff) -> None:
    send_to(staff, MASSAGE, "Ann")
    reviewed = send_to(staff, EMERGENCY, "Bea")
    staff.post(f"/clinic/responses/{reviewed}/state", {"kind": "reviewed"})

    assert names(staff.get(INBOX)) == ["Ann"]
    assert names(staff.get(f"{INBOX}?state=any")) == ["Bea", "Ann"]
    page = staff.get(f"{INBOX}?state=reviewed&recommendation=emergency")
    assert names(page) == ["Bea"]
    assert (page.value("state"), page.value("recommendation")) == ("reviewed", "emergency")
    assert names(staff.get(f"{INBOX}?state=reviewed&recommendation=self_care")) == []
    assert names(staff.get(f"{INBOX}?state=%00&recommendation=<b>")) == ["Bea", "Ann"]


def test_a_search_by_name_leaves_no_name_in_the_address(staff: Staff) -> None:
    send_to(staff, MASSAGE, "Zoë Fischer")
    done = send_to(staff, MASSAGE, "Anna Berg")
    staff.post(f"/clinic/responses/{done}/state", {"kind": "contacted"})

    sent = staff.post(INBOX, {"name": "  anna  "})
    page = staff.get(sent.goes_to)

    assert re.fullmatch(r"/clinic/inbox\?find=[A-Za-z0-9_-]+", sent.goes_to)
    assert "anna" not in sent.goes_to.lower()
    assert names(page) == ["Anna Berg"]  # whatever became of it
    assert page.value("name") == "anna"
    assert "anna" not in page.title.lower()
    assert names(staff.get(staff.post(INBOX, {"name": "fischer zoe"}).goes_to)) == ["Zoë Fischer"]
    assert names(staff.get(staff.post(INBOX, {"name": "berta"}).goes_to)) == []
    assert staff.post(INBOX, {"name": "  "}).goes_to == INBOX


def test_a_search_can_be_filtered_and_keeps_what_is_sought(staff: Staff) -> None:
    send_to(staff, MASSAGE, "Anna Berg")
    send_to(staff, EMERGENCY, "Anna Lund")
    found = staff.post(INBOX, {"name": "anna"}).goes_to

    page = staff.get(f"{found}&recommendation=emergency")

    assert names(page) == ["Anna Lund"]
    find = parse_qs(urlsplit(found).query)["find"][0]
    assert find in [one.get("value") for one in page.all("input", name="find")]


def test_a_search_of_another_clinic_or_a_made_up_one_finds_nothing_more(
    make_staff: MakeStaff,
) -> None:
    ours, theirs = make_staff(), make_staff("Hillside", "bo@example.org")
    send_to(ours, MASSAGE, "Anna Berg")
    send_to(theirs, MASSAGE, "Anna Lund")
    foreign = theirs.post(INBOX, {"name": "anna"}).goes_to

    for address in (foreign, f"{INBOX}?find=AAAA", f"{INBOX}?find=%00"):
        page = ours.get(address)
        assert page.value("name") == ""
        assert names(page) == ["Anna Berg"]


def test_pages_lead_to_each_other(staff: Staff, clock: Clock) -> None:
    for number in range(PAGE + 2):
        clock.now += 60
        send_to(staff, MASSAGE, f"Client {chr(97 + number)}")

    first = staff.get(f"{INBOX}?state=any")
    [more] = [link for link in first.links if "after=" in link]
    second = staff.get(more)

    assert len(names(first)) == PAGE
    assert names(second) == ["Client b", "Client a"]
    assert "state=any" in more
    assert f"{INBOX}?state=any&recommendation=any" in second.links
    assert names(staff.get(f"{INBOX}?after=x")) == names(staff.get(INBOX))


def test_asvs_11_3_3_a_row_that_cannot_be_read_is_shown_as_such_and_the_rest_works(
    staff: Staff, database: Database
) -> None:
    broken = send_to(staff, EMERGENCY, "Bea")
    send_to(staff, MASSAGE, "Ann")
    client = client_of(staff, broken)
    with database.writing() as tx:
        where = tables.clients.c.id == client
        tx.connection.execute(update(tables.clients).where(where).values(sealed=b"x" * 60))

    page = staff.get(INBOX)

    assert names(page) == ["Name cannot be read", "Ann"]
    assert "cannot be read" in staff.get(f"/clinic/clients/{client}").text


@pytest.mark.parametrize(
    "changed",
    [
        "received_at = 1000000000000",
        "received_at = -1",
        "received_at = 'noon'",
        "received_at = 253402300799",
        "read_at = 1000000000000",
        "urgency = 'calm'",
        "mac = 'a text'",
        "recommendation = x'ff'",
        "version = 5",
        "state = x'00'",
        "mac = 5",
        "sealed = 'a text'",
        "sealed = 5",
    ],
)
def test_whatever_somebody_writes_into_a_row_it_stands_where_the_most_urgent_does(
    staff: Staff, database: Database, tmp_path: Path, changed: str
) -> None:
    response = send_to(staff, MASSAGE, "Bea")
    send_to(staff, EMERGENCY, "Ann")
    database.close()
    with closing(sqlite3.connect(tmp_path / "clinic.db")) as connection:
        also = ", urgency = 9" if changed.startswith("sealed") else ""
        connection.execute(
            f"UPDATE responses SET {changed}{also} WHERE id = ?",  # noqa: S608  of this test
            [response],
        )
        connection.commit()

    assert names(staff.get(INBOX)) == ["Bea", "Ann"]
    assert staff.get(f"/clinic/responses/{response}").status == 200
    staff.post(f"/clinic/responses/{response}/state", {"kind": "reviewed"})
    assert staff.get(f"{INBOX}?state=any").status == 200


def test_incomplete_answers_are_told_in_the_list(staff: Staff) -> None:
    send_to(staff, EMERGENCY)
    send_to(staff, UNSURE, "Ann")

    rows = [text_of(row) for row in staff.get(INBOX).all("tr")][1:]

    assert ["(not complete)" in row for row in rows] == [True, False]


@pytest.mark.parametrize("what", ["response", "client"])
def test_an_erasure_is_told_once(staff: Staff, what: str) -> None:
    response = send_to(staff, EMERGENCY)
    path = f"/clinic/responses/{response}"
    if what == "client":
        path = f"/clinic/clients/{client_of(staff, response)}"

    address = staff.post(f"{path}/erase").goes_to

    assert "erased" in staff.get(address).text
    for again in (address, f"{INBOX}?done=erased", f"{INBOX}?done=client-erased"):
        assert "erased" not in staff.get(again).text, again


def test_one_thing_that_was_done_is_not_told_as_another(staff: Staff) -> None:
    response = send_to(staff, EMERGENCY)
    staff.post(f"/clinic/responses/{response}/state", {"kind": "reviewed"})

    assert "erased" not in staff.get(f"{INBOX}?done=erased").text
