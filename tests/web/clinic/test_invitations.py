"""A therapist makes a link, gives it to a client, and sees what becomes of it."""

from __future__ import annotations

import logging
import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import segno
from flask import Flask

from assessment.practice.practice import Practice
from assessment.records import invitations
from assessment.records.database import Database
from assessment.records.ids import InvitationId
from assessment.web.html.qr_codes import reaches_phones
from tests.web.client import Client, text_of
from tests.web.clinic.conftest import Mailing, MakeStaff
from tests.web.clinic.staff import Staff, StaffPage
from tests.web.conftest import PUBLIC, Clock

HOME = "/clinic/invitations"
ANNA = {"name": "Anna K.", "email": "anna@example.org", "days": "7", "note": "Tuesday at 10"}
DAY = 24 * 60 * 60


def invite(staff: Staff, **changed: str) -> StaffPage:
    """Fill in the form and look at the link."""
    return staff.get(staff.post(f"{HOME}/new", {**ANNA, **changed}).goes_to)


def link_of(page: StaffPage) -> str:
    return page.one("input", id="link").get("value") or ""


def address_of(staff: Staff) -> str:
    """The page of the newest invitation."""
    [first, *_] = [
        one for one in staff.get(HOME).links if re.fullmatch(rf"{HOME}/(?!new|many).*", one)
    ]
    return first


def client_of(page: StaffPage) -> str:
    """The page of the client who was invited."""
    return next(one for one in page.links if one.startswith("/clinic/clients/"))


def about(page: StaffPage) -> dict[str, str]:
    """What the page tells about the invitation."""
    rows = [list(one) for one in page.one("dl", class_="pair panel")]
    return {text_of(term): text_of(value) for term, value in rows}


def states(staff: Staff) -> list[str]:
    return [text_of(one) for one in staff.get(HOME).all("span") if "tag" in one.get("class", "")]


def test_an_empty_list_says_what_to_do_next(staff: Staff) -> None:
    page = staff.get(HOME)
    assert "No invitations yet" in page.text
    assert f"{HOME}/new" in page.links


def test_the_form_begins_with_what_the_clinic_chose(staff: Staff) -> None:
    page = staff.get(f"{HOME}/new")
    assert page.value("days") == "7"
    assert [page.value(name) for name in ("name", "email", "note")] == ["", "", ""]


def test_a_link_is_made_and_opens_the_questions(staff: Staff, clinic_app: Flask) -> None:
    page = invite(staff)
    link = link_of(page)
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/i/[\w-]{43}", link)
    assert "works on this computer and not on a phone" in page.text
    told = about(page)
    assert (told["State"], told["Client"]) == ("Link made", "Anna K.")
    assert (told["Email"], told["Your note"]) == ("anna@example.org", "Tuesday at 10")
    assert told["Link works until"] == "the end of 22 January 2027"
    assert Client(clinic_app).get(urlsplit(link).path).status == 200


def test_the_link_comes_in_every_form_in_which_it_can_reach_a_client(staff: Staff) -> None:
    page = invite(staff)
    link = link_of(page)
    assert page.one("input", id="link").get("readonly") is not None
    [message] = [one.text or "" for one in page.all("textarea", id="message")]
    assert link in message
    assert "until the end of 22 January 2027 (London time)." in message

    [sms] = [one for one in page.links if one.startswith("sms:")]
    assert sms.startswith("sms:?&body=")
    assert unquote(sms.removeprefix("sms:?&body=")) == message.strip("\n")

    [mail] = [one for one in page.links if one.startswith("mailto:")]
    parts = urlsplit(mail)
    assert parts.path == "anna@example.org"
    asked = parse_qs(parts.query, strict_parsing=True)
    assert set(asked) == {"subject", "body"}
    assert link in asked["body"][0].split("\r\n")
    for written in (message, asked["body"][0], asked["subject"][0]):
        for word in ("anna", "tuesday", "pain", "massage is", "symptom"):
            assert word not in written.lower()


