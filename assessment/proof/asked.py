"""Asked: the signs that `safety.yaml` names were on a page shown, or help was due without them."""

from __future__ import annotations

from dataclasses import replace

from assessment.engine.answers import Answers
from assessment.engine.decision import Engine
from assessment.engine.protocol import Sign
from assessment.engine.words import value_in_words
from assessment.proof.circuit import Literal
from assessment.proof.owed import Owing
from assessment.proof.report import Bounds, Code, Failure
from assessment.proof.solver import Model
from assessment.proof.witness import DisagreementError, costs, replayed
from assessment.proof.workbench import Claim, Workbench


class Asking:
    """One answer set before the solver, with what of it is shown to the person."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        self._sign: dict[str, Sign] = {}
        self._owing = Owing(bench)

    def claims(self) -> list[Claim]:
        """Return the claims of signs that are not asked where they should be."""
        protocol, meanings = self.bench.protocol, self.bench.meanings
        return [
            self._claim(f"{promise.id}: {sign}", sign, self.bench.sheet.literal(when.possibly))
            for promise, when in zip(protocol.promises, meanings.promises, strict=True)
            for sign in promise.asked
        ]

    def costs(self) -> list[Literal]:
        """Return what takes an answer away from a calm one."""
        return costs(self.bench.sheet)

    def show(self, failure: Failure, model: Model) -> Failure:
        """Return the failure with the answers of the model, replayed on the engine.

        Raises DisagreementError when the engine shows the sign on these answers.
        """
        witness = replayed(self.bench.engine, self.bench.sheet, model)
        sign = self._sign[failure.subject]
        if is_shown(self.bench.engine, sign.question, witness.answers):
            raise DisagreementError("the engine shows the sign", witness)
        owed = self._owing.by_urgency(sign).items()
        bounds = Bounds(max(urgency for urgency, literal in owed if model.holds(literal)))
        return replace(failure, witness=witness, bounds=bounds, says=self._says(sign, bounds))

    def _claim(self, subject: str, sign: Sign, applies: Literal) -> Claim:
        self._sign[subject] = sign
        bounds = Bounds(self._owing.tier(sign))
        missed = (applies, -self._shown(sign.question), -self._owing.excused(sign))
        says = self._says(sign, bounds)
        return Claim(Code.SIGN_NOT_ASKED, subject, says, self.bench.circuit.conj(missed), bounds)

    def _says(self, sign: Sign, bounds: Bounds) -> str:
        question = self.bench.protocol.question[sign.question]
        value = f": {value_in_words(question, sign.option)}" if sign.option else ""
        label = f"“{question.short.text}{value}”"
        return f"Everybody must be asked about {label}, or {bounds.asked_for}. Some are not."

    def _shown(self, question_id: str) -> Literal:
        """Return "this question is on a page shown"."""
        asked = self.bench.sheet.domains[question_id].asked
        return self.bench.circuit.conj((asked, -self.bench.settled[question_id]))


def is_shown(engine: Engine, question_id: str, answers: Answers) -> bool:
    """Whether the engine shows this question to somebody who answers like this."""
    before = {name: answer for name, answer in answers.items() if name != question_id}
    return question_id in engine.missing(before)
