"""One unknown answer set and the decision on it, as literals of a circuit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessment.engine.logic import And, AtLeast, Atom, Expr, Meaning, Negated, Or
from assessment.engine.meanings import Meanings
from assessment.engine.protocol import Protocol, Recommend
from assessment.engine.questions import NONE, Kind
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
        self._read: dict[int, tuple[Expr, Literal]] = {}
        steps = meanings.steps() if steps is None else steps
        for question in protocol.questions:
            if question.kind is Kind.TEXT:
                continue  # words are asked only when answers are sent
            condition = meanings.asked.get(question.id)
            asked = circuit.true if condition is None else self.literal(condition)
            self.domains[question.id] = domain(circuit, question, asked, steps.get(question.id, ()))
        self._requires = {
            recommend: self.literal(expr) for recommend, expr in meanings.requires.items()
        }
        self.fires = tuple(
            self._fires(meaning, rule.recommend, rule.if_unsure)
            for rule, meaning in zip(protocol.rules, meanings.rules, strict=True)
        )
        self.emergency = circuit.disj(
            fires.yes
            for rule, fires in zip(protocol.rules, self.fires, strict=True)
            if rule.recommend is Recommend.EMERGENCY
        )
        """An emergency rule is yes: a person who answers so is not asked any further."""
        self._candidates = {
            recommend: circuit.disj(self._votes(protocol, recommend)) for recommend in Recommend
        }
        self.undecided = circuit.conj(-one for one in self._candidates.values())
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

    def _built(self, expr: Expr) -> Literal:
        match expr:
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

    def _fires(self, meaning: Meaning, recommend: Recommend, unsure: Recommend | None) -> Fires:
        conj, true = self.circuit.conj, self.circuit.true
        yes = self.literal(meaning.surely)
        maybe = self.circuit.false
        if unsure is not None:
            maybe = conj((-yes, self.literal(meaning.possibly), self._requires.get(unsure, true)))
        return Fires(yes, conj((yes, self._requires.get(recommend, true))), maybe)

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
            vote = self._candidates[recommend]
            wins = self.circuit.conj((vote, *before))
            if recommend is Recommend.MEDICAL_CLEARANCE_FIRST:
                wins = self.circuit.disj((wins, self.undecided))
            winners.append((recommend, wins))
            before.append(-vote)
        return winners
