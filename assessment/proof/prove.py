"""Everything that is proven of a protocol, kind by kind."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property

from assessment.engine.decision import Engine
from assessment.proof.asked import Asking
from assessment.proof.cases import failed_cases
from assessment.proof.confirmed import Confirming
from assessment.proof.dead import counting, reachable, unused_findings
from assessment.proof.floors import floors, total
from assessment.proof.interrupts import Interrupts
from assessment.proof.matters import Mattering
from assessment.proof.monotone import how_many, monotone, not_plain
from assessment.proof.pair import Pair
from assessment.proof.promises import broken_promises, empty_promises
from assessment.proof.report import Checked, Code, Failure, Kind, Report
from assessment.proof.short import Shortened, ShortSheet
from assessment.proof.solver import CONFLICTS
from assessment.proof.told import Telling
from assessment.proof.workbench import Workbench

MANY = 3_000
"""So many variables of one answer set are too many for two of them over all questions."""

Outcome = tuple[int, list[Failure]]


def prove(
    engine: Engine,
    conflicts: int = CONFLICTS,
    before: Callable[[Kind], None] | None = None,
    kinds: Collection[Kind] = tuple(Kind),
) -> Report:
    """Return what holds of the engine's protocol, over all answers that can be given.

    Each claim may cost the solver so many `conflicts`; one that is not settled by then counts
    as failed. `before` is told of each kind of check before it begins. Only what is of these
    `kinds` is checked.
    """
    with _nothing_collected():
        return _report(engine, conflicts, before, kinds)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Keep the garbage collector from looking, again and again, through all clauses.

    What a proof makes is of use until its end. Then it is gone by itself, unless it had answers to
    show: those who show them are held in a cycle.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _report(
    engine: Engine,
    conflicts: int,
    before: Callable[[Kind], None] | None,
    kinds: Collection[Kind],
) -> Report:
    started = time.perf_counter()
    prover = _Prover(engine, conflicts)
    prepared = time.perf_counter() - started
    checked = []
    for kind, check in prover.checks().items():
        if kind not in kinds:
            continue
        if before is not None:
            before(kind)
        started = time.perf_counter()
        count, failures = check()
        checked.append(Checked(kind, count, time.perf_counter() - started, tuple(failures)))
    return Report(tuple(checked), prepared, prover.questions_asked())


class _Prover:
    def __init__(self, engine: Engine, conflicts: int) -> None:
        self._engine = engine
        self._bench = Workbench(engine, conflicts)
        self._conflicts = conflicts
        self._is_total = False

    def checks(self) -> Mapping[Kind, Callable[[], Outcome]]:
        """Return how each kind of claim is checked, in order."""
        return {
            Kind.TOTAL: self._total,
            Kind.FLOORS: self._floors,
            Kind.MONOTONE: self._monotone,
            Kind.PROMISES: self._promises,
            Kind.ASKED: self._asked,
            Kind.CONFIRMED: self._confirmed,
            Kind.INTERRUPTS: self._interrupts,
            Kind.DEAD: self._dead,
            Kind.SHORT: self._short,
            Kind.CASES: self._cases,
        }

    @cached_property
    def _pair(self) -> Pair:
        """Two answer sets, before a solver of their own: one alone is settled faster."""
        return Pair(Workbench(self._engine, self._conflicts))

    @cached_property
    def _walks(self) -> Workbench:
        """What is settled makes a larger circuit, which would slow everything else."""
        return Workbench(self._engine, self._conflicts)

    @cached_property
    def _some_left_out(self) -> ShortSheet:
        return ShortSheet(self._walks)

    def questions_asked(self) -> tuple[int, int] | None:
        """Return the fewest and the most questions of a full walk that no emergency ends early.

        Neither optional questions count, nor the lines of a list.
        """
        sheet, true = self._bench.sheet, self._bench.circuit.true
        domains = sheet.domains.values()
        counted = [
            one for one in domains if not one.question.optional and one.question.line is None
        ]
        asked = [domain.asked for domain in counted]
        always = asked.count(true)
        at_times = [literal for literal in asked if literal != true]
        found = self._bench.fewest_and_most(at_times, -sheet.emergency)
        return None if found is None else (always + found[0], always + found[1])

    def _total(self) -> Outcome:
        claims = total(self._bench)
        failures = self._bench.refute(claims)
        self._is_total = not failures
        return len(claims), failures

    def _floors(self) -> Outcome:
        claims = floors(self._bench)
        return len(claims), self._bench.refute(claims)

    def _monotone(self) -> Outcome:
        questions = self._engine.protocol.questions
        # All at once is faster among few gates, and one question after the other among many.
        is_large = self._bench.circuit.size > MANY
        apart = is_large and self._is_total
        left = not_plain(self._engine, self._conflicts) if apart else questions
        if not left:
            return how_many(questions), []
        claims = monotone(self._pair, left)
        return how_many(questions), self._pair.bench.refute(claims, self._pair)

    def _promises(self) -> Outcome:
        broken, empty = broken_promises(self._bench), empty_promises(self._bench)
        return len(broken), self._bench.refute(broken, Telling(self._bench)) + self._bench.reach(
            empty
        )

    def _asked(self) -> Outcome:
        if not any(promise.asked for promise in self._engine.protocol.promises):
            return 0, []
        asking = Asking(self._walks)
        claims = asking.claims()
        return len(claims), asking.bench.refute(claims, asking)

    def _confirmed(self) -> Outcome:
        if not any(question.lasts for question in self._engine.protocol.questions):
            return 0, []
        confirming = Confirming(self._bench)
        claims = confirming.claims()
        return len(claims), self._bench.refute(claims, confirming)

    def _interrupts(self) -> Outcome:
        interrupts = Interrupts(self._some_left_out)
        claims = interrupts.claims()
        return len(claims), interrupts.bench.refute(claims, interrupts)

    def _dead(self) -> Outcome:
        bench = self._bench
        claims, counts = list(reachable(bench)), list(counting(bench, ()))
        # All at once: what shows that a rule is yes mostly shows that it counts as well.
        failures = bench.reach([*claims, *counts])
        silent = _subjects(failures, Code.RULE_NEVER_FIRES)
        counts = [one for one in counts if one.subject not in silent]
        failures = [
            one
            for one in failures
            if one.code is not Code.RULE_NEVER_COUNTS or one.subject not in silent
        ]
        failures += unused_findings(bench.protocol)
        unasked = _subjects(failures, Code.QUESTION_NEVER_ASKED)
        matters = Mattering(self._engine, self._conflicts, unasked)
        failures += matters.failures()
        return len(claims) + len(counts) + matters.count, failures

    def _short(self) -> Outcome:
        # After the interrupts, which may leave out anything.
        shortened = Shortened(self._some_left_out)
        claims = shortened.claims()
        failures = shortened.bench.refute_in_turn(claims, shortened)
        return len(claims), failures

    def _cases(self) -> Outcome:
        return len(self._engine.protocol.cases), failed_cases(self._engine)


def _subjects(failures: list[Failure], code: Code) -> set[str]:
    return {failure.subject for failure in failures if failure.code is code}
