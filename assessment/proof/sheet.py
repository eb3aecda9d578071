"""One unknown answer set and the decision on it, as literals of a circuit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assessment.engine.logic import TRUE, And, AtLeast, Atom, AtomKind, Expr, Meaning, Negated, Or
from assessment.engine.meanings import Meanings
from assessment.engine.protocol import Protocol, Recommend, Rule
from assessment.engine.questions import NONE, Question
from assessment.engine.settled import Step
from assessment.proof.circuit import Circuit, Literal
from assessment.proof.domains import Domain, domain


@dataclass(frozen=True)
class Fires:
    """When one rule counts: because its condition is yes, and because it is unknown.

    A rule counts when its condition holds and the recommendation's `requires` does, too.
    """

    yes: Literal
    counts: Literal
    unsure: Literal


class Sheet:
    """One complete answer set that a person can really give, not yet filled in.

    Numbers are cut at `steps`, where they are given, else where the meanings compare.
    """

    def __init__(
        self,
        circuit: Circuit,
        protocol: Protocol,
        meanings: Meanings,
        steps: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        self.circuit = circuit
        self.domains: dict[str, Domain] = {}
        self.certain: dict[tuple[str, str | int | None], Literal] = {}
        """What is certain before each question, where `settle` has gone through them."""
        self._read: dict[int, tuple[Expr, Literal]] = {}
        steps = meanings.steps if steps is None else steps
        for question in protocol.questions:
            asked = self.literal(meanings.asked.get(question.id, TRUE))
            self.domains[question.id] = self._domain(question, asked, steps.get(question.id, ()))
        self._requires = {
            recommend: self.literal(expr) for recommend, expr in meanings.requires.items()
        }
        self.fires = tuple(
            self._fires(rule, meaning, unknown)
            for rule, meaning, unknown in zip(
                protocol.rules, meanings.rules, self._unknown(meanings), strict=True
            )
        )
        self.emergency = circuit.disj(
            fires.yes
            for rule, fires in zip(protocol.rules, self.fires, strict=True)
            if rule.recommend is Recommend.EMERGENCY
        )
        """An emergency rule is yes: a person who answers so is not asked any further."""
        self.gives = {
            recommend: circuit.disj(self._votes(protocol, recommend)) for recommend in Recommend
        }
        """Each recommendation: some rule gives it, whether it is the decision or not."""
        self.undecided = circuit.conj(-one for one in self.gives.values())
        """No rule counts: the fail-safe decides."""
        self.wins = dict(self._winners())
        """Each recommendation: it is the decision."""

    @property
    def ticks(self) -> list[Literal]:
        """Every option but `none`."""
        return [
            literal
            for domain in self.domains.values()
            for value, literal in domain.has.items()
            if value != NONE
        ]

    def literal(self, expr: Expr) -> Literal:
        """Return the literal that is true when the expression is."""
        known = self._read.get(id(expr))
        if known is None:
            # The expression is kept with its literal, so that its id stays its own.
            known = self._read[id(expr)] = (expr, self._built(expr))
        return known[1]

    def settle(self, steps: Iterable[Step]) -> dict[str, Literal]:
        """Return "it is settled" for each question of the walk, by what is known before it."""
        certain = dict.fromkeys(range(len(Recommend)), self.circuit.false)
        settled = {}
        for step in steps:
            self.certain |= {(step.question, place): each for place, each in certain.items()}
            settled[step.question] = self.literal(step.settled)
            for place, expr in step.certain:
                gained = self.literal(expr)
                for lower in range(place, len(Recommend)):
                    certain[lower] = self.circuit.disj((certain[lower], gained))
        return settled

    def urgency_at_least(self, urgency: int) -> Literal:
        """Return "the decision is at least so urgent"."""
        return self.circuit.disj(
            wins for recommend, wins in self.wins.items() if recommend.urgency >= urgency
        )

    def pressure_at_least(self, pressure: int) -> Literal:
        """Return "the decision has at least this pressure"."""
        return self.circuit.disj(
            wins for recommend, wins in self.wins.items() if recommend.pressure >= pressure
        )

    def _domain(self, question: Question, asked: Literal, steps: Sequence[int]) -> Domain:
        return domain(self.circuit, question, asked, steps)

    def _unknown(self, meanings: Meanings) -> Iterator[Literal]:
        """Yield for each rule "its condition is unknown"."""
        for meaning in meanings.rules:
            surely, possibly = self.literal(meaning.surely), self.literal(meaning.possibly)
            yield self.circuit.conj((-surely, possibly))

    def _built(self, expr: Expr) -> Literal:
        match expr:
            case Atom(name, AtomKind.CERTAIN, place):
                return self.certain[name, place]
            case Atom():
                found = self.domains[expr.question].atom(expr)
                return self.circuit.conj(found) if isinstance(found, tuple) else found
            case And(parts):
                return self.circuit.conj([self.literal(part) for part in parts])
            case Or(parts):
                return self.circuit.disj([self.literal(part) for part in parts])
            case Negated(part):
                return -self.literal(part)
            case AtLeast(number, parts):
                return self.circuit.counts([self.literal(part) for part in parts], number)[number]

    def _fires(self, rule: Rule, meaning: Meaning, unknown: Literal) -> Fires:
        conj, true = self.circuit.conj, self.circuit.true
        yes = self.literal(meaning.surely)
        maybe = self.circuit.false
        if rule.if_unsure is not None:
            maybe = conj((unknown, self._requires.get(rule.if_unsure, true)))
        return Fires(yes, conj((yes, self._requires.get(rule.recommend, true))), maybe)

    def _votes(self, protocol: Protocol, recommend: Recommend) -> list[Literal]:
        votes = []
        for rule, fires in zip(protocol.rules, self.fires, strict=True):
            if rule.recommend is recommend:
                votes.append(fires.counts)
            if rule.if_unsure is recommend:
                votes.append(fires.unsure)
        return votes

    def _winners(self) -> list[tuple[Recommend, Literal]]:
        winners: list[tuple[Recommend, Literal]] = []
        before: list[Literal] = []
        for recommend in Recommend:
            vote = self.gives[recommend]
            wins = self.circuit.conj((vote, *before))
            if recommend is Recommend.MEDICAL_CLEARANCE_FIRST:
                wins = self.circuit.disj((wins, self.undecided))
            winners.append((recommend, wins))
            before.append(-vote)
        return winners
