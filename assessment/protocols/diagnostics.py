"""What can be wrong with a protocol: typed reports, each with its place."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Code(StrEnum):
    """Every kind of fault. `docs/diagnostics.md` has a section for each."""

    MISSING_FILE = "missing-file"
    STRAY_FILE = "stray-file"
    NOT_TEXT = "not-text"
    TOO_LARGE = "too-large"
    NOT_YAML = "not-yaml"
    CUT_TEXT = "cut-text"
    SPLIT_TEXT = "split-text"
    YAML_NUMBER = "yaml-number"
    TOO_DEEP = "too-deep"
    ALIAS = "alias"
    DUPLICATE_KEY = "duplicate-key"
    DUPLICATE_ID = "duplicate-id"
    UNKNOWN_KEY = "unknown-key"
    MISSING_KEY = "missing-key"
    WRONG_TYPE = "wrong-type"
    YAML_BOOLEAN = "yaml-boolean"
    BAD_ID = "bad-id"
    RESERVED_ID = "reserved-id"
    BAD_VALUE = "bad-value"
    OUT_OF_RANGE = "out-of-range"
    TOO_MANY_OPTIONS = "too-many-options"
    KEY_NOT_FOR_TYPE = "key-not-for-type"
    UNKNOWN_QUESTION = "unknown-question"
    UNKNOWN_OPTION = "unknown-option"
    UNKNOWN_FINDING = "unknown-finding"
    UNKNOWN_RECOMMENDATION = "unknown-recommendation"
    UNKNOWN_EVIDENCE = "unknown-evidence"
    UNKNOWN_GUIDE = "unknown-guide"
    UNKNOWN_TEXT = "unknown-text"
    EMPTY_CONDITION = "empty-condition"
    MIXED_CONDITION = "mixed-condition"
    WRONG_TEST = "wrong-test"
    FORWARD_REFERENCE = "forward-reference"
    FINDING_CYCLE = "finding-cycle"
    NO_REASON = "no-reason"
    NO_EVIDENCE = "no-evidence"
    NO_IF_UNSURE = "no-if-unsure"
    IF_UNSURE_TOO_HIGH = "if-unsure-too-high"
    IF_UNSURE_TOO_LOW = "if-unsure-too-low"
    DOES_NOT_LAST = "does-not-last"
    SIGN_NOT_PROMISED = "sign-not-promised"
    OFFERED_TO_SOME = "offered-to-some"
    EMERGENCY_WAITS = "emergency-waits"
    MISSING_LOCKED_TEXT = "missing-locked-text"
    SAFETY_TEXT = "safety-text"
    UNREVIEWED_WORDING = "unreviewed-wording"
    BAD_CASE = "bad-case"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault: where, what was found, what was expected, and the nearest name."""

    place: Place
    code: Code
    found: str
    expected: str
    nearest: str | None = None

    def __str__(self) -> str:
        near = f" Did you mean {self.nearest}?" if self.nearest else ""
        line = f"{self.place}: {self.code}: found {self.found}; expected {self.expected}.{near}"
        return "".join(char if char.isprintable() else repr(char)[1:-1] for char in line)


class BrokenProtocol(Exception):
    """A protocol that cannot be used; `str()` is the whole report, one line a fault."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(
            sorted(set(diagnostics), key=lambda one: (one.place, one.code, one.found))
        )
        count = len(self.diagnostics)
        lines = [str(diagnostic) for diagnostic in self.diagnostics]
        lines.append(f"{count} fault{'' if count == 1 else 's'}; docs/diagnostics.md explains each")
        super().__init__("\n".join(lines))


@dataclass
class Report:
    """Collects faults while a protocol is read."""

    diagnostics: list[Diagnostic] = field(default_factory=list)

    def add(
        self,
        place: Place,
        code: Code,
        found: str,
        expected: str,
        name: str = "",
        near: Iterable[str] = (),
    ) -> None:
        """Add a fault; the nearest to `name` is looked for among the names of `near`."""
        close = difflib.get_close_matches(name, list(near), n=1, cutoff=0.6)
        self.diagnostics.append(
            Diagnostic(place, code, found, expected, f"`{close[0]}`" if close else None)
        )

    def has_any_in(self, *files: str) -> bool:
        """Return whether there is a fault in one of these files: others may follow from it."""
        return any(one.place.file in files for one in self.diagnostics)

    def forget(self, code: Code) -> None:
        """Leave out every fault of a kind: it follows from another one."""
        self.diagnostics = [one for one in self.diagnostics if one.code is not code]

    def unknown(self, place: Place, code: Code, name: str, what: str, known: Iterable[str]) -> None:
        """Add a name that nothing has."""
        names = sorted(known)
        listed = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if names[12:] else "")
        self.add(place, code, f"`{name}`", f"{what}: {listed}" if names else what, name, names)
