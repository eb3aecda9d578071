"""One description of YAML that gives both the errors and the JSON Schema.

A shape says what may stand at a place. `check` reports everything that is not so, `schema` tells
an editor the same. What the shapes cannot see (names that refer to other names) is checked where
the protocol is built.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol as Interface

from assessment.protocols.diagnostics import Code, Report
from assessment.protocols.nodes import Entries, Items, Scalar, Value, describe

Schema = dict[str, object]


class Shape(Interface):
    """What may stand at one place of a file."""

    def check(self, value: Value, report: Report) -> None:
        """Report everything that is not as described."""

    def schema(self) -> Schema:
        """Return the same as JSON Schema."""


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


def _wrong(value: Value, report: Report, expected: str) -> None:
    if not _is_boolean(value, report, expected):
        report.add(value.place, Code.WRONG_TYPE, describe(value), expected)


@dataclass(frozen=True)
class Words:
    """Any words that are not blank."""

    what: str = "words"

    def check(self, value: Value, report: Report) -> None:
        """Report everything that is not as described."""
        if not isinstance(value, Scalar) or not isinstance(value.value, str) or not value.text:
            _wrong(value, report, self.what)
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
            _wrong(value, report, self.what)
        elif not re.fullmatch(self.pattern, value.text):
            report.add(value.place, self.code, describe(value), self.what)

    def schema(self) -> Schema:
        """Return the same as JSON Schema."""
        return {"type": "string", "pattern": f"^{self.pattern}$"}


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
            _wrong(value, report, expected)
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
            _wrong(value, report, expected)
        elif value.text not in self.words:
            report.unknown(value.place, self.code, value.text, "one of these", self.words)

    def schema(self) -> Schema:
        """Return the same as JSON Schema."""
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class ListOf:
    """A list, with at least so many items."""

    item: Shape
    at_least: int = 0

    def check(self, value: Value, report: Report) -> None:
        """Report everything that is not as described."""
        if not isinstance(value, Items):
            _wrong(value, report, "a list")
            return
        if len(value.items) < self.at_least:
            report.add(value.place, Code.OUT_OF_RANGE, "an empty list", "at least one item")
        for item in value.items:
            self.item.check(item, report)

    def schema(self) -> Schema:
        """Return the same as JSON Schema."""
        return {"type": "array", "items": self.item.schema(), "minItems": self.at_least}


@dataclass(frozen=True)
class MapOf:
    """A mapping from words of one form to values of one shape."""

    key: Pattern
    value: Shape

    def check(self, value: Value, report: Report) -> None:
        """Report everything that is not as described."""
        if not isinstance(value, Entries):
            _wrong(value, report, "a mapping")
            return
        for key, inner in value.entries:
            self.key.check(key, report)
            self.value.check(inner, report)

    def schema(self) -> Schema:
        """Return the same as JSON Schema."""
        return {
            "type": "object",
            "patternProperties": {f"^{self.key.pattern}$": self.value.schema()},
            "additionalProperties": False,
        }


@dataclass(frozen=True)
class Record:
    """A mapping with these keys; `codes` gives a missing key a code of its own.

    Of the optional keys in `one_of` there is exactly one.
    """

    required: Mapping[str, Shape]
    optional: Mapping[str, Shape]
    codes: Mapping[str, Code]
    one_of: tuple[str, ...] = ()

    def check(self, value: Value, report: Report) -> None:
        """Report everything that is not as described."""
        if not isinstance(value, Entries):
            _wrong(value, report, f"a mapping with {', '.join(self.required)}")
            return
        known = {**self.required, **self.optional}
        for key, inner in value.entries:
            if key.text not in known:
                report.unknown(key.place, Code.UNKNOWN_KEY, key.text, "one of the keys", known)
            else:
                known[key.text].check(inner, report)
        for name in self.required:
            if value.get(name) is None:
                code = self.codes.get(name, Code.MISSING_KEY)
                report.add(value.place, code, f"no `{name}`", f"`{name}: ...`")
        self._check_one_of(value, report)

    def _check_one_of(self, value: Entries, report: Report) -> None:
        either = " or ".join(f"`{name}: ...`" for name in self.one_of)
        there = [key for key, _ in value.entries if key.text in self.one_of]
        if self.one_of and not there:
            names = " nor ".join(f"`{name}`" for name in self.one_of)
            report.add(value.place, Code.MISSING_KEY, f"neither {names}", either)
        for key in there[1:]:
            found = f"`{key.text}` beside `{there[0].text}`"
            report.add(key.place, Code.BAD_VALUE, found, f"either {either}")

    def schema(self) -> Schema:
        """Return the same as JSON Schema."""
        known = {**self.required, **self.optional}
        either = [{"required": [name]} for name in self.one_of]
        return {
            "type": "object",
            "properties": {name: shape.schema() for name, shape in known.items()},
            "required": list(self.required),
            "additionalProperties": False,
            **({"oneOf": either} if either else {}),
        }


@dataclass(frozen=True)
class Either:
    """Words, or a value of another shape: which one is seen by its form."""

    first: Shape
    when_scalar: Shape
    what: str

    def check(self, value: Value, report: Report) -> None:
        """Report everything that is not as described."""
        if isinstance(value, Items):
            _wrong(value, report, self.what)
        else:
            (self.when_scalar if isinstance(value, Scalar) else self.first).check(value, report)

    def schema(self) -> Schema:
        """Return the same as JSON Schema."""
        return {"anyOf": [self.when_scalar.schema(), self.first.schema()]}


@dataclass(frozen=True)
class FlagOr:
    """`true`, or a value of another shape."""

    other: Shape

    def check(self, value: Value, report: Report) -> None:
        """Report everything that is not as described."""
        if isinstance(value, Scalar) and isinstance(value.value, bool):
            Flag().check(value, report)
        else:
            self.other.check(value, report)

    def schema(self) -> Schema:
        """Return the same as JSON Schema."""
        return {"anyOf": [{"type": "boolean"}, self.other.schema()]}


@dataclass(frozen=True)
class Elsewhere:
    """Something that is read where it is built; editors find it under this name."""

    name: str

    def check(self, value: Value, report: Report) -> None:
        """Leave the check to whoever builds it."""

    def schema(self) -> Schema:
        """Return the same as JSON Schema."""
        return {"$ref": f"#/$defs/{self.name}"}
