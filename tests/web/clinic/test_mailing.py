"""A link goes out by mail, text or share, says when the visit is, and many are made at once."""

from __future__ import annotations

import io
from urllib.parse import unquote

import pytest
from sqlalchemy import func, select, update

from assessment.practice.post import outbox
from assessment.records import tables
from assessment.records.database import Database
from assessment.records.refusals import Unavailable
from tests.web.client import text_of
from tests.web.clinic.conftest import Mailing, MakeStaff
from tests.web.clinic.staff import Staff, StaffPage
from tests.web.conftest import PUBLIC, Clock

HOME = "/clinic/invitations"
MANY = f"{HOME}/many"
ANNA = {"name": "Anna K.", "email": "anna@example.org", "days": "7", "send": "y"}
TWO = "Anna K., anna@example.org, 1 December 14:00\nBen, ben@example.org\n"
VISIT = "Tuesday 1 December at 14:00"
NONE = "\N{EN DASH}"


@pytest.fixture(autouse=True)
def in_november(clock: Clock) -> None:
    clock.now = 1_795_600_000.0  # 25 November 2026, 09:46 in London


def invite(staff: Staff, **changed: str) -> StaffPage:
    sent = staff.post(f"{HOME}/new", {**ANNA, **changed})
    return sent if sent.status == 422 else staff.get(sent.goes_to)


def mails(page: StaffPage) -> list[str]:
    """What the page tells about each mail."""
    return [text_of(one) for box in page.all("dl", class_="pair panel mails") for one in box]


def message(page: StaffPage) -> str:
    """The message that a therapist passes on."""
    return page.one("textarea", id="message").text or ""


def made(database: Database) -> int:
    with database.reading() as tx:
        return tx.connection.execute(
            select(func.count()).select_from(tables.invitations)
        ).scalar_one()


def test_the_link_goes_out_by_itself_unless_the_box_is_empty(mailing: Mailing) -> None:
    staff, server = mailing()
    [box] = staff.get(f"{HOME}/new").all("input", name="send")
    assert "checked" in box.attrib
    page = invite(staff)
    assert "The link was sent to anna@example.org." in page.text
    assert (page.one("input", id="link").get("value") or "no link") in server.text()
    unticked = {name: value for name, value in ANNA.items() if name != "send"}
    for form in (unticked, {**ANNA, "email": ""}):
        page = staff.get(staff.post(f"{HOME}/new", form).goes_to)
        assert "was sent" not in page.text
        assert mails(page) == []
    assert len(server.mails) == 1


def test_without_a_mail_server_nothing_of_mail_is_offered(staff: Staff) -> None:
    assert staff.get(f"{HOME}/new").all("input", name="send") == []
    assert MANY not in staff.get(HOME).links
    assert mails(invite(staff)) == []
    assert staff.get(MANY).status == 404
    assert staff.post(MANY, {"list": TWO}).status == 404


def test_a_mail_that_failed_is_told_beside_the_link(mailing: Mailing) -> None:
    staff, server = mailing(answers={"RCPT": "550 no such person"})
    page = invite(staff)
    [error] = page.errors
    assert error.startswith("The mail server didn't accept the address.")
    assert page.one("input", id="link").get("value")
    [mail] = mails(page)
    assert mail.startswith("The link Not sent")
    assert server.mails == []


def test_an_unknown_outcome_is_shown_as_perhaps_sent(mailing: Mailing, clock: Clock) -> None:
    staff, server = mailing(answers={"content": ""})
    page = invite(staff)
    [error] = page.errors
    assert "may or may not have been sent" in error
    [mail, *reminders] = mails(page)
    assert mail.startswith("The link May have been sent")
    assert "Ask your client first" in mail
    assert [one.startswith("Reminder Waiting") for one in reminders] == [True]
    server.answers.clear()
    clock.now += 60
    staff.practice.outbox.send_due()
    assert len(server.mails) == 1, "it is never repeated"


def test_who_was_killed_while_sending_has_perhaps_sent(
    mailing: Mailing, database: Database, clock: Clock
) -> None:
    staff, _ = mailing()
    sent = staff.post(f"{HOME}/new", ANNA).goes_to
    with database.writing() as tx:
        tx.connection.execute(
            update(tables.outbox).where(tables.outbox.c.kind == "link").values(outcome=None)
        )
    assert mails(staff.get(sent))[0].startswith("The link On its way")
    clock.now += 61
    assert mails(staff.get(sent))[0].startswith("The link May have been sent")


