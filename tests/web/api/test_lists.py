"""A list asks the database as often for many lines as for few."""

from __future__ import annotations

from sqlalchemy import Engine, event

from tests.web.api.conftest import Program
from tests.web.clinic.sent import send_to
from tests.web.clinic.staff import Staff
from tests.web.conftest import Clock

KEEPING = {"answered": "90", "unanswered": "30", "erased": "365"}
DAY = 86_400


PATHS = (
    "/clinic", "/clinic/inbox", "/clinic/clients", "/clinic/invitations", "/clinic/going",
    "/api/v1/responses",
)  # fmt: skip


def test_a_longer_list_takes_no_more_questions(
    staff: Staff, program: Program, clock: Clock
) -> None:
    staff.post("/clinic/settings/keeping", KEEPING)
    began = clock.now
    _add(staff, "Ada Low")
    clock.now = began + 80 * DAY
    staff.sign_in()
    staff.practice.purging.run()
    few = [_asked(staff, program, path) for path in PATHS]
    clock.now = began
    staff.sign_in()
    for name in ("Bo Ek", "Cy Oz", "Di Ng"):
        _add(staff, name)
    clock.now = began + 80 * DAY
    staff.sign_in()

    assert "4 responses and 4 unanswered links" in staff.get("/clinic/going").text
    assert [_asked(staff, program, path) for path in PATHS] == few


def _add(staff: Staff, name: str) -> None:
    send_to(staff, name=name)
    staff.post("/clinic/invitations/new", {"name": name, "days": "7"})


def _asked(staff: Staff, program: Program, path: str) -> int:
    """Open a list twice, and return how many statements the second time took."""
    statements: list[object] = []

    def note(*given: object) -> None:
        statements.append(given[2])

    for _ in range(2):  # the first of a minute notes that somebody is there
        statements.clear()
        event.listen(Engine, "before_cursor_execute", note)
        try:
            opened = program.get(path) if path.startswith("/api") else staff.get(path).response
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        assert opened.status_code == 200
    return len(statements)
