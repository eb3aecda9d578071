"""The inbox, and the files that are made of a selection.

How a name is searched for stands in `names_sought.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from assessment.practice.responses.downloads import Format
from assessment.practice.staff.accounts import SignedIn
from assessment.records.ids import ResponseId
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.fields import Problem
from assessment.web.clinic.inbox_notes import inbox_notes
from assessment.web.clinic.inbox_pages import (
    UNWATCHED,
    InboxPage,
    key_as_text,
    key_from_text,
    recommendations,
    row_of,
    wanted_of,
)
from assessment.web.clinic.response_files import as_file, format_of
from assessment.web.clinic.searches import Searches
from assessment.web.html.render import go_to
from assessment.web.server.logs import Event, tell

HOME = "/clinic/inbox"
DONE = {
    "erased": "The response was erased.",
    "client-erased": "The client and everything about them were erased.",
}
NOTHING_TICKED = "Select at least one response"


class InboxPages:
    """The views of the inbox; each takes who is signed in."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._inbox = area.practice.inbox
        self._searches = Searches(area)

    def listed(self, who: SignedIn) -> Response:
        """Show the responses that are looked for, most urgent first."""
        return self._page(who, request.args, notice=self._area.just_done(DONE))

    def search(self, who: SignedIn) -> Response:
        """Look for clients by words of their name."""
        find = self._searches.sealed(who, request.form.get("name", ""))
        return go_to(f"{HOME}?find={find}" if find else HOME)

    def export(self, who: SignedIn) -> Response:
        """Give the ticked responses as one file."""
        format = format_of(request.form.get("format", Format.PDF.value))
        ticked = list(dict.fromkeys(request.form.getlist("response")))
        if not ticked:
            return self._page(who, request.args, Problem("select-1", NOTHING_TICKED))
        found = self._inbox.several(who, [ResponseId(one) for one in ticked])
        if found is None:
            raise NotFound
        tell(Event.RESPONSES_EXPORTED)
        return as_file(format, found, who, self._area.clock())

    def _page(
        self,
        who: SignedIn,
        values: Mapping[str, str],
        problem: Problem | None = None,
        notice: str | None = None,
    ) -> Response:
        search = self._searches.asked(who, values)
        after = values.get("after", "")
        practice = self._area.practice
        with practice.database.one_look():
            listed = self._inbox.listed(who, wanted_of(search), key_from_text(after))
            unwatched = practice.notices.unwatched(who.clinic, who.therapist.id)
            notes, unread_all = inbox_notes(practice, who), practice.day.unread(who)
        page = InboxPage(
            title="Inbox",
            section="inbox",
            problems=(problem,) if problem and listed.lines else (),
            notice=notice,
            rows=tuple(
                row_of(line, self._inbox.names, listed.ask_age, listed.again)
                for line in listed.lines
            ),
            recommendations=recommendations(self._inbox.names),
            search=search,
            more=key_as_text(listed.more),
            notes=notes,
            unread_all=unread_all,
            unwatched=None if unwatched is None else UNWATCHED[unwatched],
            after=after if key_from_text(after) else "",
        )
        status = 422 if problem else 200
        return self._area.page("inbox.html", page, who, status, unread=listed.unread)
