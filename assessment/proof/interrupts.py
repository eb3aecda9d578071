"""Interrupts: an emergency that ends the questions stays one, and its sign ends them at once.

The answers so far are any of those of a full walk: what comes later, what was changed, and what a
page was left without are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from assessment.engine.protocol import Recommend
from assessment.engine.questions import Safety
from assessment.engine.words import value_in_words
from assessment.proof.circuit import Literal
from assessment.proof.report import Code, Failure, Witness
from assessment.proof.short import ShortSheet
from assessment.proof.solver import Model
from assessment.proof.witness import DisagreementError, costs, replayed
from assessment.proof.workbench import Claim


class Interrupts:
    """One full walk and what was answered of it."""

    def __init__(self, so_far: ShortSheet) -> None:
        self.bench = so_far.bench
        self._so_far = so_far

    @property
    def dropped(self) -> Mapping[str, Literal]:
        """For each question that may be left out the literal "its answer is left out"."""
        return self._so_far.droppable

    def claims(self) -> list[Claim]:
        """Return the claims of emergencies that are taken back, or that wait."""
        return [*self._taken_back(), *self._waiting()]

    def costs(self) -> list[Literal]:
        """Return what takes an answer away from a calm one, and what is left out."""
        return [*costs(self.bench.sheet), *self._so_far.dropped.values()]

    def show(self, failure: Failure, model: Model) -> Failure:
        """Return the failure with both answer sets, decided by the real engine.

        Raises DisagreementError when the engine interrupts where it should.
        """
        engine = self.bench.engine
        full = replayed(engine, self.bench.sheet, model)
        kept = {
            name: answer
            for name, answer in full.answers.items()
            if not model.holds(self._so_far.dropped[name])
        }
        so_far = Witness(kept, engine.decide(kept))
        interrupted = engine.is_emergency(kept)
        taken_back = interrupted and full.decision.recommend is not Recommend.EMERGENCY
        shown = taken_back if failure.code is Code.INTERRUPT_TAKEN_BACK else not interrupted
        if not shown:
            raise DisagreementError("the engine interrupts as it should", full)
        return replace(failure, witness=full, short=so_far)

    def _taken_back(self) -> Iterator[Claim]:
        ends = self.bench.sheet.wins[Recommend.EMERGENCY]
        for rule, fires in zip(self.bench.protocol.rules, self._so_far.fires, strict=True):
            if rule.recommend is Recommend.EMERGENCY:
                says = f"Rule {rule.id} ends the questions, but not in an emergency."
                back = self.bench.circuit.conj((fires.yes, -ends))
                yield Claim(Code.INTERRUPT_TAKEN_BACK, rule.id, says, back)

    def _waiting(self) -> Iterator[Claim]:
        for question in self.bench.protocol.questions:
            ticked = self._so_far.domains[question.id].has
            for option in question.options:
                if option.safety is Safety.EMERGENCY:
                    label = f"“{question.short.text}: {value_in_words(question, option.id)}”"
                    says = f"{label} does not end the questions at once."
                    waits = self.bench.circuit.conj((ticked[option.id], -self._so_far.emergency))
                    subject = f"{question.id}.{option.id}"
                    yield Claim(Code.SIGN_DOES_NOT_INTERRUPT, subject, says, waits)
