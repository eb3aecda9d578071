"""Small faults that somebody could make in a protocol, one in each mutant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from assessment.engine.protocol import Advice, Finding, Precaution, Protocol, Recommend, Rule
from assessment.engine.questions import Question
from tests.proof.mutant import Fault, Mutant, listed
from tests.proof.mutant_conditions import negated_or_changed
from tests.proof.mutant_guards import guards
from tests.proof.mutant_lists import lists
from tests.proof.mutant_words import reworded


def mutants(protocol: Protocol) -> Iterator[Mutant]:
    """Yield every mutant, always in the same order; no two have the same id."""
    seen: Counter[str] = Counter()
    for mutant in _all(protocol):
        seen[mutant.id] += 1
        again = f" ({seen[mutant.id]})" if seen[mutant.id] > 1 else ""
        yield replace(mutant, id=mutant.id + again)


def lower(recommend: Recommend) -> Recommend | None:
    """Return the next recommendation in precedence; None after the last."""
    every = list(Recommend)
    return every[recommend.place + 1] if recommend is not every[-1] else None


def higher(recommend: Recommend) -> Recommend | None:
    """Return the recommendation before it in precedence; None before the first."""
    return list(Recommend)[recommend.place - 1] if recommend.place else None


def _all(protocol: Protocol) -> Iterator[Mutant]:
    for rule in protocol.rules:
        yield from _of_rule(protocol, rule)
    for finding in protocol.findings:
        yield from _of_finding(protocol, finding)
    for advice in protocol.advice.values():
        yield from _of_advice(protocol, advice)
    for question in listed(protocol):
        yield from _of_question(protocol, question)
    for precaution in protocol.precautions:
        yield from _of_precaution(protocol, precaution)
    yield from lists(protocol)
    yield from guards(protocol)
    yield from reworded(protocol)


def _of_rule(protocol: Protocol, rule: Rule) -> Iterator[Mutant]:
    def mutant(fault: Fault, words: str, *new: Rule) -> Mutant:
        place = protocol.rules.index(rule)
        rules = (*protocol.rules[:place], *new, *protocol.rules[place + 1 :])
        return Mutant(f"rule {rule.id}: {words}", fault, replace(protocol, rules=rules), (rule.id,))

    yield mutant(Fault.DROPPED, "dropped")
    for fault, words, when in negated_or_changed(rule.when, protocol.question):
        yield mutant(fault, words, replace(rule, when=when))
    less, more, unsure = lower(rule.recommend), higher(rule.recommend), rule.if_unsure
    if less is not None:
        if unsure is not None and unsure.place < less.place:
            unsure = less  # else it would not load: `if_unsure` is never above `recommend`
        lowered = replace(rule, recommend=less, if_unsure=unsure)
        yield mutant(Fault.LOWERED, f"recommends {less.id}", lowered)
    if more is not None and more in protocol.advice:
        raised = replace(rule, recommend=more)
        yield mutant(Fault.RAISED, f"recommends {more.id}", raised)
    for fault, words, other in _unsure(protocol, rule):
        yield mutant(fault, words, replace(rule, if_unsure=other))


def _unsure(protocol: Protocol, rule: Rule) -> Iterator[tuple[Fault, str, Recommend | None]]:
    """Yield every other `if_unsure` that would load, nearest steps under names of their own."""
    now = rule.if_unsure
    steps: dict[Recommend | None, Fault] = {}
    if now is not None:
        yield Fault.NO_IF_UNSURE, "no if_unsure", None
        steps = {lower(now): Fault.LOWERED, higher(now): Fault.RAISED}
    for other in Recommend:
        if other is now or other.place < rule.recommend.place or other not in protocol.advice:
            continue
        yield steps.get(other, Fault.IF_UNSURE), f"if_unsure {other.id}", other


def _of_finding(protocol: Protocol, finding: Finding) -> Iterator[Mutant]:
    place = protocol.findings.index(finding)
    for fault, words, when in negated_or_changed(finding.when, protocol.question):
        new = replace(finding, when=when)
        findings = (*protocol.findings[:place], new, *protocol.findings[place + 1 :])
        mutated = replace(protocol, findings=findings)
        yield Mutant(f"finding {finding.id}: {words}", fault, mutated, (finding.id,))


def _of_advice(protocol: Protocol, advice: Advice) -> Iterator[Mutant]:
    def mutant(fault: Fault, words: str, new: Advice) -> Mutant:
        mutated = replace(protocol, advice={**protocol.advice, advice.recommend: new})
        name = advice.recommend.id
        return Mutant(f"recommendation {name}: {words}", fault, mutated, (name,))

    if advice.requires is not None:
        yield mutant(Fault.NO_REQUIRES, "no requires", replace(advice, requires=None))
        for fault, words, requires in negated_or_changed(advice.requires, protocol.question):
            yield mutant(fault, words, replace(advice, requires=requires))
    for words, places in _fewer(advice.places):
        yield mutant(Fault.ADVICE_PLACES, words, replace(advice, places=places))


def _of_question(protocol: Protocol, question: Question) -> Iterator[Mutant]:
    if question.enable_when is None:
        return
    place = protocol.questions.index(question)
    for fault, words, enable_when in negated_or_changed(question.enable_when, protocol.question):
        new = replace(question, enable_when=enable_when)
        questions = (*protocol.questions[:place], new, *protocol.questions[place + 1 :])
        fault = Fault.ENABLE_WHEN if fault is Fault.NEGATED else fault
        mutated = replace(protocol, questions=questions)
        yield Mutant(f"question {question.id}: {words}", fault, mutated, (question.id,))


def _of_precaution(protocol: Protocol, precaution: Precaution) -> Iterator[Mutant]:
    def mutant(fault: Fault, words: str, *new: Precaution) -> Mutant:
        place = protocol.precautions.index(precaution)
        every = (*protocol.precautions[:place], *new, *protocol.precautions[place + 1 :])
        name = f"precaution {precaution.id}: {words}"
        return Mutant(name, fault, replace(protocol, precautions=every), (precaution.id,))

    yield mutant(Fault.PRECAUTION_DROPPED, "dropped")
    for _, words, when in negated_or_changed(precaution.when, protocol.question):
        yield mutant(Fault.PRECAUTION_WHEN, words, replace(precaution, when=when))
    for limit in precaution.limits:
        rest = tuple(one for one in precaution.limits if one is not limit)
        if rest:  # else it would not load
            yield mutant(Fault.LIMIT, f"without {limit}", replace(precaution, limits=rest))
    for words, places in _fewer(precaution.places):
        yield mutant(Fault.PLACES, words, replace(precaution, places=places))


def _fewer(places: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the places without each of them, and none at all: then it is of every place."""
    if places:
        yield "of no places", ()
    for place in places if len(places) > 1 else ():
        yield f"not of {place}", tuple(one for one in places if one != place)
