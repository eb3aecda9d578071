"""Every page about a fault of ours shows the reference of its request."""

from __future__ import annotations

import pytest

from assessment.records.refusals import Unavailable
from assessment.web.server.reference import HEADER, PLACE
from tests.web.client import LOCAL
from tests.web.clinic.staff import Staff

UNREAD = "assessment.practice.responses.inbox.Inbox.unread_urgent"


@pytest.mark.parametrize("fault", [Unavailable("away"), ValueError("fault")], ids=["away", "fault"])
def test_staff_see_the_reference_of_what_failed(
    staff: Staff, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise fault

    form = {"csrf_token": staff.token or "", "name": "Ana", "password": "x"}
    monkeypatch.setattr(UNREAD, fails)
    shown = staff._client.get("/clinic/account", base_url=LOCAL)
    sent = staff._client.post("/clinic/account", data=form, base_url=LOCAL)
    for answer in (shown, sent):
        text = answer.get_data(as_text=True)
        assert answer.status_code in (500, 503)
        assert text.count(f"<code>{answer.headers[HEADER]}</code>") == 1
        assert PLACE not in text


def test_what_is_no_fault_of_ours_has_none(staff: Staff) -> None:
    assert "this reference" not in staff.get("/clinic/nothing").html
    assert "this reference" not in staff.get("/clinic").html
