"""What a change of a protocol moves: over all answers, and over the cases."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from assessment.engine.answers import AnswerProblem, Answers, parse
from assessment.engine.decision import Engine
from assessment.engine.protocol import Case, Recommend, Sign
from assessment.proof.causes import Cause, Causes, Claim
from assessment.proof.circuit import Literal
from assessment.proof.meetings import Beside, Meeting, meetings
from assessment.proof.report import Witness
from assessment.proof.solver import CONFLICTS, Model, NotFinishedError, Solver
from assessment.proof.twins import OneSided, Side, Twins
from assessment.proof.witness import DisagreementError
from assessment.proof.workbench import FARTHEST

Claimed = TypeVar("Claimed", Claim, Meeting)
Pair = tuple[Recommend, Recommend]
"""A recommendation before, and after."""


@dataclass(frozen=True, slots=True)
class Move:
    """Answers that move for one cause in one direction, with two engines' decisions on them.

    `pairs` are all between which it moves any. The answers are the smallest of the first: the least
    careful one, or where all are more careful than before, the one with the smallest answers.
    """

    cause: Cause
    pairs: tuple[Pair, ...]
    before: Witness
    after: Witness

    @property
    def direction(self) -> tuple[int, int]:
        """How much more urgent the advice gets, and how much more pressure it has."""
        return direction(self.pairs[0])


def direction(pair: Pair) -> tuple[int, int]:
    """Return how much more urgent the advice gets, and how much more pressure it has."""
    before, after = pair
    return after.urgency - before.urgency, after.pressure - before.pressure


def is_less_careful(pair: Pair) -> bool:
    """Whether the advice is less urgent than before, or no more urgent with more pressure."""
    return care(pair) < (0, 0)


def care(pair: Pair) -> tuple[int, int]:
    """Return how careful a move is, to sort by: least where urgency falls, then pressure rises."""
    urgency, pressure = direction(pair)
    return urgency, -pressure


@dataclass(frozen=True, slots=True)
class LeadsTo:
    """An answer that only one protocol offers, and the recommendations that it can get there."""

    only: OneSided
    recommend: tuple[Recommend, ...]


@dataclass(frozen=True, slots=True)
class MovedCase:
    """A case that gets another recommendation; `side` says which protocol it is from."""

    side: Side
    case: Case
    before: Recommend
    after: Recommend


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that a change moves.

    `moves` has one for each cause for which answers move, the least careful first. `beside` tells
    of questions and precautions that some people meet on one side alone. `open_` says what could
    not be settled; while there is any, nothing else is certain. `untied` are questions that are
    answered in another way now. Of the cases, `compared` could be decided by both protocols and
    `unfit` could not.
    """

    moves: tuple[Move, ...]
    beside: tuple[Beside, ...]
    open_: tuple[str, ...]
    one_sided: tuple[LeadsTo, ...]
    untied: tuple[str, ...]
    moved_cases: tuple[MovedCase, ...]
    compared: int
    unfit: tuple[str, ...]
    seconds: float

    @property
    def nothing_moves(self) -> bool:
        """Whether it is proven that no answers get another recommendation."""
        return not self.moves and not self.open_


def difference(
    old: Engine,
    new: Engine,
    conflicts: int = CONFLICTS,
    moved_options: Mapping[Sign, Sign] = MappingProxyType({}),
) -> Difference:
    """Return what moves from `old` to `new`; each question to the solver may cost `conflicts`.

    `moved_options` are those of the old one that another question of the new one offers.
    """
    started = time.perf_counter()
    finder = _Finder(Twins(old, new, moved_options), conflicts)
    moves = finder.moves()
    beside = tuple(finder.beside())
    one_sided = tuple(map(finder.leads_to, finder.twins.one_sided()))
    cases = tuple(_cases(old, new))
    moved = [MovedCase(side, case, *both) for side, case, both in cases if both]
    return Difference(
        moves=tuple(sorted(moves, key=lambda move: care(move.pairs[0]))),
        beside=beside,
        open_=tuple(finder.open_),
        one_sided=one_sided,
        untied=finder.twins.untied,
        moved_cases=tuple(one for one in moved if one.before is not one.after),
        compared=len(moved),
        unfit=tuple(case.id for _, case, both in cases if both is None),
        seconds=time.perf_counter() - started,
    )


