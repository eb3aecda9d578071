"""A clinic that people are invited by, and people who answer for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

import pytest
from flask import Flask

from assessment.engine.protocol import Protocol
from assessment.practice.post.mail import Mailer
from assessment.practice.practice import Practice, open_practice
from assessment.practice.responses.old_protocols import OldProtocols
from assessment.proof.versions import Older
from assessment.protocols.load import find_protocol, load_protocol
from assessment.protocols.versions import read_files
from assessment.records import clients, clinics, inbox, invitations, responses, therapists
from assessment.records.database import Database
from assessment.records.ids import InvitationId, new_token
from assessment.records.inbox import Filter
from assessment.records.model import Clinic, Invitation, Response, Therapist
from assessment.records.refusals import Unavailable
from assessment.screening import Screening
from assessment.web.factory import make_app
from assessment.web.server.settings import read_settings
from assessment.web.walk.cookie import Seal, Visit
from assessment.web.walk.forms import form_token
from assessment.web.walk.services import Offered
from assessment.web.walk.versions import name_of
from tests.practice.cheap import CHEAP
from tests.records.some import some_client, some_clinic, some_invitation, some_therapist
from tests.web.client import Client, Given, Page, text_of
from tests.web.conftest import KEY, SMALL, Clock

WELL: dict[str, Given] = {
    "who": "me",
    "age": "40",
    "pain": "4",
    "where": "left_calf",
    "lasted": "weeks",
}
"""Leads to a therapist."""
CHEST: dict[str, Given] = {"who": "me", "age": "40", "signs": "chest"}
"""Leads to an emergency."""
NUMB: dict[str, Given] = {**WELL, "signs": "numb"}
"""Leads to a doctor today."""
TYPED = {
    "name": "Zoë Fischer", "day": "3", "month": "5", "year": "1986",
    "message": "It began in the garden.", "signed": "Zoë Fischer",
}  # fmt: skip


@dataclass
class Riverside:
    """The clinic, over a database of its own."""

    database: Database
    clock: Clock
    protocol: Protocol
    settings: Mapping[str, object] = field(default_factory=dict)
    mailer: Mailer | None = None
    clinic: Clinic = field(default_factory=lambda: some_clinic(slug="riverside", accent="#7a2e8e"))

    def __post_init__(self) -> None:
        self.therapist: Therapist = some_therapist(self.clinic.id, name="Anna Berg")
        with self.database.writing() as tx:
            clinics.add(tx, self.clinic)
            therapists.add(tx, self.therapist, None)

    @cached_property
    def practice(self) -> Practice:
        library = OldProtocols(Screening(self.protocol), SMALL)
        return open_practice(
            self.database,
            self.clock,
            self.protocol,
            library,
            passwords=CHEAP,
            mailer=self.mailer,
            links_url="http://127.0.0.1:8000/i/",
        )

    @cached_property
    def app(self) -> Flask:
        settings = read_settings(**self.settings)
        offered = Offered(after=after_a_visit())
        return make_app(settings, self.protocol, KEY, self.clock, offered, self.practice)

    def phone(self) -> Client:
        """Somebody's phone, on which nothing is kept yet."""
        return Client(self.app, self.settings.get("public_url") or "http://127.0.0.1:8000")  # type: ignore[arg-type]  # a text

    def restarted(self, phone: Client) -> Client:
        """Return the same phone before a server that was started anew, and remembers nothing."""
        del self.app
        other = self.phone()
        other.set_cookie("answers", phone.cookies["answers"])
        return other

    def phone_where_this_is_gone(self, older: Protocol) -> Client:
        """Somebody's phone, before a server that withdrew an older version."""
        return Client(self.app_that_served(older, goes_on=False))

    def app_that_served(self, *older: Protocol, goes_on: bool) -> Flask:
        """A server that served older versions; `goes_on`: people still walk under them."""
        before = tuple(Older(one, read_files(SMALL), goes_on=goes_on) for one in older)
        settings, offered = read_settings(**self.settings), Offered(older=before)
        return make_app(settings, self.protocol, KEY, self.clock, offered, self.practice)

    def put_under(self, phone: Client, version: Protocol) -> None:
        """Have a phone's cookie say that its walk began under another version."""
        before = replace(self.visit(phone), version=name_of(version))
        phone.set_cookie("answers", Seal(KEY, "answers", 3600, self.clock).close(before))

    def invite(self, days: int = 7) -> Link:
        """Invite somebody; return their link."""
        client = some_client(self.clinic.id)
        now = int(self.clock.now)
        made = some_invitation(
            client, self.therapist, created_at=now, expires_at=now + days * 86400
        )
        return self.add(made)

    def add(self, made: Invitation) -> Link:
        token = new_token()
        with self.database.writing() as tx:
            if clients.get(tx, self.clinic.id, made.client) is None:
                clients.add(tx, replace(some_client(self.clinic.id), id=made.client))
            invitations.add(tx, made, token)
        return Link(self, made.id, token)

    def responses(self) -> list[Response]:
        """Everything that was sent."""
        with self.database.reading() as tx:
            lines = inbox.listed(tx, self.clinic.id, Filter(), None, 1000)
            found = [responses.get(tx, self.clinic.id, line.id) for line in lines]
        return [one for one in found if one is not None]

    def visit(self, phone: Client) -> Visit:
        """What a phone's cookie holds."""
        name = "answers" if "public_url" not in self.settings else "__Host-answers"
        found = Seal(KEY, name, 3600, self.clock).open(phone.cookies.get(name))
        assert found is not None
        return found

    def token(self, phone: Client) -> str:
        """What a form on a phone carries, of a walk under the version that it began with."""
        visit = self.visit(phone)
        return form_token(visit.token, visit.version)

    @contextmanager
    def away(self) -> Iterator[list[str]]:
        """The database does not answer; what is asked of it is listed."""
        asked: list[str] = []

        def unavailable(name: str) -> None:
            asked.append(name)
            raise Unavailable("canary-database")

        with pytest.MonkeyPatch.context() as patch:
            for name in ("reading", "writing"):
                patch.setattr(Database, name, lambda _, name=name: unavailable(name))
            yield asked


