"""Setting up a clinic, and choosing a password with a code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assessment.exports.dates import UTC
from assessment.practice.practice import Practice
from assessment.practice.staff.throttling import BY_ACCOUNT
from assessment.records import audit, therapists
from assessment.records.acts import Act
from assessment.records.database import Database
from tests.web.client import text_of
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.staff import PASSWORD, Staff, StaffPage

STEPS = (Path(__file__).parents[3] / "docs" / "first-steps.md").read_text("utf-8")

CLINIC = {
    "clinic_name": "Riverside Massage",
    "country": "GB",
    "time_zone": "",
    "name": "Ana Ruiz",
    "email": "ana@example.org",
    "password": PASSWORD,
}

KEPT = {"answered": "90", "unanswered": "30", "erased": "365"}


def sent(stranger: Staff, path: str, **typed: str) -> StaffPage:
    """Fill in a form and send it."""
    return stranger.post(path, {**stranger.get(path).hidden, **typed})


def test_a_clinic_is_set_up_with_the_code_and_its_owner_is_signed_in(
    stranger: Staff, practice: Practice
) -> None:
    page = sent(stranger, "/clinic/setup", code=practice.enrolment.new_setup_code(), **CLINIC)
    assert page.goes_to == "/clinic/settings/keeping?done=welcome"
    assert "/clinic/welcome" in stranger.get(page.goes_to).links
    chosen = sent(stranger, page.goes_to, **KEPT)
    assert chosen.goes_to == "/clinic/welcome?done=welcome"
    clinic = stranger.who.clinic
    assert (clinic.country, clinic.time_zone) == ("GB", "Europe/London")
    welcome = stranger.get(chosen.goes_to)
    assert "Your clinic is set up." in welcome.text
    for words in (
        "Emergency 999 UK", "Same-day doctor 111 Great Britain",
        "London time: it is 15 January 2027, 08:00", "3/4 is 3 April",
        "If there is no country code, we add +44",
    ):  # fmt: skip
        assert words in welcome.text
    assert {"/clinic/settings", "/clinic/invitations/new"} <= set(welcome.links)
    assert "Send myself a test" in welcome.text
    assert stranger.get("/clinic/settings").value("emergency_numbers") == "999 UK"
    assert stranger.who.therapist.is_owner


def words_to_read(page: StaffPage) -> int:
    """Count the words of a page, without the names of countries and time zones."""
    choices = sum(len(text_of(one).split()) for one in page.all("select"))
    return len(page.text.split()) - choices


def test_a_first_link_and_a_colleague_s_password_take_few_words_and_fields(
    stranger: Staff, practice: Practice
) -> None:
    """The tables in docs/first-steps.md: what is read and typed, from the code to a colleague."""
    code = practice.enrolment.new_setup_code()
    read = {"/clinic/setup": words_to_read(stranger.get("/clinic/setup"))}
    keeping = sent(stranger, "/clinic/setup", code=code, **CLINIC).goes_to
    read["/clinic/settings/keeping"] = words_to_read(stranger.get(keeping))
    for path in ("/clinic/welcome", "/clinic/invitations/new"):
        read[path] = words_to_read(stranger.get(path))
    link = sent(stranger, "/clinic/invitations/new", name="Anna K.", days="7").goes_to
    read["/clinic/invitations/..."] = words_to_read(stranger.get(link))
    read["/clinic/colleagues"] = words_to_read(stranger.get("/clinic/colleagues"))
    read["/clinic/colleagues/new"] = words_to_read(stranger.get("/clinic/colleagues/new"))
    who = {"name": "Ben Okafor", "email": "ben@example.org", "role": "therapist"}
    handed = sent(stranger, "/clinic/colleagues/new", **who)
    read["the code"] = words_to_read(handed)
    stranger.forget()
    read["/clinic/code"] = words_to_read(stranger.get("/clinic/code"))
    new = {"code": text_of(handed.one("p", class_="code")), "password": PASSWORD}
    assert sent(stranger, "/clinic/code", email=who["email"], **new).goes_to == "/clinic"

    told = re.findall(r"^\| `?([^|`]+)`? +\| +\d+ +\| +\d+ +\| +(\d+) +\|$", STEPS, re.MULTILINE)
    assert {page.strip(): int(words) for page, words in told} == read


def test_the_first_link_adds_up_to_two_minutes_also_where_no_country_is_filled_in(
    stranger: Staff, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assessment.practice.staff.countries.server_calendar", lambda: UTC)
    practice.enrolment.new_setup_code()
    filled = {
        languages: stranger.get("/clinic/setup", accept_language=languages).value("country")
        for languages in ("en-GB", "en")
    }
    assert filled == {"en-GB": "GB", "en": ""}

    first, _ = STEPS.split("## From there")
    rows = re.findall(r"\| +(\d+) +\| +(\d+) +\| +(\d+) +\|$", first, re.MULTILINE)
    clicks, fields, words = (sum(map(int, column)) for column in zip(*rows, strict=True))
    for asked in (fields, fields + 1):
        seconds = words * 60 / 250 + asked * 5 + clicks
        assert f"{seconds // 60:.0f} minute and {seconds % 60:.0f} seconds" in STEPS
        assert seconds < 2 * 60


def test_where_no_number_of_the_country_is_known_its_owner_is_asked_for_them(
    stranger: Staff, practice: Practice
) -> None:
    code = practice.enrolment.new_setup_code()
    typed = {**CLINIC, "country": "KE", "time_zone": "Africa/Nairobi"}
    first = sent(stranger, "/clinic/setup", code=code, **typed).goes_to
    assert "/clinic/welcome" in stranger.get(first).links
    page = stranger.get(sent(stranger, first, **KEPT).goes_to)

    assert page.heading == "Your clinic is ready"
    assert "The ones for this site. Please enter those for your country" in page.text
    assert stranger.who.clinic.emergency_numbers is None


def test_a_clinic_is_set_up_also_where_nobody_may_sign_in_just_now(
    stranger: Staff, practice: Practice
) -> None:
    stranger.email = CLINIC["email"]
    for _ in range(BY_ACCOUNT.free):
        assert stranger.sign_in("not the password").status == 422
    page = sent(stranger, "/clinic/setup", code=practice.enrolment.new_setup_code(), **CLINIC)
    assert page.goes_to == "/clinic/sign-in"
    assert not practice.enrolment.setup_needed()


def test_without_the_code_nothing_is_made_and_what_was_typed_is_kept(
    stranger: Staff, practice: Practice
) -> None:
    practice.enrolment.new_setup_code()
    page = sent(stranger, "/clinic/setup", code="AAAAA-AAAAA-AAAAA-AAAAA", **CLINIC)
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert "No clinic was set up. Check the code" in page.errors[0]
    assert page.value("clinic_name") == "Riverside Massage"
    assert page.value("email") == "ana@example.org"
    assert PASSWORD not in page.html
    assert practice.enrolment.setup_needed()


def test_every_fault_of_a_set_up_is_told_beside_its_field(stranger: Staff) -> None:
    page = sent(stranger, "/clinic/setup", email="not an address", clinic_name="x" * 81)
    assert page.status == 422
    assert page.errors == [
        "Enter the code",
        "The name must be 80 characters or fewer",
        "Choose the country of your clinic",
        "Enter your name",
        "Enter an email address, such as name@example.org",
        "Enter a password",
    ]
    for name in ("code", "clinic_name", "name", "email", "password"):
        [field] = page.all("input", name=name)
        assert field.get("aria-invalid") == "true"
        assert f"{name}-error" in (field.get("aria-describedby") or "")


def test_a_weak_password_is_explained(stranger: Staff, practice: Practice) -> None:
    code = practice.enrolment.new_setup_code()
    for password, words in (
        ("short", "15 characters or more"),
        ("x y" * 60, "128 characters or fewer"),
        ("Riverside Massage 2026", "easy to guess"),
    ):
        page = sent(stranger, "/clinic/setup", code=code, **{**CLINIC, "password": password})
        assert page.status == 422
        assert words in page.errors[0]
    assert "15 characters or more" in stranger.get("/clinic/setup").text


def test_6_2_6_passwords_may_be_pasted_and_kept_by_a_manager(stranger: Staff) -> None:
    for path, kind in (
        ("/clinic/sign-in", "current-password"),
        ("/clinic/setup", "new-password"),
        ("/clinic/code", "new-password"),
    ):
        [field] = stranger.get(path).all("input", name="password")
        assert (field.get("type"), field.get("autocomplete")) == ("password", kind)
        assert "maxlength" not in field.attrib
        [email] = stranger.get(path).all("input", name="email")
        assert email.get("autocomplete") == "username"


def test_a_password_is_chosen_with_a_code_and_signs_in(
    staff: Staff, practice: Practice, database: Database
) -> None:
    before, code = staff.session_cookie, practice.enrolment.new_password_code(staff.email)
    new = "seven grey herons wait by the weir"
    page = sent(staff, "/clinic/code", email=staff.email, code=code.lower(), password=new)
    assert page.goes_to == "/clinic"
    assert staff.get("/clinic").status == 200
    assert staff.session_cookie != before
    assert page.response.headers["Clear-Site-Data"] == '"cache", "storage"'
    with database.reading() as tx:
        entries = audit.listed(tx, staff.who.clinic.id, audit.Sought(), None, 3)
    assert [one.act for one in entries][-2:] == [Act.SIGNED_IN, Act.PASSWORD_CHOSEN]
    assert staff.sign_in().status == 422
    assert staff.sign_in(new).status == 303


def test_whoever_was_switched_off_meanwhile_is_signed_in_nowhere(
    staff: Staff, practice: Practice, make_staff: MakeStaff
) -> None:
    bo = make_staff(email="bo@example.org", joins=staff.who.clinic.slug)
    code, new = practice.enrolment.new_password_code(bo.email), "seven grey herons wait by the weir"
    with practice.database.writing() as tx:
        therapists.disable(tx, bo.who.clinic.id, bo.who.therapist.id, 1)
    bo.forget()
    page = sent(bo, "/clinic/code", email=bo.email, code=code, password=new)
    assert page.goes_to == "/clinic/sign-in?done=password"
    assert bo.session_cookie is None


def test_6_3_8_a_code_of_somebody_else_and_an_unknown_account_are_told_alike(
    staff: Staff, practice: Practice
) -> None:
    code = practice.enrolment.new_password_code(staff.email)
    new = "seven grey herons wait by the weir"
    for email, typed in (
        ("nobody@example.org", code), (staff.email, "AAAAA"), ("nobody@example.org", "AAAAA"),
    ):  # fmt: skip
        page = sent(staff, "/clinic/code", email=email, code=typed, password=new)
        assert page.status == 422
        assert page.errors[0].startswith("This code does not work")


def test_forms_of_another_browser_are_not_taken(stranger: Staff, practice: Practice) -> None:
    code = practice.enrolment.new_setup_code()
    for path in ("/clinic/setup", "/clinic/code"):
        page = stranger.post(path, {"csrf_token": "x", "code": code, **CLINIC})
        assert page.status == 400
        assert "out of date" in page.text
        assert page.value("code") == code
    assert practice.enrolment.setup_needed()


def test_a_name_with_markup_is_shown_as_it_was_typed(stranger: Staff, practice: Practice) -> None:
    typed = {**CLINIC, "clinic_name": '<b>Knots</b> & "Co"', "name": "<script>alert(1)</script>"}
    sent(stranger, "/clinic/setup", code=practice.enrolment.new_setup_code(), **typed)
    page = stranger.get("/clinic/account")
    assert page.title.endswith('<b>Knots</b> & "Co"')
    assert "<script>alert" not in page.html


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e\u2066", "\u3164", "\u2800 \u200e", "\ufeff"])
def test_names_that_nobody_can_see_are_none(
    stranger: Staff, practice: Practice, unseen: str
) -> None:
    code = practice.enrolment.new_setup_code()
    typed = CLINIC | {"clinic_name": unseen, "name": unseen}
    page = sent(stranger, "/clinic/setup", code=code, **typed)
    assert page.status == 422
    assert page.errors == ["Enter the name of your clinic", "Enter your name"]


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e", "\u3164", "\u2066", "\x1b"])
def test_names_and_addresses_hold_no_sign_that_nobody_can_see(
    stranger: Staff, practice: Practice, unseen: str
) -> None:
    pasted = "" if unseen in ("\u3164", "\x1b") else unseen  # those are no part of any address
    typed = {
        "clinic_name": f"{unseen}River{unseen}side", "name": f"A{unseen}na",
        "email": f"ana@{pasted}example.org",
    }  # fmt: skip
    code = practice.enrolment.new_setup_code()
    assert sent(stranger, "/clinic/setup", **(CLINIC | typed), code=code).status == 303
    [(clinic, [owner])] = practice.enrolment.everybody()
    assert (clinic.name, owner.name, owner.email) == ("Riverside", "Ana", "ana@example.org")
