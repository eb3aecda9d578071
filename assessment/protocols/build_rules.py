"""Findings, rules, precautions, support, recommendations and promises from their trees."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from assessment.engine.conditions import All, Condition, FindingRef, every_test, parts_of
from assessment.engine.protocol import (
    Advice,
    Finding,
    Limit,
    Precaution,
    Promise,
    Recommend,
    Rule,
    Support,
)
from assessment.engine.questions import Question
from assessment.protocols.conditions import ConditionReader
from assessment.protocols.diagnostics import Code, Place, Report
from assessment.protocols.fields import Fields, is_new, recommend_at, records
from assessment.protocols.nodes import Value
from assessment.protocols.texts import Catalogue

_NEVER = All(())


class RuleBuilder:
    """Builds everything that stands on the questions."""

    def __init__(
        self,
        questions: Mapping[str, Question],
        findings: Value | None,
        catalogue: Catalogue,
        report: Report,
        cite: Callable[[Fields], tuple[str, ...]],
        broken: Collection[str],
    ) -> None:
        self._questions = questions
        self._catalogue = catalogue
        self._report = report
        self._cite = cite
        tree = Fields(findings, Place("rules.yaml"))
        self._findings_tree = tree
        self._reader = ConditionReader(
            questions, [key.text for key, _ in tree], report, broken=broken
        )
        self.conditions: dict[str, Condition] = {}

    def findings(self) -> tuple[Finding, ...]:
        """Return the findings; a finding that leads back to itself is reported."""
        built = []
        for key, value in self._findings_tree:
            fields = Fields(value, key.place)
            condition = self._when(fields)
            self.conditions[key.text] = condition
            says = self._catalogue.one(fields, "says", f"finding.{key.text}")
            built.append(Finding(key.text, says, condition))
        for key, _ in self._findings_tree:
            if _reaches(key.text, key.text, self.conditions):
                self._report.add(
                    key.place,
                    Code.FINDING_CYCLE,
                    f"`{key.text}`, which names itself",
                    "findings that end in questions",
                )
                self.conditions[key.text] = _NEVER
        return tuple(built)

    def rules(self, tree: Value | None, offered: Collection[Recommend]) -> tuple[Rule, ...]:
        """Return the rules; `offered` are the recommendations that have words."""
        built: dict[str, Rule] = {}
        for fields in records(tree):
            rule_id = fields.words("id")
            recommend = recommend_at(fields, "recommend")
            if not is_new(fields, built, self._report) or recommend is None:
                continue
            if_unsure = recommend_at(fields, "if_unsure")
            for named in (recommend, if_unsure):
                if named is not None and named not in offered:
                    self._report.add(
                        fields.place_of("recommend" if named is recommend else "if_unsure"),
                        Code.UNKNOWN_RECOMMENDATION,
                        f"`{named.id}`",
                        "a recommendation that recommendations.yaml has",
                    )
            rule = Rule(
                id=rule_id,
                when=self._when(fields),
                recommend=recommend,
                because=self._catalogue.one(
                    fields, "because", f"rule.{rule_id}", locked=recommend.is_medical
                ),
                evidence=self._cite(fields),
                if_unsure=if_unsure,
            )
            self._check_unsure(rule, fields)
            built[rule_id] = rule
        return tuple(built.values())

    def _check_unsure(self, rule: Rule, fields: Fields) -> None:
        if rule.if_unsure is not None and rule.if_unsure.place < rule.recommend.place:
            self._report.add(
                fields.place_of("if_unsure"),
                Code.IF_UNSURE_TOO_HIGH,
                f"`{rule.if_unsure.id}`",
                f"`{rule.recommend.id}` or something after it in precedence",
            )
        if rule.if_unsure is not None or not rule.recommend.is_medical:
            return
        unsure = [
            test.question
            for test in every_test(rule.when, self.conditions)
            if self._questions[test.question].offers_not_sure
        ]
        if unsure:
            self._report.add(
                fields.place,
                Code.NO_IF_UNSURE,
                f"no `if_unsure`, though `{unsure[0]}` offers “not sure”",
                "`if_unsure: ...`, what an unknown answer leads to",
            )

    def precautions(self, tree: Value | None) -> tuple[Precaution, ...]:
        """Return the precautions."""
        built: dict[str, Precaution] = {}
        for fields in records(tree):
            if is_new(fields, built, self._report):
                name = fields.words("id")
                limits = [
                    Limit(item.text) for item in fields.scalars("limits") if item.text in set(Limit)
                ]
                says = self._catalogue.one(fields, "says", f"precaution.{name}")
                when = self._when(fields)
                built[name] = Precaution(name, when, tuple(limits), says, self._cite(fields))
        return tuple(built.values())

    def support(self, tree: Value | None) -> tuple[Support, ...]:
        """Return the private support lines; their words are locked."""
        built: dict[str, Support] = {}
        for fields in records(tree):
            if is_new(fields, built, self._report):
                name = fields.words("id")
                built[name] = Support(
                    name,
                    self._when(fields),
                    self._catalogue.one(fields, "headline", f"support.{name}", locked=True),
                    self._catalogue.several(fields, "lines", f"support.{name}", locked=True),
                    self._cite(fields),
                )
        return tuple(built.values())

    def advice(self, tree: Value | None, guide: Collection[str]) -> dict[Recommend, Advice]:
        """Return the words of each recommendation."""
        built: dict[Recommend, Advice] = {}
        for fields in records(tree):
            recommend = recommend_at(fields, "id")
            if recommend is None:
                continue
            if recommend in built:
                self._report.add(
                    fields.place_of("id"),
                    Code.DUPLICATE_ID,
                    f"`{recommend.id}` again",
                    "each id once",
                )
                continue
            self._check_advice(recommend, fields, guide)
            requires = fields.get("requires")
            owner, locked = f"recommendation.{recommend.id}", recommend.is_medical
            text = self._catalogue
            built[recommend] = Advice(
                recommend=recommend,
                headline=text.one(fields, "headline", owner, locked=locked),
                do_now=text.several(fields, "do_now", owner, locked=locked),
                expect=text.several(fields, "expect", owner),
                sooner=text.several(fields, "sooner", owner, locked=True),
                tell=text.several(fields, "tell", owner),
                guide=tuple(page.text for page in fields.scalars("guide")),
                requires=None if requires is None else self._reader.read(requires),
                requires_says=text.maybe(fields, "requires_says", owner),
            )
        return built

    def _check_advice(self, recommend: Recommend, fields: Fields, guide: Collection[str]) -> None:
        for page in fields.scalars("guide"):
            if page.text not in guide:
                self._report.unknown(
                    page.place, Code.UNKNOWN_GUIDE, page.text, "a page of guide/", guide
                )
        if recommend.is_medical and fields.get("requires") is not None:
            self._report.add(
                fields.place_of_key("requires"),
                Code.KEY_NOT_FOR_TYPE,
                f"`requires` on `{recommend.id}`",
                "nothing that could hold back medical care",
            )

    def promises(self, tree: Value | None) -> tuple[Promise, ...]:
        """Return the safety promises."""
        built: dict[str, Promise] = {}
        for fields in records(tree):
            if is_new(fields, built, self._report):
                name = fields.words("id")
                then = Fields(fields.get("then"), fields.place)
                if fields.get("then") is not None and not list(then):
                    self._report.add(
                        then.place,
                        Code.MISSING_KEY,
                        "a promise of nothing",
                        "`urgency_at_least: ...` or `pressure_at_most: ...`",
                    )
                urgency = recommend_at(then, "urgency_at_least")
                pressure = then.number("pressure_at_most")
                built[name] = Promise(
                    id=name,
                    promise=self._catalogue.one(fields, "promise", f"promise.{name}"),
                    when=self._when(fields),
                    urgency_at_least=0 if urgency is None else urgency.urgency,
                    pressure_at_most=2 if pressure is None else pressure,
                    evidence=self._cite(fields),
                )
        return tuple(built.values())

    def _when(self, fields: Fields) -> Condition:
        value = fields.get("when")
        condition = None if value is None else self._reader.read(value)
        return _NEVER if condition is None else condition


def _reaches(start: str, wanted: str, conditions: Mapping[str, Condition]) -> bool:
    waiting, seen = [start], set()
    while waiting:
        for named in _named(conditions.get(waiting.pop(), _NEVER)):
            if named == wanted:
                return True
            if named not in seen:
                seen.add(named)
                waiting.append(named)
    return False


def _named(condition: Condition) -> Iterator[str]:
    if isinstance(condition, FindingRef):
        yield condition.finding
    for part in parts_of(condition):
        yield from _named(part)
