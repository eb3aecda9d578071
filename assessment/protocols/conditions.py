"""Conditions read from YAML, with every fault reported at its place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from assessment.engine.conditions import (
    All,
    Any,
    Condition,
    Count,
    FindingRef,
    Not,
    Operand,
    Operator,
    Test,
)
from assessment.engine.operators import OPERATORS, Takes
from assessment.engine.questions import NOT_SURE, Question
from assessment.protocols.diagnostics import Code, Place, Report
from assessment.protocols.nodes import Entries, Items, Scalar, Value, describe

WORDS = ("all", "any", "not", "count", "finding")
_TESTS = tuple(operator.value for operator in Operator if operator is not Operator.IS)
_FORMS = "a mapping of question ids to answers, or one of all, any, not, count, finding"


class ConditionReader:
    """Reads conditions over these questions and findings.

    `later` names questions that come after the one whose `enable_when` is read, `broken` those
    with faults of their own, about which nothing more is said.
    """

    def __init__(
        self,
        questions: Mapping[str, Question],
        findings: Collection[str],
        report: Report,
        later: Collection[str] = (),
        broken: Collection[str] = (),
    ) -> None:
        self._broken = broken
        self._later = later
        self._questions = {name: one for name, one in questions.items() if one.line is None}
        self._findings = findings
        self._report = report
        self._forms: Mapping[str, Callable[[Value], Condition | None]] = {
            "all": lambda value: self._several(value, All),
            "any": lambda value: self._several(value, Any),
            "not": self._not,
            "count": self._count,
            "finding": self._finding,
        }

    def read(self, value: Value) -> Condition | None:
        """Return the condition, or None after reporting why there is none."""
        if not isinstance(value, Entries):
            self._report.add(value.place, Code.WRONG_TYPE, describe(value), _FORMS)
            return None
        if not value.entries:
            self._report.add(value.place, Code.EMPTY_CONDITION, "an empty condition", _FORMS)
            return None
        words = [key for key, _ in value.entries if key.text in WORDS]
        if words and len(value.entries) > 1:
            self._report.add(
                words[0].place,
                Code.MIXED_CONDITION,
                f"`{words[0].text}` beside {_names(value, words[0].text)}",
                "all, any, not, count or finding alone; put the parts under `all`",
            )
            return None
        if words:
            return self._forms[words[0].text](value.entries[0][1])
        tests = [self._question(key, inner) for key, inner in value.entries]
        found = [test for test in tests if test is not None]
        return found[0] if len(found) == 1 else All(tuple(found)) if found else None

    def _several(
        self, value: Value, make: Callable[[tuple[Condition, ...]], Condition]
    ) -> Condition | None:
        parts = self._parts(value)
        return make(parts) if parts else None

    def _parts(self, value: Value) -> tuple[Condition, ...]:
        if not isinstance(value, Items):
            self._report.add(value.place, Code.WRONG_TYPE, describe(value), "a list of conditions")
            return ()
        if not value.items:
            self._report.add(value.place, Code.EMPTY_CONDITION, "an empty list", "conditions")
        return tuple(part for item in value.items if (part := self.read(item)) is not None)

    def _not(self, value: Value) -> Condition | None:
        part = self.read(value)
        return None if part is None else Not(part)

    def _count(self, value: Value) -> Condition | None:
        expected = "`{at_least: NUMBER, of: [conditions]}`"
        if not isinstance(value, Entries) or set(value.keys) != {"at_least", "of"}:
            self._report.add(value.place, Code.WRONG_TYPE, describe(value), expected)
            return None
        number, of = value.get("at_least"), value.get("of")
        parts = self._parts(of) if of is not None else ()
        if not isinstance(number, Scalar) or not _is_number(number):
            self._report.add(
                value.place if number is None else number.place,
                Code.WRONG_TYPE,
                "nothing" if number is None else describe(number),
                "a whole number",
            )
            return None
        assert isinstance(number.value, int)  # noqa: S101  seen by _is_number
        listed = len(of.items) if isinstance(of, Items) else 0
        if listed and not 1 <= number.value <= listed:
            self._report.add(
                number.place, Code.OUT_OF_RANGE, describe(number), f"from 1 to {listed}"
            )
            return None
        return Count(number.value, parts) if parts else None

    def _finding(self, value: Value) -> Condition | None:
        if not isinstance(value, Scalar) or not isinstance(value.value, str):
            self._report.add(value.place, Code.WRONG_TYPE, describe(value), "the id of a finding")
            return None
        if value.text not in self._findings:
            self._report.unknown(
                value.place, Code.UNKNOWN_FINDING, value.text, "a finding", self._findings
            )
            return None
        return FindingRef(value.text)

    def _question(self, key: Scalar, value: Value) -> Condition | None:
        if isinstance(key.value, bool):
            self._boolean(key)
            return None
        question = self._questions.get(key.text)
        if question is None and key.text in self._broken:
            return None
        if question is None and key.text in self._later:
            self._report.add(
                key.place,
                Code.FORWARD_REFERENCE,
                f"`{key.text}`, which is asked later",
                "questions asked earlier",
            )
            return None
        if question is None:
            known = [*self._questions, *WORDS]
            self._report.unknown(key.place, Code.UNKNOWN_QUESTION, key.text, "a question", known)
            return None
        if isinstance(value, Entries):
            tests = [self._test(question, name, inner) for name, inner in value.entries]
            found = tuple(test for test in tests if test is not None)
            if not value.entries:
                self._report.add(value.place, Code.EMPTY_CONDITION, "no test", "a test")
            return found[0] if len(found) == 1 else All(found) if found else None
        return self._tested(question, Operator.IS, value, value.place)

    def _test(self, question: Question, name: Scalar, value: Value) -> Condition | None:
        if name.text not in _TESTS:
            self._report.unknown(name.place, Code.WRONG_TEST, name.text, "a test", _TESTS)
            return None
        return self._tested(question, Operator(name.text), value, name.place)

    def _tested(
        self, question: Question, operator: Operator, value: Value, place: Place
    ) -> Condition | None:
        row = OPERATORS[operator]
        if not row.fits(question):
            found, expected = f"`{operator}`", row.fits_words
            if operator is Operator.IS:
                found, expected = describe(value), "`at_least`, `at_most` or `between`"
            self._report.add(
                place, Code.WRONG_TEST, f"{found} on `{question.id}` ({question.kind})", expected
            )
            return None
        operand = self._operand(question, row.takes, value)
        return None if operand is None else Test(question.id, operator, operand)

    def _operand(self, question: Question, takes: Takes, value: Value) -> Operand | None:
        items = value.items if isinstance(value, Items) else (value,)
        wanted = {Takes.ONE_VALUE: 1, Takes.TWO_VALUES: 2}.get(takes)
        if not items or (wanted is not None and len(items) != wanted):
            self._report.add(value.place, Code.WRONG_TYPE, describe(value), takes.value)
            return None
        if question.kind.is_numeric:
            return self._numbers(question, items)
        options = [self._option(question, item) for item in items]
        known = tuple(option for option in options if option is not None)
        if len(known) != len(options):
            return None
        if wanted == 2 and question.values.index(known[0]) > question.values.index(known[1]):
            self._report.add(value.place, Code.OUT_OF_RANGE, "the higher first", takes.value)
            return None
        return known

    def _numbers(self, question: Question, items: tuple[Value, ...]) -> tuple[int, ...] | None:
        low = -100_000 if question.minimum is None else question.minimum
        high = 100_000 if question.maximum is None else question.maximum
        numbers: list[int] = []
        for item in items:
            expected = f"a whole number from {low} to {high}"
            if not isinstance(item, Scalar) or not _is_number(item):
                self._report.add(item.place, Code.WRONG_TYPE, describe(item), expected)
            elif not low <= int(item.text) <= high:
                self._report.add(item.place, Code.OUT_OF_RANGE, describe(item), expected)
            else:
                numbers.append(int(item.text))
        if len(numbers) == len(items) and numbers == sorted(numbers):
            return tuple(numbers)
        if len(numbers) == len(items):
            self._report.add(
                items[0].place, Code.OUT_OF_RANGE, "the higher first", Takes.TWO_VALUES.value
            )
        return None

    def _option(self, question: Question, value: Value) -> str | None:
        if isinstance(value, Scalar) and isinstance(value.value, bool):
            self._boolean(value)
            return None
        if not isinstance(value, Scalar):
            self._report.add(value.place, Code.WRONG_TYPE, describe(value), "an option")
            return None
        if value.text not in question.values:
            what = f"an option of `{question.id}`"
            if value.text == NOT_SURE:
                what += " (“not sure” is left to `if_unsure`)"
            self._report.unknown(
                value.place, Code.UNKNOWN_OPTION, value.text, what, question.values
            )
            return None
        return value.text

    def _boolean(self, value: Scalar) -> None:
        self._report.add(
            value.place,
            Code.YAML_BOOLEAN,
            f"`{value.text}`, which YAML reads as true or false",
            f'another word as id, or quotes: "{value.text}"',
        )


def _is_number(value: Scalar) -> bool:
    return isinstance(value.value, int) and not isinstance(value.value, bool)


def _names(value: Entries, but: str) -> str:
    return ", ".join(f"`{key}`" for key in value.keys if key != but)
