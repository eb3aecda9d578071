"""The audit log, for the owners of a clinic: who read, exported, changed, erased, signed in."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from assessment.exports.csv_file import csv_file
from assessment.exports.dates import calendar_of
from assessment.practice.responses.downloads import Format
from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.audit_log import MOST_EXPORTED, Found, TooManyEntries
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.audit_pages import (
    COLUMNS,
    AuditPage,
    cells_of,
    key_as_text,
    key_from_text,
    rows_of,
    search_of,
    sought_of,
    staff_choices,
)
from assessment.web.clinic.fields import Problem
from assessment.web.clinic.response_files import CONTENT_TYPES

TOO_MANY = f"Choose fewer days: a file holds at most {MOST_EXPORTED:,} entries"


class AuditPages:
    """The views; each takes the owner who is signed in."""

    def __init__(self, area: StaffArea) -> None:
        self._area = area
        self._log = area.practice.audit_log

    def listed(self, who: SignedIn) -> Response:
        """Show the entries that are looked for, the newest first."""
        return self._page(who)

    def export(self, who: SignedIn) -> Response:
        """Give the entries that are looked for as a file."""
        staff, calendar = self._log.staff(who), calendar_of(who.clinic.time_zone)
        sought, problems = sought_of(search_of(request.args, staff), calendar)
        if problems:
            return self._page(who)
        try:
            entries = self._log.exported(who, sought)
        except TooManyEntries:
            return self._page(who, Problem("from", TOO_MANY))
        response = Response(csv_file(COLUMNS, cells_of(entries, staff, calendar)))
        response.headers["Content-Type"] = CONTENT_TYPES[Format.CSV]
        response.headers["Content-Disposition"] = 'attachment; filename="audit-log.csv"'
        return response

    def _page(self, who: SignedIn, *more: Problem) -> Response:
        staff = self._log.staff(who)
        search = search_of(request.args, staff)
        sought, problems = sought_of(search, calendar_of(who.clinic.time_zone))
        problems += more
        before = key_from_text(request.args.get("before", ""))
        found = Found((), None) if problems else self._log.listed(who, sought, before)
        page = AuditPage(
            title="Audit log",
            section="settings",
            problems=problems,
            rows=rows_of(found, staff),
            search=search,
            staff=staff_choices(staff),
            older=key_as_text(found.older),
            is_first=before is None,
        )
        return self._area.page("audit.html", page, who, 422 if problems else 200)
