"""Signing in and out, and what was typed while nobody was signed in."""

from __future__ import annotations

import logging

import pytest
from flask import Flask

from assessment.engine.protocol import Protocol
from assessment.practice.practice import Practice
from assessment.practice.staff.throttling import BY_ACCOUNT, MOST_BY_ACCOUNT
from assessment.web.factory import make_app
from assessment.web.server.settings import read_settings
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.staff import PASSWORD, Staff, StaffPage
from tests.web.conftest import KEY, PUBLIC, Clock

MINUTE = 60
ZEBRA = "zebrafinch <b>\"' note"


def test_who_signs_in_gets_where_they_wanted(staff: Staff) -> None:
    staff.forget()
    asked = staff.get("/clinic/settings")
    page = staff.get(asked.goes_to)
    assert page.heading == "Sign in"
    form = {**page.hidden, "email": staff.email, "password": PASSWORD}
    assert staff.post("/clinic/sign-in", form).goes_to == "/clinic/settings"
    assert staff.get("/clinic/settings").status == 200


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example", "https://evil.example", "/\\evil.example", "/", "/c/other", "evil",
        "/clinic//evil.example", "/clinic/../c/x", "/clinicevil", "/clinic/x\nSet-Cookie: a",
        "javascript:alert(1)", "/clinic/x?<script>", "/clinic/@evil.example", "",
    ],
)  # fmt: skip
def test_3_7_2_no_address_leads_out_of_the_clinic_area(staff: Staff, wanted: str) -> None:
    assert staff.sign_in(next=wanted).goes_to == "/clinic"


def test_nothing_is_called_done_after_signing_in(staff: Staff) -> None:
    assert staff.sign_in(next="/clinic/settings?done=welcome").goes_to == "/clinic/settings"
    assert staff.sign_in(next="/clinic?state=new&done=erased").goes_to == "/clinic?state=new"


def test_a_list_that_was_filtered_is_found_again(staff: Staff) -> None:
    staff.forget()
    wanted = "/clinic/inbox?state=new&recommendation=self_care"
    page = staff.get(staff.get(wanted).goes_to)
    assert page.value("next") == wanted
    assert staff.sign_in(next=wanted).goes_to == wanted


@pytest.mark.parametrize(
    ("email", "password"),
    [("ana@example.org", "wrong password here"), ("nobody@example.org", PASSWORD)],
)
def test_a_wrong_password_and_an_unknown_account_are_told_alike(
    staff: Staff, email: str, password: str
) -> None:
    staff.forget()
    staff.email = email
    page = staff.sign_in(password)
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert page.errors == [
        "The email address or the password is not right. Try again, or ask an owner of your "
        "clinic for a new code"
    ]
    assert page.value("email") == email
    assert password not in page.html
    assert staff.session_cookie is None


def test_6_3_1_too_many_tries_are_told_how_long_to_wait(staff: Staff, clock: Clock) -> None:
    staff.forget()
    for _ in range(BY_ACCOUNT.free):
        assert staff.sign_in("wrong password here").status == 422
    page = staff.sign_in()
    assert page.status == 429
    assert page.response.headers["Retry-After"] == "5"
    assert "Wait 5 seconds" in page.errors[0]
    for _ in range(MOST_BY_ACCOUNT - BY_ACCOUNT.free):
        clock.now += BY_ACCOUNT.longest
        assert staff.sign_in("wrong password here").status == 422
    page = staff.sign_in()
    assert page.response.headers["Retry-After"] == "500"
    assert "Wait 9 minutes" in page.errors[0]
    clock.now += 500
    assert staff.sign_in().goes_to == "/clinic"


def test_where_there_is_no_clinic_yet_the_page_tells_how_to_begin(
    stranger: Staff, make_staff: MakeStaff
) -> None:
    assert "/clinic/setup" in stranger.get("/clinic/sign-in").links
    make_staff()
    assert "/clinic/setup" not in stranger.get("/clinic/sign-in").links


def test_empty_fields_are_explained(stranger: Staff) -> None:
    stranger.email = ""
    page = stranger.sign_in("")
    assert page.status == 422
    assert page.errors == ["Enter your email address", "Enter your password"]


def test_a_form_for_signing_in_of_another_browser_is_not_taken(staff: Staff) -> None:
    staff.forget()
    staff.get("/clinic/sign-in")
    for token in ("", "x", "\u2603"):
        form = {"csrf_token": token, "email": staff.email, "password": PASSWORD}
        page = staff.post("/clinic/sign-in", form)
        assert page.status == 400
        assert staff.session_cookie is None
    assert page.value("email") == staff.email
    again = {**page.hidden, "email": staff.email, "password": PASSWORD}
    assert staff.post("/clinic/sign-in", again).goes_to == "/clinic"


