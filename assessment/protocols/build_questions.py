"""Questions built from their tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from assessment.engine.lines import NO_LABEL, YES_LABEL, lines_of
from assessment.engine.questions import (
    MOST_OPTIONS,
    NO,
    RESERVED_OPTIONS,
    YES,
    Kind,
    Option,
    Question,
    Safety,
    Side,
    Worse,
)
from assessment.engine.text import Text
from assessment.protocols.beyond_keys import NEEDED, ONLY_FOR
from assessment.protocols.conditions import WORDS, ConditionReader
from assessment.protocols.diagnostics import Code, Report
from assessment.protocols.fields import Fields, as_text, records
from assessment.protocols.nodes import Scalar, Value
from assessment.protocols.texts import Catalogue

NONE_LABEL = Text("None of these")
NOT_SURE_LABEL = Text("Not sure")


class QuestionBuilder:
    """Builds the questions of one protocol.

    `cite` reports evidence that no source list has.
    """

    def __init__(
        self, catalogue: Catalogue, report: Report, cite: Callable[[Fields], tuple[str, ...]]
    ) -> None:
        self._catalogue = catalogue
        self._report = report
        self._cite = cite
        self.broken: set[str] = set()
        """Questions that could not be built."""

    def build(self, tree: Value | None, findings: frozenset[str]) -> tuple[Question, ...]:
        """Return the questions in their order; conditions may name earlier ones only."""
        questions: dict[str, Question] = {}
        every = {fields.words("id") for fields in records(tree)}
        for fields in records(tree):
            question_id = fields.words("id")
            if question_id in questions:
                self._twice(fields, question_id)
                continue
            if question_id in WORDS:
                self._reserved(
                    fields,
                    question_id,
                    "all, any, not, count and finding are words of the language",
                )
            later = every - questions.keys()
            reader = ConditionReader(questions, findings, self._report, later, self.broken)
            question = self._question(fields, question_id, reader)
            if question is None:
                self.broken.add(question_id)
            else:
                questions[question_id] = question
                questions |= {line.id: line for line in self._lines(question, fields)}
        return tuple(questions.values())

    def _question(
        self, fields: Fields, question_id: str, reader: ConditionReader
    ) -> Question | None:
        kind_name = fields.words("type")
        if not question_id or kind_name not in set(Kind):
            return None
        kind = Kind(kind_name)
        self._check_keys(fields, kind)
        text, owner = self._catalogue, f"question.{question_id}"
        options = self._options(fields, kind, owner)
        condition = fields.get("enable_when")
        locked = any(option.safety is not None for option in options)
        return Question(
            id=question_id,
            kind=kind,
            ask=text.one(fields, "ask", owner, locked=locked),
            short=text.one(fields, "short", owner),
            why=text.maybe(fields, "why", owner),
            hint=text.maybe(fields, "hint", owner, locked=locked),
            options=options,
            ordered=fields.flag("ordered"),
            none_label=self._label(fields, "none", owner, NONE_LABEL),
            not_sure_label=self._label(fields, "not_sure", owner, NOT_SURE_LABEL),
            minimum=0 if kind is Kind.SCALE else fields.number("minimum"),
            maximum=10 if kind is Kind.SCALE else fields.number("maximum"),
            low_label=text.maybe(fields, "low", owner),
            high_label=text.maybe(fields, "high", owner),
            unit=text.maybe(fields, "unit", owner),
            worse=Worse(fields.words("worse")) if fields.words("worse") in set(Worse) else None,
            enable_when=None if condition is None else reader.read(condition),
            evidence=self._cite(fields),
            private=fields.flag("private"),
            optional=fields.flag("optional"),
            clarify=fields.flag("clarify"),
            lasts=fields.flag("lasts"),
            section=fields.words("section") or None,
        )

    def _lines(self, question: Question, fields: Fields) -> Iterator[Question]:
        if question.clarify:
            owner, take = f"question.{question.id}", self._catalogue.take
            places = {"text": fields.place}
            yes = take(f"{owner}.{YES}", YES_LABEL, places)
            no = take(f"{owner}.{NO}", NO_LABEL, places)
            yield from lines_of(question, yes, no)

    def _check_keys(self, fields: Fields, kind: Kind) -> None:
        for key, _ in fields:
            allowed = ONLY_FOR.get(key.text)
            if allowed is not None and kind not in allowed:
                self._report.add(
                    key.place,
                    Code.KEY_NOT_FOR_TYPE,
                    f"`{key.text}` on a {kind} question",
                    f"it only on {', '.join(allowed)}",
                )
        for key_name in NEEDED.get(kind, ()):
            if fields.get(key_name) is None:
                self._report.add(
                    fields.place, Code.MISSING_KEY, f"no `{key_name}`", f"`{key_name}: ...`"
                )
        low, high = fields.number("minimum"), fields.number("maximum")
        if low is not None and high is not None and low >= high:
            self._report.add(
                fields.place_of("maximum"), Code.OUT_OF_RANGE, f"`{high}`", f"more than {low}"
            )
        if fields.flag("clarify") and fields.get("not_sure") is None:
            self._report.add(
                fields.place_of_key("clarify"),
                Code.KEY_NOT_FOR_TYPE,
                "`clarify` without “not sure”",
                "`not_sure: true` beside it",
            )
        if fields.words("worse") and kind is Kind.CHOICE and not fields.flag("ordered"):
            self._report.add(
                fields.place_of_key("worse"),
                Code.KEY_NOT_FOR_TYPE,
                "`worse` on options without order",
                "`ordered: true` beside it",
            )

    def _options(self, fields: Fields, kind: Kind, owner: str) -> tuple[Option, ...]:
        options: dict[str, Option] = {}
        for option in fields.records("options"):
            option_id = option.words("id")
            if option_id in options:
                self._twice(option, option_id)
            elif option_id in RESERVED_OPTIONS:
                self._reserved(
                    option, option_id, "`none: true` or `not_sure: true` on the question"
                )
            elif option_id:
                options[option_id] = self._option(option, kind, f"{owner}.option.{option_id}")
        if kind is not Kind.AREAS and len(options) > MOST_OPTIONS:
            self._report.add(
                fields.place_of("options"),
                Code.TOO_MANY_OPTIONS,
                f"{len(options)} options",
                f"at most {MOST_OPTIONS}; ask in two questions",
            )
        return tuple(options.values())

    def _option(self, fields: Fields, kind: Kind, owner: str) -> Option:
        safety, side = fields.words("safety"), fields.words("side")
        if kind is Kind.AREAS and not side:
            self._report.add(
                fields.place, Code.MISSING_KEY, "no `side`", "`side: front` or `side: back`"
            )
        if kind is not Kind.AREAS and side:
            self._report.add(
                fields.place_of_key("side"),
                Code.KEY_NOT_FOR_TYPE,
                f"`side` on a {kind} question",
                "it only on areas",
            )
        locked = bool(safety)
        return Option(
            id=fields.words("id"),
            label=self._catalogue.one(fields, "label", owner, locked=locked),
            hint=self._catalogue.maybe(fields, "hint", owner, locked=locked),
            ask=self._catalogue.maybe(fields, "ask", owner, locked=locked),
            says=self._catalogue.maybe(fields, "says", owner),
            safety=Safety(safety) if safety in set(Safety) else None,
            evidence=self._cite(fields),
            informs=fields.words("informs") == "therapist",
            side=Side(side) if side in set(Side) else None,
        )

    def _label(self, fields: Fields, key: str, owner: str, usual: Text) -> Text | None:
        value = fields.get(key)
        if value is None or (isinstance(value, Scalar) and value.text == "false"):
            return None
        text = usual if isinstance(value, Scalar) and value.text == "true" else as_text(value)
        places = self._catalogue.places_of(value, value.place)
        return self._catalogue.take(f"{owner}.{key}", text, places)

    def _twice(self, fields: Fields, name: str) -> None:
        self._report.add(
            fields.place_of("id"), Code.DUPLICATE_ID, f"`{name}` again", "each id once"
        )

    def _reserved(self, fields: Fields, name: str, expected: str) -> None:
        self._report.add(
            fields.place_of("id"), Code.RESERVED_ID, f"`{name}`", f"another id ({expected})"
        )
