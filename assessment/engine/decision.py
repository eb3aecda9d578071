"""The decision: what is recommended for one set of answers, and why.

Fired rules are named tuples: each decision makes several, and a frozen dataclass takes nearly three
times as long to make.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import filterfalse
from operator import attrgetter
from typing import NamedTuple

from assessment.engine.answers import Answer, Answers
from assessment.engine.compiler import Compiler, Counted, Evidence, Unanswered
from assessment.engine.logic import FALSE, TRUE, Or
from assessment.engine.lowering import Lowering
from assessment.engine.meanings import meanings_of
from assessment.engine.places import free_places
from assessment.engine.protocol import Precaution, Protocol, Recommend, Rule, Support
from assessment.engine.reasons import Reasons
from assessment.engine.settled import ShortWalk, short_walk
from assessment.engine.walking import WalkEnded, Walking

_precedence = attrgetter("recommend.place")


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


@dataclass(frozen=True, slots=True)
class NotedPrecaution:
    """A precaution that applies, or may apply (`unsure`).

    `private` ones rest on a private answer: nobody but the person may see them.
    """

    precaution: Precaution
    unsure: bool
    private: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What is recommended, and everything that led there.

    `complete`: every question that is asked has an answer. `interrupted`: an emergency ended
    the questions early. `fail_safe`: no rule decided, or something went wrong, so the answer is
    care. `missing` questions are asked and unanswered; `ignored` answers are to questions that
    are not asked. `fired` holds every rule that counted, most urgent first. `skipped` questions
    are asked and unanswered, but settled: nothing rests on them, and the answers are complete
    without. `ended_early`: so were the last ones, so that the walk ended before them.
    """

    recommend: Recommend
    complete: bool
    fail_safe: bool
    interrupted: bool
    fired: tuple[FiredRule, ...]
    precautions: tuple[NotedPrecaution, ...]
    missing: tuple[str, ...]
    ignored: tuple[str, ...]
    skipped: tuple[str, ...] = ()
    ended_early: bool = False

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
        self.lowering = Lowering(
            protocol.question, {finding.id: finding.when for finding in protocol.findings}
        )
        """Says what any other condition over the same questions and findings means."""
        self.meanings = meanings = meanings_of(protocol, self.lowering)
        """What each condition of the protocol means."""
        shared = [
            part for each in meanings.findings.values() for part in (each.surely, each.possibly)
        ]
        self.compiler = compiler = Compiler(protocol.questions, meanings.asked, shared)
        """Makes a function of anything else that `lowering` gives."""
        reasons = Reasons(protocol)
        self._rules = protocol.rules
        self._private = [reasons.is_private(rule.when) for rule in protocol.rules]
        noted = [(one, reasons.is_private(one.when)) for one in protocol.precautions]
        self._noted = [NotedPrecaution(one, False, private) for one, private in noted]
        self._perhaps_noted = [NotedPrecaution(one, True, private) for one, private in noted]
        ruled = list(zip(protocol.rules, meanings.rules, strict=True))
        rules = [(each.surely, each.possibly if rule.if_unsure else None) for rule, each in ruled]
        self.fire = compiler.rules(rules)
        """Give the places of the rules that are yes, and of those that are unknown."""
        self._evidence = compiler.evidence(
            rules,
            [reasons.wanted(rule.when) for rule in protocol.rules],
            [(each.surely, each.possibly) for each in meanings.precautions],
        )
        self._helps = compiler.rules([(when, None) for when in meanings.support])
        self.asked = compiler.walk()
        """List the ids of the questions that are asked, given answers."""
        emergencies = [each for rule, each in ruled if rule.recommend is Recommend.EMERGENCY]
        self.is_emergency = compiler.predicate(Or(tuple(each.surely for each in emergencies)))
        """Whether an emergency rule is already yes, given answers."""
        self.is_carer = compiler.predicate(FALSE if meanings.carer is None else meanings.carer)
        """Whether somebody answers for another person."""
        self._optional = [
            (question.id, compiler.predicate(meanings.asked.get(question.id, TRUE)))
            for question in protocol.questions
            if question.optional and question.id != protocol.start_asks
        ]
        self._requires = {
            recommend: compiler.predicate(when) for recommend, when in meanings.requires.items()
        }

    def missing(self, answers: Answers) -> list[str]:
        """List the questions that are asked, have no answer and are not settled, in order."""
        if all(question in answers for question in self.asked(answers)):
            return []
        return self._unanswered(answers)[0]

    @cached_property
    def short(self) -> ShortWalk:
        """How walks are shortened: what `settled.py` makes of this protocol."""
        return short_walk(self.protocol, self.meanings)

    @cached_property
    def _unanswered(self) -> Callable[[Answers], Unanswered]:
        return self.compiler.unanswered(self.short.steps)

    @cached_property
    def _short_evidence(self) -> Callable[[Answers], Evidence]:
        """The evidence where questions are unanswered: only what is surely unknown is unknown."""
        surely = [each.surely for each in self.meanings.rules]
        unsure = [
            None if rule.if_unsure is None else perhaps
            for rule, perhaps in zip(self._rules, self.short.rules, strict=True)
        ]
        noted = [each.surely for each in self.meanings.precautions]
        reasons = Reasons(self.protocol)
        return self.compiler.evidence(
            list(zip(surely, unsure, strict=True)),
            [reasons.wanted(rule.when) for rule in self._rules],
            list(zip(noted, self.short.precautions, strict=True)),
        )

    def walk(self, ask: Callable[[str], Answer], given: Answers) -> dict[str, Answer]:
        """Return the answers of a walk that asks a function for each, after those given already.

        It asks what the pages ask, in their order, and ends where an emergency ends them.
        """
        optional = frozenset(one.id for one in self.protocol.questions if one.optional)
        walking = Walking(given, ask, optional, self.is_emergency)
        with suppress(WalkEnded):
            self._walker(walking)
        return walking.given

    @cached_property
    def _walker(self) -> Callable[[Walking], None]:
        return self.compiler.walker(self.short.steps)

    def offered(self, answers: Answers) -> list[str]:
        """List the optional questions that a person may still answer, in order."""
        return [name for name, holds in self._optional if name not in answers and holds(answers)]

    def free_places(self, recommend: Recommend, answers: Answers) -> tuple[str, ...]:
        """Return the places of a recommendation that are ticked and free of limits, in order."""
        return tuple(place for place, free in self._free[recommend].items() if free(answers))

    @cached_property
    def _free(self) -> dict[Recommend, dict[str, Callable[[Answers], bool]]]:
        # Made when first asked for: few headlines name places.
        meaning, predicate = self.lowering.meaning, self.compiler.predicate
        return {
            recommend: {
                place: predicate(meaning(condition).surely)
                for place, condition in free_places(self.protocol, recommend).items()
            }
            for recommend in Recommend
        }

    def most_urgent(self, answers: Answers) -> Recommend | None:
        """Return the first recommendation in precedence whose rule is already yes."""
        sure = [self._rules[place].recommend for place in self.fire(answers)[0]]
        return min(sure, key=lambda recommend: recommend.place, default=None)

    def support(self, answers: Answers) -> tuple[Support, ...]:
        """Return the private support that these answers call for."""
        return tuple(self.protocol.support[place] for place in self._helps(answers)[0])

    def noted_for(self, answers: Answers) -> dict[str, Mapping[str, Answer]]:
        """Return the answers that each noted precaution rests on, by the precaution's id."""
        _, sure, unsure, _, _ = self._precaution_evidence(answers)
        precautions = self.protocol.precautions
        return {
            precautions[place].id: _given(counted, answers) for place, counted in [*sure, *unsure]
        }

    @cached_property
    def _precaution_evidence(self) -> Callable[[Answers], Evidence]:
        # Made when first asked for: a person's own result does not show it.
        reasons = Reasons(self.protocol)
        return self.compiler.evidence(
            [(each.surely, each.possibly) for each in self.meanings.precautions],
            [reasons.wanted(one.when) for one in self.protocol.precautions],
            [],
        )

    def decide(self, answers: Answers) -> Decision:
        """Return the decision. Whatever goes wrong ends in care, never in massage."""
        try:
            return self._decide(answers)
        except Exception:
            return Decision(Recommend.MEDICAL_CLEARANCE_FIRST, False, True, False, (), (), (), ())

    def _decide(self, answers: Answers) -> Decision:
        asked, yes, unknown, noted, perhaps_noted = self._evidence(answers)
        missing = skipped = tuple(filterfalse(answers.__contains__, asked))
        ignored: tuple[str, ...] = ()
        if len(asked) - len(missing) != len(answers):
            ignored = tuple(sorted(answers.keys() - set(asked)))
        if missing:
            missing, skipped = map(tuple, self._unanswered(answers))
            _, yes, unknown, noted, perhaps_noted = self._short_evidence(answers)
            unknown = [(place, _given(counted, answers)) for place, counted in unknown]
        fired = self._fired(answers, yes, unknown)
        emergency = Recommend.EMERGENCY
        if missing:
            fired = [one for one in fired if one.recommend is emergency and not one.unsure]
        fail_safe = not fired
        recommend = Recommend.MEDICAL_CLEARANCE_FIRST if fail_safe else fired[0].recommend
        interrupted = recommend is emergency and bool(missing or skipped)
        complete = not (missing or interrupted)
        precautions = [self._noted[place] for place in noted]
        precautions += [self._perhaps_noted[place] for place in perhaps_noted]
        # In the order of the fields: by name takes twice as long.
        return Decision(
            recommend,
            complete,
            fail_safe,
            interrupted,
            tuple(fired),
            tuple(precautions),
            missing,
            ignored,
            skipped,
            complete and bool(skipped) and self._is_last(skipped[-1], asked),
        )

    def _is_last(self, question_id: str, asked: list[str]) -> bool:
        """Whether nothing is asked on the way after this question."""
        question = self.protocol.question
        return question_id == [name for name in asked if not question[name].optional][-1]

    def _fired(
        self, answers: Answers, yes: list[Counted], unknown: list[Counted]
    ) -> list[FiredRule]:
        """Return every rule that counts, most urgent first."""
        rules, private = self._rules, self._private
        fired = []
        for place, counted in yes:
            rule = rules[place]
            fired.append(FiredRule(rule, rule.recommend, counted, False, private[place]))
        for place, counted in unknown:
            rule = rules[place]
            if rule.if_unsure is not None:
                fired.append(FiredRule(rule, rule.if_unsure, counted, True, private[place]))
        for recommend, holds in self._requires.items():
            if not holds(answers):
                fired = [one for one in fired if one.recommend is not recommend]
        fired.sort(key=_precedence)
        return fired


def _given(counted: Mapping[str, Answer], answers: Answers) -> dict[str, Answer]:
    """Return what counts of the answers that were given: an open question reads as unknown."""
    return {name: answer for name, answer in counted.items() if name in answers}
