"""How the engine decides each case, and whether that is what the case expects."""

from __future__ import annotations

from collections.abc import Iterable
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
    def unanswered(self) -> tuple[str, ...]:
        """The questions that are asked and that the case says nothing to."""
        return () if self.decision.interrupted else self.decision.missing

    @property
    def winning(self) -> tuple[str, ...]:
        """The ids of the rules that decide."""
        return tuple(fired.rule.id for fired in self.decision.winning)

    @property
    def other_rule(self) -> bool:
        """Another rule decides than the one that the case names."""
        return self.case.rule is not None and self.case.rule not in self.winning

    @property
    def not_told(self) -> tuple[str, ...]:
        """The precautions that the case names and that neither apply nor may apply."""
        noted = {one.precaution.id for one in self.decision.precautions}
        return tuple(name for name in self.case.precautions if name not in noted)

    @property
    def wrong(self) -> tuple[str, ...]:
        """What is wrong with the decision, in words; nothing when the case passes."""
        decision, case = self.decision, self.case
        accepted = " or ".join(each.id for each in (case.expected, *case.acceptable))
        found = []
        if not self.acceptable:
            found.append(f"expected {accepted}, got {decision.recommend.id}")
        if self.other_rule:
            found.append(f"expected rule {case.rule}, got {', '.join(self.winning) or 'none'}")
        if self.not_told:
            found.append(f"precaution {', '.join(self.not_told)} is not told")
        if self.unanswered:
            found.append(f"no answer to {', '.join(self.unanswered)}")
        elif decision.fail_safe:
            found.append("no rule decides")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that is asked in these cases, and that they say nothing to."""

    question: str
    cases: tuple[Judged, ...]

    @property
    def says(self) -> str:
        """The same in words, for one line."""
        first, *others = (one.case.id for one in self.cases)
        more = f" and {len(others)} more" if others else ""
        return f"no answer in the case{'s' if others else ''} {first}{more}"


def judged(engine: Engine) -> tuple[Judged, ...]:
    """Return every case of the engine's protocol with the decision on it."""
    question = engine.protocol.question
    found = []
    for case in engine.protocol.cases:
        answers = {name: parse(question[name], raw) for name, raw in case.answers.items()}
        found.append(Judged(case, answers, engine.decide(answers)))
    return tuple(found)


def unanswered(cases: Iterable[Judged]) -> tuple[Unanswered, ...]:
    """Return the questions without an answer, each once with its cases, in order of appearance.

    What such a case is recommended says nothing before they are answered.
    """
    found: dict[str, list[Judged]] = {}
    for one in cases:
        for name in one.unanswered:
            found.setdefault(name, []).append(one)
    return tuple(Unanswered(name, tuple(some)) for name, some in found.items())


def wrongly_decided(cases: Iterable[Judged]) -> tuple[Judged, ...]:
    """Return the cases that are answered in full and do not get what they expect."""
    return tuple(one for one in cases if one.wrong and not one.unanswered)


def failed_cases(engine: Engine) -> list[Failure]:
    """Return what is wrong with the cases: a question without answers once, whatever it breaks."""
    cases = judged(engine)
    failures = [
        Failure(Code.CASE_FAILS, one.question, f"{one.says}; give its `usual` answer.")
        for one in unanswered(cases)
    ]
    return failures + [
        Failure(
            Code.CASE_FAILS,
            one.case.id,
            f"“{one.case.title}”: {'; '.join(one.wrong)}.",
            Witness(one.answers, one.decision),
        )
        for one in wrongly_decided(cases)
    ]
