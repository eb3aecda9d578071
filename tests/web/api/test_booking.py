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
BOOKING = {
    "triggerEvent": "BOOKING_CREATED",
    "createdAt": "2027-01-15T08:00:00.000Z",
    "payload": {
        "type": "massage-60", "title": "Massage", "uid": "bFJeNb2uX8ANpT3JL5EfXw",
        "startTime": VISIT.isoformat().replace("+00:00", ".000Z"),
        "attendees": [
            {"name": "Zoe Fischer", "email": "zoe@example.org", "timeZone": "Europe/London"}
        ],
    },
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
    call = Request(relay, body, {"X-Cal-Signature-256": signature})  # noqa: S310  our own server
    with urlopen(call, timeout=20) as answer:  # noqa: S310  our own server
        link: str | None = json.load(answer)["link"]
    return link


@pytest.mark.usefixtures("can_mail")
def test_who_books_is_invited_once_with_the_time_of_the_visit(
    staff: Staff, make_program: MakeProgram, clinic_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = make_program(staff, frozenset({Scope.WRITE_INVITATIONS}))
    [text] = re.findall(r"<!-- relay -->\n```python\n(.*?)```", PAGE, re.DOTALL)
    relay: dict[str, Any] = {"__name__": "relay"}
    with serving(make_server("127.0.0.1", 0, clinic_app, threaded=True)) as site:
        monkeypatch.setenv("CLINIC_API", f"{site}/api/v1")
        monkeypatch.setenv("CLINIC_KEY", str(program.secret))
        monkeypatch.setenv("CAL_SECRET", SECRET)
        exec(compile(text, "docs/api.md", "exec"), relay)  # noqa: S102  our own document
        with serving(HTTPServer(("127.0.0.1", 0), relay["Relay"])) as address:
            link = book(address, BOOKING)
            assert book(address, BOOKING) == link, "the booking system calls again"
            assert book(address, BOOKING | {"triggerEvent": "MEETING_ENDED"}) is None
            with pytest.raises(HTTPError) as refused:
                book(address, BOOKING, "somebody else's secret")
    refused.value.close()

    [invitation] = staff.practice.invitations.listed(staff.who).invitations
    mails = staff.practice.invitations.mails(staff.who, invitation.id)
    assert refused.value.code == 403
    assert (invitation.name, invitation.visit_at) == ("Zoe Fischer", int(VISIT.timestamp()))
    assert MailKind.LINK in {one.kind for one in mails}
    assert link is not None
    assert Client(clinic_app).get(f"/i/{link.rpartition('/')[2]}").status == 200
