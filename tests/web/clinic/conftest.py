"""The clinic area over a small protocol, and people who work there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from assessment.engine.protocol import Protocol
from assessment.practice.post.mail import Mailer, MailServer
from assessment.practice.practice import Practice, open_practice
from assessment.practice.responses.old_protocols import OldProtocols
from assessment.records.database import Database
from assessment.records.vault import Vault
from assessment.screening import Screening
from assessment.web.factory import make_app
from assessment.web.server.settings import read_settings
from tests.practice.cheap import CHEAP
from tests.records.conftest import migrated_file
from tests.web.clinic.staff import PASSWORD, Staff
from tests.web.conftest import KEY, SMALL, Clock

__all__ = ["migrated_file"]

MakeStaff = Callable[..., Staff]


@pytest.fixture
def database(migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A new database in a file."""
    path = tmp_path / "clinic.db"
    shutil.copyfile(migrated_file, path)
    path.chmod(0o600)
    database = Database(f"sqlite:///{path}", Vault([KEY]))
    yield database
    database.close()


@pytest.fixture
def practice(database: Database, clock: Clock, small: Protocol) -> Practice:
    """Everything that clinics can do, over that database."""
    library = OldProtocols(Screening(small), SMALL)
    return open_practice(database, clock, small, library, passwords=CHEAP)


@pytest.fixture
def can_mail(practice: Practice) -> Iterator[None]:
    """A mail server is set up."""
    mailer = Mailer(MailServer("127.0.0.1", 9, "desk@clinic.example", security="none"))
    with pytest.MonkeyPatch.context() as patch:
        for part in (practice.invitations, practice.notices):
            patch.setattr(part, "_mailer", mailer)
        yield


@pytest.fixture
def clinic_app(practice: Practice, clock: Clock, small: Protocol) -> Flask:
    """The application with its clinic area; nobody has set up a clinic yet."""
    return make_app(read_settings(), small, KEY, clock, practice=practice)


@pytest.fixture
def make_staff(clinic_app: Flask, practice: Practice) -> MakeStaff:
    """Give somebody who is signed in: the owner of a clinic, which is made for them.

    With `joins`, a slug, they work in that clinic and own nothing.
    """

    def make(
        clinic: str = "Riverside Massage",
        email: str = "ana@example.org",
        name: str = "Ana Ruiz",
        joins: str | None = None,
    ) -> Staff:
        enrolment = practice.enrolment
        if joins is None:
            enrolment.set_up(
                enrolment.new_setup_code(), clinic, name, email, PASSWORD,
                country="GB", time_zone="Europe/London",
            )  # fmt: skip
        else:
            code = enrolment.add_therapist(email, name, joins)
            enrolment.set_password(email, code, PASSWORD)
        staff = Staff(clinic_app, practice, email)
        assert staff.sign_in().goes_to == "/clinic"
        return staff

    return make


@pytest.fixture
def staff(make_staff: MakeStaff) -> Staff:
    """The owner of "Riverside Massage", signed in."""
    return make_staff()


@pytest.fixture
def stranger(clinic_app: Flask, practice: Practice) -> Staff:
    """Somebody who is not signed in."""
    return Staff(clinic_app, practice, "nobody@example.org")
