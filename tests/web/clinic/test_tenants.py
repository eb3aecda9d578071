"""Two clinics on one installation never see each other, whatever address or form one tries."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from assessment.records import tables
from assessment.records.database import Database
from tests.web.client import text_of
from tests.web.clinic.conftest import MakeStaff
from tests.web.clinic.sent import EMERGENCY, client_of, send_to
from tests.web.clinic.staff import Staff

CANARIES = ("Quillfeather", "Brambleshanks", "Thistlewick", "Marrowgate", "Hillside")
"""Words of the other clinic: a client's name, their message, a note, an invitation, its name."""

ENDS_THE_SESSION = {"/clinic/sign-out", "/clinic/account/everywhere", "/clinic/account/password"}
FORMATS = ("pdf", "csv", "json")


@dataclass(frozen=True)
class Neighbour:
    """The other clinic, and every id that it has."""

    staff: Staff
    ids: Mapping[str, str]


@pytest.fixture
def neighbour(make_staff: MakeStaff) -> Neighbour:
    staff = make_staff("Hillside", "bo@example.org", name="Bo Ek")
    response = send_to(staff, EMERGENCY, "Quillfeather", message="Brambleshanks")
    staff.post(f"/clinic/responses/{response}/notes", {"text": "Thistlewick"})
    form = {"name": "Marrowgate", "email": "m@example.org", "days": "7", "note": "Thistlewick"}
    invited = staff.post("/clinic/invitations/new", form).goes_to
    who = staff.who
    ids = {
        "clinic": who.clinic.id,
        "therapist": who.therapist.id,
        "session": who.session.id,
        "response": response,
        "client": client_of(staff, response),
        "invitation": invited.rpartition("/")[2].partition("?")[0],
    }
    return Neighbour(staff, ids)


def rules(app: Flask, method: str) -> list[Rule]:
    """Every address of the clinic area that takes this method."""
    found = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/clinic") and method in (rule.methods or ())
    ]
    assert len(found) >= 10
    return found


def addresses(rule: Rule, ids: Mapping[str, str]) -> Iterator[str]:
    """Every address that the rule gives with these ids in every place of it."""
    places = [
        FORMATS if name == "format" else tuple(ids.values()) for name in sorted(rule.arguments)
    ]
    for values in itertools.product(*places):
        built = rule.build(dict(zip(sorted(rule.arguments), values, strict=True)))
        assert built is not None
        yield built[1]


def rows_of(database: Database, clinic: str) -> dict[str, list[tuple[object, ...]]]:
    """Everything that is stored of a clinic."""
    with database.reading() as tx:
        return {
            name: sorted(
                (
                    tuple(row)
                    for row in tx.connection.execute(select(table).where(table.c.clinic == clinic))
                ),
                key=repr,
            )
            for name, table in tables.metadata.tables.items()
            if "clinic" in table.c
        }


def test_asvs_8_4_1_every_address_with_an_id_of_another_clinic_is_not_there(
    clinic_app: Flask,
    staff: Staff,
    neighbour: Neighbour,
    database: Database,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", logger="assessment")
    caplog.clear()
    before = rows_of(database, neighbour.ids["clinic"])
    tried = 0
    for method in ("GET", "POST"):
        for rule in rules(clinic_app, method):
            if not rule.arguments:
                continue
            for address in addresses(rule, neighbour.ids):
                form = {"kind": "reviewed", "text": "Ours.", "format": "csv"}
                page = staff.get(address) if method == "GET" else staff.post(address, form)
                assert page.status == 404, f"{method} {address}: {page.status}"
                assert not any(word.encode() in page.response.data for word in CANARIES), address
                tried += 1

    assert tried > 100
    denied = "clinic: denied: not of this clinic, or not there"
    assert caplog.messages == [denied] * tried, "each leaves a line"
    assert rows_of(database, neighbour.ids["clinic"]) == before


def test_every_address_with_an_id_is_there_for_the_clinic_that_has_it(
    clinic_app: Flask, neighbour: Neighbour
) -> None:
    """Else the test above would pass for addresses that lead nowhere."""
    own = {f"{name}_id": id for name, id in neighbour.ids.items()} | {"format": "csv"}
    form = {"kind": "reviewed", "text": "Ours.", "format": "csv", "email": "m@example.org"}
    gentle = [("GET", rule) for rule in rules(clinic_app, "GET")]
    last = ("/revoke", "<response_id>/erase", "<client_id>/erase", "/end")
    changing = sorted(
        (("POST", rule) for rule in rules(clinic_app, "POST")),
        key=lambda one: max(
            (place for place, end in enumerate(last) if one[1].rule.endswith(end)), default=-1
        ),
    )
    there = 0
    for method, rule in (*gentle, *changing):
        if rule.arguments and "rest" not in rule.arguments:
            built = rule.build({name: own[name] for name in rule.arguments})
            assert built is not None
            staff, address = neighbour.staff, built[1]
            page = staff.get(address) if method == "GET" else staff.post(address, form)
            assert page.status in (200, 303, 409), f"{method} {address}: {page.status}"
            there += 1

    assert there >= 15


def test_asvs_8_4_1_no_page_without_an_id_shows_anything_of_another_clinic(
    clinic_app: Flask, staff: Staff, neighbour: Neighbour
) -> None:
    send_to(staff, EMERGENCY, "Ann")
    seen = set()
    for rule in rules(clinic_app, "GET"):
        if not rule.arguments:
            page = staff.get(rule.rule)
            seen.add(rule.rule)
            assert not any(word.encode() in page.response.data for word in CANARIES), rule.rule

    assert {"/clinic/inbox", "/clinic/invitations", "/clinic/account", "/clinic/settings"} <= seen


def test_asvs_8_4_1_no_form_takes_an_id_of_another_clinic(
    clinic_app: Flask, staff: Staff, neighbour: Neighbour, database: Database
) -> None:
    before = rows_of(database, neighbour.ids["clinic"])
    forms = [
        rule.rule
        for rule in rules(clinic_app, "POST")
        if not rule.arguments and rule.rule not in ENDS_THE_SESSION
    ]
    for path, (name, id) in itertools.product(forms, neighbour.ids.items()):
        fields = {
            "response": id, "client": id, "invitation": id, "clinic": id, "therapist": id,
            "id": id, "format": "csv", "name": "Quillfeather", "days": "7", "note": "",
        }  # fmt: skip
        page = staff.post(f"{path}?client={id}&response={id}", fields)
        assert page.status != 200 or path == "/clinic/sign-in", f"{path} with {name}"
        for word in CANARIES[1:]:
            assert word.encode() not in page.response.data, path

    assert rows_of(database, neighbour.ids["clinic"]) == before


def test_asvs_8_4_1_a_search_finds_nobody_of_another_clinic(
    staff: Staff, neighbour: Neighbour
) -> None:
    send_to(staff, EMERGENCY, "Ann Quillfeather")

    ours = staff.get(staff.post("/clinic/inbox", {"name": "quillfeather"}).goes_to)
    theirs = neighbour.staff.get(
        neighbour.staff.post("/clinic/inbox", {"name": "quillfeather"}).goes_to
    )

    assert [text_of(row).count("Quillfeather") > 0 for row in ours.all("tr")[1:]] == [True]
    assert neighbour.ids["response"] not in ours.html
    assert neighbour.ids["response"] in theirs.html
