"""Two hosts over one database are one site: signing in, walks, how a clinic looks."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask

from assessment.engine.protocol import Protocol
from assessment.practice.practice import open_practice
from assessment.practice.responses.old_protocols import OldProtocols
from assessment.records import clinics
from assessment.records.database import Database
from assessment.records.ids import ClinicId
from assessment.records.model import Clinic
from assessment.records.transactions import Transaction
from assessment.records.vault import Vault
from assessment.screening import Screening
from assessment.web.factory import make_app
from assessment.web.html.clinic_cache import ClinicCache
from assessment.web.server.settings import read_settings
from tests.practice.cheap import CHEAP
from tests.web.client import Client
from tests.web.clinic.staff import Staff
from tests.web.conftest import KEY, SMALL, Clock


@dataclass(frozen=True)
class Host:
    """Another host than that of the fixtures: nothing but the database is shared."""

    app: Flask
    known: ClinicCache
    database: Database


@pytest.fixture
def other(database: Database, small: Protocol, clock: Clock, tmp_path: Path) -> Iterator[Host]:
    over_the_same = Database(f"sqlite:///{tmp_path / 'clinic.db'}", Vault([KEY]))
    library = OldProtocols(Screening(small), SMALL)
    practice = open_practice(over_the_same, clock, small, library, passwords=CHEAP)
    known = ClinicCache(practice.clinics, clock)
    app = make_app(read_settings(), small, KEY, clock, practice=practice, known=known)
    yield Host(app, known, over_the_same)
    over_the_same.close()


def at(app: Flask, browser: Client) -> Client:
    """The same browser, whose next page another host serves."""
    moved = Client(app)
    for name, value in browser.cookies.items():
        moved.set_cookie(name, value)
    return moved


def test_who_signed_in_at_one_host_is_known_at_the_other_until_they_sign_out(
    staff: Staff, other: Host
) -> None:
    there = Staff(other.app, staff.practice, staff.email)
    for name, value in staff.cookies.items():
        there.set_cookie(name, value)
    assert there.get("/clinic/inbox").status == 200
    staff.post("/clinic/sign-out")

    assert there.get("/clinic/inbox").goes_to.startswith("/clinic/sign-in")


def test_a_walk_begun_at_one_host_goes_on_at_the_other(
    clinic_app: Flask, staff: Staff, other: Host
) -> None:
    phone = Client(clinic_app)
    path = phone.post("/c/riverside-massage", {"who": "me"}).goes_to
    moved = at(other.app, phone)
    following = moved.get(path)
    assert following.status == 200
    assert at(clinic_app, moved).get(path).heading == following.heading


def test_what_a_clinic_changes_at_one_host_shows_in_a_walk_at_the_other(
    clinic_app: Flask, staff: Staff, other: Host, database: Database
) -> None:
    """Pages of a walk never ask the database: what they know is looked up anew beside them."""
    phone = Client(other.app)
    path = phone.post("/c/riverside-massage", {"who": "me"}).goes_to
    assert "Riverside Massage" in phone.get(path).html
    _rename(database, staff, "Hillside Massage")
    assert "Riverside Massage" in phone.get(path).html
    [task] = other.known.job.tasks
    task(lambda: False)

    assert "Hillside Massage" in phone.get(path).html
    assert other.known.job.every <= 10, "seconds"


def test_one_look_at_the_database_is_for_all_clinics_that_were_seen(
    staff: Staff, other: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []
    several = clinics.several

    def counted(tx: Transaction, ids: Collection[ClinicId]) -> tuple[Clinic, ...]:
        looks.append(len(ids))
        return several(tx, ids)

    monkeypatch.setattr(clinics, "several", counted)
    other.known.catch_up()
    assert looks == [], "nobody was seen yet"
    Client(other.app).get("/c/riverside-massage")
    other.known.catch_up()
    assert looks == [1]


def _rename(database: Database, staff: Staff, name: str) -> None:
    with database.writing() as tx:
        clinic = clinics.get(tx, staff.who.clinic.id)
        assert clinic is not None
        clinics.update(tx, replace(clinic, name=name))
