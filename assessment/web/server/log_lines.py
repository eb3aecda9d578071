"""How a line of the log is written: to be read by people, or as one JSON object."""

from __future__ import annotations

import datetime
import json
import logging
from typing import Literal

from assessment.web.server.reference import reference_at_hand

LogFormat = Literal["text", "json"]
TIME = "%Y-%m-%d %H:%M:%S%z"
"""How a line's time is written for people: the machine's own, with its zone."""

OF_A_REQUEST = ("reference", "method", "route", "status", "milliseconds")
"""What a line may say beside its time, its level and what happened; nothing else is written."""


class TextLines(logging.Formatter):
    """Lines for people; one about a request ends with its reference."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(message)s", TIME)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line. An error that is handed over is left out: its message may hold words."""
        line = f"{self.formatTime(record, TIME)} {record.getMessage()}"
        reference = reference_at_hand()
        return line if reference is None else f"{line} [{reference}]"


class JsonLines(logging.Formatter):
    """One JSON object a line, with the keys of `OF_A_REQUEST` and no others."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return _as_json(
            record.created,
            record.levelname.lower(),
            record.getMessage(),
            {"reference": reference_at_hand(), **_named(record)},
        )


def lines_in(how: LogFormat) -> logging.Formatter:
    """Return what writes lines in this format."""
    return JsonLines() if how == "json" else TextLines()


def said(line: str, how: LogFormat) -> str:
    """Return what the program says at its start, as a line of the log where that is JSON."""
    now = datetime.datetime.now(datetime.UTC).timestamp()
    return _as_json(now, "info", line, {}) if how == "json" else line


def _named(record: logging.LogRecord) -> dict[str, object]:
    given = vars(record)
    return {name: given[name] for name in OF_A_REQUEST if name in given}


def _as_json(at: float, level: str, event: str, more: dict[str, object]) -> str:
    time = datetime.datetime.fromtimestamp(at).astimezone().isoformat(timespec="milliseconds")
    told = {name: value for name, value in more.items() if value is not None}
    return json.dumps({"time": time, "level": level, "event": event, **told}, ensure_ascii=True)
