"""The database is away: the clinic area says so and loses nothing, and comes back by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from assessment.practice.practice import Practice
from assessment.records.database import Database
from tests.web.client import Client
from tests.web.clinic.staff import PASSWORD, Staff


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
        staff.post("/clinic/account", {"csrf_token": token, "name": "Somebody Else"}),
        staff.post("/clinic/sign-out", {"csrf_token": token}),
    ):
        assert page.status == 503
        assert page.response.headers["Retry-After"].isdecimal()
        assert "Nothing was changed" in page.text
    bring_back()
    assert staff.who.therapist.name == "Ana Ruiz"
    assert staff.get("/clinic/settings").status == 200


def test_nobody_is_signed_in_or_set_up_by_half(
    stranger: Staff, practice: Practice, take_away: Callable[[], Callable[[], None]]
) -> None:
    code = practice.enrolment.new_setup_code()
    form = {
        **stranger.get("/clinic/setup").hidden, "code": code, "clinic_name": "Riverside",
        "name": "Ana", "email": "ana@example.org", "password": PASSWORD,
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
    assert client.walk({}, first) == "/check"
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
