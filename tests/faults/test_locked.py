"""While everybody waits for a lock of the database, pages that need no database are there."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from assessment.engine.protocol import Protocol
from assessment.exports import typeset as typeset_module
from assessment.exports.typesetters import PROCESSES, WAITING, Typesetters
from assessment.web.gunicorn_server import THREADS
from assessment.web.server.storage import AT_ONCE
from tests.records.conftest import (
    OpenDatabase,
    migrated_file,
    migrated_template,
    open_database,
    url,
)
from tests.web.client import Page, text_of
from tests.web.conftest import Clock, clean_environment, clock, small
from tests.web.intake.riverside import CHEST, TYPED, WELL, Riverside, begin_at, form_of, walked

__all__ = (
    "clean_environment", "clock", "migrated_file", "migrated_template", "open_database", "small",
    "url",
)  # fmt: skip

FREE = 2
"""Threads of each process that never wait for the database."""


def locked(url: str) -> AbstractContextManager[None]:
    """Let somebody else hold what every Send writes to."""
    return _file_locked(url) if url.startswith("sqlite") else _table_locked(url)


@contextmanager
def _file_locked(url: str) -> Iterator[None]:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def _table_locked(url: str) -> Iterator[None]:
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE responses IN SHARE MODE")
        yield


@pytest.fixture
def clinic(url: str, open_database: OpenDatabase, clock: Clock, small: Protocol) -> Riverside:
    return Riverside(open_database(url, patience=60, at_once=AT_ONCE), clock, small)


def test_while_all_wait_to_send_a_page_is_there_and_whoever_is_told_has_the_advice(
    clinic: Riverside, url: str
) -> None:
    somebody = clinic.phone()
    first = begin_at(somebody)
    people = [walked(clinic.phone(), clinic.invite(), CHEST) for _ in range(THREADS)]
    forms = [form_of(one) for one in people]

    with ThreadPoolExecutor(THREADS) as threads, locked(url):
        sent = [
            threads.submit(one.post, "/send", form) for one, form in zip(people, forms, strict=True)
        ]
        assert threads.submit(somebody.get, first).result(30).status == 200
        _wait_until_told(sent, FREE)

    pages = [each.result(60) for each in sent]
    told = [n for n, page in enumerate(pages) if page.status != 303]
    assert FREE <= len(told) < THREADS, "a few are late, and not refused"
    for one in told:
        _has_the_advice_and_what_was_typed(pages[one])
        assert people[one].post("/send", forms[one]).goes_to == "/sent"
    assert len(clinic.responses()) == THREADS


def test_a_page_is_there_too_while_others_wait_for_pdfs(
    clinic: Riverside, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    stuck = Typesetters(seconds=60, command=("/bin/cat", str(gate)))
    monkeypatch.setattr(typeset_module, "TYPESETTERS", stuck)
    somebody = clinic.phone()
    first = begin_at(somebody)
    readers = [walked(clinic.phone(), clinic.invite(), WELL) for _ in range(PROCESSES + WAITING)]
    people = [walked(clinic.phone(), clinic.invite(), CHEST) for _ in range(AT_ONCE + AT_ONCE // 2)]
    forms = [form_of(one) for one in people]

    with ThreadPoolExecutor(THREADS) as threads, _opened_at_last(gate), locked(url):
        for one in readers:
            threads.submit(one.get, "/result.pdf")
        for one, form in zip(people, forms, strict=True):
            threads.submit(one.post, "/send", form)
        assert threads.submit(somebody.get, first).result(30).status == 200


@contextmanager
def _opened_at_last(gate: Path) -> Iterator[None]:
    """Let whoever reads a named pipe go when the block ends, and whoever reads it after them."""
    try:
        yield
    finally:
        held = os.open(gate, os.O_RDWR)
        gate.unlink()
        os.close(held)


def _wait_until_told(sent: list[Future[Page]], number: int) -> None:
    while sum(each.done() for each in sent) < number:
        rest = [each for each in sent if not each.done()]
        assert wait(rest, 30, FIRST_COMPLETED).done, "nobody was told"


def _has_the_advice_and_what_was_typed(page: Page) -> None:
    assert page.status == 503
    assert page.response.headers["Retry-After"].isdecimal()
    assert "Get help first" in page.text
    assert "tel:112" in page.links
    assert "press Send again" in page.text
    assert page.one("input", id="name").get("value") == TYPED["name"]
    assert text_of(page.one("textarea")) == TYPED["message"]


def test_two_threads_of_each_process_are_always_left() -> None:
    assert AT_ONCE + AT_ONCE // 2 + PROCESSES + WAITING == THREADS - FREE