def test_the_visit_stands_in_every_message(mailing: Mailing) -> None:
    staff, server = mailing()
    page = invite(staff, visit_day="2026-12-01", visit_time="14:00", phone="07700 900123")
    assert f"before your visit on {VISIT}" in server.text()
    assert f"before your visit on {VISIT}: https://" in message(page)
    [sms] = [one for one in page.links if one.startswith("sms:")]
    assert sms.startswith("sms:+447700900123?&body=")
    assert VISIT in unquote(sms)
    assert "+44 7700 900123" in page.text
    assert "1 December 2026, 14:00" in staff.get(HOME).text
    [share] = page.all("button", **{"data-share": "message"})
    assert "hidden" in share.attrib, "shown where the browser can share"


def test_a_visit_makes_the_link_last_until_its_day_has_ended(mailing: Mailing) -> None:
    staff, _ = mailing()
    page = invite(staff, days="1", visit_day="1 December", visit_time="2 pm")
    assert "the end of 1 December 2026" in page.text


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ({"visit_day": "2026-12-01"}, "Enter the time of the visit as well"),
        ({"visit_time": "14:00"}, "Enter the day of the visit as well"),
        ({"visit_day": "soon", "visit_time": "14:00"}, "Enter a day, such as 1 December"),
        ({"visit_day": "2026-12-01", "visit_time": "late"}, "Enter a time, such as 14:00"),
        ({"visit_day": "2026-11-24", "visit_time": "14:00"}, "Enter a visit that is still to come"),
        ({"visit_day": "2026-11-25", "visit_time": "09:30"}, "Enter a visit that is still to come"),
        ({"visit_day": "2062-12-01", "visit_time": "14:00"}, "Enter a visit within a year"),
        ({"visit_day": "2027-03-28", "visit_time": "01:30"}, "Clocks skip this time"),
        ({"visit_day": "9999-12-31", "visit_time": "23:59"}, "Enter a visit within a year"),
        ({"phone": "12"}, "Enter a telephone number"),
        ({"phone": "07700 900123\r\n; drop"}, "Enter a telephone number"),
    ],
)
def test_each_fault_in_a_new_invitation_says_what_to_do(
    staff: Staff, database: Database, typed: dict[str, str], advice: str
) -> None:
    page = invite(staff, **typed)
    [error] = page.errors
    assert error.startswith(advice)
    assert made(database) == 0


def test_a_new_link_is_for_the_same_visit_until_that_is_over(
    mailing: Mailing, clock: Clock
) -> None:
    staff, _ = mailing()
    visit = {"visit_day": "2026-11-26", "visit_time": "14:00", "phone": "07700 900123"}
    first = staff.post(f"{HOME}/new", {**ANNA, **visit}).goes_to
    second = staff.post(f"{first}/resend").goes_to
    again = staff.get(second)
    assert "visit on Thursday 26 November at 14:00" in message(again)
    assert "+44 7700 900123" in again.text
    clock.now += 2 * 24 * 60 * 60
    staff.sign_in()
    late = staff.get(staff.post(f"{second}/resend").goes_to)
    assert "questions before your visit: https" in message(late)


def test_a_clinic_chooses_when_clients_are_reminded(mailing: Mailing) -> None:
    staff, _ = mailing()
    assert "is reminded after 2 days and the day before their visit" in (
        staff.get(f"{HOME}/new").text
    )
    settings = staff.get("/clinic/settings")
    form = {
        name: settings.value(name)
        for name in ("name", "country", "time_zone", "invitation_days", "language")
    }
    page = staff.post("/clinic/settings", {**form, "remind_after": "4"})
    assert page.errors == ["Choose one of these times"]
    staff.post("/clinic/settings", {**form, "remind_after": "1"})
    assert "is reminded after 1 day." in staff.get(f"{HOME}/new").text
    staff.post("/clinic/settings", {**form, "remind_after": ""})
    assert "is reminded" not in staff.get(f"{HOME}/new").text
    [mail] = mails(invite(staff))
    assert mail.startswith("The link Sent")


