"""Coming back: nothing that is due today rests on a confirmed answer alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assessment.engine.answers import Answers
from assessment.engine.logic import Expr, Meaning
from assessment.engine.opens import SAME_DAY
from assessment.engine.protocol import Rule
from assessment.engine.settled import Bounds as Known
from assessment.engine.tree import Trees, Value
from assessment.proof.circuit import Literal
from assessment.proof.report import Code, Failure
from assessment.proof.solver import Model
from assessment.proof.witness import DisagreementError, costs, decoded, replayed
from assessment.proof.workbench import Claim, Workbench

_ALONE = "rests on what is confirmed instead of asked, whatever else is answered today."


class Confirming:
    """One answer set, of which only what lasts is known: everything else may become anything."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        questions, asked = bench.protocol.questions, bench.meanings.asked
        anew = [one.id for one in questions if not one.lasts]
        self._known = Known(questions, asked, hidden=anew)
        self._last = len(questions)

    def claims(self) -> list[Claim]:
        """Return the claims of promises and rules that rest on confirmed answers alone."""
        return [self._claim(*each) for each in (*self._promises(), *self._unsure())]

    def costs(self) -> list[Literal]:
        """Return what takes an answer away from a calm one."""
        return costs(self.bench.sheet)

    def show(self, failure: Failure, model: Model) -> Failure:
        """Return the failure with the answers of the model, replayed on the engine.

        Raises DisagreementError when the engine says that it takes more than what was confirmed.
        """
        answers = decoded(self.bench.sheet, model)
        witness = replayed(self.bench.engine, self.bench.sheet, model, answers)
        if not self._rests(failure.subject, answers):
            raise DisagreementError("the engine needs more than what was confirmed", witness)
        return replace(failure, witness=witness)

    def _rests(self, subject: str, answers: Answers) -> bool:
        """Whether the engine says so: of a promise on the confirmed answers and no others."""
        trees, protocol = Trees(self.bench.engine), self.bench.protocol
        lasting = {name: one for name, one in answers.items() if protocol.question[name].lasts}
        promises = {one.id: one.when for one in protocol.promises}
        if subject in promises and trees.value(promises[subject], lasting) is Value.YES:
            return True
        rules = {one.id: one.when for one in protocol.rules}
        return subject in rules and trees.value(rules[subject], answers) is Value.UNKNOWN

    def _promises(self) -> Iterator[tuple[str, str, Expr]]:
        protocol, meanings = self.bench.protocol, self.bench.meanings
        for promise, when in zip(protocol.promises, meanings.promises, strict=True):
            if promise.urgency_at_least >= SAME_DAY:
                rests = self._known.lower(when.surely, self._last)
                yield promise.id, f"“{promise.promise.text}” {_ALONE}", rests

    def _unsure(self) -> Iterator[tuple[str, str, Expr]]:
        protocol, meanings = self.bench.protocol, self.bench.meanings
        for rule, when in zip(protocol.rules, meanings.rules, strict=True):
            if rule.if_unsure is not None and rule.if_unsure.urgency >= SAME_DAY:
                yield self._of_rule(rule, when)

    def _of_rule(self, rule: Rule, when: Meaning) -> tuple[str, str, Expr]:
        says = f"The `if_unsure` of {rule.id} {_ALONE}"
        return rule.id, says, self._known.unknown(when, self._last)

    def _claim(self, subject: str, says: str, rests: Expr) -> Claim:
        literal = self.bench.sheet.literal(rests)
        return Claim(Code.RESTS_ON_CONFIRMED, subject, says, literal)
