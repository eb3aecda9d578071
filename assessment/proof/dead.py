"""Nothing dead: every part of a protocol can make a difference for somebody."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from assessment.engine.conditions import Condition, FindingRef, parts_of
from assessment.engine.places import required
from assessment.engine.protocol import Protocol, Recommend
from assessment.proof.report import Code, Failure
from assessment.proof.workbench import Claim, Workbench

ALWAYS_THERE = frozenset({Recommend.EMERGENCY, Recommend.MEDICAL_CLEARANCE_FIRST})
"""The recommendations that every protocol must have, whether it gives them or not."""


def reachable(bench: Workbench) -> Iterator[Claim]:
    """Yield what some answer set must make true, each as the fault that it never does."""
    yield from _rules(bench)
    yield from _notes(bench)
    for question in bench.protocol.questions:
        # A line is asked where its list can be.
        if question.id in bench.sheet.domains and question.line is None:
            asked = (bench.sheet.domains[question.id].asked, -bench.sheet.emergency)
            says = f"“{question.short.text}” is never asked, but after an emergency at most."
            literal = bench.circuit.conj(asked)
            yield Claim(Code.QUESTION_NEVER_ASKED, question.id, says, literal)
    for recommend in bench.protocol.advice:
        if recommend not in ALWAYS_THERE:
            says = f"No answers lead to {recommend.id}."
            given = bench.sheet.wins[recommend]
            yield Claim(Code.RECOMMENDATION_NEVER_GIVEN, recommend.id, says, given)


def unused_findings(protocol: Protocol) -> list[Failure]:
    """Return the findings that nothing reads."""
    used = set(_named(protocol, _readers(protocol)))
    return [
        Failure(
            Code.FINDING_UNUSED,
            finding.id,
            f"No rule, precaution, support, promise or question reads “{finding.says.text}”.",
        )
        for finding in protocol.findings
        if finding.id not in used
    ]


def _rules(bench: Workbench) -> Iterator[Claim]:
    for rule, fires in zip(bench.protocol.rules, bench.sheet.fires, strict=True):
        says = f"The condition of rule {rule.id} is never yes."
        yield Claim(Code.RULE_NEVER_FIRES, rule.id, says, fires.yes)


def counting(bench: Workbench, silent: Collection[str]) -> Iterator[Claim]:
    """Yield the rules that some answer set must make count, but for those that never fire."""
    for rule, fires in zip(bench.protocol.rules, bench.sheet.fires, strict=True):
        if rule.id not in silent:
            says = f"Rule {rule.id} never counts: what its recommendation requires rules it out."
            counts = bench.circuit.disj((fires.counts, fires.unsure))
            yield Claim(Code.RULE_NEVER_COUNTS, rule.id, says, counts)


def _notes(bench: Workbench) -> Iterator[Claim]:
    protocol, meanings, literal = bench.protocol, bench.meanings, bench.sheet.literal
    for precaution, meaning in zip(protocol.precautions, meanings.precautions, strict=True):
        says = f"Precaution {precaution.id} never applies."
        yield Claim(Code.PRECAUTION_NEVER_APPLIES, precaution.id, says, literal(meaning.surely))
    for support, expr in zip(protocol.support, meanings.support, strict=True):
        says = f"Support {support.id} is never shown."
        yield Claim(Code.SUPPORT_NEVER_SHOWN, support.id, says, literal(expr))
    for finding in protocol.findings:
        says = f"“{finding.says.text}” never holds."
        holds = literal(meanings.findings[finding.id].surely)
        yield Claim(Code.FINDING_NEVER_HOLDS, finding.id, says, holds)


def _readers(protocol: Protocol) -> Iterator[Condition]:
    """Yield every condition that is not a finding's own."""
    yield from (rule.when for rule in protocol.rules)
    yield from (precaution.when for precaution in protocol.precautions)
    yield from (support.when for support in protocol.support)
    yield from (promise.when for promise in protocol.promises)
    for question in protocol.questions:
        if question.enable_when is not None:
            yield question.enable_when
    for recommend in protocol.advice:
        if (condition := required(protocol, recommend)) is not None:
            yield condition
    if protocol.carer_when is not None:
        yield protocol.carer_when


def _named(protocol: Protocol, conditions: Iterable[Condition]) -> set[str]:
    used: set[str] = set()
    waiting = list(conditions)
    while waiting:
        condition = waiting.pop()
        if isinstance(condition, FindingRef) and condition.finding not in used:
            used.add(condition.finding)
            waiting.append(protocol.finding[condition.finding].when)
        waiting += parts_of(condition)
    return used
