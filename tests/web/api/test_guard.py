"""Nobody gets past without a key that works, and every answer below /api is made for programs."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update

from assessment.practice.practice import Practice
from assessment.practice.staff.colleagues import Step
from assessment.records.api_tables import api_keys
from assessment.records.database import Database
from assessment.records.keys import Scope
from assessment.records.refusals import Unavailable
from assessment.web.api import guard
from assessment.web.api.app import LARGEST
from tests.web.api.conftest import MakeProgram, Program, check
from tests.web.client import LOCAL
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.staff import Staff

INVITATIONS, RESPONSES = "/api/v1/invitations", "/api/v1/responses"
CALLS = {
    ("POST", INVITATIONS): Scope.WRITE_INVITATIONS,
    ("GET", f"{INVITATIONS}/one"): Scope.READ_INVITATIONS,
    ("POST", f"{INVITATIONS}/one/revoke"): Scope.WRITE_INVITATIONS,
    ("GET", RESPONSES): Scope.READ_RESPONSES,
    ("GET", f"{RESPONSES}/one"): Scope.READ_RESPONSES,
    ("GET", f"{RESPONSES}/one/pdf"): Scope.READ_RESPONSES,
}
"""Written down once more, so that a route that says something else does not pass unseen."""


@pytest.mark.parametrize("secret", [None, "", "made up", "x" * 3000])
def test_asvs_8_2_1_nothing_is_answered_without_a_key(
    clinic_app: Flask, secret: str | None
) -> None:
    for method, path in CALLS:
        assert Program(clinic_app, secret).call(method, path).status_code == 401


@pytest.mark.parametrize("scope", Scope)
def test_asvs_8_2_1_a_key_opens_what_its_scopes_name_and_nothing_else(
    staff: Staff, make_program: MakeProgram, scope: Scope, caplog: pytest.LogCaptureFixture
) -> None:
    program = make_program(staff, frozenset({scope}))
    caplog.set_level("INFO", logger="assessment")
    for (method, path), needed in CALLS.items():
        caplog.clear()
        status = program.call(method, path).status_code
        assert (status == 403) == (needed is not scope), f"{method} {path}: {status}"
        assert (caplog.messages[-1:] == ["clinic: API key without the scope"]) == (status == 403)


def test_these_are_all_the_calls(program: Program) -> None:
    described = program.get("/api/v1/openapi.json").get_json()
    found = {
        (method.upper(), path) for path, there in described["paths"].items() for method in there
    }
    written = {(method, path.replace("/one", "/{id}")) for method, path in CALLS}

    assert {(m, p.replace("{invitation_id}", "{id}").replace("{response_id}", "{id}"))
            for m, p in found} == written  # fmt: skip


def test_a_signed_in_browser_opens_nothing(staff: Staff, clinic_app: Flask) -> None:
    cookie = f"clinic={staff.session_cookie}"
    answer = Program(clinic_app, None).get(RESPONSES, Cookie=cookie)

    assert answer.status_code == 401


def test_a_page_of_another_site_calls_nothing(program: Program) -> None:
    answer = program.post(INVITATIONS, {"name": "Ann"}, Origin="https://elsewhere.example")

    assert answer.status_code == 400


def test_a_revoked_key_opens_nothing(program: Program, staff: Staff, practice: Practice) -> None:
    assert program.get(RESPONSES).status_code == 200
    assert program.key is not None
    practice.keys.revoke(staff.who, program.key.id)

    assert program.get(RESPONSES).status_code == 401


@pytest.mark.parametrize("step", [Step.DISABLE, Step.REMOVE, Step.MAKE_THERAPIST])
def test_a_key_ends_with_the_owner_who_made_it(
    staff: Staff, make_staff: MakeStaff, make_program: MakeProgram, practice: Practice, step: Step
) -> None:
    other = make_staff(email="tess@example.org", name="Tess Low", joins=staff.who.clinic.slug)
    change = practice.colleagues.change
    change(staff.who, other.who.therapist.id, Step.MAKE_OWNER)
    staff.sign_in()
    program = make_program(other)
    assert program.get(RESPONSES).status_code == 200
    change(staff.who, other.who.therapist.id, step, staff.who.therapist.id)

    assert program.get(RESPONSES).status_code == 401


def test_a_key_that_somebody_changed_in_the_database_opens_nothing(
    staff: Staff, make_program: MakeProgram, database: Database
) -> None:
    program = make_program(staff, frozenset({Scope.READ_INVITATIONS}))
    with database.writing() as tx:
        tx.connection.execute(update(api_keys).values(scopes="responses:read"))

    assert program.get(RESPONSES).status_code == 401


def test_the_key_itself_is_not_stored(program: Program, database: Database) -> None:
    with database.reading() as tx:
        [row] = tx.connection.execute(api_keys.select())

    assert program.secret is not None
    assert program.secret not in repr(row)
    assert program.secret.removeprefix("mpa_") not in repr(row)


def test_asvs_2_4_1_too_many_calls_are_told_to_wait(
    staff: Staff, make_program: MakeProgram, monkeypatch: pytest.MonkeyPatch, clinic_app: Flask
) -> None:
    monkeypatch.setattr("assessment.web.server.throttle.Throttle.take", lambda *_: False)
    program = make_program(staff)
    busy, wrong = program.get(RESPONSES), Program(clinic_app, "made up").get(RESPONSES)

    assert (busy.status_code, wrong.status_code) == (429, 429)
    assert int(busy.headers["Retry-After"]) > 0


def test_wrong_keys_of_one_address_hold_up_no_right_one(
    program: Program, clinic_app: Flask
) -> None:
    wrong = Program(clinic_app, "made up")
    found = [wrong.get(RESPONSES).status_code for _ in range(guard.WRONG_PER_HOUR + 1)]

    assert found == [401] * guard.WRONG_PER_HOUR + [429]
    assert program.get(RESPONSES).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "more", "status"),
    [
        ("GET", "/api", {}, 404),
        ("GET", "/api/v2/responses", {}, 404),
        ("GET", f"{RESPONSES}/", {}, 404),
        ("GET", f"{RESPONSES}/nobody", {}, 404),
        ("GET", f"{RESPONSES}/%00", {}, 404),
        ("GET", f"{INVITATIONS}/nobody", {}, 404),
        ("POST", f"{INVITATIONS}/nobody/revoke", {}, 404),
        ("DELETE", f"{INVITATIONS}/nobody", {}, 405),
        ("OPTIONS", INVITATIONS, {}, 405),
        ("POST", INVITATIONS, {"json": "x" * LARGEST}, 413),
        ("POST", INVITATIONS, {"data": {"name": "Ann"}}, 415),
        ("POST", INVITATIONS, {}, 415),
        ("POST", INVITATIONS, {"data": "{", "content_type": "application/json"}, 400),
        ("POST", INVITATIONS, {"data": b"\xff", "content_type": "application/json"}, 400),
        ("POST", INVITATIONS, {"json": []}, 422),
        ("POST", INVITATIONS, {"json": {}, "headers": {"Idempotency-Key": "a b"}}, 422),
        ("GET", f"{RESPONSES}?after=x", {}, 422),
        ("GET", f"{RESPONSES}?limit=101", {}, 422),
        ("GET", f"{RESPONSES}?cursor=3", {}, 422),
        ("GET", RESPONSES, {"headers": {"Host": "elsewhere.example"}}, 400),
        ("GET", RESPONSES, {"headers": {"X-Forwarded-For": "192.0.2.1"}}, 400),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_every_error_is_a_problem_document(
    program: Program, method: str, path: str, more: dict[str, object], status: int
) -> None:
    answer = program.call(method, path, **more)  # looks at what every problem has

    assert answer.status_code == status
    assert ("Allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize(("error", "status"), [(Unavailable("away"), 503), (OSError("Zoe"), 500)])
def test_asvs_16_5_1_what_fails_on_our_side_is_told_to_nobody_but_the_log(
    program: Program, monkeypatch: pytest.MonkeyPatch, practice: Practice,
    caplog: pytest.LogCaptureFixture, error: Exception, status: int,
) -> None:  # fmt: skip
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(practice.arrivals, "since", fail)
    answer = program.get(RESPONSES)

    assert answer.status_code == status
    assert str(error) not in answer.text
    assert "Zoe" not in caplog.text


def test_a_browser_still_gets_a_page_elsewhere(clinic_app: Flask) -> None:
    answer = clinic_app.test_client().get("/apiary", base_url=LOCAL)

    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_the_description_is_there_for_everybody(clinic_app: Flask) -> None:
    answer = clinic_app.test_client().get("/api/v1/openapi.json", base_url=LOCAL)
    check(answer)

    assert answer.get_json()["openapi"].startswith("3.1")
