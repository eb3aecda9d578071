"""What a clinic may know of somebody's answers: all of it, as if nothing private had been asked.

A private question is one that is marked so, or one that is asked because of a private answer. A
clinic's copy of the protocol never asks them: a rule on them is then no, as for any question that
does not apply. So neither what is stored nor what is left out tells whether a private answer was
given, or which.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from assessment.engine.answers import Answer, Answers, all_to_json
from assessment.engine.conditions import Any, every_test
from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol, Recommend
from assessment.engine.questions import Question
from assessment.exports.machine import Json, decision_json

NEVER = Any(())
NEEDED = (
    "recommendation", "urgency", "pressure", "complete", "fail_safe", "interrupted", "rules",
    "missing", "skipped", "precautions", "headline", "do_now", "protocol",
)  # fmt: skip
"""What is kept of a decision: what was advised and why, and by which rules."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How far somebody has got: `answered` of about `of_about` questions, private ones aside."""

    answered: int
    of_about: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What was decided on what a clinic gets; `stored` is the decision as it is kept."""

    recommend: Recommend
    complete: bool
    stored: Json


class ForClinic:
    """One protocol, without what is private. Make it once: the rules are compiled here."""

    def __init__(self, protocol: Protocol) -> None:
        self.private = _private(protocol)
        """The ids of the questions that are left out."""
        self.engine = Engine(_without(protocol, self.private))

    def answers(self, answers: Answers) -> dict[str, Answer]:
        """Return the answers that a clinic gets: those to questions that are asked."""
        return {name: answers[name] for name in self.engine.asked(answers) if name in answers}

    def extent(self, answers: Answers) -> Extent:
        """Return how far these answers have got."""
        path = self.engine.path(answers)
        answered = len(path.asked) - len(path.missing) - len(path.skipped)
        return Extent(answered, answered + len(path.missing))

    def can_be_sent(self, answers: Answers) -> bool:
        """Whether they are complete, or an emergency ended the questions.

        An emergency that only a private answer tells of does not count: a response that breaks
        off without a reason would give it away.
        """
        shared = self.answers(answers)
        return not self.engine.missing(shared) or self.engine.is_emergency(shared)

    def judge(self, answers: Answers, *, invited: bool = False) -> Judged:
        """Return the decision on what a clinic gets, in the words that its client read."""
        shared = self.answers(answers)
        decision = self.engine.decide(shared)
        whole = decision_json(self.engine, shared, decision, invited=invited)
        stored = {name: whole[name] for name in NEEDED}
        return Judged(decision.recommend, decision.complete, stored)

    def stored(self, answers: Answers) -> Json:
        """Return what a clinic gets, as JSON values."""
        return {**all_to_json(self.answers(answers), self.engine.protocol.question)}


def _private(protocol: Protocol) -> frozenset[str]:
    findings = {finding.id: finding.when for finding in protocol.findings}
    found: set[str] = set()
    for question in protocol.questions:  # in order: a condition names earlier questions only
        tests = () if question.enable_when is None else every_test(question.enable_when, findings)
        if question.private or any(test.question in found for test in tests):
            found.add(question.id)
    return frozenset(found)


def _without(protocol: Protocol, private: frozenset[str]) -> Protocol:
    def never_asked(question: Question) -> Question:
        if question.id not in private:
            return question
        return replace(question, enable_when=NEVER, private=False)

    return replace(protocol, questions=tuple(map(never_asked, protocol.questions)))
