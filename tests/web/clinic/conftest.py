"""The clinic area over a small protocol, and people who work there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
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
from assessment.web.server.mail_server import mailer_of
from assessment.web.server.settings import read_settings
from tests.practice import mail_server
from tests.practice.cheap import CHEAP
from tests.records.conftest import migrated_file
from tests.web.clinic.staff import PASSWORD, Staff
from tests.web.conftest import KEY, PUBLIC, SMALL, Clock

__all__ = ["migrated_file"]

MakeStaff = Callable[..., Staff]
Mailing = Callable[..., tuple[Staff, mail_server.MailServer]]


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
        for part in (practice.outbox, practice.notices, practice.welcome):
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


@pytest.fixture
def mailing(database: Database, clock: Clock, small: Protocol) -> Iterator[Mailing]:
    """Give somebody of a clinic on a public site, and the mail server that it uses."""
    with ExitStack() as stack:

        def make(**told: object) -> tuple[Staff, mail_server.MailServer]:
            server = stack.enter_context(mail_server.running(mail_server.MailServer(**told)))  # type: ignore[arg-type]  # its own fields
            settings = read_settings(
                public_url=PUBLIC, proxy_hops=0, smtp_host="127.0.0.1", smtp_port=server.port,
                smtp_from="desk@clinic.example", smtp_security="none",
            )  # fmt: skip
            practice = open_practice(
                database, clock, small, OldProtocols(Screening(small), SMALL),
                mailer=mailer_of(settings, clock), passwords=CHEAP,
            )  # fmt: skip
            code = practice.enrolment.new_setup_code()
            practice.enrolment.set_up(
                code, "Lakeside", "Mia Lund", "mia@example.org", PASSWORD,
                country="GB", time_zone="Europe/London",
            )  # fmt: skip
            app = make_app(settings, small, KEY, clock, practice=practice)
            staff = Staff(app, practice, "mia@example.org", PUBLIC)
            assert staff.sign_in().goes_to == "/clinic"
            return staff, server

        yield make
