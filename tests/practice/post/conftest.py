"""A clinic that reminds its clients, with a mail server that remembers what it took."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assessment.practice.post.invitations import Invitations
from assessment.practice.post.mail import Letter
from assessment.practice.staff.accounts import SignedIn
from assessment.records import clinics, therapists
from assessment.records.database import Database
from tests.records.some import NOW, some_clinic, some_session, some_therapist


class Clock:
    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


class Server:
    """In place of a mail server: remembers what it took, and fails with `trouble`."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, Letter]] = []
        self.trouble: Exception | None = None
        self.meanwhile: Callable[[], None] = lambda: None

    def send(self, to: str, letter: Letter) -> None:
        self.meanwhile()
        if self.trouble is not None:
            raise self.trouble
        self.taken.append((to, letter))

    @property
    def subjects(self) -> list[str]:
        return [letter.subject for _, letter in self.taken]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def desk(database: Database, clock: Clock, server: Server) -> Invitations:
    return Invitations(database, clock, server)  # type: ignore[arg-type]  # it sends, too


@pytest.fixture
def who(database: Database) -> SignedIn:
    clinic = some_clinic(name="Riverside", remind_after=2, remind_before=True)
    therapist = some_therapist(clinic.id)
    with database.writing() as tx:
        clinics.add(tx, clinic)
        therapists.add(tx, therapist, None)
    return SignedIn(therapist, clinic, some_session(therapist), NOW + 900, NOW + 3600)
