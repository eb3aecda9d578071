"""The rows of evidence.yaml, and what cites them."""

from __future__ import annotations

from assessment.engine.protocol import Source
from assessment.protocols.diagnostics import Code, Report
from assessment.protocols.fields import Fields, is_new, records
from assessment.protocols.nodes import Value


class Evidence:
    """What may be cited; while nothing could be read, nothing is held against who cites."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._is_read = False
        self.sources: dict[str, Source] = {}
        """The rows by id."""

    def read(self, tree: Value | None) -> None:
        """Take the rows of the file, in place of those read before."""
        self.sources = {}
        for fields in records(tree):
            if is_new(fields, self.sources, self._report):
                name = fields.words("id")
                self.sources[name] = Source(name, fields.words("claim"), fields.words("source"))
        self._is_read = True

    def cite(self, fields: Fields) -> tuple[str, ...]:
        """Return the ids under `evidence`; what no row has is reported."""
        cited = fields.scalars("evidence")
        for item in cited:
            if self._is_read and item.text not in self.sources:
                what = "a row of evidence.yaml"
                self._report.unknown(
                    item.place, Code.UNKNOWN_EVIDENCE, item.text, what, self.sources
                )
        return tuple(item.text for item in cited)
