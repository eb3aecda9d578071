"""What a program is shown or changes through the API leaves its entry in the audit log."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from assessment.practice.practice import Practice
from assessment.records.acts import Act
from assessment.records.database import Database
from assessment.records.refusals import Unavailable
from tests.web.api.conftest import Program
from tests.web.clinic.sent import EMERGENCY, send_to
from tests.web.clinic.staff import Staff
from tests.web.clinic.test_traces import entries

CALL = {"name": "Zoe Fischer", "reference": "booking 17"}


def told(database: Database, before: int) -> list[tuple[object, object]]:
    """What was put down since: the act, and about what."""
    return [(one["act"], one["about"]) for one in entries(database)[before:]]


def who_did(one: Mapping[str, object]) -> tuple[object, object]:
    return one["therapist"], one["device"]


def test_every_call_leaves_its_entry_by_the_owner_of_the_key(
    program: Program, staff: Staff, database: Database
) -> None:
    before = len(entries(database))
    program.get("/api/v1/responses")
    assert told(database, before) == [], "nobody was shown"
    sent = send_to(staff, EMERGENCY, "Zoe")

    before = len(entries(database))
    program.get("/api/v1/responses")
    program.get(f"/api/v1/responses/{sent}")
    program.get(f"/api/v1/responses/{sent}/pdf")
    made = program.invite(**CALL)["id"]
    program.post("/api/v1/invitations", CALL)
    program.get(f"/api/v1/invitations/{made}")
    program.post(f"/api/v1/invitations/{made}/revoke")
    program.get("/api/v1/responses/nobody")

    assert told(database, before) == [
        (Act.ARRIVALS_READ, None), (Act.RESPONSE_READ, sent), (Act.RESPONSE_EXPORTED, sent),
        (Act.INVITED, made), (Act.INVITATION_READ, made), (Act.INVITATION_READ, made),
        (Act.LINK_REVOKED, made), (Act.INVITATION_READ, made),
    ]  # fmt: skip
    owner = (staff.who.therapist.id, "API key Bookings")
    assert {who_did(one) for one in entries(database)[before:]} == {owner}


def test_what_cannot_be_put_down_is_not_answered(
    program: Program, staff: Staff, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = send_to(staff, EMERGENCY, "Quillfeather")

    def refuse(*_: object) -> None:
        raise Unavailable("the disk is full")

    monkeypatch.setattr(practice.audit_log, "saw", refuse)
    for path in ("/api/v1/responses", f"/api/v1/responses/{sent}", f"/api/v1/responses/{sent}/pdf"):
        answer = program.get(path)
        assert answer.status_code == 503
        assert "Quillfeather" not in answer.text