def test_there_is_no_qr_code_of_an_address_that_no_phone_can_reach(staff: Staff) -> None:
    page = invite(staff)
    assert not [one for one in page.tree.iter() if one.get("class") == "qr"]
    assert "scan" not in page.text
    assert "works on this computer and not on a phone" in page.text


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        ("127.0.0.1:8000", False), ("localhost:8000", False), ("[::1]:8000", False),
        ("desk.localhost", False), ("clinic.local", False), ("CLINIC.LOCAL.", False),
        ("clinic", False), ("169.254.1.2", False), ("[fe80::1]", False),
        ("clinic.example", True), ("192.168.1.20", True), ("[2001:db8::1]", True),
        ("local.example", True),
    ],
)  # fmt: skip
def test_which_addresses_a_phone_can_reach(host: str, reached: bool) -> None:
    assert reaches_phones(f"https://{host}/i/secret") is reached


def primary(page: StaffPage) -> list[str]:
    """The main actions of the page: buttons and links that are neither quiet nor dangerous."""
    pressed = [one for one in page.one("main").iter("button") if not one.get("class")]
    return [
        text_of(one)
        for one in (*pressed, *page.one("main").iter("a"))
        if one.tag == "button" or one.get("class") == "button"
    ]


@pytest.mark.parametrize(
    ("changed", "main"),
    [
        ({}, "My email app"),
        ({"email": ""}, "Copy the link"),
        ({"phone": "020 7946 0000"}, "Text message"),
    ],
)
def test_the_page_of_a_link_has_one_main_action(
    staff: Staff, changed: dict[str, str], main: str
) -> None:
    assert primary(invite(staff, **changed)) == [main]


def test_where_mail_is_set_up_sending_it_is_the_main_action(mailing: Mailing) -> None:
    assert primary(invite(mailing()[0])) == ["Send by email"]


def test_once_a_link_was_mailed_the_obvious_press_does_not_mail_it_twice(mailing: Mailing) -> None:
    page = invite(mailing()[0], send="y")

    assert "The link was sent to" in page.text
    assert primary(page) == []
    assert "Send by email" in page.text


def test_a_test_to_oneself_takes_one_press_and_is_marked_as_one_everywhere(
    staff: Staff, clinic_app: Flask
) -> None:
    """It opens the same questions as any link, and what comes back is named as a test."""
    assert "Send myself a test" in staff.get("/clinic").text
    page = staff.get(staff.post(f"{HOME}/trial").goes_to)

    assert primary(page) == ["Open the link in a new tab"]
    assert "This link is a test, for you." in page.text
    link = urlsplit(link_of(page)).path
    assert Client(clinic_app).get(link).status == 200
    [made] = staff.practice.invitations.listed(staff.who).invitations
    assert (made.name, made.email) == ("Test: Ana Ruiz", "ana@example.org")
    [row] = [text_of(row) for row in staff.get(HOME).one("tbody").iter("tr")]
    assert row.startswith("Test: Ana Ruiz This is a test, with no real client")
    assert "Link made Test" in row
    assert "Test: Ana Ruiz" in staff.get("/clinic/clients").text


def test_a_test_to_oneself_is_mailed_where_mail_is_set_up(mailing: Mailing) -> None:
    staff, server = mailing()
    page = staff.get(staff.post(f"{HOME}/trial").goes_to)

    assert "The link was sent to mia@example.org." in page.text
    assert len(server.mails) == 1


def test_the_qr_code_is_that_of_the_link_and_safe_under_our_policy(mailing: Mailing) -> None:
    page = invite(mailing()[0])
    [svg] = [one for one in page.tree.iter() if one.get("class") == "qr"]
    assert svg.get("role") == "img"
    assert [one.text for one in svg if one.tag.endswith("title")] == ["QR code of the link"]
    drawn = [one.get("d") for one in svg if one.get("d")]
    expected = segno.make_qr(link_of(page), error="m").svg_inline(border=4, light="#fff")
    assert drawn
    assert all(f'd="{path}"' in expected for path in drawn)
    assert not [one for one in svg.iter() if "style" in one.attrib]


