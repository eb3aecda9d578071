"""What is counted, and that nothing of people is."""

from __future__ import annotations

import http.client
import logging
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from flask import Flask

from assessment.practice.figures import Figures, read_figures
from assessment.records import account_mails
from assessment.records.account_mails import AccountMail
from assessment.records.ids import new_id
from assessment.records.queues import Waiting
from assessment.records.refusals import Unavailable
from assessment.web.monitoring.labels import NO_PAGE, REFUSED
from assessment.web.monitoring.metrics import FAULTS
from assessment.web.monitoring.state import Built, State
from assessment.web.server.logs import METHODS, OTHER
from tests.web.client import LOCAL, Client
from tests.web.clinic.sent import send_to
from tests.web.clinic.staff import Staff
from tests.web.conftest import Clock
from tests.web.monitoring.conftest import Watched

BUILT = Built("1.0.0", "small", "1", "aa", "bb")


def test_a_request_is_counted_by_what_answers_it_and_never_by_its_address(
    watched: Watched, clinic_app: Flask
) -> None:
    client = Client(clinic_app)
    client.get("/questions/zebrafinch")
    client.get("/zebrafinch?zebrafinch=1")
    client._client.get("/", base_url="http://zebrafinch.example")
    client._client.open("/", method="ZEBRAFINCH", base_url=LOCAL)
    client._client.get("/api/v1/zebrafinch", base_url=LOCAL)

    count = "assessment_request_seconds_count"
    assert watched.value(count, route="walk.question", method="GET", status="4xx") == 1
    assert watched.value(count, route=NO_PAGE, method="GET", status="4xx") == 2
    assert watched.value(count, route=REFUSED, method="GET", status="4xx") == 1
    assert watched.value(count, method=OTHER) == 1
    assert watched.value(count) == 5
    assert "zebrafinch" not in watched.text.lower()


def test_every_label_is_one_of_a_closed_set(
    watched: Watched, clinic_app: Flask, staff: Staff
) -> None:
    send_to(staff)
    for path in ("/clinic/inbox", "/clinic/nothing", "/", "/api/v1/responses"):
        staff._client.get(path, base_url=LOCAL)
    endpoints = {rule.endpoint for rule in clinic_app.url_map.iter_rules()}
    routes = {one for one in watched.labels("route") if not one.startswith("api.")}
    assert routes <= endpoints | {NO_PAGE, REFUSED}
    assert watched.labels("route") - routes, "the API is counted, too"
    assert watched.labels("method") <= METHODS | {OTHER}
    assert watched.labels("status") <= {"2xx", "3xx", "4xx", "5xx"}
    assert watched.labels("kind") <= {*FAULTS.values(), OTHER, "read", "write"}
    assert watched.labels("queue") == {"client_mails", "account_mails", "webhooks"}


