"""What may be written as one word, number or text."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from assessment.protocols.diagnostics import Code, Report
from assessment.protocols.nodes import Scalar, Value, describe

Schema = dict[str, object]
_DAY = r"\d{4}-\d{2}-\d{2}"
_LONG = r"(0[13578]|1[02])-(0[1-9]|[12]\d|3[01])"
_SHORT = r"(0[469]|11)-(0[1-9]|[12]\d|30)"
_DAY_OF_SOME_YEAR = rf"\d{{4}}-({_LONG}|{_SHORT}|02-(0[1-9]|[12]\d))"
"""For editors that know no format `date`."""


def _is_boolean(value: Value, report: Report, expected: str) -> bool:
    if isinstance(value, Scalar) and isinstance(value.value, bool):
        report.add(
            value.place,
            Code.YAML_BOOLEAN,
            f"`{value.text}`, which YAML reads as true or false",
            f'{expected}; write another word, or quote it: "{value.text}"',
        )
        return True
    return False


def wrong(value: Value, report: Report, expected: str) -> None:
    """Report a value of another kind than expected."""
    if not _is_boolean(value, report, expected):
        report.add(value.place, Code.WRONG_TYPE, describe(value), expected)


@dataclass(frozen=True)
class Words:
    """Any words that are not blank."""

    what: str = "words"

    def check(self, value: Value, report: Report) -> None:
        """Report everything that is not as described."""
        if isinstance(value, Scalar) and value.comment:
            found = f"{describe(value)} and a comment, `{_begun(value.comment)}`"
            expected = "quotes around a text with ` #`, or the comment on a line of its own"
            report.add(value.place, Code.CUT_TEXT, found, expected)
        elif not isinstance(value, Scalar) or not isinstance(value.value, str) or not value.text:
            wrong(value, report, self.what)
        elif not value.text.strip():
            report.add(value.place, Code.BAD_VALUE, "blank words", self.what)

    def schema(self) -> Schema:
        """Return the same as JSON Schema."""
        return {"type": "string", "pattern": r"\S"}


@dataclass(frozen=True)
class Pattern:
    """Words of one form."""

    pattern: str
    what: str
    code: Code = Code.BAD_VALUE

    def check(self, value: Value, report: Report) -> None:
        """Report everything that is not as described."""
        if not isinstance(value, Scalar) or isinstance(value.value, bool) or value.value is None:
            wrong(value, report, self.what)
        elif not re.fullmatch(self.pattern, value.text):
            report.add(value.place, self.code, describe(value), self.what)

    def schema(self) -> Schema:
        """Return the same as JSON Schema."""
        return {"type": "string", "pattern": f"^{self.pattern}$"}


@dataclass(frozen=True)
class Day:
    """A day of the calendar, written YYYY-MM-DD."""

    what: str = "a day of the calendar such as 2026-11-23"

    def check(self, value: Value, report: Report) -> None:
        """Report everything that is not as described."""
        Pattern(_DAY, self.what).check(value, report)
        if isinstance(value, Scalar) and re.fullmatch(_DAY, value.text):
            try:
                datetime.date.fromisoformat(value.text)
            except ValueError:
                report.add(value.place, Code.BAD_VALUE, describe(value), self.what)

    def schema(self) -> Schema:
        """Return the same as JSON Schema."""
        return {"type": "string", "format": "date", "pattern": f"^{_DAY_OF_SOME_YEAR}$"}


@dataclass(frozen=True)
class Whole:
    """A whole number between two bounds."""

    low: int
    high: int

    def check(self, value: Value, report: Report) -> None:
        """Report everything that is not as described."""
        expected = f"a whole number from {self.low} to {self.high}"
        if (
            not isinstance(value, Scalar)
            or isinstance(value.value, bool)
            or not isinstance(value.value, int)
        ):
            wrong(value, report, expected)
        elif not self.low <= value.value <= self.high:
            report.add(value.place, Code.OUT_OF_RANGE, describe(value), expected)

    def schema(self) -> Schema:
        """Return the same as JSON Schema."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True)
class Flag:
    """`true` or `false`, in these words."""

    def check(self, value: Value, report: Report) -> None:
        """Report everything that is not as described."""
        if not isinstance(value, Scalar) or value.text not in ("true", "false"):
            report.add(value.place, Code.WRONG_TYPE, describe(value), "`true` or `false`")

    def schema(self) -> Schema:
        """Return the same as JSON Schema."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class OneOf:
    """One of some words."""

    words: tuple[str, ...]
    code: Code = Code.BAD_VALUE

    def check(self, value: Value, report: Report) -> None:
        """Report everything that is not as described."""
        expected = f"one of {', '.join(self.words)}"
        if not isinstance(value, Scalar) or not isinstance(value.value, str):
            wrong(value, report, expected)
        elif value.text not in self.words:
            report.unknown(value.place, self.code, value.text, "one of these", self.words)

    def schema(self) -> Schema:
        """Return the same as JSON Schema."""
        return {"enum": list(self.words)}


def _begun(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