@pytest.mark.parametrize("days", ["1", "30"])
def test_a_link_works_for_as_many_days_as_were_chosen(
    staff: Staff, clock: Clock, clinic_app: Flask, days: str
) -> None:
    path = urlsplit(link_of(invite(staff, days=days))).path
    client = Client(clinic_app)
    clock.now += int(days) * DAY + 16 * 60 * 60 - 1  # it is made at 8 in the morning
    assert client.get(path).status == 200
    clock.now += 1
    assert client.get(path).status == 404


def test_the_list_tells_what_became_of_each(staff: Staff, database: Database, clock: Clock) -> None:
    made = []
    for number in range(6):
        clock.now += 1
        invite(staff, name=f"Client {number}", days="90" if number else "1")
        made.append(InvitationId(address_of(staff).rsplit("/", 1)[1]))
    clinic = staff.who.clinic.id
    now = int(clock.now)
    with database.writing() as tx:
        invitations.mailed(tx, clinic, made[1], now)
        invitations.opened(tx, clinic, made[2], now)
        invitations.opened(tx, clinic, made[3], now)
        invitations.progress(tx, clinic, made[3], 9, 17)
        invitations.use(tx, clinic, made[4], now)
        invitations.revoke(tx, clinic, made[5], now)
    clock.now += 2 * DAY
    staff.sign_in()
    assert states(staff) == [
        "Revoked", "Sent back", "9 of about 17 answered", "Opened", "Sent", "Expired",
    ]  # fmt: skip


def test_a_long_list_goes_on_on_older_pages(staff: Staff, practice: Practice) -> None:
    for number in range(60):
        practice.invitations.invite(staff.who, f"Client {number}", "", 7, "")
    seen: list[str] = []
    page = staff.get(HOME)
    for expected in (25, 25, 10):
        links = [one for one in page.links if re.fullmatch(rf"{HOME}/(?!new)[^?]*", one)]
        assert len(links) == expected
        seen += links
        older = [one for one in page.links if one.startswith(f"{HOME}?before=")]
        if older:
            page = staff.get(older[0])
    assert not older
    assert len(set(seen)) == 60
    assert HOME in page.links


@pytest.mark.parametrize("before", ["x", "1", "..", "9" * 30, "1.\0", "-1.a", "%F0%9F"])
def test_a_place_in_the_list_that_somebody_made_up_is_harmless(staff: Staff, before: str) -> None:
    invite(staff)
    assert staff.get(f"{HOME}?before={before}").status == 200


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Enter a name or initials"),
        ("name", "A" * 101, "The name must be 100 characters or fewer"),
        ("email", "anna", "Enter an email address, such as name@example.org"),
        ("email", "a@example.org, b@example.org", "Enter an email address, such as name@"),
        ("days", "", "Enter a number of days from 1 to 90"),
        ("days", "0", "Enter a number of days from 1 to 90"),
        ("days", "91", "Enter a number of days from 1 to 90"),
        ("days", "³", "Enter a number of days from 1 to 90"),
        ("days", "7.5", "Enter a number of days from 1 to 90"),
        ("note", "A" * 501, "The note must be 500 characters or fewer"),
    ],
)
def test_a_slip_is_explained_and_what_was_typed_is_kept(
    staff: Staff, field: str, value: str, message: str
) -> None:
    page = staff.post(f"{HOME}/new", {**ANNA, field: value})
    assert page.status == 422
    assert page.title.startswith("Error: ")
    [error] = page.errors
    assert error.startswith(message)
    assert f"#{field}" in page.links
    for name, typed in {**ANNA, field: value}.items():
        assert page.value(name) == typed
    assert staff.get(HOME).text.count("No invitations yet") == 1


