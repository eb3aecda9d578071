"""`cases.yaml` as text: where each case stands, and a change of its words that keeps all others."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assessment.protocols.diagnostics import Place, Report
from assessment.protocols.fields import Fields, records
from assessment.protocols.nodes import Entries, Scalar, read_yaml
from assessment.protocols.writing import write_whole

FILE = "cases.yaml"
_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Correction:
    """What a case should say instead, each where it changes: a recommendation's id, a rule's."""

    expected: str | None = None
    rule: str | None = None


class CaseFile:
    """The cases of a folder that loaded without fault.

    Raises OSError when the file cannot be read; a missing one holds no case.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        there = self._path.is_file()
        text = self._path.read_bytes().decode("utf-8") if there else ""
        self._mark = _MARK if text.startswith(_MARK) else ""
        self._text = text.removeprefix(_MARK)
        tree = read_yaml(self._text, FILE, Report())
        listed = tree.get("cases") if isinstance(tree, Entries) else tree
        self._cases = {fields.words("id"): fields for fields in records(listed)}

    def place(self, case: str) -> Place:
        """Return where the case begins."""
        fields = self._cases.get(case)
        return Place(FILE) if fields is None else fields.place_of("id")

    def corrected(self, corrections: Mapping[str, Correction]) -> str:
        """Return the text of the file with these cases corrected, and nothing else changed."""
        lines = self._text.splitlines(keepends=True)
        spans = [
            (value.place, value.text, new)
            for case, correction in corrections.items()
            for value, new in _changes(self._cases[case], correction)
        ]
        for place, old, new in sorted(spans, reverse=True):  # from the end, so that places hold
            line, start = lines[place.line - 1], place.column - 1
            end = start + len(old) + (2 if line[start] in "'\"" else 0)
            lines[place.line - 1] = line[:start] + new + line[end:]
        return "".join(lines)

    def difference(self, corrected: str) -> list[str]:
        """Return the lines of a unified diff from the file to a corrected text."""
        before, after = self._text.splitlines(), corrected.splitlines()
        name = str(self._path)
        return list(difflib.unified_diff(before, after, name, name, "now", "then", 3, ""))

    def write(self, corrected: str) -> None:
        """Write a corrected text in place of the file. Raises OSError."""
        write_whole(self._path, (self._mark + corrected).encode())


def _changes(fields: Fields, correction: Correction) -> Iterator[tuple[Scalar, str]]:
    for key, new in (("expected", correction.expected), ("rule", correction.rule)):
        value = fields.get(key)
        if new is not None and isinstance(value, Scalar):
            yield value, new
