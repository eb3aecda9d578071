"""The application over a small protocol that has a question of every kind."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from assessment.engine.protocol import Protocol
from assessment.protocols.load import load_protocol
from assessment.web.factory import make_app
from assessment.web.server.settings import Settings, read_settings
from assessment.web.walk.services import NOTHING, Offered
from tests.web.client import LOCAL, Client

SMALL = Path(__file__).parents[1] / "protocols" / "web_small"
WAIVER = "waiver: {by: A. Name, date: 2026-11-26, why: It advises nobody.}\n"
KEY = bytes(range(32))
PUBLIC = "https://clinic.example"

MakeClient = Callable[..., Client]


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def waived(folder: Path) -> Path:
    """Write the small protocol with a waiver, so that it is served to a public address."""
    copy = folder / "waived"
    shutil.copytree(SMALL, copy)
    with (copy / "protocol.yaml").open("a", encoding="utf-8") as file:
        file.write(WAIVER)
    return copy


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine that runs the tests counts."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(scope="session")
def small() -> Protocol:
    return load_protocol(SMALL)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_client(small: Protocol, clock: Clock) -> MakeClient:
    """Give a client of an application with these settings."""

    def make(
        protocol: Protocol = small,
        key: bytes = KEY,
        offered: Offered = NOTHING,
        **chosen: object,
    ) -> Client:
        settings = read_settings(**chosen)
        app = make_app(settings, protocol, key, clock, offered)
        return Client(app, settings.public_url or LOCAL)

    return make


@pytest.fixture
def app(small: Protocol, clock: Clock) -> Flask:
    return make_app(read_settings(), small, KEY, clock)


@pytest.fixture
def client(app: Flask) -> Client:
    return Client(app)
