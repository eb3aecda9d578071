"""Everything about one client as one file, for the client: as JSON, and to read as a PDF."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

from assessment.exports.dates import Calendar, calendar_of
from assessment.exports.machine import Json
from assessment.practice.responses.downloads import Format, file_of
from assessment.practice.responses.inbox import Inbox
from assessment.practice.responses.seen import ClientFile
from assessment.practice.staff.accounts import SignedIn
from assessment.records import outbox
from assessment.records.database import Database
from assessment.records.ids import ClientId
from assessment.records.model import Invitation, Mail

FORMAT = "client copy 1"
"""Changes when a program that reads these files would have to change."""
TIMES = (
    "created_at", "expires_at", "mailed_at", "opened_at", "used_at", "revoked_at", "closed_at",
    "visit_at",
)  # fmt: skip


class Copies:
    """Makes copies for clients; `clock` gives Unix time."""

    def __init__(self, database: Database, clock: Callable[[], float], inbox: Inbox) -> None:
        self._database = database
        self._clock = clock
        self._inbox = inbox

    def of_client(self, who: SignedIn, client: ClientId) -> bytes | None:
        """Return a zip file with all that is stored of a client.

        None where there is no such client, or who asks does not see all of them. Raises
        Unavailable, and Busy where no PDF can be made now.
        """
        found = self._inbox.client(who, client)
        if found is None or not found.is_whole:
            return None
        opened = self._inbox.several(who, [line.id for line in found.lines])
        if opened is None:
            return None
        with self._database.reading() as tx:
            mails = {
                one.id: outbox.of_invitation(tx, who.clinic.id, one.id) for one in found.invitations
            }
        now, calendar = int(self._clock()), calendar_of(who.clinic.time_zone)
        sent = json.loads(file_of(Format.JSON, opened, who.clinic, now))
        for response in sent["responses"]:
            for note in response["notes"]:
                del note["account"]  # what its author signs in with is not about the client
        about = {
            "format": FORMAT,
            "made_at": calendar.machine(now),
            "clinic": who.clinic.name,
            **_client(found, calendar),
            "invitations": [_invitation(one, mails[one.id], calendar) for one in found.invitations],
            "responses": sent["responses"],
        }
        text = json.dumps(about, ensure_ascii=False, indent=1) + "\n"
        files = {"everything.json": text.encode(errors="replace")}
        if opened:
            files["responses.pdf"] = file_of(Format.PDF, opened, who.clinic, now)
        return _zipped(files)


def _client(found: ClientFile, calendar: Calendar) -> Json:
    client = found.client
    return {
        "client": {
            "id": client.id,
            "name": client.name,
            "email": client.email,
            "phone": client.phone,
            "created_at": calendar.machine(client.created_at),
            "readable": client.readable,
        }
    }


def _invitation(one: Invitation, mails: tuple[Mail, ...], calendar: Calendar) -> Json:
    times = {name: getattr(one, name) for name in TIMES}
    return {
        "id": one.id,
        "name": one.name,
        "email": one.email,
        "phone": one.phone,
        "note": one.note,
        "language": one.language,
        **({"follows": one.follows} if one.follows else {}),
        "answered": one.answered,
        "of_about": one.of_about,
        "readable": one.readable,
        **{name: at if at is None else calendar.machine(at) for name, at in times.items()},
        "mails": [
            {
                "kind": mail.kind.value,
                "due_at": calendar.machine(mail.due_at),
                "outcome": None if mail.outcome is None else mail.outcome.value,
            }
            for mail in mails
        ],
    }


def _zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in files.items():
            zipped.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()