def confirm(page: StaffPage) -> dict[str, str]:
    """What the button sends that makes what is shown."""
    [form, *_] = page.all("form", action=MANY)
    [area] = list(form.iter("textarea"))
    batch = next(one for one in form.iter("input") if one.get("name") == "batch")
    return {"list": area.text or "", "batch": batch.get("value") or ""}


def test_many_are_shown_before_they_are_made_and_made_once(
    mailing: Mailing, database: Database
) -> None:
    staff, server = mailing()
    page = staff.post(MANY, {"list": TWO})
    rows = [[text_of(cell) for cell in row] for row in page.all("tr")][1:]
    assert rows == [["Anna K.", "anna@example.org", VISIT], ["Ben", "ben@example.org", NONE]]
    assert made(database) == 0
    pressed = confirm(page)
    for _ in range(2):
        sent = staff.post(MANY, pressed)
        assert sent.goes_to == f"{HOME}?done=many"
    assert "They are invited." in staff.get(sent.goes_to).text
    assert made(database) == 2
    staff.practice.outbox.send_due()
    assert sorted(server.recipients) == ["anna@example.org", "ben@example.org"]


def test_a_list_with_a_fault_makes_nothing_and_names_the_line(
    mailing: Mailing, database: Database
) -> None:
    staff, _ = mailing()
    page = staff.post(MANY, {"list": f"{TWO}Eve, nowhere\n", "batch": "A" * 22})
    assert page.status == 422
    assert page.errors == [
        "Line 3: Enter an email address after the name, such as name@example.org"
    ]
    assert page.all("table") == []
    assert "Eve, nowhere" in (page.one("textarea", id="list").text or "")
    assert made(database) == 0


def test_many_are_made_all_or_none(
    mailing: Mailing, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff, _ = mailing()
    pressed = confirm(staff.post(MANY, {"list": TWO}))
    put, calls = outbox.put, []

    def away_at_the_second(*given: object) -> object:
        calls.append(given)
        if len(calls) == 2:
            raise Unavailable("away")
        return put(*given)  # type: ignore[arg-type]  # what was given

    monkeypatch.setattr(outbox, "put", away_at_the_second)
    assert staff.post(MANY, pressed).status == 503
    assert made(database) == 0
    with database.reading() as tx:
        for table in (tables.clients, tables.client_words, tables.outbox):
            assert tx.connection.execute(select(table)).all() == []


def upload(staff: Staff, content: bytes, token: str) -> StaffPage:
    form = {"csrf_token": token, "file": (io.BytesIO(content), "list.csv")}
    page = StaffPage(staff._client.post(f"{MANY}/file", data=form, base_url=PUBLIC))
    page.check()
    return page


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_list_can_come_as_a_file(mailing: Mailing, database: Database, encoding: str) -> None:
    staff, _ = mailing()
    content = "Name;E-mail;Visit\nZoë;zoe@example.org;01.12.2026 14:00\n".encode(encoding)
    page = upload(staff, content, staff.token or "")
    assert [[text_of(cell) for cell in row] for row in page.all("tr")][1:] == [
        ["Zoë", "zoe@example.org", VISIT]
    ]
    assert made(database) == 0
    assert upload(staff, content, "x").all("table") == []


def test_a_list_that_is_too_long_is_refused_and_says_so(mailing: Mailing) -> None:
    staff, _ = mailing()
    page = staff.post(MANY, {"list": "A, a@example.org\n" * 2400})
    assert page.errors == ["This list is too long. Split it in two"]


def test_names_in_a_list_are_shown_as_typed(mailing: Mailing) -> None:
    staff, _ = mailing()
    page = staff.post(MANY, {"list": "<b>Eve</b> & co, eve@example.org"})
    assert text_of(page.all("td")[0]) == "<b>Eve</b> & co"


def test_a_list_makes_clients_of_ones_own_clinic_only(
    mailing: Mailing, make_staff: MakeStaff
) -> None:
    staff, _ = mailing()
    other = make_staff()
    staff.post(MANY, confirm(staff.post(MANY, {"list": TWO})))
    assert "No invitations yet" in other.get(HOME).text
