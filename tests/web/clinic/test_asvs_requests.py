"""OWASP ASVS 5.0, chapters 2, 13, 15 and 16, where no other test stands for a number."""

from __future__ import annotations

import datetime
import json
import logging

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from assessment.engine.protocol import Protocol
from assessment.practice.practice import Practice
from assessment.practice.staff.accounts import Accounts
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.records.database import Database
from assessment.records.refusals import Unavailable
from assessment.web.factory import make_app
from assessment.web.intake.send_form import Held, SendForm
from assessment.web.server.settings import read_settings
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.staff import PASSWORD, Staff
from tests.web.conftest import KEY, PUBLIC, Clock

LONG = {"name": "n" * 101, "email": "", "days": "7", "note": "n" * 501}


def test_asvs_2_2_2_what_a_browser_would_stop_the_server_stops(staff: Staff) -> None:
    page = staff.get("/clinic/invitations/new")
    assert [one.get("novalidate") for one in page.one("main").iter("form")] == [""]
    refused = staff.post("/clinic/invitations/new", LONG)
    assert refused.status == 422
    assert len(refused.errors) == 2


@pytest.mark.parametrize(
    ("date", "fits"),
    [
        (("29", "2", "2024"), True),
        (("", "", ""), True),
        (("29", "2", "2023"), False),
        (("31", "12", ""), False),
        (("1", "1", "2999"), False),
    ],
)
def test_asvs_2_2_3_the_parts_of_a_date_fit_together(
    date: tuple[str, str, str], fits: bool
) -> None:
    parts = dict(zip(("day", "month", "year"), date, strict=True))
    sent = MultiDict({"name": "A", "signed": "B", "consent": "words", "message": "", **parts})
    now = datetime.datetime(2026, 11, 23, tzinfo=datetime.UTC).timestamp()
    form = SendForm(sent, Held("words", now))
    assert form.validate() is fits
    assert ("birth" in form.faults) is not fits


def test_asvs_13_4_2_no_setting_of_flask_turns_debugging_on(
    monkeypatch: pytest.MonkeyPatch, small: Protocol, clock: Clock
) -> None:
    for name in ("DEBUG", "FLASK_DEBUG", "FLASK_ENV", "FLASK_TESTING"):
        monkeypatch.setenv(name, "1")
    app = make_app(read_settings(), small, KEY, clock)
    assert not app.debug
    assert not app.testing


@pytest.mark.parametrize(
    "path",
    [
        "/metrics", "/docs", "/openapi.json", "/swagger", "/admin", "/console", "/debug", "/status",
        "/.git/config", "/.env", "/server-status", "/static/", "/rules/", "/templates/base.html",
    ],
)  # fmt: skip
def test_asvs_13_4_5_there_is_no_page_for_machines_or_developers(
    stranger: Staff, path: str
) -> None:
    assert stranger._client.get(path, base_url="http://127.0.0.1").status_code == 404
    assert stranger.get(f"/clinic{path}").goes_to.startswith("/clinic/sign-in")


def test_asvs_13_4_5_the_page_for_monitors_tells_nothing_of_clinics(staff: Staff) -> None:
    response = staff._client.get("/healthz", base_url="http://127.0.0.1")
    told = json.loads(response.data)
    assert set(told) == {"ok", "protocols"}
    assert [set(one) for one in told["protocols"]] == [{"id", "rules", "wording"}]


def test_asvs_15_3_4_an_address_that_somebody_makes_up_does_not_count(
    practice: Practice, small: Protocol, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def sign_in(
        _: Accounts,
        email: str,
        password: str,
        address: str,
        browser: str,
        device: str | None,
        *,
        is_new: bool = False,
    ) -> str:
        seen.append(address)
        raise Refused(Refusal.WRONG)

    monkeypatch.setattr(Accounts, "sign_in", sign_in)
    settings = read_settings(public_url=PUBLIC, proxy_hops=1)
    somebody = Staff(
        make_app(settings, small, KEY, clock, practice=practice), practice, "a@b.example", PUBLIC
    )
    form = {**somebody.get("/clinic/sign-in").hidden, "email": "a@b.example", "password": PASSWORD}
    assert somebody.post("/clinic/sign-in", form, X_Forwarded_For="6.6.6.6, 9.9.9.9").status == 422
    assert seen == ["9.9.9.9"]


def test_asvs_16_3_2_what_is_denied_is_logged(
    make_staff: MakeStaff, caplog: pytest.LogCaptureFixture
) -> None:
    make_staff()
    colleague = make_staff(email="cy@example.org", name="Cy Dee", joins="riverside-massage")
    caplog.clear()
    with caplog.at_level(logging.INFO, "assessment"):
        assert colleague.post("/clinic/settings", {"name": "Mine"}).status == 403
    assert [record.getMessage() for record in caplog.records] == ["clinic: denied"]


def test_asvs_16_4_1_nobody_writes_a_line_of_their_own_into_the_log(
    stranger: Staff, staff: Staff, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    forged = "a@b.example\r\n2026-11-23 clinic: signed in"
    with caplog.at_level(logging.DEBUG, "assessment"):
        form = {**stranger.get("/clinic/sign-in").hidden, "email": forged, "password": forged}
        assert stranger.post("/clinic/sign-in", form).status == 422
        forged_path = "/%0d%0aclinic:%20signed%20in"
        assert stranger._client.get(forged_path, base_url="http://127.0.0.1").status_code == 404
    said = [record.getMessage() for record in caplog.records]
    assert said
    assert [line for line in said if "\n" in line or "signed in" in line or "example" in line] == []


@pytest.mark.parametrize("error", [RuntimeError("inside"), Unavailable("inside")])
def test_asvs_16_5_3_whatever_fails_lets_nobody_in_and_shows_nothing(
    staff: Staff, clinic_app: Flask, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Accounts, "session", fails)
    response = staff._client.get("/clinic/inbox", base_url="http://127.0.0.1")
    assert response.status_code in (500, 503)
    assert b"inside" not in response.data
    assert b"Sign out" not in response.data
    monkeypatch.setattr(Database, "writing", fails)
    browser = clinic_app.test_client()
    page = browser.get("/clinic/sign-in", base_url="http://127.0.0.1")
    token = page.data.decode().partition('name="csrf_token" value="')[2].partition('"')[0]
    form = {"csrf_token": token, "email": staff.email, "password": PASSWORD}
    answered = browser.post("/clinic/sign-in", base_url="http://127.0.0.1", data=form)
    assert answered.status_code in (500, 503)
    assert "clinic=" not in str(answered.headers.getlist("Set-Cookie"))
