"""The worked example of docs/api.md: somebody books, and gets a link that knows of their visit."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import HTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from flask import Flask
from werkzeug.serving import make_server

from assessment.records.keys import Scope
from assessment.records.model import MailKind
from tests.conftest import ROOT
from tests.records.some import NOW
from tests.web.api.conftest import MakeProgram
from tests.web.client import Client
from tests.web.clinic.staff import Staff

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
SECRET = "a secret of the webhook"
VISIT = datetime.datetime.fromtimestamp(NOW + 3 * 86_400, datetime.UTC)
PAYLOAD: dict[str, Any] = {
    "type": "massage-60", "title": "Massage", "uid": "bFJeNb2uX8ANpT3JL5EfXw",
    "startTime": VISIT.isoformat().replace("+00:00", ".000Z"),
    "attendees": [
        {"name": "Zoe Fischer", "email": "zoe@example.org", "timeZone": "Europe/London"}
    ],
}  # fmt: skip
BOOKING = {
    "triggerEvent": "BOOKING_CREATED", "createdAt": "2027-01-15T08:00:00.000Z", "payload": PAYLOAD,
}  # fmt: skip


@contextmanager
def serving(server: Any) -> Iterator[str]:  # noqa: ANN401  two kinds of server
    """Serve in a thread; give the address."""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def book(relay: str, event: object, secret: str = SECRET) -> str | None:
    """Call the address as the booking system does; return the link that comes back."""
    body = json.dumps(event).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    call = Request(relay, body, {"X-Cal-Signature-256": signature})
    with urlopen(call, timeout=20) as answer:
        link: str | None = json.load(answer)["link"]
    return link


def named(event: str, **payload: str) -> dict[str, object]:
    """An event of the booking system that is about a visit of Zoe's."""
    return {"triggerEvent": event, "payload": {**PAYLOAD, **payload}}


@pytest.fixture
def relay(
    staff: Staff, make_program: MakeProgram, clinic_app: Flask, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:  # fmt: skip
    """The address of the program in the page, between the booking system and the API."""
    program = make_program(staff, frozenset({Scope.WRITE_INVITATIONS}))
    [text] = re.findall(r"<!-- relay -->\n```python\n(.*?)```", PAGE, re.DOTALL)
    relay: dict[str, Any] = {"__name__": "relay"}
    with serving(make_server("127.0.0.1", 0, clinic_app, threaded=True)) as site:
        monkeypatch.setenv("CLINIC_API", f"{site}/api/v1")
        monkeypatch.setenv("CLINIC_KEY", str(program.secret))
        monkeypatch.setenv("CAL_SECRET", SECRET)
        monkeypatch.setenv("BOOKINGS", str(tmp_path / "bookings"))
        exec(compile(text, "docs/api.md", "exec"), relay)  # noqa: S102  our own document
        with serving(HTTPServer(("127.0.0.1", 0), relay["Relay"])) as address:
            yield address


@pytest.mark.usefixtures("can_mail")
def test_who_books_is_invited_once_with_the_time_of_the_visit(
    relay: str, staff: Staff, clinic_app: Flask
) -> None:
    link = book(relay, BOOKING)
    assert book(relay, BOOKING) == link, "the booking system calls again"
    assert book(relay, named("MEETING_ENDED")) is None
    with pytest.raises(HTTPError) as refused:
        book(relay, BOOKING, "somebody else's secret")
    refused.value.close()

    [invitation] = staff.practice.invitations.listed(staff.who).invitations
    mails = staff.practice.invitations.mails(staff.who, invitation.id)
    assert refused.value.code == 403
    assert (invitation.name, invitation.visit_at) == ("Zoe Fischer", int(VISIT.timestamp()))
    assert MailKind.LINK in {one.kind for one in mails}
    assert link is not None
    assert Client(clinic_app).get(f"/i/{link.rpartition('/')[2]}").status == 200


@pytest.mark.usefixtures("can_mail")
def test_a_visit_that_is_moved_or_off_leaves_no_link_that_works_and_no_reminder(
    relay: str, staff: Staff
) -> None:
    moved = named(
        "BOOKING_RESCHEDULED", uid="the new one", rescheduleUid=PAYLOAD["uid"],
        startTime=PAYLOAD["startTime"].replace("2027-01-18", "2027-01-19"),
    )  # fmt: skip
    assert book(relay, BOOKING)
    link = book(relay, moved)
    assert link is not None
    assert book(relay, moved) == link, "the booking system calls again"
    both = staff.practice.invitations.listed(staff.who).invitations
    old, new = sorted(both, key=lambda one: one.visit_at or 0)
    assert (old.revoked_at is None, new.revoked_at is None) == (False, True)
    assert new.visit_at == int(VISIT.timestamp()) + 86_400

    for _ in range(2):
        assert book(relay, named("BOOKING_CANCELLED", uid="the new one")) is None
    assert book(relay, named("BOOKING_CANCELLED", uid="booked before all this")) is None

    for one in staff.practice.invitations.listed(staff.who).invitations:
        assert one.revoked_at is not None
        assert not [
            mail.kind for mail in staff.practice.invitations.mails(staff.who, one.id)
            if mail.claimed_at is None
        ]  # fmt: skip