@pytest.mark.parametrize("field", ["name", "email"])
@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\0", "\u2028"])
def test_asvs_1_3_11_a_line_break_in_a_name_or_an_address_is_refused(
    staff: Staff, field: str, line_break: str
) -> None:
    forged = f"anna@example.org{line_break}Bcc: eve@example.org"
    assert staff.post(f"{HOME}/new", {**ANNA, field: forged}).status == 422


def test_asvs_1_2_1_words_are_shown_as_words(staff: Staff) -> None:
    page = invite(staff, name="<script>alert(1)</script>", note="<b>bold</b> & co")
    assert about(page)["Your note"] == "<b>bold</b> & co"
    assert "<script>alert" not in page.html
    assert "<script>alert" not in staff.get(HOME).html


def test_no_title_and_no_address_holds_words_of_a_client(staff: Staff) -> None:
    address = staff.post(f"{HOME}/new", ANNA).goes_to
    for page in (staff.get(address), staff.get(HOME), staff.get(f"{address}/revoke")):
        assert "Anna" not in page.title
        ours = [one for one in page.links if not one.startswith(("mailto:", "sms:"))]
        assert not [one for one in [*ours, address] if "nna" in one]


def test_asvs_14_2_1_the_secret_of_a_link_stands_in_no_other_address(staff: Staff) -> None:
    answer = staff.post(f"{HOME}/new", ANNA)
    page = staff.get(answer.goes_to)
    secret = link_of(page).rsplit("/", 1)[1]
    assert secret not in answer.goes_to
    for name, value in answer.response.headers:
        assert secret not in value, name
    attributes = [
        value
        for one in page.tree.iter()
        for name, value in one.attrib.items()
        if name in ("href", "src", "action") and not value.startswith(("mailto:", "sms:"))
    ]
    assert attributes
    assert not [one for one in attributes if secret in one]


def test_the_link_can_be_seen_for_ten_minutes_and_never_again(staff: Staff, clock: Clock) -> None:
    address = staff.post(f"{HOME}/new", ANNA).goes_to
    clock.now += 599
    assert link_of(staff.get(address))
    clock.now += 2
    page = staff.get(address)
    assert not page.all("input", id="link")
    assert "cannot be shown again" in page.text
    assert f"{address}/resend" in page.links


def test_the_cookie_that_keeps_the_link_is_short_lived_and_bound_to_its_page(
    mailing: Mailing, staff: Staff
) -> None:
    for somebody, name in ((staff, "fresh-link"), (mailing()[0], "__Secure-fresh-link")):
        answer = somebody.post(f"{HOME}/new", ANNA)
        [cookie] = answer.response.headers.get_all("Set-Cookie")
        assert cookie.startswith(f"{name}=")
        parts = set(cookie.split("; ")[1:])
        assert {"HttpOnly", "SameSite=Strict", "Max-Age=600", f"Path={answer.goes_to}"} <= parts
        assert ("Secure" in parts) == name.startswith("__Secure")


def test_the_link_of_one_invitation_is_never_shown_as_that_of_another(
    staff: Staff, make_staff: MakeStaff
) -> None:
    first, second = (staff.post(f"{HOME}/new", ANNA).goes_to for _ in range(2))
    kept = staff._client.get_cookie("fresh-link", "127.0.0.1", first)
    assert kept is not None
    staff._client.delete_cookie("fresh-link", domain="127.0.0.1", path=second)
    staff._client.set_cookie("fresh-link", kept.value, domain="127.0.0.1", path=second)
    assert not staff.get(second).all("input", id="link")
    assert staff.get(first).all("input", id="link")

    colleague = make_staff(email="ben@example.org", joins=staff.who.clinic.slug)
    colleague._client.set_cookie("fresh-link", kept.value, domain="127.0.0.1", path=first)
    assert not colleague.get(first).all("input", id="link"), "it is for who made it"


