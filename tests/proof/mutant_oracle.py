"""Whether a fault makes something worse for somebody: asked of the solver, over all answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from assessment.engine.decision import Engine
from assessment.engine.opens import opening_of
from assessment.engine.protocol import Limit, Precaution, Protocol, Recommend, Sign
from assessment.engine.questions import Kind, Question
from assessment.engine.reasons import Reasons
from assessment.proof.circuit import Literal
from assessment.proof.sheet import Sheet
from assessment.proof.solver import NotFinishedError, Solver
from assessment.proof.twins import Twins
from assessment.proof.words import answers_in_words, decision_in_words, out_of_the_ordinary
from assessment.proof.workbench import FARTHEST
from tests.proof.mutant import listed

CARE_TODAY = 2
"""The urgency from which a precaution is not needed: there is no massage before care."""
OWN_WORDS = frozenset({Limit.ASK_FIRST, Limit.NOTE})
"""What a precaution says in its own words: no other one says it too."""


class Effect(StrEnum):
    """What a fault does, over all answers."""

    WORSE = "less urgent or more pressure"
    HIDDEN = "a sign no longer asked"
    STALE = "a sign confirmed instead of asked anew"
    LIMIT = "a precaution lost"
    OTHER = "decided otherwise, not worse"
    NOTHING = "decides nothing"
    OPEN = "not settled"

    @property
    def is_harm(self) -> bool:
        """Whether check, proof or cases must refuse it; a fault not settled counts as harm."""
        return self not in (Effect.OTHER, Effect.NOTHING)


def is_worse(before: Recommend, after: Recommend) -> bool:
    """Whether the later decision is less urgent, or has more pressure."""
    return after.urgency < before.urgency or after.pressure > before.pressure


class Oracle:
    """The protocol and one mutant before the solver, with the same answers to both."""

    def __init__(
        self, old: Engine, new: Engine, conflicts: int, moved: Mapping[Sign, Sign]
    ) -> None:
        self._engines = old, new
        self._new, self._old = new.protocol, old.protocol
        self._now = moved
        self._opening = opening_of(old.protocol)
        self._signs = set(self._opening.signs())
        self._twins = twins = Twins(old, new, moved)
        self._solver = Solver(twins.circuit, conflicts)
        self._pairs = [(one, other) for one in Recommend for other in Recommend if one != other]

    def effect(self) -> Effect:
        """Return what the mutant does, the worst first."""
        disj = self._twins.circuit.disj
        try:
            if self._happens(disj(self._milder())):
                return Effect.WORSE
            if self._solver.find([disj(self._unsure_no_more())]) is not None:
                return Effect.WORSE
            if self._happens(disj(self._no_longer_asked())):
                return Effect.HIDDEN
            if self._is_confirmed():
                return Effect.STALE
            if self._happens(disj(self._no_longer_limited())):
                return Effect.LIMIT
            if self._happens(disj(self._twins.moves(*pair) for pair in self._pairs)):
                return Effect.OTHER
        except NotFinishedError:
            return Effect.OPEN
        return Effect.NOTHING

    def witness(self, effect: Effect) -> Iterator[str]:
        """Yield in words the answers nearest to calm ones to which that happens."""
        happens = {
            Effect.WORSE: self._milder,
            Effect.HIDDEN: self._no_longer_asked,
            Effect.LIMIT: self._no_longer_limited,
        }[effect]
        circuit = self._twins.circuit
        literal = circuit.disj(happens())
        limits = [-each for each in circuit.counts(self._twins.costs(), FARTHEST)[1:]]
        models = (self._solver.find([literal, limit]) for limit in [*limits, circuit.true])
        yield f"  {effect.value}:"
        model = next(filter(None, models), None)
        if model is None:
            yield "  somebody who is unsure got care for it, and can no longer say so"
            return
        before, after = self._twins.replayed(model)
        both = {**before.answers, **after.answers}
        known = {name: answer for name, answer in both.items() if name in self._new.question}
        yield from answers_in_words(self._new, out_of_the_ordinary(self._new, known))
        yield f"  {decision_in_words(before.decision)}"
        yield f"  becomes {decision_in_words(after.decision)}"

    def _happens(self, literal: Literal) -> bool:
        if literal == self._twins.circuit.false:
            return False
        model = self._solver.find([literal])
        if model is not None:
            self._twins.replayed(model)  # both engines must agree with the solver
        return model is not None

    def _milder(self) -> Iterator[Literal]:
        """Yield where the advice gets worse."""
        yield from (self._twins.moves(*pair) for pair in self._pairs if is_worse(*pair))

    def _unsure_no_more(self) -> Iterator[Literal]:
        """Yield where somebody is unsure of one thing, gets care for it, and cannot say so now.

        What they will say instead is open, so these are no answers of one person to both.
        """
        old = self._twins.old
        sure = [
            fires.yes
            for rule, fires in zip(self._old.rules, old.fires, strict=True)
            if rule.recommend.is_medical
        ]
        for name, domain in old.domains.items():
            now = self._new.question.get(name)
            if domain.question.offers_not_sure and now is not None and not now.offers_not_sure:
                others = [each.open for other, each in old.domains.items() if other != name]
                calm = [-each for each in (*sure, *others)]
                yield old.circuit.conj((domain.open, old.urgency_at_least(1), *calm))

    def _no_longer_asked(self) -> Iterator[Literal]:
        """Yield where a sign was asked and is not any more, and no such help is due without it."""
        twins = self._twins
        for question in listed(self._old):
            tiers: dict[str | None, int] = {}
            for option in question.options:
                sign = Sign(question.id, option.id)
                if self._is_sign(sign):
                    where = self._asked_in(self._now.get(sign, sign), question)
                    tiers[where] = max(tiers.get(where, 0), max(1, self._opening.tier(sign)))
            for where, urgency in tiers.items():
                unasked = twins.circuit.true if where is None else -twins.new.domains[where].asked
                due = twins.new.urgency_at_least(urgency)
                asked = twins.old.domains[question.id].asked
                yield twins.circuit.conj((twins.together, asked, unasked, -due))

    def _asked_in(self, sign: Sign, before: Question) -> str | None:
        """Return the question that asks for a sign now; None where none does on the way."""
        question = self._new.question.get(sign.question)
        if question is None or (question.optional and not before.optional):
            return None
        return question.id if any(one.id == sign.option for one in question.options) else None

    def _is_confirmed(self) -> bool:
        """Whether a sign of today may be confirmed that was asked anew before."""
        return any(
            one.lasts and not self._old.question[one.id].lasts and self._is_of_today(one)
            for one in listed(self._new)
            if one.id in self._old.question
        )

    def _is_of_today(self, question: Question) -> bool:
        return any(
            one.safety is not None and one.safety.urgency_at_least >= CARE_TODAY
            for one in question.options
        )

    def _is_sign(self, sign: Sign) -> bool:
        """Whether an option has a tag, opens a sign, or a promise says that it is asked."""
        tagged = self._old.question[sign.question].option(sign.option).safety is not None
        asked = any(sign in promise.asked for promise in self._old.promises)
        return tagged or asked or sign in self._signs

    def _no_longer_limited(self) -> Iterator[Literal]:
        """Yield where a precaution applied, or might, and what it said is said no more.

        Another precaution may say it; but not what one says in words of its own.
        """
        twins, (old, new) = self._twins, self._engines
        if _noting(old) == _noting(new):
            return
        circuit, care = twins.circuit, twins.new.urgency_at_least(CARE_TODAY)
        after = list(_noted(new, twins.new))
        for one, limits, noted in _noted(old, twins.old):
            for limit in limits:
                for place in one.places or ("",):
                    others = [
                        again
                        for other, left, again in after
                        if limit in left and _says(other, one, limit, place)
                    ]
                    here = _ticked(old.protocol, twins.old, place)
                    missed = (twins.together, noted, here, -circuit.disj(others), -care)
                    yield circuit.conj(missed)


def _noting(engine: Engine) -> object:
    return engine.protocol.precautions, engine.meanings.precautions, _asking(engine.protocol)


def _asking(protocol: Protocol) -> list[object]:
    return [
        (one.id, one.values, one.enable_when, one.private, one.offers_not_sure)
        for one in protocol.questions
    ]


def _noted(engine: Engine, sheet: Sheet) -> Iterator[tuple[Precaution, set[Limit], Literal]]:
    """Yield each precaution with what of it a therapist learns, and when.

    Of one that rests on a private answer that is what it limits, and not what it notes.
    """
    reasons = Reasons(engine.protocol)
    meanings = engine.meanings.precautions
    for one, meaning in zip(engine.protocol.precautions, meanings, strict=True):
        hidden = {Limit.NOTE} if reasons.is_private(one.when) else set()
        yield one, {*one.limits} - hidden, sheet.literal(meaning.possibly)


def _says(other: Precaution, one: Precaution, limit: Limit, place: str) -> bool:
    if other.places and place not in other.places:
        return False
    return other.id == one.id or limit not in OWN_WORDS


def _ticked(protocol: Protocol, sheet: Sheet, place: str) -> Literal:
    """Return "this place is ticked"; without a place it is of the whole body."""
    if not place:
        return sheet.circuit.true
    return sheet.circuit.disj(
        sheet.domains[question.id].has[place]
        for question in protocol.questions
        if question.kind is Kind.AREAS and place in question.values
    )