class _Finder:
    def __init__(self, twins: Twins, conflicts: int) -> None:
        self.twins = twins
        self.open_: list[str] = []
        self._solver = Solver(twins.circuit, conflicts)
        self._further = twins.circuit.counts(twins.costs(), FARTHEST)[1:]

    def moves(self) -> list[Move]:
        """Return a move for each cause and direction of any."""
        pairs = [(one, other) for one in Recommend for other in Recommend if one is not other]
        try:
            anything = [self.twins.moves(*pair) for pair in pairs]
            if self._solver.find([self.twins.circuit.disj(anything)]) is None:
                return []
        except NotFinishedError:
            pass  # one by one it may still be settled
        causes = Causes(self.twins)
        found: dict[tuple[Cause, bool], dict[Pair, list[Claim]]] = {}
        for pair in sorted(pairs, key=care):
            told = f"whether any move from {pair[0].id} to {pair[1].id}"
            for claim in self._happening(list(causes.claims(*pair)), told):
                between = found.setdefault((claim.cause, is_less_careful(pair)), {})
                between.setdefault(pair, []).append(claim)
        moves = (self._move(cause, between) for (cause, _), between in found.items())
        return [move for move in moves if move is not None]

    def beside(self) -> Iterator[Beside]:
        """Yield what some people meet on one side alone, with the smallest answers of such."""
        told = "who is asked what, and who gets which precaution"
        for one in self._happening(list(meetings(self.twins)), told):
            try:
                model = self._solver.find([one.literal])
                if model is not None:
                    both = self.twins.replayed(self._smallest(one.literal, model))
                    yield Beside(one.what, one.only, *both)
            except NotFinishedError:
                self.open_.append(f"who meets {one.what}")
            except DisagreementError as error:
                self.open_.append(f"{one.what}: solver-disagrees: {error}")

    def _happening(self, claims: list[Claimed], told: str) -> list[Claimed]:
        """Return the claims that some answers make true; all of them are asked for at once.

        `told` is what is open when the budget ends.
        """
        left = [claim for claim in claims if claim.literal != self.twins.circuit.false]
        found: list[Claimed] = []
        while left:
            try:
                model = self._solver.find([self.twins.circuit.disj(one.literal for one in left)])
            except NotFinishedError:
                self.open_.append(told)
                break
            if model is None:
                break
            found += [claim for claim in left if model.holds(claim.literal)]
            left = [claim for claim in left if not model.holds(claim.literal)]
        return found

    def leads_to(self, only: OneSided) -> LeadsTo:
        """Return which recommendations an answer can get that only one protocol offers."""
        sheet = self.twins.old if only.side == "old" else self.twins.new
        reached = []
        for recommend, wins in sheet.wins.items():
            try:
                if self._solver.find([only.literal, wins]) is not None:
                    reached.append(recommend)
            except NotFinishedError:
                self.open_.append(f"whether {only.question}.{only.answer} gets {recommend.id}")
        return LeadsTo(only, tuple(reached))

    def _move(self, cause: Cause, between: Mapping[Pair, Iterable[Claim]]) -> Move | None:
        pairs = list(between)
        shown = pairs[:1] if is_less_careful(pairs[0]) else pairs
        claims = [claim for pair in shown for claim in between[pair]]
        alone = self.twins.circuit.disj(claim.alone for claim in claims)
        moved = self.twins.circuit.disj(claim.literal for claim in claims)
        before, after = pairs[0]
        try:
            for literal in (alone, moved):
                model = self._solver.find([literal])
                if model is None:
                    continue
                one, other = self.twins.replayed(self._smallest(literal, model))
                first = one.decision.recommend, other.decision.recommend
                return Move(cause, (first, *(pair for pair in pairs if pair != first)), one, other)
        except NotFinishedError:
            self.open_.append(f"whether any move from {before.id} to {after.id} by {cause}")
        except DisagreementError as error:
            self.open_.append(f"{before.id} to {after.id}: solver-disagrees: {error}")
        return None

    def _smallest(self, literal: Literal, model: Model) -> Model:
        """Return the model with the fewest answers away from calm ones; `model` if too far."""
        for further in self._further:
            try:
                found = self._solver.find([literal, -further])
            except NotFinishedError:
                break
            if found is not None:
                return found
        return model


def _cases(
    old: Engine, new: Engine
) -> Iterator[tuple[Side, Case, tuple[Recommend, Recommend] | None]]:
    """Yield every case with both decisions on it; None where it does not fit both."""
    known = {case.id: case.answers for case in new.protocol.cases}
    cases: list[tuple[Side, Case]] = [("new", case) for case in new.protocol.cases]
    cases += [("old", case) for case in old.protocol.cases if known.get(case.id) != case.answers]
    for side, case in cases:
        before, after = _decided(old, case), _decided(new, case)
        yield side, case, None if before is None or after is None else (before, after)


def _decided(engine: Engine, case: Case) -> Recommend | None:
    """Return the recommendation on a case; None when the protocol needs other answers."""
    try:
        decision = engine.decide(_fitting(engine, case))
    except AnswerProblem:
        return None
    return decision.recommend if decision.complete or decision.interrupted else None


def _fitting(engine: Engine, case: Case) -> Answers:
    question = engine.protocol.question
    return {
        name: parse(question[name], raw) for name, raw in case.answers.items() if name in question
    }
