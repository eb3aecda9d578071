"""What a change of a protocol moves: over all answers, and over the cases."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from assessment.engine.answers import AnswerProblem, Answers, parse
from assessment.engine.decision import Engine
from assessment.engine.protocol import Case, Recommend, Sign
from assessment.proof.circuit import Literal
from assessment.proof.report import Witness
from assessment.proof.solver import CONFLICTS, Model, NotFinishedError, Solver
from assessment.proof.twins import OneSided, Side, Twins
from assessment.proof.witness import DisagreementError
from assessment.proof.workbench import FARTHEST


@dataclass(frozen=True, slots=True)
class Move:
    """Answers of one person that get another recommendation, decided by both engines."""

    before: Witness
    after: Witness

    @property
    def direction(self) -> tuple[int, int]:
        """How much more urgent the advice gets, and how much more pressure it has."""
        before, after = self.before.decision.recommend, self.after.decision.recommend
        return after.urgency - before.urgency, after.pressure - before.pressure


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

    `moves` has one for each pair of recommendations between which answers move, the least
    careful first. `open_` says what could not be settled; while there is any, nothing else is
    certain. `untied` are questions that are answered in another way now. Of the cases, `compared`
    could be decided by both protocols and `unfit` could not.
    """

    moves: tuple[Move, ...]
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
    one_sided = tuple(map(finder.leads_to, finder.twins.one_sided()))
    cases = tuple(_cases(old, new))
    moved = [MovedCase(side, case, *both) for side, case, both in cases if both]
    return Difference(
        moves=tuple(sorted(moves, key=lambda move: move.direction)),
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
        """Return one move, the smallest, for each pair of recommendations that has any."""
        left = {
            (before, after): self.twins.moves(before, after)
            for before in Recommend
            for after in Recommend
            if before is not after
        }
        try:
            if self._solver.find([self.twins.circuit.disj(left.values())]) is None:
                return []
        except NotFinishedError:
            pass  # one by one it may still be settled
        found = (self._move(before, after, literal) for (before, after), literal in left.items())
        return [move for move in found if move is not None]

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

    def _move(self, before: Recommend, after: Recommend, literal: Literal) -> Move | None:
        try:
            model = self._solver.find([literal])
            if model is not None:
                return Move(*self.twins.replayed(self._smallest(literal, model)))
        except NotFinishedError:
            self.open_.append(f"whether any move from {before.id} to {after.id}")
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
