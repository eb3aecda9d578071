"""What a clinic may know of somebody's answers: the advice that they got, and no private reason.

There is one decision, made on all answers: how urgent it is and what is advised are for the clinic
what they are for the person. Left out is what rests on a private answer: the answer, the question,
rules and precautions that read it. In their place stands that there is a reason which is private.

Which rules and precautions are left out does not depend on the answers. So of two private answers
that lead to the same advice a clinic gets the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from assessment.engine.answers import Answer, Answers, all_to_json
from assessment.engine.conditions import Condition, reads_any
from assessment.engine.decision import Decision, Engine
from assessment.engine.places import required
from assessment.engine.protocol import Limit, Protocol, Recommend
from assessment.engine.questions import Kind
from assessment.engine.words import headline, short_name
from assessment.exports.machine import Json, decision_json

NEEDED = (
    "recommendation", "urgency", "pressure", "complete", "fail_safe", "interrupted", "rules",
    "missing", "skipped", "precautions", "headline", "do_now", "protocol",
)  # fmt: skip
"""What is kept of a decision: what was advised and why, and by which rules."""

REASON_IS_PRIVATE = "private_reason"
"""Says, with a decision that is kept, that every reason for it is private."""
PRIVATE_LIMITS = "private_limits"
"""Lists, with it, what is limited for a reason that is private."""
PRIVATE_PLACES = "private_places"
"""Names, with it, the places of the body to which such a limit keeps."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How far somebody has got: `answered` of about `of_about` questions, private ones aside."""

    answered: int
    of_about: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What was decided; `stored` is what a clinic gets of it, as it is kept.

    `private_reason`: all that led to the recommendation is private. `limits` are what a private
    answer limits, the gravest first; `places` are where, in words, if not everywhere.
    """

    recommend: Recommend
    complete: bool
    private_reason: bool
    limits: tuple[Limit, ...]
    places: Mapping[Limit, tuple[str, ...]]
    stored: Json


class ForClinic:
    """What a clinic gets under one protocol. Make it once: the rules are compiled here."""

    def __init__(self, protocol: Protocol) -> None:
        self._findings = {finding.id: finding.when for finding in protocol.findings}
        self.private = protocol.private
        """The ids of the questions that are left out."""
        self._engine = Engine(protocol)
        self._rules = {one.id for one in protocol.rules if self._hides(one.when)}
        self._notes = {one.id for one in protocol.precautions if self._hides(one.when)}
        self._held_back = {one for one in Recommend if self._hides(required(protocol, one))}
        maps = [one for one in protocol.questions if one.kind is Kind.AREAS]
        self._names_places = self.private.isdisjoint(one.id for one in maps)
        self._labels = {
            option.id: f"{(words := option.label.to(carer=False))[:1].lower()}{words[1:]}"
            for one in maps
            for option in one.options
        }

    def answers(self, answers: Answers) -> dict[str, Answer]:
        """Return the answers that a clinic gets: those to questions that are asked."""
        asked = self._shared(self._engine.asked(answers))
        return {name: answers[name] for name in asked if name in answers}

    def extent(self, answers: Answers) -> Extent:
        """Return how far these answers have got."""
        path = self._engine.path(answers)
        asked, missing, skipped = (len(self._shared(names)) for names in path)
        return Extent(asked - missing - skipped, asked - skipped)

    def can_be_sent(self, answers: Answers) -> bool:
        """Whether they are complete, or an emergency ended the questions."""
        return not self._engine.missing(answers) or self._engine.is_emergency(answers)

    def judge(
        self, answers: Answers, *, invited: bool = False, decision: Decision | None = None
    ) -> Judged:
        """Return the decision, with what a clinic gets of it in the words that its client read.

        `decision` is one that was made on these answers in another way.
        """
        engine, shared = self._engine, self.answers(answers)
        decision = decision or engine.decide(answers)
        told = self._told(decision)
        limits, places = self._limits(decision)
        private_reason = bool(decision.winning) and not told.winning
        whole = decision_json(engine, shared, told, invited=invited)
        stored = {name: whole[name] for name in NEEDED}
        stored["headline"] = self._headline(decision.recommend, answers, shared, invited=invited)
        stored[REASON_IS_PRIVATE] = private_reason
        stored[PRIVATE_LIMITS] = [limit.value for limit in limits]
        stored[PRIVATE_PLACES] = {limit.value: list(names) for limit, names in places.items()}
        return Judged(decision.recommend, decision.complete, private_reason, limits, places, stored)

    def stored(self, answers: Answers) -> Json:
        """Return what a clinic gets, as JSON values."""
        return {**all_to_json(self.answers(answers), self._engine.protocol.question)}

    def confirmed(
        self, answers: Answers, first_told: Mapping[str, int]
    ) -> tuple[Json, dict[str, int]]:
        """Return what a clinic gets of answers some of which were only confirmed, and which.

        What was confirmed is kept even where no question of today led to it.
        """
        told = {
            name: when
            for name, when in first_told.items()
            if name in answers and name not in self.private
        }
        kept = {name: answers[name] for name in told}
        shared = {**self.answers(answers), **kept}
        return {**all_to_json(shared, self._engine.protocol.question)}, told

    def _told(self, decision: Decision) -> Decision:
        """Return the decision without what rests on anything private.

        Of a recommendation that was not given nobody is told that nothing private stood in its way.
        """
        return replace(
            decision,
            fired=tuple(
                one
                for one in decision.fired
                if one.rule.id not in self._rules
                and (one.recommend is decision.recommend or one.recommend not in self._held_back)
            ),
            precautions=tuple(
                one for one in decision.precautions if one.precaution.id not in self._notes
            ),
            missing=tuple(self._shared(decision.missing)),
            skipped=tuple(self._shared(decision.skipped)),
            ignored=(),
        )

    def _limits(self, decision: Decision) -> tuple[tuple[Limit, ...], dict[Limit, tuple[str, ...]]]:
        """Return what is limited, or may be, by precautions that a clinic does not get; and where.

        Where is part of the advice, as the limit is. It is left open where one of them is about
        no place alone, and where the places themselves are a private answer.
        """
        hidden = [
            one.precaution for one in decision.precautions if one.precaution.id in self._notes
        ]
        found = {limit for one in hidden for limit in one.limits} - {Limit.NOTE}
        limits = tuple(limit for limit in Limit if limit in found)
        places = {}
        for limit in limits:
            about = [one.places for one in hidden if limit in one.limits]
            if self._names_places and all(about):
                named = frozenset().union(*about)
                places[limit] = tuple(self._labels[one] for one in self._labels if one in named)
        return limits, places

    def _headline(
        self, recommend: Recommend, answers: Answers, shared: Answers, *, invited: bool
    ) -> str:
        """Return the headline that they read; with private places none of them is named."""
        engine = self._engine
        carer = engine.is_carer(shared)
        if not self._names_places and self._engine.free_places(recommend, answers):
            return short_name(engine.protocol, recommend, carer=carer)
        return headline(engine, recommend, answers, carer=carer, invited=invited)

    def _shared(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if name not in self.private]

    def _hides(self, condition: Condition | None) -> bool:
        """Whether a condition reads anything private."""
        return condition is not None and reads_any(condition, self._findings, self.private)
