"""Two clinics with their keys: neither reaches what the other has, whatever id it names."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pytest
from sqlalchemy import select

from assessment.records import tables
from assessment.records.database import Database
from tests.web.api.conftest import MakeProgram, Program
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.sent import EMERGENCY, client_of, send_to
from tests.web.clinic.staff import Staff

ADDRESSES = (
    ("GET", "/api/v1/invitations/{id}"),
    ("POST", "/api/v1/invitations/{id}/revoke"),
    ("GET", "/api/v1/responses/{id}"),
    ("GET", "/api/v1/responses/{id}/pdf"),
)
CANARIES = ("Quillfeather", "Brambleshanks", "Marrowgate", "Hillside")


@pytest.fixture
def neighbour(make_staff: MakeStaff) -> Staff:
    return make_staff("Hillside", "bo@example.org", name="Bo Ek")


@pytest.fixture
def theirs(neighbour: Staff, make_program: MakeProgram) -> Mapping[str, str]:
    """Every id that the other clinic has."""
    other = make_program(neighbour)
    assert other.key is not None
    response = send_to(neighbour, EMERGENCY, "Quillfeather", message="Brambleshanks")
    return {
        "response": response,
        "client": client_of(neighbour, response),
        "invitation": other.invite(name="Marrowgate", reference="booking 17")["id"],
        "clinic": neighbour.who.clinic.id,
        "key": other.key.id,
    }


def rows_of(database: Database, clinic: str) -> list[str]:
    """Everything that is stored of a clinic, but for when its key was used."""
    with database.reading() as tx:
        return sorted(
            repr(tuple(row))
            for table in tables.metadata.sorted_tables
            if "clinic" in table.c
            for row in tx.connection.execute(select(table).where(table.c.clinic == clinic))
        )


def test_asvs_8_4_1_no_key_opens_what_another_clinic_has(
    program: Program, theirs: Mapping[str, str], database: Database
) -> None:
    before = rows_of(database, theirs["clinic"])
    for (method, address), id in itertools.product(ADDRESSES, theirs.values()):
        answer = program.call(method, address.format(id=id))
        assert answer.status_code == 404, f"{method} {address}"
        assert not any(word in answer.text for word in CANARIES)

    assert rows_of(database, theirs["clinic"]) == before


def test_asvs_8_4_1_a_list_and_a_cursor_know_nothing_of_another_clinic(
    program: Program, theirs: Mapping[str, str], staff: Staff
) -> None:
    assert program.get("/api/v1/responses").get_json() == {
        "responses": [], "next": "0", "more": False,
    }  # fmt: skip
    ours = send_to(staff, EMERGENCY)
    page = program.get("/api/v1/responses").get_json()

    assert [one["id"] for one in page["responses"]] == [ours]
    assert page["next"].partition(".")[0] == "1", "how many another clinic has is not told either"


def test_the_same_reference_at_two_clinics_makes_two_invitations(
    program: Program, theirs: Mapping[str, str]
) -> None:
    told = program.invite(name="Marrowgate", reference="booking 17")

    assert told["id"] != theirs["invitation"]


def test_the_same_addresses_are_there_for_the_clinic_that_has_them(
    program: Program, staff: Staff
) -> None:
    """Else the first test would pass for addresses that lead nowhere."""
    response, invitation = send_to(staff, EMERGENCY), program.invite()["id"]
    for method, address in ADDRESSES:
        id = invitation if "invitations" in address else response
        assert program.call(method, address.format(id=id)).status_code == 200


def test_asvs_16_2_5_no_word_of_a_call_is_in_a_log(
    program: Program, staff: Staff, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    words = ("Quillfeather", "quill@example.org", "Brambleshanks", "Thistlewick", "07700")
    program.invite(
        name=words[0], email=words[1], note=words[2], reference=words[3], phone="07700 900123"
    )
    program.post("/api/v1/invitations", {"name": 7, "note": words[2], words[3]: words[0]})
    program.post("/api/v1/invitations", {"name": words[0], "reference": words[3]})
    program.get(f"/api/v1/responses/{words[2]}")
    program.get(f"/api/v1/responses/{send_to(staff, EMERGENCY, words[0], message=words[2])}")

    assert program.secret is not None
    assert caplog.messages, "something is logged"
    for word in (*words, program.secret):
        assert word not in caplog.text
