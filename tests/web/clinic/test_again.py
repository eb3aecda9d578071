"""Whoever is asked again who they are loses neither their session nor what they sent."""

from __future__ import annotations

import pytest

from assessment.practice.staff.accounts import FRESH
from assessment.records.refusals import Unavailable
from tests.web.client import text_of
from tests.web.clinic.places import ANSWER, NAME, trusting
from tests.web.clinic.sent import EMERGENCY, send_to
from tests.web.clinic.staff import PASSWORD, Staff
from tests.web.clinic.test_second_step import HOME
from tests.web.conftest import Clock

__all__ = ["trusting"]


def test_a_right_password_signs_nobody_out_when_what_follows_fails(
    staff: Staff, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = send_to(staff, EMERGENCY, NAME)
    clock.now += FRESH

    def fail(*_: object) -> None:
        raise Unavailable("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(staff.practice.inbox, "erase_response", fail)
        failed = staff.post(f"/clinic/responses/{sent}/erase", {"again_password": PASSWORD})
    assert failed.status == 503
    assert staff.get("/clinic/inbox").status == 200
    assert staff.post(f"/clinic/responses/{sent}/erase").status == 303, "the password counts"


def test_what_is_not_there_leaves_them_signed_in_too(staff: Staff, clock: Clock) -> None:
    clock.now += FRESH
    gone = staff.post("/clinic/responses/nobody/erase", {"again_password": PASSWORD})

    assert gone.status == 404
    assert staff.get("/clinic/inbox").status == 200


@pytest.mark.usefixtures("trusting")
def test_a_new_passkey_waits_while_the_password_is_asked_for(staff: Staff, clock: Clock) -> None:
    clock.now += FRESH - 60
    made = {**staff.post(f"{HOME}/passkeys/new").hidden, "new_passkey_answer": ANSWER}
    clock.now += 60
    asked = staff.post(f"{HOME}/passkeys", made)

    assert asked.heading == "Confirm it is you"
    assert asked.errors == []
    assert "challenge" not in text_of(asked.one("main"))
    done = staff.post(f"{HOME}/passkeys", {**asked.hidden, "again_password": PASSWORD})
    assert done.heading == "Your recovery codes"
    assert len(staff.practice.factors.held(staff.who).passkeys) == 1
