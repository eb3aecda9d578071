"""Every condition of a protocol, lowered: what the compiler prints and a solver can take."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from assessment.engine.logic import AtomKind, Expr, Meaning, atoms
from assessment.engine.lowering import Lowering
from assessment.engine.places import required
from assessment.engine.protocol import Protocol, Recommend


@dataclass(frozen=True)
class Meanings:
    """What each part of a protocol means; nothing here reads a condition a second way.

    `asked` holds the questions that are not always asked. Rules, precautions, support and
    promises stand in the order of the protocol; of support only "yes" counts.
    """

    asked: Mapping[str, Expr]
    rules: tuple[Meaning, ...]
    requires: Mapping[Recommend, Expr]
    precautions: tuple[Meaning, ...]
    support: tuple[Expr, ...]
    promises: tuple[Meaning, ...]
    findings: Mapping[str, Meaning]
    carer: Expr | None

    def read_by_the_engine(self, but: Collection[str] = ()) -> Iterator[Expr]:
        """Yield every expression that can change what a person or a therapist sees.

        What asks the questions of `but` is left out.
        """
        yield from (asks for name, asks in self.asked.items() if name not in but)
        for meaning in (*self.rules, *self.precautions):
            yield meaning.surely
            yield meaning.possibly
        yield from self.requires.values()
        yield from self.support
        if self.carer is not None:
            yield self.carer

    def every(self) -> Iterator[Expr]:
        """Yield every expression."""
        yield from self.read_by_the_engine()
        for meaning in (*self.promises, *self.findings.values()):
            yield meaning.surely
            yield meaning.possibly

    @cached_property
    def steps(self) -> Mapping[str, tuple[int, ...]]:
        """For each number the values at which a comparison changes, rising."""
        found: dict[str, set[int]] = {}
        for expr in self.every():
            for atom in atoms(expr):
                if isinstance(atom.value, int):
                    step = atom.value + (atom.kind is AtomKind.AT_MOST)
                    found.setdefault(atom.question, set()).add(step)
        return {question: tuple(sorted(values)) for question, values in found.items()}


def meanings_of(protocol: Protocol, lowering: Lowering) -> Meanings:
    """Return what every condition of the protocol means; `lowering` is that of the protocol."""
    meaning = lowering.meaning
    return Meanings(
        asked={
            question.id: meaning(question.enable_when).possibly
            for question in protocol.questions
            if question.enable_when is not None
        },
        rules=tuple(meaning(rule.when) for rule in protocol.rules),
        requires={
            recommend: meaning(condition).surely
            for recommend in protocol.advice
            if (condition := required(protocol, recommend)) is not None
        },
        precautions=tuple(meaning(precaution.when) for precaution in protocol.precautions),
        support=tuple(meaning(support.when).surely for support in protocol.support),
        promises=tuple(meaning(promise.when) for promise in protocol.promises),
        findings={finding.id: lowering.finding(finding.id) for finding in protocol.findings},
        carer=None if protocol.carer_when is None else meaning(protocol.carer_when).surely,
    )
