"""The database is away: the clinic area says so and loses nothing, and comes back by itself."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from assessment.practice.practice import Practice
from assessment.records.database import Database
from assessment.records.ids import ResponseId
from assessment.records.refusals import Unavailable
from tests.web.client import Client
from tests.web.clinic.sent import LIST, send_to
from tests.web.clinic.staff import PASSWORD, Staff, StaffPage
from tests.web.conftest import Clock


@pytest.fixture
def take_away(database: Database, tmp_path: Path) -> Callable[[], Callable[[], None]]:
    """Take the database away; what it gives brings it back."""

    def take() -> Callable[[], None]:
        database.close()
        file = tmp_path / "clinic.db"
        file.rename(tmp_path / "away.db")

        def bring_back() -> None:
            (tmp_path / "away.db").rename(file)

        return bring_back

    return take


def test_every_page_says_so_and_works_again_afterwards(
    staff: Staff, take_away: Callable[[], Callable[[], None]]
) -> None:
    token = staff.token or ""
    bring_back = take_away()
    for page in (
        staff.get("/clinic/settings"),
        staff.get("/clinic"),
        staff.get("/clinic/sign-in"),
    ):
        assert page.status == 503
        assert page.response.headers["Retry-After"].isdecimal()
        assert "Nothing was changed" in page.text
    for page in (
        staff.post("/clinic/account", {"csrf_token": token, "name": "Somebody Else"}),
        staff.post("/clinic/sign-out", {"csrf_token": token}),
    ):
        assert page.status == 503
        assert page.response.headers["Retry-After"].isdecimal()
        assert "We don't know if what you sent was saved" in page.text
        assert "Nothing was changed" not in page.text
    bring_back()
    assert staff.who.therapist.name == "Ana Ruiz"
    assert staff.get("/clinic/settings").status == 200


NOTE = 'Called at nine.\nThe zebrafinch "sings" <b>again</b>.'


def notes_of(staff: Staff, response: ResponseId) -> list[str]:
    opened = staff.practice.inbox.response(staff.who, response)
    assert opened is not None
    return [note.text for note in opened.notes]


def again(staff: Staff, failed: StaffPage) -> StaffPage:
    """Press "Try again", which needs nothing but the page."""
    [form] = [one for one in failed.all("form") if one.get("action") != "/clinic/sign-out"]
    return staff.post(form.get("action") or "", failed.hidden)


def test_a_note_that_was_typed_is_on_the_page_and_sent_again_with_one_press(
    staff: Staff, take_away: Callable[[], Callable[[], None]], clock: Clock
) -> None:
    response = send_to(staff)
    path, token = f"/clinic/responses/{response}/notes", staff.token or ""
    staff.post(path, {"text": NOTE})
    clock.now += 600
    bring_back = take_away()
    failed = staff.post(path, {"csrf_token": token, "text": NOTE})
    assert failed.status == 503
    assert failed.response.headers["Retry-After"].isdecimal()
    [shown] = failed.all("dd")
    assert "".join(shown.itertext()) == NOTE
    assert failed.hidden["text"] == NOTE
    assert failed.hidden["csrf_token"] == token
    failed = again(staff, failed)
    assert failed.status == 503
    assert ["".join(one.itertext()) for one in failed.all("dd")] == [NOTE]
    bring_back()
    assert again(staff, failed).goes_to == f"/clinic/responses/{response}?{LIST}&done=note"
    assert notes_of(staff, response) == [NOTE, NOTE], "that of ten minutes ago is another one"


def test_a_note_that_was_saved_after_all_does_not_stand_twice(
    staff: Staff, practice: Practice, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    response = send_to(staff)
    path = f"/clinic/responses/{response}/notes"
    staff.post(path, {"text": NOTE})
    clock.now += 600
    real = practice.inbox.note

    def saved_but_not_told(*given: Any, **more: Any) -> bool:
        real(*given, **more)
        raise Unavailable("the connection broke")

    with monkeypatch.context() as broken:
        broken.setattr(practice.inbox, "note", saved_but_not_told)
        failed = staff.post(path, {"text": NOTE})
    assert failed.status == 503
    assert notes_of(staff, response) == [NOTE, NOTE]
    for _ in range(2):
        clock.now += 60
        assert again(staff, failed).status == 303
    assert notes_of(staff, response) == [NOTE, NOTE]
    staff.post(path, {"text": NOTE})
    assert notes_of(staff, response) == [NOTE, NOTE, NOTE], "a call may fail twice in the same way"


def test_a_fault_of_ours_costs_nobody_what_they_typed(
    staff: Staff, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> bool:
        raise RuntimeError

    path = f"/clinic/responses/{send_to(staff)}/notes"
    monkeypatch.setattr(practice.inbox, "note", broken)
    sent = {"csrf_token": staff.token or "", "text": NOTE}
    answer = staff._client.post(path, data=sent, base_url="http://127.0.0.1")
    assert answer.status_code == 500
    assert "zebrafinch &#34;sings&#34; &lt;b&gt;again" in answer.get_data(as_text=True)


def test_a_password_is_never_in_the_page(
    staff: Staff, stranger: Staff, take_away: Callable[[], Callable[[], None]]
) -> None:
    guard = stranger.get("/clinic/sign-in").hidden
    sent = {"csrf_token": staff.token or "", "old_password": PASSWORD, "new_password": "kingfisher"}
    take_away()
    for page in (
        staff.post("/clinic/account/password", sent),
        stranger.post(
            "/clinic/sign-in", {**guard, "email": "ana@example.org", "password": PASSWORD}
        ),
    ):
        assert page.status == 503
        assert "have to enter yours again" in page.text
        assert PASSWORD not in page.html
        assert "kingfisher" not in page.html
    assert "ana@example.org" in page.text


def test_a_form_that_cannot_be_kept_gets_its_page_too(
    staff: Staff, take_away: Callable[[], Callable[[], None]]
) -> None:
    sent = {"csrf_token": staff.token or "", "logo": (io.BytesIO(b"picture"), "logo.png")}
    take_away()
    answer = staff._client.post(
        "/clinic/settings/logo", data=sent, base_url="http://127.0.0.1"
    )  # fmt: skip
    assert answer.status_code == 503
    assert "choose the file" in answer.get_data(as_text=True)


def test_nobody_is_signed_in_or_set_up_by_half(
    stranger: Staff, practice: Practice, take_away: Callable[[], Callable[[], None]]
) -> None:
    code = practice.enrolment.new_setup_code()
    form = {
        **stranger.get("/clinic/setup").hidden, "code": code,
        "clinic_name": "Riverside", "country": "GB", "name": "Ana",
        "email": "ana@example.org", "password": PASSWORD,
    }  # fmt: skip
    bring_back = take_away()
    assert stranger.post("/clinic/setup", {**form, "csrf_token": form["csrf_token"]}).status == 503
    bring_back()
    assert stranger.post("/clinic/setup", form).status == 303


def test_a_self_assessment_goes_on_to_its_end(
    clinic_app: Flask, take_away: Callable[[], Callable[[], None]]
) -> None:
    client = Client(clinic_app)
    first = client.start().goes_to
    take_away()
    assert client.walk({}, first) == "/result"
    assert client.get("/result").status == 200
    assert client.walk({"signs": "chest"}) == "/result"
    assert "112" in client.get("/result").text


def test_16_5_1_what_went_wrong_is_told_to_nobody_but_the_log(
    staff: Staff, practice: Practice, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def broken(*_: object) -> None:
        raise RuntimeError("zebrafinch")

    monkeypatch.setattr(type(practice.accounts), "sessions", broken)
    response = staff._client.get("/clinic/account", base_url="http://127.0.0.1")
    assert response.status_code == 500
    assert "zebrafinch" not in response.get_data(as_text=True)
    assert "Something went wrong on our side" in response.get_data(as_text=True)
    errors = [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR]
    assert len(errors) == 1
    assert errors[0].startswith("RuntimeError at ")
    assert "zebrafinch" not in errors[0]
