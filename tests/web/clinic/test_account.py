"""One's own account."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from assessment.practice.practice import Practice
from assessment.practice.staff.throttling import BY_ACCOUNT
from assessment.web.clinic.signed_in import browser_in_words
from tests.web.client import text_of
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.sent import send_to
from tests.web.clinic.staff import PASSWORD, Staff, StaffPage
from tests.web.conftest import Clock

NEW = "seven grey herons wait by the weir"
MINUTE = 60


def listed(page: StaffPage) -> list[str]:
    """The browsers in the list of sessions."""
    return [text_of(row[0]) for row in page.one("tbody")]


def test_name_and_mail_are_changed(can_mail: None, staff: Staff) -> None:
    form = {"name": "Ana María Ruiz", "urgent_mail": "y", "password": PASSWORD}
    page = staff.post("/clinic/account", form)
    assert page.goes_to == "/clinic/account?done=details"
    page = staff.get(page.goes_to)
    assert "Your details have been saved." in page.text
    assert page.value("name") == "Ana María Ruiz"
    [tick] = page.all("input", name="urgent_mail")
    assert "checked" in tick.attrib


def test_mail_is_not_offered_where_none_can_be_sent(staff: Staff) -> None:
    page = staff.get("/clinic/account")
    assert page.all("input", name="urgent_mail") == []
    assert "nobody is told when an urgent response arrives" in page.text
    assert staff.post("/clinic/account", {"name": "Ana Ruiz", "urgent_mail": "y"}).status == 303
    assert not staff.who.therapist.urgent_mail
    assert "this site can't send emails" in staff.get("/clinic/inbox").text


def test_an_inbox_tells_when_nobody_is_mailed(can_mail: None, staff: Staff) -> None:
    assert "Nobody is emailed when an urgent" in staff.get("/clinic/inbox").text
    staff.post("/clinic/account", {"name": "Ana Ruiz", "urgent_mail": "y"})
    assert "Nobody is emailed" not in staff.get("/clinic/inbox").text


def test_a_name_is_needed(staff: Staff) -> None:
    for name in ("", "   ", "x" * 81):
        page = staff.post("/clinic/account", {"name": name})
        assert page.status == 422
        assert page.value("name") == name.strip()


def test_7_5_1_after_five_minutes_mail_is_changed_with_the_password_only(
    can_mail: None, staff: Staff, clock: Clock
) -> None:
    clock.now += 6 * MINUTE
    for typed, words in (("", "Enter your password"), ("not mine at all", "not your password")):
        page = staff.post(
            "/clinic/account", {"name": "Ana Ruiz", "urgent_mail": "y", "password": typed}
        )
        assert page.status == 422
        assert words in page.errors[0]
        assert page.value("name") == "Ana Ruiz"
    assert not staff.who.therapist.urgent_mail
    before = staff.session_cookie
    form = {"name": "Ana Ruiz", "urgent_mail": "y", "password": PASSWORD}
    assert staff.post("/clinic/account", form).status == 303
    assert staff.who.therapist.urgent_mail
    assert staff.session_cookie != before


def test_another_name_needs_the_password_and_is_logged_without_it(
    staff: Staff, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="assessment")
    for typed, words in (("", "Enter your password"), ("not mine at all", "not your password")):
        page = staff.post("/clinic/account", {"name": "Bo Lind", "password": typed})
        assert page.status == 422
        assert words in page.errors[0]
    assert staff.who.therapist.name == "Ana Ruiz"
    assert "renamed" not in caplog.text

    page = staff.post("/clinic/account", {"name": "Bo Lind", "password": PASSWORD})

    assert page.goes_to == "/clinic/account?done=details"
    assert staff.who.therapist.name == "Bo Lind"
    assert caplog.text.count("therapist renamed") == 1
    assert "Bo" not in caplog.text


def test_a_note_carries_the_account_and_the_name_of_its_time_whatever_one_is_called_later(
    staff: Staff, clock: Clock
) -> None:
    path = f"/clinic/responses/{send_to(staff)}"
    for name in ("Bo Lind", "Ana Ruiz"):
        staff.post(f"{path}/notes", {"text": f"Before {name}."})
        staff.post("/clinic/account", {"name": name, "password": PASSWORD})
        clock.now += 1  # what was written within a second stands in no order

    text, table = staff.get(path).text, staff.get(f"{path}.csv").response.text
    written = json.loads(staff.get(f"{path}.json").response.data)["responses"][0]["notes"]

    for name in ("Ana Ruiz", "Bo Lind"):
        assert f"{name} (ana@example.org), " in text
        assert f"{name} (ana@example.org), " in table
    assert [(one["by"], one["account"]) for one in written] == [
        ("Ana Ruiz", "ana@example.org"), ("Bo Lind", "ana@example.org"),
    ]  # fmt: skip


def test_a_password_is_changed_with_the_old_one(
    staff: Staff, clinic_app: Flask, practice: Practice
) -> None:
    phone = Staff(clinic_app, practice, staff.email)
    phone.sign_in()
    form = {"old_password": PASSWORD, "new_password": NEW}
    page = staff.post("/clinic/account/password", form)
    assert page.goes_to == "/clinic/account?done=password"
    assert "signed out everywhere else" in staff.get(page.goes_to).text
    assert phone.get("/clinic/account").goes_to.startswith("/clinic/sign-in")
    assert phone.sign_in().status == 422
    assert phone.sign_in(NEW).status == 303


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("", "", "Enter your current password"),
        ("not mine at all", NEW, "This is not your password"),
        (PASSWORD, "short", "15 characters or more"),
        (PASSWORD, "Riverside Massage 2026", "easy to guess"),
    ],
)
def test_what_is_wrong_with_a_new_password_is_explained(
    staff: Staff, old: str, new: str, words: str
) -> None:
    page = staff.post("/clinic/account/password", {"old_password": old, "new_password": new})
    assert page.status == 422
    assert words in page.errors[0]
    assert PASSWORD not in page.html
    assert staff.sign_in().status == 303


def test_guessing_the_password_of_an_open_session_is_slowed_down(staff: Staff) -> None:
    for _ in range(BY_ACCOUNT.free):
        staff.post("/clinic/account/password", {"old_password": "x", "new_password": NEW})
    page = staff.post("/clinic/account/password", {"old_password": PASSWORD, "new_password": NEW})
    assert "Wait 5 seconds" in page.errors[0]


def test_7_5_2_sessions_are_listed_by_browser_and_ended_one_by_one(
    staff: Staff, clinic_app: Flask, practice: Practice, clock: Clock
) -> None:
    phone = Staff(clinic_app, practice, staff.email)
    token = phone.get("/clinic/sign-in").value("csrf_token")
    phone.post(
        "/clinic/sign-in",
        {"csrf_token": token, "email": staff.email, "password": PASSWORD},
        User_Agent="Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) AppleWebKit/605 Safari/604.1",
    )
    clock.now += MINUTE
    page = staff.get("/clinic/account")
    assert listed(page) == ["A browser this one", "Safari on iPhone"]
    [action] = [
        form.get("action") for form in page.all("form") if "/sessions/" in form.get("action", "")
    ]
    assert action is not None
    ended = staff.post(action)
    assert "That session has ended." in staff.get(ended.goes_to).text
    assert listed(staff.get("/clinic/account")) == ["A browser this one"]
    assert phone.get("/clinic/account").goes_to.startswith("/clinic/sign-in")
    assert staff.post(action).status == 404


def test_nobody_ends_a_session_of_another_clinic(make_staff: MakeStaff) -> None:
    ana, ben = make_staff(), make_staff("Hillside", "ben@example.org", "Ben")
    cleo = make_staff(email="cleo@example.org", name="Cleo", joins="riverside-massage")
    for other in (ben, cleo):
        path = f"/clinic/account/sessions/{ana.who.session.id}/end"
        assert other.post(path).status == 404
    assert ana.get("/clinic/account").status == 200


def test_signing_out_everywhere_ends_this_session_too(
    staff: Staff, clinic_app: Flask, practice: Practice
) -> None:
    phone = Staff(clinic_app, practice, staff.email)
    phone.sign_in()
    page = staff.post("/clinic/account/everywhere")
    assert page.goes_to == "/clinic/sign-in?done=out"
    assert page.response.headers["Clear-Site-Data"] == '"cache", "storage"'
    for one in (staff, phone):
        assert one.get("/clinic/account").goes_to.startswith("/clinic/sign-in")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko Firefox/140.0",
         "Firefox on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
         "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/140.0 Safari/537.36 Edg/140.0",
         "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15; Pixel) Chrome/140.0 Mobile Safari", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18 Safari/605", "Safari on Mac"),
        ("<script>alert(1)</script>", "A browser"),
        ("", "A browser"),
    ],
)  # fmt: skip
def test_of_a_browser_only_its_kind_is_kept(sent: str, words: str) -> None:
    assert browser_in_words(sent) == words
