"""Puts claims about all answer sets to the solver, and brings counterexamples back."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol as Interface

from assessment.engine.decision import Engine
from assessment.proof.circuit import Circuit, Literal
from assessment.proof.report import Bounds, Code, Failure, Witness
from assessment.proof.sheet import Sheet
from assessment.proof.solver import (
    CONFLICTS,
    Model,
    NotFinishedError,
    Solver,
)
from assessment.proof.witness import DisagreementError, costs, replayed

FARTHEST = 16
"""Counterexamples are made minimal up to so many answers away from calm ones."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Something to settle: whether some answer set makes `literal` true.

    `code`, `subject` and `says` are those of the failure that it is otherwise; `bounds` are
    what the decision should keep, where the literal says that it does not.
    """

    code: Code
    subject: str
    says: str
    literal: Literal
    bounds: Bounds | None = None


class View(Interface):
    """What a counterexample consists of: one answer set, or two side by side."""

    def costs(self) -> list[Literal]:
        """Return what takes an answer away from a calm one."""

    def show(self, failure: Failure, model: Model) -> Failure:
        """Return the failure with the answers of the model, replayed on the engine.

        Raises DisagreementError when the engine decides otherwise.
        """


class Workbench:
    """One protocol before the solver: the circuit, one answer set, a budget for each claim.

    `steps` are those of its `Sheet`.
    """

    def __init__(
        self,
        engine: Engine,
        conflicts: int = CONFLICTS,
        steps: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        self.engine = engine
        self.protocol = engine.protocol
        self.meanings = engine.meanings
        self.circuit = Circuit()
        self.solver = Solver(self.circuit, conflicts)
        self.sheet = Sheet(self.circuit, self.protocol, self.meanings, steps)
        self._away: dict[View, list[Literal]] = {}

    def costs(self) -> list[Literal]:
        """Return what takes an answer away from a calm one."""
        return costs(self.sheet)

    def show(self, failure: Failure, model: Model) -> Failure:
        """Return the failure with the answers of the model, replayed on the engine.

        Raises DisagreementError when the engine decides otherwise.
        """
        return replace(failure, witness=replayed(self.engine, self.sheet, model))

    @cached_property
    def settled(self) -> dict[str, Literal]:
        """By question "it is settled", on the full walk; built where it is wanted first."""
        return self.sheet.settle(self.engine.short.steps)

    def breaking(self, bounds: Bounds) -> Literal:
        """Return "the decision does not keep these bounds"."""
        enough = self.sheet.urgency_at_least(bounds.urgency_at_least)
        too_much = self.sheet.pressure_at_least(bounds.pressure_at_most + 1)
        return self.circuit.disj((-enough, too_much))

    def refute(self, claims: Sequence[Claim], view: View | None = None) -> list[Failure]:
        """Return the claims that some answer set makes true, each with its smallest witness.

        All are asked for at once, so that nothing found costs one question; what a model shows
        is taken out and the rest asked for again. Claims on which the budget ends are not
        proven, and so among the failures.
        """
        left = [claim for claim in claims if claim.literal != self.circuit.false]
        failed: dict[Claim, Failure] = {}
        while left:
            try:
                model = self.solver.find([self.circuit.disj(claim.literal for claim in left)])
            except NotFinishedError:
                failed |= self._one_by_one(left, view or self)
                break
            if model is None:
                break
            shown = [claim for claim in left if model.holds(claim.literal)]
            failed |= {claim: self._failure(claim, model, view or self) for claim in shown}
            left = [claim for claim in left if claim not in failed]
        return [failed[claim] for claim in claims if claim in failed]

    def refute_in_turn(self, claims: Iterable[Claim], view: View) -> list[Failure]:
        """Return the same, asking for one after the other: what is refuted helps with the next.

        That is faster where each claim follows from those before it.
        """
        wanted = (claim for claim in claims if claim.literal != self.circuit.false)
        return list(self._one_by_one(wanted, view).values())

    def reach(self, claims: Iterable[Claim]) -> list[Failure]:
        """Return the claims that no answer set makes true.

        The models are replayed, though nobody sees them: so solver and engine are compared on
        every protocol, not only in the tests.
        """
        left = list(claims)
        # With as many as can be tried at once, one model shows many of them.
        self.solver.prefer(claim.literal for claim in left)
        failed = []
        while left:
            claim = left.pop(0)
            try:
                model = self.solver.find([claim.literal])
            except NotFinishedError:
                failed.append(not_proven(claim))
                continue
            if model is None:
                failed.append(Failure(claim.code, claim.subject, claim.says))
                continue
            failed += self._disagreement(claim, model)
            left = [left[place] for place in model.which([-each.literal for each in left])]
        self.solver.prefer(())
        return failed

    def fewest_and_most(
        self, literals: Sequence[Literal], given: Literal
    ) -> tuple[int, int] | None:
        """Return how few and how many of these can be true where `given` is.

        None when it never is, or when the budget ends.
        """
        numbers = range(len(literals) + 1)
        at_least = [*self.circuit.counts(literals, len(literals)), self.circuit.false]

        def can(literal: Literal) -> bool:
            return self.solver.find([given, literal]) is not None

        try:
            if not can(self.circuit.true):
                return None
            few = bisect_left(numbers, True, key=lambda n: can(-at_least[n + 1]))
            many = bisect_left(numbers, True, key=lambda n: not can(at_least[n])) - 1
        except NotFinishedError:
            return None
        return few, many

    def _disagreement(self, claim: Claim, model: Model) -> list[Failure]:
        try:
            replayed(self.engine, self.sheet, model)
        except DisagreementError as error:
            return [disagrees(claim, error)]
        return []

    def _one_by_one(self, claims: Iterable[Claim], view: View) -> dict[Claim, Failure]:
        failed = {}
        for claim in claims:
            try:
                model = self.solver.find([claim.literal])
            except NotFinishedError:
                failed[claim] = not_proven(claim)
                continue
            if model is None:
                self.circuit.require(-claim.literal)
            else:
                failed[claim] = self._failure(claim, model, view)
        return failed

    def _failure(self, claim: Claim, model: Model, view: View) -> Failure:
        """Return the failure with its smallest witness, or that solver and engine disagree."""
        failure = Failure(claim.code, claim.subject, claim.says, bounds=claim.bounds)
        try:
            failure = view.show(failure, self._smallest(claim.literal, model, view))
            if not _is_shown(failure):
                raise DisagreementError("the engine's decision is no fault", failure.witness)
        except DisagreementError as error:
            return disagrees(claim, error)
        return failure

    def _smallest(self, literal: Literal, model: Model, view: View) -> Model:
        """Return the model with the fewest answers away from calm ones.

        `model` is returned where the budget ends first, or `FARTHEST` is too near.
        """
        if view not in self._away:
            self._away[view] = self.circuit.counts(view.costs(), FARTHEST)
        for further in self._away[view][1:]:
            try:
                found = self.solver.find([literal, -further])
            except NotFinishedError:
                return model
            if found is not None:
                return found
        return model


def _is_shown(failure: Failure) -> bool:
    """Whether the engine's own decision is the fault."""
    last: Witness | None = failure.worse or failure.witness
    if failure.code is Code.RESTS_ON_CONFIRMED:
        return True  # whoever shows it has asked the engine about the confirmed answers
    if failure.short is not None:
        return True  # whoever shows a short walk has compared the decisions
    if last is None:
        return False
    if failure.bounds is None:
        return last.decision.fail_safe
    return not failure.bounds.kept_on(last.decision)


def not_proven(claim: Claim | Failure) -> Failure:
    """Return that the budget ended before this was settled."""
    says = f"The budget ended before this was settled: {claim.says} ({claim.code})"
    return Failure(Code.NOT_PROVEN, claim.subject, says)


def disagrees(claim: Claim | Failure, error: DisagreementError) -> Failure:
    """Return that solver and engine disagree about this."""
    says = f"{error} ({claim.code}: {claim.says})"
    return Failure(Code.SOLVER_DISAGREES, claim.subject, says, error.witness)
