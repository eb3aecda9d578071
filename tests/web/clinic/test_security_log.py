"""What was denied and what was changed leaves one line each, and nothing of anybody in it."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from assessment.practice.practice import Practice
from assessment.practice.staff.accounts import FRESH
from assessment.web import serve
from tests.web.client import text_of
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.sent import MASSAGE, client_of, send_to
from tests.web.clinic.staff import PASSWORD, Staff
from tests.web.conftest import Clock

CANARY = "zebrafinch"
LOCAL = "http://127.0.0.1:8000"
Do = Callable[[Staff, str], object]

INVITATION = {"name": f"{CANARY} Berg", "email": "", "days": "7", "note": CANARY}


CHANGES: dict[str, tuple[Do, str]] = {
    "one exported": (
        lambda staff, id: staff.get(f"/clinic/responses/{id}.csv"), "clinic: responses exported",
    ),
    "several exported": (
        lambda staff, id: staff.post("/clinic/export", {"format": "json", "response": id}),
        "clinic: responses exported",
    ),
    "noted": (
        lambda staff, id: staff.post(f"/clinic/responses/{id}/notes", {"text": CANARY}),
        "clinic: note added",
    ),
    "marked": (
        lambda staff, id: staff.post(
            f"/clinic/responses/{id}/state", {"text": CANARY, "kind": "contacted"}
        ),
        "clinic: response marked",
    ),
    "renamed": (
        lambda staff, _: staff.post("/clinic/account", {"name": CANARY, "password": PASSWORD}),
        "clinic: therapist renamed",
    ),
    "invited": (
        lambda staff, _: staff.post("/clinic/invitations/new", INVITATION),
        "clinic: invitation made",
    ),
    "erased": (
        lambda staff, id: staff.post(f"/clinic/responses/{id}/erase"), "clinic: response erased",
    ),
    "client erased": (
        lambda staff, id: staff.post(f"/clinic/clients/{client_of(staff, id)}/erase"),  # type: ignore[arg-type]  # an id
        "clinic: client erased",
    ),
}  # fmt: skip
ELSEWHERE = (
    ("GET", ""), ("GET", ".pdf"), ("GET", ".csv"), ("GET", "/erase"), ("POST", "/open"),
    ("POST", "/notes"), ("POST", "/erase"),
)  # fmt: skip


@contextmanager
def told(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """Everything that is logged in the block, by whomever."""
    lines: list[str] = []
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        yield lines
    lines += [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_changed_or_taken_away_leaves_one_line_without_words(
    staff: Staff, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    do, line = CHANGES[what]
    sent = send_to(staff, MASSAGE, f"Zoe {CANARY}", message=CANARY)

    with told(caplog) as lines:
        do(staff, sent)

    assert lines == [line]
    assert sent not in caplog.text
    assert CANARY not in caplog.text


def test_what_becomes_of_a_link_leaves_one_line(
    staff: Staff, caplog: pytest.LogCaptureFixture
) -> None:
    made = staff.post("/clinic/invitations/new", INVITATION).goes_to.partition("?")[0]
    with told(caplog) as lines:
        newer = staff.post(f"{made}/resend").goes_to.partition("?")[0]
    assert lines == ["clinic: link replaced"]
    with told(caplog) as lines:
        staff.post(f"{newer}/revoke")
    assert lines == ["clinic: link revoked"]


@pytest.mark.parametrize(("method", "rest"), ELSEWHERE)
def test_an_id_of_another_clinic_leaves_one_line(
    make_staff: MakeStaff, caplog: pytest.LogCaptureFixture, method: str, rest: str
) -> None:
    here = make_staff()
    there = make_staff("Hillside", "cy@example.org", "Cy Dee")
    theirs = f"/clinic/responses/{send_to(there)}{rest}"

    with told(caplog) as lines:
        page = here.get(theirs) if method == "GET" else here.post(theirs, {"text": CANARY})

    assert page.status == 404
    assert lines == ["clinic: denied: not of this clinic, or not there"]


def test_a_selection_with_an_id_of_another_clinic_leaves_one_line_and_exports_nothing(
    make_staff: MakeStaff, caplog: pytest.LogCaptureFixture
) -> None:
    here = make_staff()
    there = make_staff("Hillside", "cy@example.org", "Cy Dee")
    ticked = [send_to(here), send_to(there)]

    with told(caplog) as lines:
        assert here.post("/clinic/export", {"format": "csv", "response": ticked}).status == 404

    assert lines == ["clinic: denied: not of this clinic, or not there"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_guess_at_a_link_leaves_one_line_without_it(
    clinic_app: Flask, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    with told(caplog) as lines:
        clinic_app.test_client().open(f"/i/{CANARY}", method=method, base_url=LOCAL)

    assert lines == ["refused: no such link"]


@pytest.mark.parametrize(
    ("method", "headers", "line"),
    [
        ("GET", {"Host": f"{CANARY}.example"}, "refused: foreign host"),
        ("POST", {"Origin": f"https://{CANARY}.example"}, "refused: form of a foreign origin"),
        ("POST", {"Sec-Fetch-Site": "cross-site"}, "refused: form of a foreign origin"),
        ("GET", {"X-Forwarded-For": CANARY}, "refused: forwarded, with no proxy in front"),
    ],
)
def test_a_foreign_host_or_origin_leaves_one_line_that_quotes_nothing(
    clinic_app: Flask,
    caplog: pytest.LogCaptureFixture,
    method: str,
    headers: dict[str, str],
    line: str,
) -> None:
    browser = clinic_app.test_client()
    with told(caplog) as lines:
        answer = browser.open("/clinic/sign-in", method=method, base_url=LOCAL, headers=headers)

    assert answer.status_code == 400
    assert lines == [line]


def test_a_day_at_the_clinic_leaves_no_word_of_anybody_in_the_log(
    make_staff: MakeStaff, practice: Practice, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        staff = make_staff(f"{CANARY} Massage", f"{CANARY}@example.org", f"Ana {CANARY}")
        for do, _ in CHANGES.values():
            do(staff, send_to(staff, MASSAGE, f"Zoe {CANARY}", message=CANARY))
        colleague = {"name": f"Bo {CANARY}", "email": f"bo@{CANARY}.example", "role": "therapist"}
        clock.now += FRESH
        for password in (CANARY, PASSWORD):
            page = staff.post("/clinic/colleagues/new", colleague | {"again_password": password})
        code = text_of(next(one for one in page.all("p") if one.get("class") == "code"))
        staff.post("/clinic/inbox", {"name": CANARY})
        staff.post("/clinic/account/password", {"old_password": CANARY, "new_password": CANARY})
        staff.get(f"/clinic/{CANARY}?{CANARY}={CANARY}")
        staff.post("/clinic/sign-out")

    assert len(caplog.records) > len(CHANGES)
    assert CANARY not in caplog.text.lower()
    assert code not in caplog.text
    assert [
        word for word in ("left_calf", "calf", "weeks", "Zoe", "Ana") if word in caplog.text
    ] == []


def test_every_line_says_when_with_the_zone(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    log = logging.getLogger("assessment")
    monkeypatch.setattr(log, "handlers", [])
    try:
        serve._log_to_standard_error()
        log.warning("clinic: signed in")
    finally:
        monkeypatch.undo()
        time.tzset()

    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+0530 clinic: signed in\n", capfd.readouterr().err
    )
