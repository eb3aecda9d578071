"""One response: its summary, every answer, and what therapists did about it.

A list leads to one by a link, which writes nothing: whatever looks ahead at links, a browser or a
scanner, would otherwise mark an urgent response as read that nobody has seen. The page itself marks
it, by a POST, once somebody has it before their eyes; without script a button does, and every note.
"""

from __future__ import annotations

from dataclasses import replace

from flask import request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from assessment.practice.responses.inbox import LEADS_TO
from assessment.practice.responses.opened import Opened
from assessment.practice.staff.accounts import SignedIn
from assessment.records.ids import ResponseId
from assessment.records.model import NoteKind
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.inbox import HOME
from assessment.web.clinic.inbox_pages import wanted_of
from assessment.web.clinic.response_files import as_file, format_of
from assessment.web.clinic.response_pages import (
    DONE,
    EraseResponsePage,
    NoteForm,
    Place,
    page_of,
)
from assessment.web.clinic.searches import Searches
from assessment.web.clinic.unsent_form import sent_before
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, tell


class ResponsePages:
    """The views of one response; each takes who is signed in, and raises NotFound."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._inbox = area.practice.inbox
        self._searches = Searches(area)

    def one(self, who: SignedIn, response_id: str) -> Response:
        """Show a response."""
        opened = self._found(who, response_id)
        return self._shown(opened, NoteForm(), who, notice=self._area.just_done(DONE))

    def read(self, who: SignedIn, response_id: str) -> Response:
        """Mark a response as read, and show it again."""
        if not self._inbox.opened(who, ResponseId(response_id)):
            raise NotFound
        return go_to(f"{_path(response_id)}?{self._searches.asked(who).query}")

    def note(self, who: SignedIn, response_id: str) -> Response:
        """Add a note."""
        return self._noted(who, response_id, NoteKind.NOTE)

    def mark(self, who: SignedIn, response_id: str) -> Response:
        """Mark a response as reviewed or contacted, or put it back, with a note or without."""
        kinds = {kind.value: kind for kind in LEADS_TO}
        kind = kinds.get(request.form.get("kind", ""))
        if kind is None:
            return self._area.error_page(400)
        return self._noted(who, response_id, kind)

    def file(self, who: SignedIn, response_id: str, format: str) -> Response:
        """Give a response as a file."""
        opened = self._found(who, response_id)
        tell(Event.RESPONSES_EXPORTED)
        return as_file(format_of(format), [opened], who, self._area.clock())

    def ask_erase(self, who: SignedIn, response_id: str) -> Response:
        """Ask whether a response is to be erased."""
        line = self._found(who, response_id).line
        page = EraseResponsePage(
            title="Erase this response?", section="inbox", narrow=True, line=line
        )
        return self._area.page("response_erase.html", page, who)

    def erase(self, who: SignedIn, response_id: str) -> Response:
        """Erase a response for good."""
        if not self._inbox.erase_response(who, ResponseId(response_id)):
            raise NotFound
        tell(Event.RESPONSE_ERASED)
        return go_to(f"{HOME}?done=erased")

    def _noted(self, who: SignedIn, response_id: str, kind: NoteKind) -> Response:
        opened = self._found(who, response_id)
        form = NoteForm(request.form)
        if not form.fits(needs_words=kind is NoteKind.NOTE):
            return self._shown(opened, form, who, 422)
        if not self._inbox.note(
            who, opened.line.id, kind, form.text.data, first_sent=sent_before(request.form)
        ):
            raise NotFound
        tell(Event.NOTE_ADDED if kind is NoteKind.NOTE else Event.RESPONSE_MARKED)
        query = self._searches.asked(who).query
        return go_to(f"{_path(response_id)}?{query}&done={kind.value}")

    def _shown(
        self,
        opened: Opened,
        form: NoteForm,
        who: SignedIn,
        status: int = 200,
        notice: str | None = None,
    ) -> Response:
        search = self._searches.asked(who)
        beside = self._inbox.beside(who, wanted_of(search), opened.line.id)
        place = Place(search.query, beside.before, beside.after)
        page = page_of(opened, place, self._inbox.names, form, notice)
        since = self._area.practice.history.since(who, page.line.id)
        second = self._area.practice.after_visits.of(who, page.line.id)
        page = replace(page, since=since, second_link=second)
        return self._area.page("response.html", page, who, status)

    def _found(self, who: SignedIn, response_id: str) -> Opened:
        found = self._inbox.response(who, ResponseId(response_id))
        if found is None:
            raise NotFound
        return found


def _path(response_id: str) -> str:
    return f"/clinic/responses/{response_id}"