def test_3_3_the_cookies_are_for_this_host_and_hidden_from_script(
    practice: Practice, small: Protocol, clock: Clock, staff: Staff
) -> None:
    cookies = staff.sign_in().response.headers.get_all("Set-Cookie")
    assert [one.split("=")[0] for one in cookies] == ["clinic", "clinic-device"]
    assert "HttpOnly; Path=/; SameSite=Lax" in cookies[0]
    app = make_app(
        read_settings(public_url=PUBLIC, proxy_hops=0), small, KEY, clock, practice=practice
    )
    public = Staff(app, practice, staff.email, PUBLIC)
    page = public.get("/clinic/sign-in")
    [form_cookie] = page.response.headers.get_all("Set-Cookie")
    assert form_cookie.startswith("__Host-clinic-form=")
    assert "Secure; HttpOnly; Path=/; SameSite=Strict" in form_cookie
    form = {**page.hidden, "email": staff.email, "password": PASSWORD}
    cookie, device = public.post("/clinic/sign-in", form).response.headers.get_all("Set-Cookie")
    assert device.startswith("__Host-clinic-device=")
    assert cookie.startswith("__Host-clinic=")
    assert "Secure; HttpOnly; Path=/; SameSite=Lax" in cookie
    assert "Domain" not in cookie


def test_7_2_4_signing_in_makes_a_new_session_and_ends_the_one_at_hand(staff: Staff) -> None:
    before = staff.session_cookie
    assert before is not None
    page = staff.post("/clinic/sign-in", {"csrf_token": staff.cookies["clinic-form"],
                                          "email": staff.email, "password": PASSWORD})  # fmt: skip
    assert page.goes_to == "/clinic"
    assert staff.session_cookie not in (None, before)
    staff.set_cookie("clinic", before)
    assert staff.get("/clinic/account").goes_to.startswith("/clinic/sign-in")


def test_7_4_1_14_3_1_signing_out_ends_the_session_and_empties_the_browser(staff: Staff) -> None:
    copied = staff.session_cookie
    assert copied is not None
    page = staff.post("/clinic/sign-out")
    assert page.goes_to == "/clinic/sign-in?done=out"
    assert page.response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert staff.session_cookie is None
    assert "You are signed out." in staff.get(page.goes_to).text
    staff.set_cookie("clinic", copied)
    assert staff.get("/clinic/account").goes_to.startswith("/clinic/sign-in")
    assert staff.post("/clinic/account", {"csrf_token": "x"}).status == 401


def test_signing_out_twice_is_no_mistake(staff: Staff) -> None:
    staff.forget()
    assert staff.post("/clinic/sign-out").goes_to == "/clinic/sign-in?done=out"


def test_nobody_is_signed_out_by_a_form_of_somebody_else(staff: Staff) -> None:
    assert staff.post("/clinic/sign-out", {"csrf_token": "x"}).status == 400
    assert staff.get("/clinic/account").status == 200


def test_7_3_1_after_15_minutes_a_page_asks_to_sign_in_again(staff: Staff, clock: Clock) -> None:
    page = staff.get("/clinic/account")
    assert [one.get("data-idle") for one in page.all("div") if "data-idle" in one.attrib] == ["900"]
    assert "signed out after 15 minutes" in " ".join(page.one("footer").itertext())
    clock.now += 10 * MINUTE
    assert staff.post("/clinic/stay").status == 204
    clock.now += 15 * MINUTE
    assert staff.get("/clinic/account").goes_to == "/clinic/sign-in?next=/clinic/account"


def test_what_was_typed_when_the_session_ended_is_sent_after_signing_in(
    staff: Staff, clock: Clock
) -> None:
    typed = {"name": ZEBRA, "csrf_token": staff.token or "", "several": ["one", "two\r\nlines"]}
    clock.now += 20 * MINUTE
    page = staff.post("/clinic/account", typed)
    assert (page.status, page.heading) == (401, "Sign in")
    assert "We have kept what you typed" in page.text
    wrong = staff.post("/clinic/sign-in", fields(page, email=staff.email, password="not this one"))
    assert wrong.status == 422
    carried = staff.post("/clinic/sign-in", fields(wrong, email=staff.email, password=PASSWORD))
    assert carried.status == 200
    assert "You are signed in again. Press Continue to send what you typed." in carried.text
    assert ZEBRA in carried.text
    [form] = carried.one("main").iter("form")
    assert form.get("action") == "/clinic/account"
    sent = fields(carried)
    assert sent["several"] == ["one", "two\nlines"]
    asked = staff.post("/clinic/account", sent)
    assert (asked.status, asked.value("name")) == (422, ZEBRA), "another name needs the password"
    sent["password"] = PASSWORD
    assert staff.post("/clinic/account", sent).goes_to == "/clinic/account?done=details"
    assert staff.who.therapist.name == ZEBRA