def test_a_new_link_ends_the_old_one(staff: Staff, clinic_app: Flask) -> None:
    page = invite(staff)
    old, address = link_of(page), address_of(staff)
    asked = staff.get(f"{address}/resend")
    assert "stops working at once" in asked.text
    assert link_of(staff.get(address)) == old, "asking changes nothing"

    newer = staff.post(f"{address}/resend").goes_to
    new = link_of(staff.get(newer))
    client = Client(clinic_app)
    assert client.get(urlsplit(old).path).status == 404
    assert client.get(urlsplit(new).path).status == 200
    before = staff.get(address)
    assert not before.all("input", id="link")
    assert newer in before.links
    assert about(before)["State"] == "Replaced"
    assert about(staff.get(newer))["Client"] == "Anna K."


def test_a_revoked_link_is_like_one_that_never_was(staff: Staff, clinic_app: Flask) -> None:
    path = urlsplit(link_of(invite(staff))).path
    address = address_of(staff)
    assert "Anna K." in staff.get(f"{address}/revoke").text
    assert staff.post(f"{address}/revoke").goes_to == address
    page = staff.get(address)
    assert about(page)["State"] == "Revoked"
    assert not page.all("input", id="link")
    client = Client(clinic_app)
    gone, never = client.get(path), client.get("/i/" + "A" * 43)
    assert (gone.status, gone.html) == (404, never.html)


def test_a_link_that_the_client_closed_says_only_that(staff: Staff, database: Database) -> None:
    invite(staff)
    address = address_of(staff)
    clinic, name = staff.who.clinic.id, InvitationId(address.rsplit("/", 1)[1])
    with database.writing() as tx:
        invitations.opened(tx, clinic, name, 1)
        invitations.progress(tx, clinic, name, 9, 17)
        invitations.close(tx, clinic, name, 2)
        invitations.progress(tx, clinic, name, 10, 17)
    page = staff.get(address)

    assert states(staff) == ["Closed by the client"]
    assert about(page)["State"] == "Closed by the client"
    assert not {"Opened", "Revoked", "Sent back"} & set(about(page))
    assert "Please do not remind them." in page.text
    for way in ("Make a new link", "Invite again", "Revoke the link"):
        assert way not in page.text


@pytest.mark.parametrize("step", ["resend", "revoke"])
def test_two_tabs_cannot_end_a_link_twice(staff: Staff, step: str) -> None:
    invite(staff)
    address = address_of(staff)
    staff.post(f"{address}/revoke")
    page = staff.post(f"{address}/{step}")
    assert page.status == 409
    assert "Nothing was changed" in page.text
    assert about(page)["State"] == "Revoked"
    assert staff.get(f"{address}/{step}").goes_to == address
    assert len(states(staff)) == 1


def test_a_client_who_returns_is_invited_again(staff: Staff) -> None:
    client = client_of(invite(staff))
    known = client.rsplit("/", 1)[1]
    page = staff.get(f"{HOME}/new?client={known}")
    assert "Anna K." in page.text
    assert page.value("email") == "anna@example.org"
    assert not page.all("input", name="name")
    assert page.hidden["client"] == known

    again = {"client": known, "email": "", "days": "x", "note": "again", "name": "Eve"}
    wrong = staff.post(f"{HOME}/new", again)
    assert (wrong.status, wrong.hidden["client"]) == (422, known)
    made = staff.get(staff.post(f"{HOME}/new", {**again, "days": "3"}).goes_to)
    assert client in made.links
    assert about(made)["Client"] == "Anna K."


