"""The addresses of the inbox, of responses and of clients, for the table of the clinic area."""

from __future__ import annotations

from typing import Literal

from assessment.practice.copies import Format
from assessment.web.clinic.clients import ClientPages
from assessment.web.clinic.desk import Desk, View
from assessment.web.clinic.inbox import InboxPages
from assessment.web.clinic.responses import ResponsePages

Row = tuple[Literal["GET", "POST"], str, View]


def routes(desk: Desk) -> tuple[Row, ...]:
    """Return method, path and view of each; all of them are protected."""
    inbox, responses, clients = InboxPages(desk), ResponsePages(desk), ClientPages(desk)
    response = "/clinic/responses/<response_id>"
    client = "/clinic/clients/<client_id>"
    formats = ",".join(Format)
    return (
        ("GET", "/clinic/inbox", inbox.listed),
        ("POST", "/clinic/inbox", inbox.search),
        ("POST", "/clinic/export", inbox.export),
        ("GET", response, responses.one),
        ("GET", f"{response}.<any({formats}):format>", responses.file),
        ("POST", f"{response}/open", responses.open),
        ("POST", f"{response}/notes", responses.note),
        ("POST", f"{response}/state", responses.mark),
        ("GET", f"{response}/erase", responses.ask_erase),
        ("POST", f"{response}/erase", responses.erase),
        ("GET", client, clients.one),
        ("GET", f"{client}/erase", clients.ask_erase),
        ("POST", f"{client}/erase", clients.erase),
    )
