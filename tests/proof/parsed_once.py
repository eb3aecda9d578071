"""Changed copies of a protocol, of which only the file that was changed is parsed anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from assessment.protocols.diagnostics import Report
from assessment.protocols.nodes import Value, read_yaml


@contextmanager
def parsed_once() -> Iterator[None]:
    """While this is entered, no file of the same text is parsed twice."""
    parsed: dict[tuple[str, str], Value | None] = {}

    def once(text: str, name: str, report: Report) -> Value | None:
        if (name, text) not in parsed:
            found = Report()
            parsed[name, text] = read_yaml(text, name, found)
            if found.diagnostics:
                del parsed[name, text]
                return read_yaml(text, name, report)
        return parsed[name, text]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assessment.protocols.folder.read_yaml", once)
        yield
