"""The decision: what is recommended for one set of answers, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from assessment.engine.answers import Answer, Answers
from assessment.engine.compiler import Compiler, Evidence, Unanswered
from assessment.engine.firing import FiredRule, Firing, NotedPrecaution
from assessment.engine.logic import FALSE, TRUE, Or
from assessment.engine.lowering import Lowering
from assessment.engine.meanings import meanings_of
from assessment.engine.places import free_places
from assessment.engine.protocol import Protocol, Recommend, Support
from assessment.engine.reasons import Reasons
from assessment.engine.settled import ShortWalk, short_walk
from assessment.engine.walking import WalkEnded, Walking
from assessment.engine.worlds import Worlds

_MEDICAL = [recommend for recommend in Recommend if recommend.is_medical]


class Path(NamedTuple):
    """The questions that answers lead to, in order.

    `asked` are all of them. `missing` ones have no answer; `skipped` ones have none either, but are
    settled: nothing rests on them.
    """

    asked: list[str]
    missing: list[str]
    skipped: list[str]


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
        self._rules = protocol.rules
        self._firing = firing = Firing(protocol, meanings, compiler)
        unknown = [each.possibly for each in meanings.rules]
        self.fire = compiler.rules(firing.rules(unknown))
        """Give the places of the rules that are yes, and of those that are unknown."""
        self._evidence = firing.evidence(unknown, [each.possibly for each in meanings.precautions])
        self._helps = compiler.rules([(when, None) for when in meanings.support])
        self.asked = compiler.walk()
        """List the ids of the questions that are asked, given answers."""
        surely = zip(protocol.rules, meanings.rules, strict=True)
        emergencies = [
            each.surely for rule, each in surely if rule.recommend is Recommend.EMERGENCY
        ]
        self.is_emergency = compiler.predicate(Or(tuple(emergencies)))
        """Whether an emergency rule is already yes, given answers."""
        self.is_carer = compiler.predicate(FALSE if meanings.carer is None else meanings.carer)
        """Whether somebody answers for another person."""
        self._offered = [
            (name, compiler.predicate(meanings.asked.get(name, TRUE)))
            for name in protocol.result_asks
        ]

    def missing(self, answers: Answers) -> list[str]:
        """List the questions that are asked, have no answer and are not settled, in order."""
        return self.path(answers).missing

    def next_question(self, answers: Answers) -> str | None:
        """Return the first of them; None when nothing is left to ask."""
        return self._next(answers)

    def path(self, answers: Answers) -> Path:
        """Return the questions that these answers lead to."""
        return self._path(self.asked(answers), answers)

    def _path(self, asked: list[str], answers: Answers) -> Path:
        if all(map(answers.__contains__, asked)):
            return Path(asked, [], [])
        return Path(asked, *self._unanswered(answers))

    @cached_property
    def short(self) -> ShortWalk:
        """How walks are shortened: what `settled.py` makes of this protocol."""
        return short_walk(self.protocol, self.meanings)

    @cached_property
    def _unanswered(self) -> Callable[[Answers], Unanswered]:
        return self.compiler.unanswered(self.short.steps)

    @cached_property
    def _next(self) -> Callable[[Answers], str | None]:
        return self.compiler.next_question(self.short.steps)

    @cached_property
    def _short_evidence(self) -> Callable[[Answers], Evidence]:
        """The evidence where questions are unanswered: only what is surely unknown is unknown."""
        return self._firing.evidence(self.short.rules, self.short.precautions)

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
        """List what the result asks and a person may still answer, in order."""
        return [name for name, holds in self._offered if name not in answers and holds(answers)]

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

    def more_urgent(
        self, than: int, answers: Answers, changes: Sequence[tuple[str, Answer]]
    ) -> list[Recommend | None]:
        """Return the same for each change, another answer to a question, made alone.

        It counts where it is more urgent than this; None where nothing is.
        """
        found: list[Recommend | None] = [None] * len(changes)
        told = zip(_MEDICAL, self._worlds.where(answers, changes), strict=True)
        for recommend, worlds in reversed([one for one in told if one[0].urgency > than]):
            for place in range(len(changes)):
                if worlds >> place & 1:
                    found[place] = recommend
        return found

    @cached_property
    def _worlds(self) -> Worlds:
        rules = list(zip(self._rules, self.meanings.rules, strict=True))
        surely = [
            Or(tuple(each.surely for rule, each in rules if rule.recommend is recommend))
            for recommend in _MEDICAL
        ]
        return Worlds(self.protocol.questions, self.meanings.asked, surely)

    def sure(self, answers: Answers) -> tuple[FiredRule, ...]:
        """Return the rules that are yes however the walk goes on, most urgent first.

        Answers count as given, also those to a question whose list is not answered yet. Once it
        is, they may count no more, and neither may a rule that rests on them.
        """
        _, yes, *_ = self._short_evidence(answers)
        return tuple(self._firing.fired(answers, yes, []))

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
        _, missing, skipped = self._path(asked, answers)
        unanswered = len(missing) + len(skipped)
        ignored: tuple[str, ...] = ()
        if len(asked) - unanswered != len(answers):
            ignored = tuple(sorted(answers.keys() - set(asked)))
        if unanswered:
            _, yes, unknown, noted, perhaps_noted = self._short_evidence(answers)
            unknown = [(place, _given(counted, answers)) for place, counted in unknown]
        fired = self._firing.fired(answers, yes, unknown)
        emergency = Recommend.EMERGENCY
        if missing:
            fired = [one for one in fired if one.recommend is emergency and not one.unsure]
        fail_safe = not fired
        recommend = Recommend.MEDICAL_CLEARANCE_FIRST if fail_safe else fired[0].recommend
        interrupted = recommend is emergency and bool(missing or skipped)
        complete = not (missing or interrupted)
        # In the order of the fields: by name takes twice as long.
        return Decision(
            recommend,
            complete,
            fail_safe,
            interrupted,
            tuple(fired),
            self._firing.noted(noted, perhaps_noted),
            tuple(missing),
            ignored,
            tuple(skipped),
            complete and bool(skipped) and self._is_last(skipped[-1], asked),
        )

    def _is_last(self, question_id: str, asked: list[str]) -> bool:
        """Whether nothing is asked on the way after this question."""
        question = self.protocol.question
        return question_id == [name for name in asked if not question[name].optional][-1]


def _given(counted: Mapping[str, Answer], answers: Answers) -> dict[str, Answer]:
    """Return what counts of the answers that were given: an open question reads as unknown."""
    return {name: answer for name, answer in counted.items() if name in answers}
