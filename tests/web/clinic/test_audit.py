"""The page of the audit log: an owner finds who did what, and takes it along."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from assessment.practice.jobs import jobs
from assessment.practice.practice import Practice
from assessment.practice.staff import audit_log
from assessment.web.server.settings import read_settings
from assessment.web.server.storage import register_of
from tests.web.client import text_of
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.sent import EMERGENCY, client_of, send_to
from tests.web.clinic.staff import Staff, StaffPage


def rows(page: StaffPage) -> list[str]:
    return [text_of(row) for row in page.all("tr")[1:]]


def test_the_owner_reads_who_did_what_to_what_and_when(
    staff: Staff, make_staff: MakeStaff, practice: Practice
) -> None:
    tess = make_staff(email="tess@example.org", name="Tess Low", joins=staff.who.clinic.slug)
    sent = send_to(staff, EMERGENCY, "Quillfeather")
    tess.get(f"/clinic/responses/{sent}")
    tess.get(f"/clinic/responses/{sent}.pdf")
    client = client_of(staff, sent)
    tess.post(f"/clinic/clients/{client}/erase")

    page = staff.get("/clinic/audit")
    erased, exported, read = rows(page)[:3]
    assert "Read a response" in read
    assert sent in read
    assert "Tess Low" in read
    assert "Exported a response" in exported
    assert "Erased a client" in erased
    assert client in erased, "a number is left"
    assert "Quillfeather" not in page.html
    assert "Opened this log" in rows(staff.get("/clinic/audit"))[0], "also this leaves an entry"


def test_it_is_narrowed_to_somebody_to_an_act_and_to_days(
    staff: Staff, make_staff: MakeStaff
) -> None:
    tess = make_staff(email="tess@example.org", name="Tess Low", joins=staff.who.clinic.slug)
    tess.get("/clinic/inbox")
    id = tess.who.therapist.id

    assert all("Tess Low" in row for row in rows(staff.get(f"/clinic/audit?who={id}")))
    [only] = rows(staff.get(f"/clinic/audit?who={id}&what=read"))
    assert "Opened the inbox" in only
    operator = rows(staff.get("/clinic/audit?who=operator"))
    assert [row for row in operator if "Invited a colleague" not in row] == []
    assert len(operator) == 1
    assert rows(staff.get("/clinic/audit?to=2001-01-01")) == []
    assert "No entries found" in staff.get("/clinic/audit?from=2999-01-01").text
    assert rows(staff.get("/clinic/audit?from=2001-01-01&to=2998-01-01")) != []


@pytest.mark.parametrize("day", ["yesterday", "9999-12-31", "0001-01-01", "2026-02-30", "-1"])
@pytest.mark.parametrize("path", ["/clinic/audit", "/clinic/audit.csv"])
def test_a_day_that_is_none_is_told_and_nothing_is_shown(staff: Staff, path: str, day: str) -> None:
    page = staff.get(f"{path}?to={day}")
    if page.status == 200:
        assert day[:4] in ("9999", "0001"), "at the ends of time it may be a day"
    else:
        assert page.status == 422
        assert page.errors == ["Enter an end date, such as 2026-11-27"]
        assert rows(page) == []


def test_two_days_that_are_none_are_told_apart(staff: Staff) -> None:
    page = staff.get("/clinic/audit?from=yesterday&to=today")

    assert page.errors == [
        "Enter a start date, such as 2026-11-27",
        "Enter an end date, such as 2026-11-27",
    ]


def test_older_entries_are_on_the_next_page(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_log, "PAGE", 3)
    for _ in range(4):
        staff.get("/clinic/inbox")

    first = staff.get("/clinic/audit?what=read")
    [older] = [link for link in first.links if "before=" in link]
    second = staff.get(older)
    assert len(rows(first)) == 3
    assert "Opened this log" not in rows(first)[0]
    assert len(rows(second)) == 1
    assert staff.get("/clinic/audit?before=made.up").status == 200


def test_the_file_has_a_line_for_each_entry_and_making_it_leaves_one(staff: Staff) -> None:
    file = staff.get("/clinic/audit.csv?what=sign-in").response
    assert file.headers["Content-Disposition"] == 'attachment; filename="audit-log.csv"'
    lines = file.get_data(as_text=True).removeprefix("\ufeff").splitlines()
    assert lines[0] == '"Number","Time","Who","Account","What","Kind","About","Device"'
    assert '"Ana Ruiz"' in lines[1]
    assert '"Signed in"' in lines[1]
    assert "Exported this log" in rows(staff.get("/clinic/audit"))[0]


def test_more_than_fit_into_a_file_are_not_cut_but_refused(
    staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_log, "MOST_EXPORTED", 1)
    page = staff.get("/clinic/audit.csv")
    assert page.status == 422
    assert "Choose fewer days" in page.errors[0]


def test_a_clinic_sees_its_own_log_only(staff: Staff, make_staff: MakeStaff) -> None:
    other = make_staff("Hillside", "bo@example.org", name="Bo Ek")
    other.get("/clinic/inbox")

    assert "Bo Ek" not in staff.get("/clinic/audit").html
    assert other.who.therapist.id not in staff.get("/clinic/audit.csv").response.text


def test_a_long_change_of_keys_keeps_no_purging_waiting(practice: Practice, tmp_path: Path) -> None:
    found = jobs(practice, register_of(read_settings(instance=tmp_path)), lambda: 0.0)
    [purging] = [one for one in found if "housekeeping" in one.if_not]
    [sealing] = [one for one in found if "sealing anew" in one.if_not]

    assert sealing != purging, "each job has a thread of its own"
    assert len(purging.tasks) == 2, "what a restore brought back is erased before what is due"


def test_the_security_log_is_told_how_far_each_log_goes(
    staff: Staff, practice: Practice, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    register = register_of(read_settings(instance=tmp_path))
    found = jobs(practice, register, lambda: 0.0)
    [telling] = [one for one in found if "audit logs" in one.if_not]
    assert telling.first == 0, "at the start"
    caplog.clear()
    with caplog.at_level(logging.INFO, logger="assessment"):
        telling.tasks[0](lambda: False)
        telling.tasks[0](lambda: False)  # not again within the hour

    [line] = caplog.messages
    clinic = staff.who.clinic.id
    assert line.startswith(f"clinic: audit log of {clinic} ends with entry 2, mark ")
    assert practice.audit_log.check([line])[0].faults == ()
