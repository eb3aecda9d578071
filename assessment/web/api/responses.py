"""Calls about responses: what came in, and one of them as JSON or PDF.

Fetching one does not mark it as read: no person has looked at it.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from assessment.exports.dates import calendar_of
from assessment.exports.response_json import entry_json
from assessment.practice.practice import Practice
from assessment.practice.responses.again import Second
from assessment.practice.responses.arrivals import Cursor, StaleCursor
from assessment.practice.responses.downloads import Format, entry_of, file_of
from assessment.practice.responses.opened import Opened
from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.keys import Caller
from assessment.records.acts import Act
from assessment.records.ids import ResponseId
from assessment.records.model import Line
from assessment.web.api.answer_models import ArrivalAnswer, ArrivalsAnswer, ResponseAnswer
from assessment.web.api.problems import NotDone
from assessment.web.api.reading import read_query
from assessment.web.api.replies import reply
from assessment.web.api.request_models import Since
from assessment.web.server.logs import Event, tell

_SHORT_ID = 8


class ResponseCalls:
    """The views; each takes who calls."""

    def __init__(self, practice: Practice, clock: Callable[[], float]) -> None:
        self._arrivals = practice.arrivals
        self._inbox = practice.inbox
        self._audit_log = practice.audit_log
        self._clock = clock

    def listed(self, caller: Caller) -> Response:
        """List what came in since."""
        who, wanted = caller.who, read_query(Since)
        try:
            found = self._arrivals.since(who, Cursor.read(wanted.after), wanted.limit)
        except StaleCursor:
            raise NotDone(
                409,
                "This cursor is from before a backup was restored, or was never given. Start again "
                "without `after`, and skip the responses that you have already.",
            ) from None
        lines = tuple(_line(who, one, found.again.get(one.id)) for one in found.lines)
        if lines:  # a program asks all day long, and is mostly shown nobody
            self._audit_log.saw(who, Act.ARRIVALS_READ)
        return reply(ArrivalsAnswer(responses=lines, next=str(found.next), more=found.more))

    def one(self, caller: Caller, response_id: str) -> Response:
        """Return one response with all that it says."""
        opened = self._found(caller.who, response_id)
        said = entry_json(entry_of(opened), calendar_of(caller.who.clinic.time_zone))
        told = ResponseAnswer.model_validate({**said, "altered": opened.line.altered})
        tell(Event.RESPONSES_EXPORTED)
        return reply(told, sparse=True)

    def pdf(self, caller: Caller, response_id: str) -> Response:
        """Return one response as a page to print."""
        who = caller.who
        opened = self._found(who, response_id)
        page = file_of(Format.PDF, [opened], who.clinic, int(self._clock()))
        tell(Event.RESPONSES_EXPORTED)
        response = FlaskResponse(page, mimetype="application/pdf")
        name = f"response-{opened.line.id[:_SHORT_ID]}.pdf"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def _found(self, who: SignedIn, response_id: str) -> Opened:
        found = self._inbox.response(who, ResponseId(response_id))
        if found is None:
            tell(Event.NOT_THERE)
            raise NotDone(404)
        return found


def _line(who: SignedIn, line: Line, again: Second | None) -> ArrivalAnswer:
    lead = None if again is None else again.lead
    second = lead and {"urgency": lead.urgency, "recommendation": lead.recommendation}
    return ArrivalAnswer.model_validate({
        "id": line.id,
        "client": {"id": line.client, "name": line.client_name},
        "received_at": calendar_of(who.clinic.time_zone).machine(line.received_at),
        "state": line.state, "urgency": line.urgency, "recommendation": line.recommendation,
        "complete": line.complete, "readable": line.readable, "altered": line.altered,
        "decided_again": second,
    })  # fmt: skip
