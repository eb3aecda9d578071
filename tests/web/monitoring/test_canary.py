"""Nothing that people type, open or are called is in the metrics, in the log or in a trace."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from assessment.engine.protocol import Protocol
from assessment.practice.practice import Practice
from assessment.records import own_questions
from assessment.records.database import Database
from assessment.records.own_questions import Kind, OwnQuestion, OwnQuestions
from assessment.records.refusals import Unavailable
from assessment.web.monitoring.traces import Traces
from assessment.web.server.log_lines import JsonLines, TextLines
from assessment.web.server.logs import log
from tests.stress.canary import Search, can_find, words
from tests.web.client import LOCAL
from tests.web.clinic.staff import Staff
from tests.web.conftest import Clock
from tests.web.intake.riverside import WELL, Riverside, send, walked
from tests.web.monitoring.conftest import Watch, Watched
from tests.web.monitoring.receiver import Receiver, receiving

TYPED = words(
    11, "name", "message", "question", "option", "answer", "path", "query", "browser", "mail",
    "password", "note", "fault", "search", "link", "host", "reference", "clinic",
)  # fmt: skip


@dataclass
class Listening:
    """Everything that is told about an application."""

    watched: Watched
    traces: Traces
    receiver: Receiver
    lines: list[str]

    def search(self, more: dict[str, str]) -> Search:
        provider = self.traces._provider
        assert provider is not None
        assert provider.force_flush()
        search = Search({**TYPED, **more})
        search.look(self.watched.text, "the metrics")
        for line in self.lines:
            search.look(line, "the log")
        for body in self.receiver.bodies:
            search.look(body, "the traces")
        assert self.receiver.spans
        assert self.lines
        return search


Listen = Callable[[Flask, Practice], Listening]


class _Lines(logging.Handler):
    """Keeps lines as they would be written, in both forms."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines += [TextLines().format(record), JsonLines().format(record)]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture
def listen(watch: Watch, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listen]:
    stack: list[Traces] = []
    lines: list[str] = []
    handler = _Lines(lines)
    log.addHandler(handler)

    def begin(app: Flask, practice: Practice) -> Listening:
        traces = Traces(receiver.url, practice)
        watched = watch(app, practice)
        monkeypatch.setattr(app, "wsgi_app", traces.around(app.wsgi_app))
        traces.start()
        stack.append(traces)
        return Listening(watched, traces, receiver, lines)

    yield begin
    for traces in stack:
        traces.stop()
    log.removeHandler(handler)


def test_the_search_finds_what_is_there() -> None:
    assert can_find(TYPED)


def test_who_answers_leaves_nothing(
    listen: Listen, database: Database, clock: Clock, small: Protocol,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    riverside = Riverside(database, clock, small)
    asked = OwnQuestion("own", Kind.ONE, TYPED["question"], (TYPED["option"], "Another"))
    free = OwnQuestion("free", Kind.TEXT, "And?")
    with riverside.database.writing() as tx:
        own_questions.put(tx, riverside.clinic.id, OwnQuestions((asked, free), ()))
    listening = listen(riverside.app, riverside.practice)
    phone, link = riverside.phone(), riverside.invite()

    phone.get(
        f"/{TYPED['path']}?q={TYPED['query']}", User_Agent=TYPED["browser"],
        X_Request_ID=TYPED["reference"], Referer=f"http://{TYPED['host']}.example/",
    )  # fmt: skip
    phone._client.get("/", base_url=f"http://{TYPED['host']}.example")
    phone._client.open("/", method=TYPED["query"].upper(), base_url=LOCAL)
    phone.get(f"/i/{TYPED['link']}")
    walked(phone, link, WELL)
    phone.post("/questions/pain", {"answer": TYPED["answer"]})
    sent = {
        "name": TYPED["name"], "signed": TYPED["name"], "message": TYPED["message"],
        "own-own": TYPED["option"], "own-free": TYPED["answer"],
    }  # fmt: skip
    assert send(phone, **sent).goes_to == "/sent"
    cookies = dict(phone.cookies)

    def broken(*_: object, **__: object) -> None:
        raise ValueError(TYPED["fault"])

    monkeypatch.setattr("assessment.screening.Screening.position", broken)
    assert phone._client.get("/result", base_url=LOCAL).status_code == 500

    secrets = {"token": link.token, "cookie": max(cookies.values(), key=len)}
    search = listening.search(secrets)
    assert search.hits == []
    assert "urgency" not in listening.watched.text, "results are not counted by what they say"


def test_staff_leave_nothing(
    listen: Listen, clinic_app: Flask, staff: Staff, practice: Practice,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    listening = listen(clinic_app, practice)
    session, clinic = staff.session_cookie or "", staff.who.clinic.id
    mail = f"{TYPED['mail']}@example.org"
    asked = {"name": TYPED["name"], "email": mail, "days": "7", "note": TYPED["note"]}
    assert staff.post("/clinic/invitations/new", asked).status in (200, 303)
    staff.get(f"/clinic/inbox?q={TYPED['search']}&name={TYPED['search']}")
    staff.post("/clinic/search", {"q": TYPED["search"], "name": TYPED["search"]})
    staff.post(
        "/clinic/settings/questions/new",
        {"words": TYPED["question"], "kind": "one", "options": f"{TYPED['option']}\nNo"},
    )
    staff.post("/clinic/account", {"name": TYPED["clinic"], "password": TYPED["password"]})

    def away(*_: object, **__: object) -> None:
        raise Unavailable("the database does not answer")

    with monkeypatch.context() as patch:
        patch.setattr("assessment.practice.responses.inbox.Inbox.unread_urgent", away)
        staff._client.get("/clinic/account", base_url=LOCAL)
    staff.post("/clinic/sign-out")
    other = Staff(clinic_app, practice, mail)
    other.sign_in(password=TYPED["password"])

    assert listening.search({"session": session, "id": clinic}).hits == []
