"""`population.yaml`: the facts about persons, with every fault at its place."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

from assessment.measure.conditions import FactConditions
from assessment.measure.facts import Among, Behaviour, Budget, Fact, Group, Population, Shares
from assessment.protocols.diagnostics import BrokenProtocol, Code, Place, Report
from assessment.protocols.fields import Fields, is_new
from assessment.protocols.files import ID, record
from assessment.protocols.nodes import Entries, Items, Scalar, Value, read_yaml
from assessment.protocols.scalars import OneOf, Pattern, Whole, Words
from assessment.protocols.shape import Elsewhere, ListOf, MapOf, Shape

FILE = "population.yaml"
EVERYBODY = 100.0
PERCENT = Pattern(r"(100|\d{1,2})(\.\d+)?", "percent, from 0 to 100")
_DRAWN = ("one_of", "number", "percent")
FACT = record(
    {"id": ID, "group": OneOf(tuple(Group))},
    {
        **{name: Elsewhere("shares") for name in _DRAWN},
        "source": Words(),
        "because": Words(),
        "judgement": Words(),
    },
)
BUDGET = record(
    {"of": OneOf(tuple(Among)), "urgency_at_least": Whole(1, 3), "at_most_percent": PERCENT}
)
BEHAVIOUR = record(
    {
        "slip_percent_per_line": PERCENT,
        "slip_because": Words(),
        "not_sure_percent": MapOf(ID, PERCENT),
        "not_sure_because": Words(),
    }
)
POPULATION: Shape = record(
    {
        "persons": Whole(1, 1_000_000),
        "seed": Whole(0, 2_000_000_000),
        "budgets": ListOf(BUDGET, at_least=1),
        "facts": ListOf(FACT, at_least=1),
        "behaviour": BEHAVIOUR,
    }
)


def read_population(file: Path) -> Population:
    """Return the population of a file.

    Raises BrokenProtocol with every fault, ValueError when it cannot be read at all.
    """
    report = Report()
    tree = read_file(file, POPULATION, report)
    if report.diagnostics:
        raise BrokenProtocol(report.diagnostics)
    fields = Fields(tree, Place(file.name))
    facts = _Facts(report).read(fields)
    behaviour = Fields(fields.get("behaviour"), fields.place)
    percents = Fields(behaviour.get("not_sure_percent"), fields.place)
    found = Population(
        facts,
        Behaviour(
            float(behaviour.words("slip_percent_per_line")),
            {key.text: float(percents.words(key.text)) for key, _ in percents},
        ),
        tuple(
            Budget(
                Among(one.words("of")),
                one.number("urgency_at_least") or 0,
                float(one.words("at_most_percent")),
            )
            for one in fields.records("budgets")
        ),
        fields.number("persons") or 0,
        fields.number("seed") or 0,
    )
    if report.diagnostics:
        raise BrokenProtocol(report.diagnostics)
    return found


def read_file(file: Path, shape: Shape, report: Report) -> Value | None:
    """Return the checked tree of a file.

    Raises ValueError when it cannot be read at all.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValueError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{file} is not text in UTF-8") from None
    tree = read_yaml(text, file.name, report)
    if tree is not None:
        shape.check(tree, report)
    return tree


class _Facts:
    """Reads facts one after another: each may depend on those before it."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._facts: dict[str, Fact] = {}

    def read(self, fields: Fields) -> tuple[Fact, ...]:
        for one in fields.records("facts"):
            if is_new(one, self._facts, self._report):
                self._argued(one)
                self._facts[one.words("id")] = self._fact(one)
        return tuple(self._facts.values())

    def _argued(self, one: Fields) -> None:
        """Report a rate that nobody argues for."""
        argued = one.words("judgement") or (one.words("source") and one.words("because"))
        if not argued:
            expected = "`judgement: ...`, or `source: ...` and `because: ...`"
            self._report.add(one.place, Code.NO_REASON, "a rate without a reason", expected)

    def _fact(self, one: Fields) -> Fact:
        drawn = [name for name in _DRAWN if one.get(name) is not None]
        if len(drawn) != 1:
            found = " and ".join(drawn) or "none"
            self._report.add(one.place, Code.WRONG_TYPE, found, f"one of {', '.join(_DRAWN)}")
            return Fact(one.words("id"), Group(one.words("group")), (), None, False)
        [kind] = drawn
        value = one.get(kind)
        rows = tuple(self._rows(kind, value)) if value is not None else ()
        if rows and rows[-1].when is not None:
            self._report.add(one.place, Code.BAD_VALUE, "`when` in the last row", "a row for all")
        words = {str(each) for row in rows for each in row.values} if kind == "one_of" else None
        return Fact(
            one.words("id"),
            Group(one.words("group")),
            rows,
            None if words is None else frozenset(words),
            kind == "number",
        )

    def _rows(self, kind: str, value: Value) -> Iterator[Shares]:
        key = "is" if kind == "percent" else "shares"
        if not isinstance(value, Items):
            yield self._row(kind, None, value)
            return
        for item in value.items:
            row = Fields(item, value.place)
            shares = row.get(key)
            if shares is None or not {name.text for name, _ in row} <= {"when", key}:
                self._report.add(row.place, Code.MISSING_KEY, "another row", f"{{when, {key}}}")
                continue
            yield self._row(kind, row.get("when"), shares)

    def _row(self, kind: str, when: Value | None, shares: Value) -> Shares:
        holds = None if when is None else FactConditions(self._facts, self._report).read(when)
        if kind == "percent":
            PERCENT.check(shares, self._report)
            percent = float(shares.text) if isinstance(shares, Scalar) else 0.0
            return Shares(holds, (True, False), (percent, EVERYBODY))
        MapOf(_NAMES[kind], PERCENT).check(shares, self._report)
        entries = shares.entries if isinstance(shares, Entries) else ()
        parts = [float(part.text) for _, part in entries if isinstance(part, Scalar)]
        if abs(sum(parts) - EVERYBODY) > _ROUNDING:
            self._report.add(
                shares.place, Code.OUT_OF_RANGE, f"{sum(parts):g} percent together", "100"
            )
        values = tuple(_number(name.text) if kind == "number" else name.text for name, _ in entries)
        return Shares(holds, values, tuple(itertools.accumulate(parts)))


_ROUNDING = 1e-6
_NAMES = {"one_of": ID, "number": Pattern(r"\d+(-\d+)?", "a whole number, or a range such as 1-9")}


def _number(words: str) -> int | range:
    low, _, high = words.partition("-")
    return range(int(low), int(high) + 1) if high else int(low)
