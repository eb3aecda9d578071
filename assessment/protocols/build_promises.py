"""Safety promises from their tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from assessment.engine.protocol import Limit, Promise, Sign
from assessment.engine.questions import NOT_SURE, Question
from assessment.protocols.build_rules import RuleBuilder
from assessment.protocols.diagnostics import Code, Report
from assessment.protocols.fields import Fields, is_new, recommend_at, records
from assessment.protocols.nodes import Scalar, Value
from assessment.protocols.read_places import read_places
from assessment.protocols.texts import Catalogue


class PromiseBuilder:
    """Builds the promises over these questions; `rules` reads their conditions."""

    def __init__(
        self,
        questions: Mapping[str, Question],
        rules: RuleBuilder,
        catalogue: Catalogue,
        report: Report,
        cite: Callable[[Fields], tuple[str, ...]],
    ) -> None:
        self._questions = questions
        self._rules = rules
        self._catalogue = catalogue
        self._report = report
        self._cite = cite

    def build(self, tree: Value | None) -> tuple[Promise, ...]:
        """Return the safety promises."""
        built: dict[str, Promise] = {}
        for fields in records(tree):
            if is_new(fields, built, self._report):
                built[fields.words("id")] = self._promise(fields)
        return tuple(built.values())

    def _promise(self, fields: Fields) -> Promise:
        name = fields.words("id")
        then = Fields(fields.get("then"), fields.place)
        if fields.get("then") is not None and not list(then):
            self._report.add(
                then.place,
                Code.MISSING_KEY,
                "a promise of nothing",
                "`urgency_at_least: ...`, `pressure_at_most: ...` or `limits: ...`",
            )
        limits = then.one_or_more("limits")
        if then.get("places") is not None and not limits:
            self._report.add(
                then.place_of_key("places"),
                Code.MISSING_KEY,
                "`places` without `limits`",
                "`limits: ...`, what a precaution says of these places",
            )
        urgency = recommend_at(then, "urgency_at_least")
        pressure = then.number("pressure_at_most")
        return Promise(
            id=name,
            promise=self._catalogue.one(fields, "promise", f"promise.{name}"),
            when=self._rules.when(fields),
            urgency_at_least=0 if urgency is None else urgency.urgency,
            pressure_at_most=2 if pressure is None else pressure,
            evidence=self._cite(fields),
            asked=tuple(self._signs(fields)),
            limits=tuple(Limit(item.text) for item in limits if item.text in set(Limit)),
            places=read_places(then, self._questions, self._report),
        )

    def _signs(self, fields: Fields) -> Iterator[Sign]:
        for item in fields.scalars("asked"):
            name, _, option = item.text.partition(".")
            question = self._questions.get(name)
            if question is not None:
                yield from self._sign(item, question, option)
            elif name not in self._rules.broken:
                known = self._questions
                self._report.unknown(item.place, Code.UNKNOWN_QUESTION, name, "a question", known)

    def _sign(self, item: Scalar, question: Question, option: str) -> Iterator[Sign]:
        known = [*(each.id for each in question.options), *([NOT_SURE] * question.offers_not_sure)]
        if option and option not in known:
            names = [f"{question.id}.{each}" for each in known]
            self._report.unknown(item.place, Code.UNKNOWN_OPTION, item.text, "one of these", names)
        elif question.optional:
            found, expected = f"`{question.id}`, which is optional", "one that is asked on the way"
            self._report.add(item.place, Code.BAD_VALUE, found, expected)
        else:
            yield Sign(question.id, option)
