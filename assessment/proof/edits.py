"""What was changed of that on which a rule rests."""

from __future__ import annotations

from collections.abc import Iterator

from assessment.engine.conditions import (
    Condition,
    FindingRef,
    Operator,
    Test,
    every_test,
    parts_of,
)
from assessment.engine.places import required
from assessment.engine.protocol import Protocol, Recommend, Rule
from assessment.engine.questions import NONE
from assessment.proof.changed import Changed, Key, changed_parts

_HARMLESS = frozenset({"evidence", "informs", "section", "side", "private"})
"""What can change of a part that decides, and decides nothing."""

_NEAREST = ("rule", "finding", "recommendation", "question", "option", "precaution")
"""What a rule may rest on, the nearest first."""


class Edits:
    """The changed parts of two protocols, and which of them a rule rests on."""

    def __init__(self, old: Protocol, new: Protocol) -> None:
        self._protocols = old, new
        self._rules = [{rule.id: rule for rule in each.rules} for each in self._protocols]
        self._behind: dict[tuple[str, Recommend], tuple[str, ...]] = {}
        self._changed = {
            (one.kind, one.id): one.name for one in changed_parts(old, new) if _decides(one)
        }

    def behind(self, rule_id: str, recommend: Recommend) -> tuple[str, ...]:
        """Return the names of the changed parts behind what a rule gives.

        Where there is none, other answers count because others are asked: the rule names itself.
        """
        known = self._behind.get((rule_id, recommend))
        if known is None:
            known = self._behind[rule_id, recommend] = self._found(rule_id, recommend)
        return known

    def _found(self, rule_id: str, recommend: Recommend) -> tuple[str, ...]:
        rests: set[Key] = set()
        for protocol, rules in zip(self._protocols, self._rules, strict=True):
            rests.update(_rests_on(protocol, rules.get(rule_id), recommend))
        found = [key for key in self._changed if key in rests]
        found.sort(key=lambda key: _NEAREST.index(key[0]))
        return tuple(self._changed[key] for key in found) or (f"rule {rule_id}",)

    def findings_behind(self, rule_id: str) -> Iterator[tuple[Condition, Condition]]:
        """Yield the conditions, before and after, of changed findings that a rule names."""
        old, new = self._protocols
        named = {
            name
            for each, rules in zip(self._protocols, self._rules, strict=True)
            if rule_id in rules
            for name in _findings(rules[rule_id].when, each)
        }
        for name in sorted(named & old.finding.keys() & new.finding.keys()):
            before, after = old.finding[name].when, new.finding[name].when
            if before != after:
                yield before, after


def _decides(one: Changed) -> bool:
    decisive = [each for each in one.details if not each.is_text and each.field not in _HARMLESS]
    return one.how != "changed" or bool(decisive)


def _rests_on(protocol: Protocol, rule: Rule | None, recommend: Recommend) -> Iterator[Key]:
    if rule is not None:
        yield "rule", rule.id
    yield "recommendation", recommend.id
    advice = protocol.advice.get(recommend)
    if advice is not None and advice.places:
        yield from (("precaution", one.id) for one in protocol.precautions if one.places)
    conditions = [] if rule is None else [rule.when]
    requires = required(protocol, recommend)
    if requires is not None:
        conditions.append(requires)
    findings = {finding.id: finding.when for finding in protocol.findings}
    seen: set[str] = set()
    while conditions:
        when = conditions.pop()
        yield from (("finding", name) for name in _findings(when, protocol))
        for test in every_test(when, findings):
            yield from _answered(test, protocol)
            asks = protocol.question[test.question].enable_when
            if asks is not None and test.question not in seen:
                seen.add(test.question)
                conditions.append(asks)


def _findings(when: Condition, protocol: Protocol) -> Iterator[str]:
    """Yield the findings that a condition names, and those that they name."""
    if isinstance(when, FindingRef):
        yield when.finding
        if when.finding in protocol.finding:
            yield from _findings(protocol.finding[when.finding].when, protocol)
    for part in parts_of(when):
        yield from _findings(part, protocol)


def _answered(test: Test, protocol: Protocol) -> Iterator[Key]:
    """Yield the question of a test, and the options of it that the test reads."""
    question = protocol.question[test.question]
    reads_all = test.operator is not Operator.IS or NONE in test.operand
    yield "question", question.id
    for option in question.options:
        if reads_all or option.id in test.operand:
            yield "option", f"{question.id}.option.{option.id}"