def test_faults_are_counted_by_kind(
    watched: Watched, clinic_app: Flask, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert watched.value("assessment_errors_total", kind="fault") == 0
    assert watched.value("assessment_errors_total", kind="away") == 0

    def away(*_: object, **__: object) -> None:
        raise Unavailable("zebrafinch")

    monkeypatch.setattr("assessment.practice.responses.inbox.Inbox.unread_urgent", away)
    staff._client.get("/clinic/account", base_url=LOCAL)
    monkeypatch.setattr("assessment.screening.Screening.position", lambda *_: 1 / 0)
    client = Client(clinic_app)
    client._client.post("/", data={"csrf_token": client.get("/").token}, base_url=LOCAL)
    client._client.get("/result", base_url=LOCAL)

    assert watched.value("assessment_errors_total", kind="away") == 1
    assert watched.value("assessment_errors_total", kind="fault") >= 1
    assert watched.value("assessment_log_lines_total", level="error") >= 2


def test_refusals_are_counted_by_why_and_what_staff_do_is_not(
    watched: Watched, staff: Staff
) -> None:
    staff.post("/clinic/sign-out")
    staff.sign_in(password="wrong kettle drifts")
    staff._client.get("/", base_url="http://evil.example")
    assert watched.labels("why") == {"sign_in_refused", "host"}
    assert watched.value("assessment_refusals_total", why="host") == 1


def test_what_is_slowed_down_is_counted(watched: Watched, staff: Staff) -> None:
    staff.post("/clinic/sign-out")
    for _ in range(6):
        staff.sign_in(password="wrong kettle drifts")
    assert watched.value("assessment_throttled_requests_total") == 1
    assert watched.value("assessment_refusals_total", why="sign_in_slowed") == 1


def test_how_a_database_is_used_is_counted(watched: Watched, staff: Staff) -> None:
    before = watched.value("assessment_database_seconds_count", kind="write")
    send_to(staff)
    assert watched.value("assessment_database_seconds_count", kind="write") > before
    assert watched.value("assessment_database_seconds_count", kind="read") > 0
    assert watched.value("assessment_database_connections") == 0, "nobody is in it now"
    with staff.practice.database.reading():
        assert watched.value("assessment_database_connections") >= 1


def test_it_says_what_is_served(watched: Watched) -> None:
    assert watched.value("assessment_build_info") == 1
    [line] = re.findall(r"^assessment_protocol_info\{(.*)\} 1\.0$", watched.text, re.MULTILINE)
    assert re.fullmatch(
        r'protocol="\w+",rules="[0-9a-f]{64}",version="[\d.]+",wording="[0-9a-f]{64}"', line
    )


def test_audit_logs_are_counted_together(watched: Watched, staff: Staff) -> None:
    before = watched.value("assessment_audit_entries")
    staff.get("/clinic/settings")
    send_to(staff)
    staff.get("/clinic/inbox")
    staff.post("/clinic/sign-out")
    assert watched.value("assessment_audit_entries") > before > 0


def test_a_queue_says_how_much_waits_what_is_due_and_how_late_it_is(
    staff: Staff, clock: Clock
) -> None:
    practice = staff.practice
    with practice.database.writing() as tx:
        account_mails.add(
            tx,
            AccountMail(
                new_id(), staff.who.clinic.id, staff.who.therapist.id, "password", "",
                int(clock.now), int(clock.now) + 60,
            ),
        )  # fmt: skip

    def mails() -> Waiting:
        [found] = [
            one
            for one in read_figures(practice.database, clock).waiting
            if one.queue == "account_mails"
        ]
        return found

    before = mails()
    assert (before.due, before.late) == (0, 0)
    clock.now += 500
    after = mails()
    assert (after.waiting, after.due, after.late) == (1, 1, 440)


@pytest.fixture
def frozen() -> Iterator[threading.Event]:
    """What a database that never answers waits for."""
    waits = threading.Event()
    yield waits
    waits.set()


def test_a_database_that_never_answers_holds_up_one_thread_and_no_look(
    frozen: threading.Event,
) -> None:
    asked: list[int] = []

    def ask() -> Figures:
        asked.append(1)
        frozen.wait(30)
        return Figures((), 0)

    state = State(BUILT, ask, patience=0.01)
    for _ in range(3):
        told = {family.name: family.samples[0].value for family in state.collect()}
        assert told["assessment_database_up"] == 0
        assert "assessment_audit_entries" not in told
    assert len(asked) == 1


def test_a_database_that_is_away_is_told_and_the_next_look_asks_again() -> None:
    answers: Iterator[Figures | Exception] = iter(
        [Unavailable("zebrafinch"), ValueError("zebrafinch"), Figures((), 7)]
    )

    def ask() -> Figures:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    state = State(BUILT, ask)
    looks = [{one.name: one.samples for one in state.collect()} for _ in range(3)]
    assert [look["assessment_database_up"][0].value for look in looks] == [0, 0, 1]
    assert looks[2]["assessment_audit_entries"][0].value == 7


def asked(port: int, path: str, method: str = "GET") -> tuple[int, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as line:
        line.request(method, path)
        answer = line.getresponse()
        return answer.status, answer.read().decode()


def test_the_port_tells_metrics_and_nothing_else(
    watched: Watched, capfd: pytest.CaptureFixture[str]
) -> None:
    status, text = asked(watched.port, "/metrics")
    assert status == 200
    assert text.startswith("# HELP assessment_")
    for path in ("/", "/zebrafinch", "/metrics?zebrafinch", "/clinic"):
        status, text = asked(watched.port, path)
        assert status == 404
        assert "zebrafinch" not in text
    assert asked(watched.port, "/metrics", "POST")[0] == 501
    with socket.create_connection(("127.0.0.1", watched.port)) as gone:
        gone.sendall(b"GET /zebrafinch")
    assert asked(watched.port, "/metrics")[0] == 200, "whoever went away keeps nobody waiting"
    assert "".join(capfd.readouterr()) == ""


def test_the_public_address_has_no_metrics(watched: Watched, clinic_app: Flask) -> None:
    assert Client(clinic_app).get("/metrics").status == 404


def test_metrics_are_not_on_the_port_of_the_pages() -> None:
    from assessment.web.server.settings import BadSettings, read_settings

    with pytest.raises(BadSettings, match="METRICS_PORT"):
        read_settings(port=9000, metrics_port=9000)
    assert read_settings().metrics_port is None
    assert read_settings(metrics_port=9464).metrics_host == "127.0.0.1"


def test_no_clinic_is_named(watched: Watched, staff: Staff) -> None:
    assert "riverside" not in watched.text.lower()
    assert staff.who.clinic.id not in watched.text


def test_a_line_of_the_log_is_counted_whatever_it_holds(watched: Watched) -> None:
    logging.getLogger("assessment").warning("%s", {"zebrafinch": 1})
    assert watched.value("assessment_log_lines_total", level="warning") == 1
    assert "zebrafinch" not in watched.text
