"""A clinic with a webhook, and the program that it leads to."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessment.practice.hooks.sending import Deliveries
from assessment.practice.hooks.signing import new_secret
from assessment.practice.staff.accounts import SignedIn
from assessment.records import webhooks
from assessment.records.database import Database
from assessment.records.ids import WebhookId, new_id
from assessment.records.webhooks import Webhook
from tests.practice import mail_server
from tests.practice.hooks.stand_in import HOST, StandIn, running
from tests.practice.post.conftest import Clock, Server, clock, desk, server, who
from tests.records.some import NOW

__all__ = ["clock", "desk", "server", "who"]


@pytest.fixture(scope="session")
def certificate_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the certificate of the program lies, once `certificate` has made it."""
    return tmp_path_factory.mktemp("hooks") / f"{HOST}.pem"


@pytest.fixture(scope="session")
def certificate(certificate_file: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What the program shows, and what trusts it."""
    return mail_server.certificate(certificate_file.parent, HOST)


@pytest.fixture
def program(certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> Iterator[StandIn]:
    with running(certificate[0]) as told:
        yield told


@pytest.fixture
def sending(
    database: Database,
    clock: Clock,
    server: Server,
    program: StandIn,
    certificate: tuple[ssl.SSLContext, ssl.SSLContext],
) -> Deliveries:
    page = "https://clinic.example/clinic/settings/webhooks"
    return Deliveries(database, clock, program.caller(certificate[1]), server, page)  # type: ignore[arg-type]  # it sends, too


@pytest.fixture
def webhook(database: Database, who: SignedIn) -> Webhook:
    made = Webhook(
        who.clinic.id, WebhookId(new_id()), NOW, f"https://{HOST}/in?key=a", new_secret(),
        with_urgency=False,
    )  # fmt: skip
    with database.writing() as tx:
        webhooks.add(tx, made)
    return made
