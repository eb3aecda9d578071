"""The decision: what is recommended for one set of answers, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import filterfalse
from operator import attrgetter
from typing import NamedTuple

from assessment.engine.answers import Answer, Answers
from assessment.engine.compiler import Compiler
from assessment.engine.logic import Expr, Or
from assessment.engine.lowering import Lowering
from assessment.engine.protocol import Precaution, Protocol, Recommend, Rule, Support
from assessment.engine.reasons import Reasons, Wanted, gather


class FiredRule(NamedTuple):
    """A rule that counted, what it recommended, and the answers that made it so.

    `unsure` rules fired through `if_unsure`. `private` ones rest on a private answer and are
    shown to the person only.
    """

    rule: Rule
    recommend: Recommend
    answers: Mapping[str, Answer]
    unsure: bool
    private: bool


class _Effect(NamedTuple):
    """What a rule does when it is yes, or unknown; `FiredRule` without the answers."""

    rule: Rule
    recommend: Recommend
    wanted: Wanted
    unsure: bool
    private: bool


_precedence = attrgetter("recommend.place")


class NotedPrecaution(NamedTuple):
    """A precaution that applies, or may apply (`unsure`)."""

    precaution: Precaution
    unsure: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What is recommended, and everything that led there.

    `complete`: every question that is asked has an answer. `interrupted`: an emergency ended
    the questions early. `fail_safe`: no rule decided, or something went wrong, so the answer is
    care. `missing` questions are asked and unanswered; `ignored` answers are to questions that
    are not asked. `fired` holds every rule that counted, most urgent first.
    """

    recommend: Recommend
    complete: bool
    fail_safe: bool
    interrupted: bool
    fired: tuple[FiredRule, ...]
    precautions: tuple[NotedPrecaution, ...]
    missing: tuple[str, ...]
    ignored: tuple[str, ...]

    @property
    def winning(self) -> tuple[FiredRule, ...]:
        """The rules that gave the recommendation."""
        return tuple(fired for fired in self.fired if fired.recommend is self.recommend)


class Engine:
    """Decides for one protocol. Make it once: the rules are compiled here.

    Its methods never change anything and may be called from any thread.
    """

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        lowering = Lowering(
            protocol.question, {finding.id: finding.when for finding in protocol.findings}
        )
        self.lowering = lowering
        """What each condition of the protocol means."""
        asked: dict[str, Expr] = {}
        for question in protocol.questions:
            if question.enable_when is not None:
                asked[question.id] = lowering.meaning(question.enable_when).possibly
        meanings = [lowering.finding(finding.id) for finding in protocol.findings]
        shared = [part for meaning in meanings for part in (meaning.surely, meaning.possibly)]
        compiler = Compiler(protocol.questions, asked, shared)
        self._rules = protocol.rules
        self.fire = compiler.rules(
            (meaning.surely, meaning.possibly if rule.if_unsure else None)
            for rule in protocol.rules
            for meaning in [lowering.meaning(rule.when)]
        )
        """Give the places of the rules that are yes, and of those that are unknown."""
        self._noted = compiler.rules(
            (meaning.surely, meaning.possibly)
            for precaution in protocol.precautions
            for meaning in [lowering.meaning(precaution.when)]
        )
        self._helps = compiler.rules(
            (lowering.meaning(support.when).surely, None) for support in protocol.support
        )
        self.asked = compiler.walk()
        """List the ids of the questions that are asked, given answers."""
        self.is_emergency = compiler.predicate(
            Or(
                tuple(
                    lowering.meaning(rule.when).surely
                    for rule in protocol.rules
                    if rule.recommend is Recommend.EMERGENCY
                )
            )
        )
        """Whether an emergency rule is already yes, given answers."""
        self._requires = {
            recommend: compiler.predicate(lowering.meaning(advice.requires).surely)
            for recommend, advice in protocol.advice.items()
            if advice.requires is not None
        }
        reasons = Reasons(protocol)
        self._when_sure = [
            _Effect(rule, rule.recommend, wanted, False, private)
            for rule, wanted, private in zip(
                protocol.rules, reasons.when_sure, reasons.private, strict=True
            )
        ]
        self._when_unsure = [
            _Effect(rule, rule.if_unsure or rule.recommend, wanted, True, private)
            for rule, wanted, private in zip(
                protocol.rules, reasons.when_unsure, reasons.private, strict=True
            )
        ]
        self._is_carer: Callable[[Answers], bool] | None = None
        if protocol.carer_when is not None:
            self._is_carer = compiler.predicate(lowering.meaning(protocol.carer_when).surely)

    def is_carer(self, answers: Answers) -> bool:
        """Whether somebody answers for another person."""
        return self._is_carer is not None and self._is_carer(answers)

    def missing(self, answers: Answers) -> list[str]:
        """List the questions that are asked and have no answer, in order."""
        return [question for question in self.asked(answers) if question not in answers]

    def most_urgent(self, answers: Answers) -> Recommend | None:
        """Return the first recommendation in precedence that counts and whose rule is yes."""
        sure = {self._rules[place].recommend for place in self.fire(answers)[0]}
        counting = [
            recommend
            for recommend in sure
            if recommend not in self._requires or self._requires[recommend](answers)
        ]
        return min(counting, key=lambda recommend: recommend.place, default=None)

    def support(self, answers: Answers) -> tuple[Support, ...]:
        """Return the private support that these answers call for."""
        return tuple(self.protocol.support[place] for place in self._helps(answers)[0])

    def decide(self, answers: Answers) -> Decision:
        """Return the decision. Whatever goes wrong ends in care, never in massage."""
        try:
            return self._decide(answers)
        except Exception:
            return Decision(Recommend.MEDICAL_CLEARANCE_FIRST, False, True, False, (), (), (), ())

    def _decide(self, answers: Answers) -> Decision:
        asked = self.asked(answers)
        missing = tuple(filterfalse(answers.__contains__, asked))
        ignored: tuple[str, ...] = ()
        if len(asked) - len(missing) != len(answers):
            ignored = tuple(sorted(answers.keys() - set(asked)))
            answers = {question: answers[question] for question in asked if question in answers}
        yes, unknown = self.fire(answers)
        if missing:
            emergency = Recommend.EMERGENCY
            yes = [place for place in yes if self._rules[place].recommend is emergency]
            unknown = []
        fired = self._fired(answers, yes, unknown)
        best = fired[0].recommend if fired else None
        noted_yes, noted_unknown = self._noted(answers)
        precautions = self.protocol.precautions
        return Decision(
            recommend=best or Recommend.MEDICAL_CLEARANCE_FIRST,
            complete=not missing,
            fail_safe=best is None,
            interrupted=bool(missing) and best is Recommend.EMERGENCY,
            fired=fired,
            precautions=(
                *[NotedPrecaution(precautions[place], False) for place in noted_yes],
                *[NotedPrecaution(precautions[place], True) for place in noted_unknown],
            ),
            missing=missing,
            ignored=ignored,
        )

    def _fired(self, answers: Answers, yes: list[int], unknown: list[int]) -> tuple[FiredRule, ...]:
        effects = [self._when_sure[place] for place in yes]
        effects += [self._when_unsure[place] for place in unknown]
        effects.sort(key=_precedence)
        return tuple(
            [
                FiredRule(rule, recommend, gather(wanted, answers), unsure, private)
                for rule, recommend, wanted, unsure, private in effects
                if recommend not in self._requires or self._requires[recommend](answers)
            ]
        )
