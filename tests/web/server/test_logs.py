"""Nothing of what people tell us is logged, and a fault fails towards care."""

from __future__ import annotations

import io
import logging

import pytest

from assessment.engine.protocol import Protocol
from assessment.web.factory import make_app
from assessment.web.server.logs import ROUTE, QuietLogger, in_places, log
from assessment.web.server.settings import read_settings
from tests.web.client import LOCAL, Client
from tests.web.conftest import KEY, Clock, MakeClient

CANARY = "zebrafinch"


def test_a_walk_logs_nothing(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client.answer(client.start().goes_to, CANARY)
    client.post("/questions/who", {"answer": CANARY})
    client.get(f"/questions/{CANARY}?{CANARY}={CANARY}")
    client.walk({"signs": "chest"})
    assert CANARY not in caplog.text
    assert "chest" not in caplog.text


def test_a_fault_fails_towards_care_and_logs_places_only(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = make_client()
    client.walk({})

    def broken(*_: object) -> None:
        try:
            int(CANARY)
        except ValueError as error:
            raise RuntimeError(CANARY) from error

    monkeypatch.setattr("assessment.screening.Screening.position", broken)
    for path in ("/result", "/check", "/questions/who", "/result.pdf"):
        response = client._client.get(path, base_url=LOCAL)
        assert response.status_code == 500
        text = response.get_data(as_text=True)
        assert "ask a doctor today" in text
        assert "112" in text
        assert "This is not a diagnosis." in text
        assert response.headers["Cache-Control"] == "no-store"
        assert CANARY not in text
    assert CANARY not in caplog.text
    assert "RuntimeError at" in caplog.text
    assert "caused by ValueError at" in caplog.text
    assert "test_logs.py:" in caplog.text


def test_a_line_that_cannot_be_written_shows_nothing_of_the_error_behind_it(
    capfd: pytest.CaptureFixture[str],
) -> None:
    closed = io.StringIO()
    closed.close()
    handler = logging.StreamHandler(closed)
    log.addHandler(handler)
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        log.error("%s", in_places(error))
    finally:
        log.removeHandler(handler)
    assert CANARY not in "".join(capfd.readouterr())


def test_flask_itself_logs_places_only(small: Protocol, caplog: pytest.LogCaptureFixture) -> None:
    app = make_app(read_settings(), small, KEY)
    with pytest.raises(KeyError) as caught:
        raise KeyError(CANARY)
    app.log_exception((caught.type, caught.value, caught.tb))
    app.log_exception((None, None, None))
    assert CANARY not in caplog.text
    assert len(caplog.messages) == 1


def test_a_request_is_logged_as_method_route_status_and_time(small: Protocol, clock: Clock) -> None:
    app = make_app(read_settings(access_log=True), small, KEY, clock)
    seen: list[object] = []
    inside = app.wsgi_app

    def watch(environ: dict[str, object], start: object) -> object:
        body = inside(environ, start)  # type: ignore[arg-type]  # passed on as it comes
        seen.append(environ.get(ROUTE))
        return body

    app.wsgi_app = watch  # type: ignore[method-assign, assignment]  # as Flask documents it
    client = Client(app)
    client.get(f"/questions/{CANARY}")
    client.get(f"/{CANARY}")
    assert seen == ["/questions/<question_id>", None]


class Written(QuietLogger):
    """A log that keeps what would be written."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.access_log = self.error_log = logging.getLogger("tests.written")
        self._access_log_enabled = True


def test_gunicorn_logs_no_address_and_no_query(caplog: pytest.LogCaptureFixture) -> None:
    import datetime

    caplog.set_level(logging.DEBUG)
    log = Written()

    class Answer:
        status = "303 SEE OTHER"

    environ: dict[str, object] = {
        "REQUEST_METHOD": "POST",
        ROUTE: "/questions/<question_id>",
        "QUERY_STRING": CANARY,
        "REMOTE_ADDR": "9.9.9.9",
        "RAW_URI": f"/questions/{CANARY}",
    }
    log.access(Answer(), None, environ, datetime.timedelta(milliseconds=3.2))
    assert caplog.messages == ["POST /questions/<question_id> 303 3 ms"]
    caplog.clear()
    made_up = {**environ, "REQUEST_METHOD": CANARY.upper()}
    log.access(Answer(), None, made_up, datetime.timedelta(milliseconds=3.2))
    assert caplog.messages == ["other /questions/<question_id> 303 3 ms"]
    caplog.clear()
    log._access_log_enabled = False
    log.access(Answer(), None, environ, datetime.timedelta(milliseconds=3.2))
    log.warning("Invalid request from ip=9.9.9.9: zebrafinch")
    assert caplog.messages == []
    log.warning("Worker %s is slow", "1")
    try:
        raise KeyError(CANARY)
    except KeyError:
        log.exception("Error handling request /%s", CANARY)
    assert caplog.messages[0] == "Worker 1 is slow"
    assert CANARY not in caplog.text


def test_an_error_without_frames_still_has_its_type() -> None:
    assert in_places(KeyError(CANARY)).strip() == "KeyError at"
