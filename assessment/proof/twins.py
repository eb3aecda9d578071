"""Two protocols side by side, with the answers that they share tied together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal as OneOf

from assessment.engine.decision import Engine
from assessment.engine.meanings import Meanings
from assessment.engine.protocol import Recommend, Sign
from assessment.engine.questions import NONE, NOT_SURE, Question
from assessment.proof.circuit import Circuit, Literal
from assessment.proof.domains import Domain
from assessment.proof.report import Witness
from assessment.proof.sheet import Sheet
from assessment.proof.solver import Model
from assessment.proof.witness import away, decoded, replayed

Side = OneOf["old", "new"]


@dataclass(frozen=True, slots=True)
class OneSided:
    """An answer that only one of the protocols offers, to a question that both ask."""

    side: Side
    question: str
    answer: str
    literal: Literal


class Twins:
    """One unknown answer set to each of two protocols, `old` and `new`, over one circuit.

    Where `together` is true, the answers are those of one person: `docs/diff.md` defines it.
    `moved` are options of the old one that another question of the new one offers.
    """

    def __init__(
        self, old: Engine, new: Engine, moved: Mapping[Sign, Sign] = MappingProxyType({})
    ) -> None:
        self.engines: Mapping[Side, Engine] = {"old": old, "new": new}
        self._moved = moved
        meanings = old.meanings, new.meanings
        steps = _steps(old, new, meanings)
        self.circuit = Circuit()
        self.old = Sheet(self.circuit, old.protocol, meanings[0], steps)
        self.new = Sheet(self.circuit, new.protocol, meanings[1], steps)
        self.sheets: Mapping[Side, Sheet] = {"old": self.old, "new": self.new}
        self.together = self.circuit.fresh()
        both = [name for name in self.old.domains if name in self.new.domains]
        self.untied = tuple(name for name in both if not _alike(*self._both(name)))
        """Questions of one id that are answered in another way: they are two questions."""
        self.tied = tuple(name for name in both if name not in self.untied)
        for name in self.tied:
            one, other = self._both(name)
            # Whoever answers a question that is optional in one of them answers it in both.
            self.circuit.require(-self.together, -one.asked, other.offered)
            self.circuit.require(-self.together, -other.asked, one.offered)
            for left, right in self._shared(one, other, steps.get(name, ())):
                free = (-self.together, -one.asked, -other.asked)
                self.circuit.require(*free, -left, right)
                self.circuit.require(*free, left, -right)
        self._tie_moved()

    def moves(self, before: Recommend, after: Recommend) -> Literal:
        """Return "one person gets `before` from the old protocol, and `after` from the new"."""
        return self.circuit.conj((self.together, self.old.wins[before], self.new.wins[after]))

    def one_sided(self) -> Iterator[OneSided]:
        """Yield the answers to tied questions that only one of the protocols offers."""
        for name in self.tied:
            old, new = self._both(name)
            yield from self._only("old", old, new.question)
            yield from self._only("new", new, old.question)

    def costs(self) -> list[Literal]:
        """Return what takes an answer away from a calm one, in either."""
        found: dict[tuple[str, str | int], list[Literal]] = {}
        for sheet in (self.old, self.new):
            for name, domain in sheet.domains.items():
                for answer, literal in away(self.circuit, domain).items():
                    found.setdefault((name, answer), []).append(literal)
        return [self.circuit.disj(literals) for literals in found.values()]

    def replayed(self, model: Model) -> tuple[Witness, Witness]:
        """Return both answer sets, decided by the real engines.

        Raises DisagreementError when one of them decides otherwise than the solver said.
        """
        before = decoded(self.old, model)
        after = dict(decoded(self.new, model))
        for name in self.tied:
            # Both were cut at the same numbers, but each may have picked its own of a range.
            number = before.get(name)
            if isinstance(number, int) and name in after:
                after[name] = number
        return (
            replayed(self.engines["old"], self.old, model, before),
            replayed(self.engines["new"], self.new, model, after),
        )

    def _both(self, name: str) -> tuple[Domain, Domain]:
        return self.old.domains[name], self.new.domains[name]

    def _shared(
        self, one: Domain, other: Domain, steps: tuple[int, ...]
    ) -> Iterator[tuple[Literal, Literal]]:
        """Yield what must be the same in both, where both are asked.

        `none` follows from the rest: it is ticked when nothing else is.
        """
        if one.question.offers_not_sure and other.question.offers_not_sure:
            yield one.open, other.open
        for value in one.has.keys() & other.has.keys() - {NONE}:
            if not self._is_moved(one.question.id, value):
                yield one.has[value], other.has[value]
        for step in steps:
            yield one.at_least(step), other.at_least(step)

    def _tie_moved(self) -> None:
        """Tie each moved option to what it is now, and "not sure" of the questions alike."""
        forth: dict[str, set[str]] = {}
        back: dict[str, set[str]] = {}
        for before, after in self._moved.items():
            one, other = self.old.domains[before.question], self.new.domains[after.question]
            free = (-self.together, -one.asked, -other.asked)
            left, right = one.has[before.option], other.has[after.option]
            self.circuit.require(*free, -left, right)
            self.circuit.require(*free, left, -right)
            forth.setdefault(before.question, set()).add(after.question)
            back.setdefault(after.question, set()).add(before.question)
        for links, mine, theirs in (
            (forth, self.old.domains, self.new.domains),
            (back, self.new.domains, self.old.domains),
        ):
            for name, others in links.items():
                kept = {name} if name in self.tied else set()
                doubts = [theirs[each].open for each in sorted(others | kept)]
                unasked = [-theirs[each].asked for each in sorted(others | kept)]
                if self.circuit.false not in doubts:
                    self.circuit.require(-self.together, -mine[name].open, *doubts, *unasked)

    def _is_moved(self, question: str, option: str) -> bool:
        """Whether an answer of a tied question is tied to one of another question instead."""
        sign = Sign(question, option)
        return sign in self._moved or sign in self._moved.values()

    def _only(self, side: Side, mine: Domain, theirs: Question) -> Iterator[OneSided]:
        question = mine.question
        for value, literal in mine.has.items():
            if value not in theirs.values and not self._is_moved(question.id, value):
                yield OneSided(side, question.id, value, literal)
        if question.offers_not_sure and not theirs.offers_not_sure:
            yield OneSided(side, question.id, NOT_SURE, mine.open)
        if question.kind.is_numeric:
            low, high = theirs.minimum or 0, theirs.maximum or 0
            if (question.minimum or 0) < low:
                under = self.circuit.conj((mine.given, -mine.at_least(low)))
                yield OneSided(side, question.id, f"under {low}", under)
            if (question.maximum or 0) > high:
                yield OneSided(side, question.id, f"over {high}", mine.at_least(high + 1))


def _alike(one: Domain, other: Domain) -> bool:
    kinds = one.question.kind, other.question.kind
    return (
        kinds[0].is_set == kinds[1].is_set  # choices and areas are answered alike
        and kinds[0].is_numeric == kinds[1].is_numeric
    )


def _steps(
    old: Engine, new: Engine, meanings: tuple[Meanings, Meanings]
) -> dict[str, tuple[int, ...]]:
    """Return where either protocol cuts a number, and where the bounds of either lie."""
    cuts: dict[str, set[int]] = {}
    for meaning in meanings:
        for name, steps in meaning.steps.items():
            cuts.setdefault(name, set()).update(steps)
    for engine in (old, new):
        for question in engine.protocol.questions:
            if question.kind.is_numeric:
                ends = {question.minimum or 0, (question.maximum or 0) + 1}
                cuts.setdefault(question.id, set()).update(ends)
    return {name: tuple(sorted(steps)) for name, steps in cuts.items()}