def test_passwords_are_not_carried(staff: Staff, clock: Clock) -> None:
    typed = {
        "csrf_token": staff.token or "", "name": "Ana",
        "old_password": PASSWORD, "new_password": "zebrafinch over nine hills",
    }  # fmt: skip
    clock.now += 20 * MINUTE
    page = staff.post("/clinic/account/password", typed)
    assert page.status == 401
    again = staff.post("/clinic/sign-in", fields(page, email=staff.email, password=PASSWORD))
    for one in (page, again):
        assert PASSWORD not in one.html
        assert "zebrafinch" not in one.html
    assert again.value("name") == "Ana"
    assert "enter yours again" in again.text


def test_a_press_of_a_button_alone_is_not_carried(staff: Staff, clock: Clock) -> None:
    """What erases or ends something is pressed again on its own page, which says what it does."""
    clock.now += 20 * MINUTE
    page = staff.post("/clinic/account/everywhere", {"csrf_token": "x"})
    assert page.status == 401
    assert "carried_to" not in page.hidden
    signed_in = staff.post("/clinic/sign-in", fields(page, email=staff.email, password=PASSWORD))
    assert signed_in.goes_to == "/clinic"


def test_the_address_of_a_form_is_carried_whole(staff: Staff, clock: Clock) -> None:
    token = staff.token or ""
    clock.now += 20 * MINUTE
    address = "/clinic/invitations/new?client=abc"
    page = staff.post(address, {"csrf_token": token, "note": "x"})
    again = staff.post("/clinic/sign-in", fields(page, email=staff.email, password=PASSWORD))
    assert [one.get("action") for one in again.one("main").iter("form")] == [address]


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example", "/", "/clear", "/clinic/logo.png?<>",
           "/clinic/../", "/questions/who", ""],
)  # fmt: skip
def test_what_was_carried_goes_to_the_clinic_area_only(staff: Staff, to: str) -> None:
    staff.forget()
    page = staff.get("/clinic/sign-in")
    form = {**page.hidden, "email": staff.email, "password": PASSWORD}
    form |= {"carried_to": to, "carried:name": "Somebody", "carried": to, "next": to}
    assert staff.post("/clinic/sign-in", form).goes_to == "/clinic"


@pytest.mark.parametrize("note", ["ж" * 4000, "💥" * 4000, "".join(map(chr, range(400, 4400)))])
def test_a_long_note_is_carried_and_a_longer_one_is_refused_kindly(
    staff: Staff, clock: Clock, note: str
) -> None:
    token = staff.token or ""
    clock.now += 20 * MINUTE
    page = staff.post("/clinic/account", {"csrf_token": token, "name": note})
    assert note not in page.html
    carried = staff.post("/clinic/sign-in", fields(page, email=staff.email, password=PASSWORD))
    assert carried.value("name") == note
    assert staff.post("/clinic/account", {"name": "x" * 70_000}).status == 413


def test_16_3_1_what_happens_at_the_door_is_logged_without_whom(
    staff: Staff, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "assessment")
    staff.post("/clinic/sign-out")
    staff.sign_in("wrong password here")
    staff.sign_in()
    staff.post("/clinic/account", {"csrf_token": "x"})
    for _ in range(MOST_BY_ACCOUNT + 1):
        staff.post("/clinic/sign-in", {**fields(staff_page(staff)), "email": "x@y.example",
                                       "password": "wrong"})  # fmt: skip
    lines = [record.getMessage() for record in caplog.records]
    assert lines[:4] == [
        "clinic: signed out",
        "clinic: sign-in refused",
        "clinic: signed in",
        "clinic: form refused",
    ]
    assert lines[-1] == "clinic: sign-in refused: too many tries"
    assert not [line for line in lines if "@" in line or "127.0.0.1" in line or "Ana" in line]


def staff_page(staff: Staff) -> StaffPage:
    staff.forget()
    return staff.get("/clinic/sign-in")


def fields(page: StaffPage, **more: str) -> dict[str, str | list[str]]:
    """What the form of a page would send, with what somebody types."""
    found: dict[str, str | list[str]] = {}
    for one in page.one("main").iter("input"):
        if one.get("type") == "hidden":
            name, value = one.get("name") or "", one.get("value") or ""
            found[name] = value if name not in found else [*_listed(found[name]), value]
    return {**found, **more}


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_signed_in_people_need_no_form(staff: Staff) -> None:
    assert staff.get("/clinic/sign-in?next=/clinic/account").goes_to == "/clinic/account"


def test_two_clinics_have_two_names_in_the_bar(make_staff: MakeStaff, clinic_app: Flask) -> None:
    ana = make_staff()
    ben = make_staff("Hillside Therapy", "ben@example.org", "Ben Okoro")
    assert ana.get("/clinic/account").title.endswith("Riverside Massage")
    assert ben.get("/clinic/account").title.endswith("Hillside Therapy")
