"""How the engine decides each case, and whether that is what the case expects."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.engine.answers import Answers, parse
from assessment.engine.decision import Decision, Engine
from assessment.engine.protocol import Case
from assessment.proof.report import Code, Failure, Witness


@dataclass(frozen=True, slots=True)
class Judged:
    """One case with the engine's decision on it."""

    case: Case
    answers: Answers
    decision: Decision

    @property
    def exact(self) -> bool:
        """The decision is the expected one."""
        return self.decision.recommend is self.case.expected

    @property
    def acceptable(self) -> bool:
        """The decision is the expected one, or one that the case accepts as well."""
        return self.exact or self.decision.recommend in self.case.acceptable

    @property
    def unsafe(self) -> bool:
        """The decision is one that the case must never get."""
        return self.decision.recommend in self.case.never

    @property
    def wrong(self) -> tuple[str, ...]:
        """What is wrong with the decision, in words; nothing when the case passes."""
        decision, case = self.decision, self.case
        accepted = " or ".join(each.id for each in (case.expected, *case.acceptable))
        winning = [fired.rule.id for fired in decision.winning]
        found = []
        if not self.acceptable:
            found.append(f"expected {accepted}, got {decision.recommend.id}")
        if case.rule is not None and case.rule not in winning:
            found.append(f"expected rule {case.rule}, got {', '.join(winning) or 'none'}")
        if decision.missing and not decision.interrupted:
            found.append(f"no answer to {', '.join(decision.missing)}")
        elif decision.fail_safe:
            found.append("no rule decides")
        return tuple(found)


def judged(engine: Engine) -> tuple[Judged, ...]:
    """Return every case of the engine's protocol with the decision on it."""
    question = engine.protocol.question
    found = []
    for case in engine.protocol.cases:
        answers = {name: parse(question[name], raw) for name, raw in case.answers.items()}
        found.append(Judged(case, answers, engine.decide(answers)))
    return tuple(found)


def failed_cases(engine: Engine) -> list[Failure]:
    """Return the cases that do not get what they expect."""
    return [
        Failure(
            Code.CASE_FAILS,
            one.case.id,
            f"“{one.case.title}”: {'; '.join(one.wrong)}.",
            Witness(one.answers, one.decision),
        )
        for one in judged(engine)
        if one.wrong
    ]