@cache
def after_a_visit() -> tuple[Older, ...]:
    """What the link after a visit asks, as it is shipped."""
    folder = find_protocol("after_massage")
    return (Older(load_protocol(folder), read_files(folder), goes_on=True),)


@dataclass(frozen=True)
class Link:
    """A link that was sent to somebody."""

    clinic: Riverside
    id: InvitationId
    token: str

    @property
    def path(self) -> str:
        return f"/i/{self.token}"

    @property
    def stored(self) -> Invitation:
        with self.clinic.database.reading() as tx:
            found = invitations.get(tx, self.clinic.clinic.id, self.id)
        assert found is not None
        return found

    def revoke(self, replaced_by: InvitationId | None = None) -> None:
        with self.clinic.database.writing() as tx:
            assert invitations.revoke(tx, self.clinic.clinic.id, self.id, 1, replaced_by)

    def open(self, phone: Client) -> str:
        """Open it and press Start; return the first question."""
        page = phone.get(self.path)
        assert page.status == 200, page.html
        return phone.post(self.path, {"csrf_token": page.token}).goes_to


def begin_at(phone: Client, path: str = "/c/riverside") -> str:
    """Press the button of a clinic's first page; return the first question."""
    return phone.post(path, {"csrf_token": phone.get(path).token}).goes_to


def send(phone: Client, /, **changed: Given) -> Page:
    """Fill in the page that sends, agree, and press Send."""
    page = phone.get("/send")
    assert page.status == 200, f"{page.status} {page.response.headers}"
    consent = page.one("input", name="consent").get("value") or ""
    return phone.post("/send", {"csrf_token": page.token, "consent": consent, **TYPED, **changed})


def walked(phone: Client, link: Link, given: Mapping[str, Given] = WELL) -> Client:
    """Open a link and answer everything."""
    phone.walk(given, link.open(phone))
    return phone


def shows_typed(page: Page) -> None:
    """Fail unless a page shows all that was typed, to be read and copied."""
    assert TYPED["name"] in page.text
    assert "3 5 1986" in page.text
    assert text_of(page.one("textarea")) == TYPED["message"]
    assert "readonly" in page.one("textarea").attrib
    assert "This is only shown here" in page.text


def form_of(phone: Client) -> dict[str, str]:
    """What Send would send: somebody has typed, agreed, and not pressed it yet."""
    page = phone.get("/send")
    consent = page.one("input", name="consent").get("value") or ""
    return {"csrf_token": page.token, "consent": consent, **TYPED}
