"""One description of YAML that gives both the errors and the JSON Schema.

A shape says what may stand at a place. `check` reports everything that is not so, `schema` tells
an editor the same. What the shapes cannot see (names that refer to other names) is checked where
the protocol is built.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol as Interface

from assessment.protocols.diagnostics import Code, Report
from assessment.protocols.nodes import Entries, Items, Scalar, Value
from assessment.protocols.scalars import Flag, Pattern, Schema, wrong


class Shape(Interface):
    """What may stand at one place of a file."""

    def check(self, value: Value, report: Report) -> None:
        """Report everything that is not as described."""

    def schema(self) -> Schema:
        """Return the same as JSON Schema."""


@dataclass(frozen=True)
class ListOf:
    """A list, with at least so many items."""

    item: Shape
    at_least: int = 0
    also: tuple[Schema, ...] = ()

    def check(self, value: Value, report: Report) -> None:
        """Report everything that is not as described."""
        if not isinstance(value, Items):
            wrong(value, report, "a list")
            return
        if len(value.items) < self.at_least:
            report.add(value.place, Code.OUT_OF_RANGE, "an empty list", "at least one item")
        for item in value.items:
            self.item.check(item, report)

    def schema(self) -> Schema:
        """Return the same as JSON Schema."""
        made: Schema = {"type": "array", "items": self.item.schema(), "minItems": self.at_least}
        return {**made, **({"allOf": list(self.also)} if self.also else {})}


@dataclass(frozen=True)
class MapOf:
    """A mapping from words of one form to values of one shape.

    `needs` are keys that an editor misses; `check` finds their lack where the mapping is built.
    """

    key: Pattern
    value: Shape
    needs: tuple[str, ...] = ()

    def check(self, value: Value, report: Report) -> None:
        """Report everything that is not as described."""
        if not isinstance(value, Entries):
            wrong(value, report, "a mapping")
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
            **({"required": list(self.needs)} if self.needs else {}),
        }


@dataclass(frozen=True)
class Record:
    """A mapping with these keys; `codes` gives a missing key a code of its own.

    Of the optional keys in `one_of` there is exactly one. `about` says to an editor what each key
    is for, and `also` what a JSON Schema can see beyond the keys; both are checked elsewhere.
    """

    required: Mapping[str, Shape]
    optional: Mapping[str, Shape]
    codes: Mapping[str, Code]
    one_of: tuple[str, ...] = ()
    about: Mapping[str, str] = field(default_factory=dict)
    also: tuple[Schema, ...] = ()

    def check(self, value: Value, report: Report) -> None:
        """Report everything that is not as described."""
        if not isinstance(value, Entries):
            wrong(value, report, f"a mapping with {', '.join(self.required)}")
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
            "properties": {name: self._described(name, shape) for name, shape in known.items()},
            "required": list(self.required),
            "additionalProperties": False,
            **({"oneOf": either} if either else {}),
            **({"allOf": list(self.also)} if self.also else {}),
        }

    def _described(self, name: str, shape: Shape) -> Schema:
        about = self.about.get(name)
        return {**({"description": about} if about else {}), **shape.schema()}


@dataclass(frozen=True)
class Either:
    """Words, or a record or a list: which one is seen by its form."""

    first: Shape
    when_scalar: Shape
    what: str

    def check(self, value: Value, report: Report) -> None:
        """Report everything that is not as described."""
        if isinstance(value, Items) and not isinstance(self.first, ListOf):
            wrong(value, report, self.what)
        else:
            (self.when_scalar if isinstance(value, Scalar) else self.first).check(value, report)

    def schema(self) -> Schema:
        """Return the same as JSON Schema."""
        return {"anyOf": [self.when_scalar.schema(), self.first.schema()]}


@dataclass(frozen=True)
class ListOr:
    """A list, or a mapping that holds it together with what is said once for all its items."""

    listed: ListOf
    mapping: Record

    def check(self, value: Value, report: Report) -> None:
        """Report everything that is not as described."""
        (self.mapping if isinstance(value, Entries) else self.listed).check(value, report)

    def schema(self) -> Schema:
        """Return the same as JSON Schema."""
        return {"anyOf": [self.listed.schema(), self.mapping.schema()]}


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