def test_what_came_back_is_one_press_away(
    staff: Staff, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    invite(staff)
    address = address_of(staff)
    with practice.database.writing() as tx:
        invitations.use(tx, staff.who.clinic.id, InvitationId(address.rsplit("/", 1)[1]), 1)
    assert "See the response" not in staff.get(address).text, "it was erased"
    monkeypatch.setattr(type(practice.invitations), "response", lambda *_: "a-response")
    page = staff.get(address)
    assert "/clinic/responses/a-response" in page.links
    assert [one for one in page.links if one.startswith(f"{HOME}/new?client=")]


def test_asvs_8_2_2_and_8_4_1_another_clinics_invitations_are_not_there(
    staff: Staff, make_staff: MakeStaff
) -> None:
    page = invite(staff)
    address = address_of(staff)
    client = client_of(page).rsplit("/", 1)[1]
    eve = make_staff(clinic="Hillside", email="eve@example.org")
    for path in (address, f"{address}/resend", f"{address}/revoke", f"{HOME}/new?client={client}"):
        assert eve.get(path).status == 404
    for path in (f"{address}/resend", f"{address}/revoke", f"{address}/mail"):
        assert eve.post(path, {"email": "eve@example.org"}).status == 404
    assert eve.post(f"{HOME}/new", {**ANNA, "client": client}).status == 404
    assert "No invitations yet" in eve.get(HOME).text
    assert about(staff.get(address))["State"] == "Link made"


@pytest.mark.parametrize("name", ["x", "A" * 22, "%00", "..%2f..", "é"])
def test_an_invitation_that_never_was_is_not_there(staff: Staff, name: str) -> None:
    assert staff.get(f"{HOME}/{name}").status == 404


def test_without_a_mail_server_no_mail_is_offered(staff: Staff) -> None:
    page = invite(staff)
    assert "Send by email" not in page.text
    sent = staff.post(f"{address_of(staff)}/mail", {"email": "anna@example.org"})
    assert sent.status == 409


def test_the_link_is_sent_by_mail_when_asked(mailing: Mailing) -> None:
    staff, server = mailing()
    page = invite(staff)
    address, link = address_of(staff), link_of(page)
    assert link.startswith(f"{PUBLIC}/i/")
    assert "works on this computer" not in page.text
    assert page.value("email") == "anna@example.org"
    assert staff.post(f"{address}/mail", {"email": "anna.new@example.org"}).goes_to == address
    after = staff.get(address)
    assert "The link was sent to anna.new@example.org." in after.text
    assert about(after)["State"] == "Sent"
    assert link_of(after) == link, "it can still be given in other ways"
    assert server.recipients == ["anna.new@example.org"]
    assert link in server.text()


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"RCPT": "550 no such person"}, "The mail server didn't accept the address."),
        ({"greeting": ""}, "The mail server did not answer."),
        ({"RCPT": "450 later"}, "The mail server says to try again later."),
        ({"MAIL": "550 no"}, "The mail server doesn't let us send from our address."),
    ],
)
def test_a_mail_that_was_not_sent_says_what_happened_and_loses_nothing(
    mailing: Mailing, caplog: pytest.LogCaptureFixture, answers: dict[str, str], said: str
) -> None:
    caplog.set_level(logging.INFO)
    staff, _ = mailing(answers=answers)
    link, address = link_of(invite(staff)), address_of(staff)
    page = staff.post(f"{address}/mail", {"email": "anna@example.org"})
    assert page.status == 502
    [error] = page.errors
    assert error.startswith(said)
    assert page.value("email") == "anna@example.org"
    assert link_of(page) == link
    assert about(page)["State"] == "Link made"
    assert said in caplog.text
    assert "anna" not in caplog.text


def test_asvs_1_3_11_no_mail_goes_to_an_address_with_a_header_in_it(mailing: Mailing) -> None:
    staff, server = mailing()
    link, address = link_of(invite(staff)), address_of(staff)
    for typed in ("", "anna", "a@example.org\r\nBcc: eve@example.org", "a@b.org,eve@b.org"):
        page = staff.post(f"{address}/mail", {"email": typed})
        assert page.status == 422
        assert link_of(page) == link
    assert server.commands == []


def test_a_mail_cannot_be_sent_once_the_link_is_not_shown_any_more(
    mailing: Mailing, clock: Clock
) -> None:
    staff, server = mailing()
    invite(staff)
    address = address_of(staff)
    clock.now += 601
    page = staff.post(f"{address}/mail", {"email": "anna@example.org"})
    assert page.status == 409
    assert "nothing was sent" in page.text
    assert server.commands == []
