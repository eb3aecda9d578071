"""Conditions over the facts of a person, read from YAML.

They are written like the conditions of the rules, over facts in place of questions. A fact is
known or it is not there: nobody is unsure of it, so there are two values and not three.
"""

from __future__ import annotations

from collections.abc import Mapping

from assessment.measure.facts import Fact, Holds, Person
from assessment.protocols.diagnostics import Code, Report
from assessment.protocols.nodes import Entries, Items, Scalar, Value, describe

JOINING = ("all", "any", "not")
HAS = "has"
"""Any of a list of facts that are true or not."""


class FactConditions:
    """Reads conditions over these facts; what is wrong is reported, and holds of nobody."""

    def __init__(self, facts: Mapping[str, Fact], report: Report) -> None:
        self._facts = facts
        self._report = report

    def read(self, value: Value) -> Holds:
        """Return whether the condition holds of a person."""
        if not isinstance(value, Entries) or not value.entries:
            return self._wrong(value, "a mapping of facts to values")
        joining = [key for key, _ in value.entries if key.text in JOINING]
        if joining and len(value.entries) > 1:
            return self._wrong(joining[0], "all, any or not alone; put the parts under `all`")
        if joining:
            return self._joined(joining[0].text, value.entries[0][1])
        return _every(tuple(self._test(key, inner) for key, inner in value.entries))

    def _joined(self, word: str, value: Value) -> Holds:
        if word == "not":
            part = self.read(value)
            return lambda person: not part(person)
        if not isinstance(value, Items) or not value.items:
            return self._wrong(value, "a list of conditions")
        parts = tuple(self.read(item) for item in value.items)
        return _every(parts) if word == "all" else _some(parts)

    def _test(self, key: Scalar, value: Value) -> Holds:
        if key.text == HAS:
            return self._has(value)
        fact = self._facts.get(key.text)
        if fact is None:
            self._report.unknown(key.place, Code.BAD_VALUE, key.text, "a fact", self._facts)
            return _nobody
        if fact.is_number:
            return self._number(fact.id, value)
        if fact.values is None:
            return self._flag(fact.id, value)
        return self._words(fact, value)

    def _has(self, value: Value) -> Holds:
        named = [value] if isinstance(value, Scalar) else getattr(value, "items", ())
        flags = [name for name, fact in self._facts.items() if _is_flag(fact)]
        for item in named:
            if not isinstance(item, Scalar):
                return self._wrong(item, "the id of a fact")
            if item.text not in flags:
                self._report.unknown(item.place, Code.BAD_VALUE, item.text, "true or not", flags)
                return _nobody
        ids = tuple(item.text for item in named)
        return lambda person: any(person[name] for name in ids)

    def _flag(self, name: str, value: Value) -> Holds:
        if not isinstance(value, Scalar) or not isinstance(value.value, bool):
            return self._wrong(value, "`true` or `false`")
        wanted = value.value
        return lambda person: person[name] is wanted

    def _words(self, fact: Fact, value: Value) -> Holds:
        items = value.items if isinstance(value, Items) else (value,)
        known = fact.values or frozenset()
        for item in items:
            if not isinstance(item, Scalar):
                return self._wrong(item, "a value of the fact")
            if item.text not in known:
                self._report.unknown(item.place, Code.BAD_VALUE, item.text, "a value", known)
                return _nobody
        wanted = frozenset(item.text for item in items if isinstance(item, Scalar))
        name = fact.id
        return lambda person: person[name] in wanted

    def _number(self, name: str, value: Value) -> Holds:
        bounds = _bounds(value)
        if bounds is None:
            return self._wrong(value, "{at_least: N}, {at_most: N} or {between: [N, N]}")
        low, high = bounds
        return lambda person: low <= person[name] <= high  # type: ignore[operator]  # a number

    def _wrong(self, value: Value, expected: str) -> Holds:
        self._report.add(value.place, Code.WRONG_TYPE, describe(value), expected)
        return _nobody


def _is_flag(fact: Fact) -> bool:
    return fact.values is None and not fact.is_number


def _bounds(value: Value) -> tuple[float, float] | None:
    """Return the least and the greatest number that fit; None where none is said."""
    if not isinstance(value, Entries) or len(value.entries) != 1:
        return None
    [(key, inner)] = value.entries
    numbers = [
        item.value
        for item in (inner.items if isinstance(inner, Items) else (inner,))
        if isinstance(item, Scalar) and isinstance(item.value, int)
    ]
    match key.text, numbers:
        case "at_least", [low]:
            return low, float("inf")
        case "at_most", [high]:
            return float("-inf"), high
        case "between", [low, high]:
            return low, high
    return None


def _nobody(_: Person) -> bool:
    return False


def _every(parts: tuple[Holds, ...]) -> Holds:
    if len(parts) == 1:
        return parts[0]
    return lambda person: all(part(person) for part in parts)


def _some(parts: tuple[Holds, ...]) -> Holds:
    return lambda person: any(part(person) for part in parts)
