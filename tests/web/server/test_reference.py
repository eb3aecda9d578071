"""A request has a reference, which ties what somebody saw to the lines of the log."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import pytest

from assessment.engine.protocol import Protocol
from assessment.web.factory import make_app
from assessment.web.server.log_lines import JsonLines, TextLines, lines_in, said
from assessment.web.server.logs import ROUTE, QuietJsonLogger, log
from assessment.web.server.reference import HEADER, PLACE
from assessment.web.server.settings import read_settings
from tests.web.client import LOCAL, Client
from tests.web.conftest import KEY, PUBLIC, MakeClient

CANARY = "zebrafinch"
MADE = "0123456789abcdef" * 2
HEX = re.compile("[0-9a-f]{32}")


def sent_back(small: Protocol, given: str, **settings: object) -> str:
    client = make_app(read_settings(**settings), small, KEY).test_client()
    base = PUBLIC if settings else LOCAL
    return client.get("/", base_url=base, headers={HEADER: given}).headers[HEADER]


def test_every_answer_has_a_reference_of_its_own(client: Client) -> None:
    answers = [client._client.get(path, base_url=LOCAL) for path in ("/", "/", "/no-page", "/api")]
    references = [answer.headers.get_all(HEADER) for answer in answers]
    assert all(len(one) == 1 and HEX.fullmatch(one[0]) for one in references)
    assert len({one[0] for one in references}) == len(references)


def test_only_a_trusted_proxy_may_choose_it_and_only_in_one_form(small: Protocol) -> None:
    behind = {"public_url": PUBLIC, "proxy_hops": 1}
    alone = {"public_url": PUBLIC, "proxy_hops": 0}
    assert sent_back(small, MADE, **behind) == MADE
    assert sent_back(small, MADE, **alone) != MADE
    assert sent_back(small, MADE) != MADE
    for odd in (CANARY, MADE + "0", MADE.upper(), MADE[:-1] + "\N{ARABIC-INDIC DIGIT ONE}", ""):
        given = odd.encode("utf-8").decode("latin-1")
        assert HEX.fullmatch(sent_back(small, given, **behind))


def test_a_fault_of_ours_shows_the_reference_that_its_lines_have(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client()
    client.walk({})
    monkeypatch.setattr("assessment.screening.Screening.position", lambda *_: 1 / 0)
    lines = written(TextLines())
    answer = client._client.get("/result", base_url=LOCAL)
    reference = answer.headers[HEADER]
    assert answer.status_code == 500
    assert f"this reference: <code>{reference}</code>" in answer.get_data(as_text=True)
    assert lines.taken()[-1].endswith(f"[{reference}]")


def test_a_page_that_is_no_fault_of_ours_shows_none(client: Client) -> None:
    answer = client._client.get("/no-page", base_url=LOCAL)
    assert answer.status_code == 404
    assert "reference" not in answer.get_data(as_text=True)
    assert PLACE not in answer.get_data(as_text=True)


class written(logging.Handler):  # noqa: N801  reads as what it gives
    """Takes what the product logs, as it would be written, once."""

    def __init__(self, lines: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(lines)
        self._lines: list[str] = []
        log.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))

    def taken(self) -> list[str]:
        log.removeHandler(self)
        return self._lines


def record_of(message: str, **named: object) -> logging.LogRecord:
    record = logging.LogRecord("assessment", logging.WARNING, "", 0, message, (), None)
    vars(record).update(named)
    return record


def test_a_json_line_has_a_time_with_its_zone_and_no_key_that_is_not_on_the_list() -> None:
    record = record_of(
        f"one\ntwo {PLACE}", method="GET", route="/", status="200", milliseconds=3, email=CANARY
    )
    line = lines_in("json").format(record)
    told = json.loads(line)
    assert "\n" not in line
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d", told.pop("time"))
    assert told == {
        "level": "warning",
        "event": f"one\ntwo {PLACE}",
        "method": "GET",
        "route": "/",
        "status": "200",
        "milliseconds": 3,
    }


@pytest.mark.parametrize("lines", [TextLines(), JsonLines()], ids=["text", "json"])
def test_the_message_of_an_error_is_never_written(lines: logging.Formatter) -> None:
    record = record_of("it failed")
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        record.exc_info = (type(error), error, error.__traceback__)
    assert CANARY not in lines.format(record)
    assert "it failed" in lines.format(record)


def test_what_is_said_at_the_start_is_json_where_the_log_is() -> None:
    assert said("Ready", "text") == "Ready"
    assert json.loads(said("Ready", "json"))["event"] == "Ready"


def test_gunicorns_own_lines_are_json_too(tmp_path: Path) -> None:
    import datetime

    from gunicorn.config import Config

    file = tmp_path / "log"
    cfg = Config()
    cfg.set("accesslog", str(file))
    cfg.set("errorlog", str(file))
    logger = QuietJsonLogger(cfg)

    class Answer:
        status = "200 OK"

    environ: dict[str, object] = {"REQUEST_METHOD": "GET", ROUTE: "/about", "RAW_URI": f"/{CANARY}"}
    logger.access(Answer(), None, environ, datetime.timedelta(milliseconds=3.2))
    logger.warning("Worker %s is slow", "1")
    for handler in (*logger.access_log.handlers, *logger.error_log.handlers):
        handler.close()
    logger.access_log.handlers.clear()
    logger.error_log.handlers.clear()
    asked, slow = map(json.loads, file.read_text().splitlines())
    assert (asked["method"], asked["route"], asked["milliseconds"]) == ("GET", "/about", 3)
    assert slow["event"] == "Worker 1 is slow"
    assert CANARY not in file.read_text()
