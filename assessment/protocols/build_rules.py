"""Findings, rules, precautions and support from their trees."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from assessment.engine.conditions import All, Condition, FindingRef, every_test, parts_of
from assessment.engine.protocol import (
    Finding,
    Limit,
    Precaution,
    Recommend,
    Rule,
    Support,
)
from assessment.engine.questions import Question
from assessment.protocols.conditions import ConditionReader
from assessment.protocols.diagnostics import Code, Place, Report
from assessment.protocols.fields import Fields, is_new, recommend_at, records
from assessment.protocols.nodes import Value
from assessment.protocols.read_places import read_places
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
        self.reader = ConditionReader(
            questions, [key.text for key, _ in tree], report, broken=broken
        )
        """Reads any condition over the questions and findings."""
        self.broken = broken
        """Questions that could not be built: of these nothing more is said."""
        self.conditions: dict[str, Condition] = {}

    def findings(self) -> tuple[Finding, ...]:
        """Return the findings; a finding that leads back to itself is reported."""
        built = []
        for key, value in self._findings_tree:
            fields = Fields(value, key.place)
            condition = self.when(fields)
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
                when=self.when(fields),
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
        least = rule.recommend.if_not_sure
        if rule.if_unsure is not None and least is not None and rule.if_unsure.place > least.place:
            self._report.add(
                fields.place_of("if_unsure"),
                Code.IF_UNSURE_TOO_LOW,
                f"`{rule.if_unsure.id}`",
                f"`{least.id}` or something before it in precedence",
            )
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
                owner = f"precaution.{name}"
                # Kept versions of 1.0.0 have `says`, under which their hashes know it.
                told = "says" if fields.get("therapist") is None else "therapist"
                built[name] = Precaution(
                    id=name,
                    when=self.when(fields),
                    limits=tuple(limits),
                    therapist=self._catalogue.one(fields, told, owner),
                    evidence=self._cite(fields),
                    person=self._catalogue.maybe(fields, "person", owner),
                    places=read_places(fields, self._questions, self._report),
                )
        return tuple(built.values())

    def support(self, tree: Value | None) -> tuple[Support, ...]:
        """Return the private support lines; their words are locked."""
        built: dict[str, Support] = {}
        for fields in records(tree):
            if is_new(fields, built, self._report):
                name = fields.words("id")
                built[name] = Support(
                    name,
                    self.when(fields),
                    self._catalogue.one(fields, "headline", f"support.{name}", locked=True),
                    self._catalogue.several(fields, "lines", f"support.{name}", locked=True),
                    self._cite(fields),
                    fields.flag("alone"),
                )
        return tuple(built.values())

    def when(self, fields: Fields) -> Condition:
        """Return the condition under `when`; one that is always yes where it could not be read."""
        value = fields.get("when")
        condition = None if value is None else self.reader.read(value)
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
