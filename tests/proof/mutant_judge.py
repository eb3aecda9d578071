"""What becomes of one fault: what it does, and what notices it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.proof.cases import judged
from assessment.proof.solver import CONFLICTS
from tests.proof.mutant import Fault, Mutant
from tests.proof.mutant_noticed import Caught, decided, is_missed, is_named, proven_wrong
from tests.proof.mutant_oracle import Effect, Oracle, is_worse


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one mutant."""

    id: str
    fault: Fault
    effect: Effect
    caught: Caught

    @property
    def survives(self) -> bool:
        """Whether it does harm and is not refused, or does none and nothing tells of it."""
        return not self.caught.refuses if self.effect.is_harm else self.caught is Caught.NOT


class Judge:
    """Compares mutants with the protocol that they come from."""

    def __init__(self, protocol: Protocol, conflicts: int = CONFLICTS) -> None:
        self._engine = Engine(protocol)
        self._conflicts = conflicts
        self._logged = not is_missed(protocol)
        self._before = {one.case.id: one.decision.recommend for one in judged(self._engine)}

    def verdict(self, mutant: Mutant) -> Verdict:
        """Return what the mutant changes, and what notices it."""
        if not mutant.fault.decides:
            return self._verdict(mutant, Effect.NOTHING, Caught.NOT)
        engine = Engine(mutant.protocol)
        cases = decided(engine)
        if cases is None:
            return self._verdict(mutant, self._oracle(engine, mutant).effect(), Caught.CHECK)
        fails = any(one.wrong or one.unsafe for one in cases)
        caught = Caught.CASES if fails else Caught.NOT
        if fails and any(
            one.decision.complete and is_worse(self._before[one.case.id], one.decision.recommend)
            for one in cases
        ):
            return self._verdict(mutant, Effect.WORSE, caught)
        effect = self._oracle(engine, mutant).effect()
        if effect.is_harm and caught is Caught.NOT:
            caught = proven_wrong(engine)
            if caught is Caught.NOT and self._logged and is_missed(mutant.protocol):
                caught = Caught.LOG
        return self._verdict(mutant, effect, caught)

    def witness(self, mutant: Mutant, effect: Effect) -> Iterator[str]:
        """Yield in words the answers nearest to calm ones to which this harm is done."""
        yield from self._oracle(Engine(mutant.protocol), mutant).witness(effect)

    def _oracle(self, engine: Engine, mutant: Mutant) -> Oracle:
        return Oracle(self._engine, engine, self._conflicts, mutant.moved)

    def _verdict(self, mutant: Mutant, effect: Effect, caught: Caught) -> Verdict:
        """Return the verdict; what nothing refuses, the difference may tell of."""
        if caught is Caught.NOT and is_named(self._engine.protocol, mutant):
            caught = Caught.DIFF
        return Verdict(mutant.id, mutant.fault, effect, caught)
