"""Random protocols, small enough to try every answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from assessment.engine.conditions import All, Any, Condition, Count, FindingRef, Not, Operator, Test
from assessment.engine.lines import lines_of
from assessment.engine.protocol import (
    Advice,
    Finding,
    Limit,
    Precaution,
    Promise,
    Protocol,
    Recommend,
    Rule,
    Sign,
    Support,
)
from assessment.engine.questions import NONE, NOT_SURE, Kind, Option, Question, Safety, Worse
from assessment.engine.text import Text
from tests.bare import BARE, WORDS

_LIMITS = [Limit.NOTE, Limit.NO_DEEP, Limit.NO_MASSAGE, Limit.AREA]


def random_protocol(seed: int, questions: int = 4, rules: int = 5) -> Protocol:
    """Return the protocol of this seed."""
    return _Maker(Random(seed)).protocol(questions, rules)


class _Maker:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._questions: list[Question] = []
        self._findings: list[Finding] = []

    def protocol(self, most_questions: int, most_rules: int) -> Protocol:
        for place in range(self._random.randint(2, most_questions)):
            self._questions.append(self._question(f"q{place}"))
        for place in range(self._random.randint(0, 2)):
            self._findings.append(Finding(f"f{place}", WORDS, self._condition()))
        return replace(
            BARE,
            carer_when=self._condition() if self._chance(0.2) else None,
            questions=(*(one for each in self._questions for one in (each, *lines_of(each))),),
            findings=tuple(self._findings),
            rules=tuple(self._rules(self._random.randint(1, most_rules))),
            precautions=tuple(
                self._precaution(place) for place in range(self._random.randint(0, 2))
            ),
            support=tuple(
                Support(f"s{place}", self._condition(), WORDS, (), ())
                for place in range(self._random.randint(0, 1))
            ),
            advice={
                recommend: Advice(
                    recommend,
                    WORDS,
                    (),
                    requires=self._condition() if self._chance(0.2) else None,
                    places=self._places() if recommend is Recommend.DEEP_TISSUE else (),
                )
                for recommend in Recommend
            },
            promises=tuple(self._promise(place) for place in range(self._random.randint(0, 2))),
        )

    def _promise(self, place: int) -> Promise:
        signs = [
            Sign(question.id, option)
            for question in self._questions
            if not question.optional
            for option in self._signs(question)
        ]
        if signs and self._chance(0.3):
            asked = self._random.sample(signs, min(2, len(signs)))
            return Promise(f"o{place}", WORDS, self._condition(), asked=tuple(asked))
        urgency, pressure = self._random.randint(0, 2), self._random.randint(0, 2)
        promise = Promise(f"o{place}", WORDS, self._condition(), urgency, pressure)
        if self._chance(0.4):
            limits = self._random.sample(_LIMITS, self._random.randint(1, 2))
            return replace(promise, limits=tuple(limits), places=self._places())
        return promise

    def _signs(self, question: Question) -> list[str]:
        """Return what a promise of asking can name of a question."""
        unsure = [NOT_SURE] if question.offers_not_sure else []
        return ["", *(option.id for option in question.options), *unsure]

    def _precaution(self, place: int) -> Precaution:
        limits = self._random.sample(_LIMITS, self._random.randint(1, 2))
        return Precaution(
            f"p{place}", self._condition(), tuple(limits), WORDS, (), places=self._places()
        )

    def _places(self) -> tuple[str, ...]:
        """Return some areas of the body, often none."""
        areas = {
            option.id
            for question in self._questions
            if question.kind is Kind.AREAS
            for option in question.options
        }
        chosen = [area for area in sorted(areas) if self._chance(0.6)]
        return tuple(chosen) if self._chance(0.7) else ()

    def _rules(self, number: int) -> list[Rule]:
        rules = [self._rule(place) for place in range(number)]
        if self._chance(0.7):  # most of those who write rules think of the tags, and of the rest
            rules += self._tag_rules()
        if self._chance(0.6):
            rest, least = Any(tuple(rule.when for rule in rules)), Recommend.SELF_CARE
            rules.append(Rule("rest", Not(rest), least, WORDS, (), least))
        return rules

    def _tag_rules(self) -> Iterator[Rule]:
        for question in self._questions:
            for option in question.options:
                if option.safety is not None and self._chance(0.9):
                    tier = _TIER[option.safety]
                    when = Test(question.id, Operator.IS, (option.id,))
                    yield Rule(f"tag_{question.id}_{option.id}", when, tier, WORDS, (), tier)

    def _rule(self, place: int) -> Rule:
        recommend = self._random.choice(list(Recommend))
        unsure = None
        if self._chance(0.6):
            unsure = self._random.choice(
                [each for each in Recommend if each.place >= recommend.place]
            )
        return Rule(f"r{place}", self._condition(), recommend, WORDS, (), unsure)

    def _question(self, name: str) -> Question:
        kinds = [Kind.CHOICE] * 4 + [Kind.CHOICES] * 3 + [Kind.NUMBER] * 2 + [Kind.AREAS]
        kind = self._random.choice(kinds)
        enable_when = self._condition() if self._questions and self._chance(0.5) else None
        ordered = kind is Kind.CHOICE and self._chance(0.5)
        bounded = kind.is_numeric
        unsure = self._chance(0.5)
        options = () if bounded else self._options()
        orderly = ordered or bounded
        return Question(
            id=name,
            kind=kind,
            ask=WORDS,
            short=Text(name),
            options=options,
            ordered=ordered,
            none_label=WORDS if kind.is_set and self._chance(0.6) else None,
            not_sure_label=WORDS if unsure else None,
            clarify=unsure and kind is Kind.CHOICES and len(options) == 2 and self._chance(0.4),
            minimum=0 if bounded else None,
            maximum=self._random.randint(2, 4) if bounded else None,
            worse=self._random.choice(list(Worse)) if orderly and self._chance(0.5) else None,
            enable_when=enable_when,
            optional=self._chance(0.15),
            private=self._chance(0.1),
        )

    def _options(self) -> tuple[Option, ...]:
        return tuple(map(self._option, "abc"[: self._random.randint(2, 3)]))

    def _option(self, name: str) -> Option:
        safety = self._random.choice(list(Safety)) if self._chance(0.4) else None
        return Option(name, WORDS, safety=safety, informs=self._chance(0.1))

    def _condition(self, depth: int = 2) -> Condition:
        if depth == 0 or self._chance(0.45):
            if self._findings and self._chance(0.3):
                return FindingRef(self._random.choice(self._findings).id)
            return self._test(self._random.choice(self._questions))
        match self._random.randint(0, 3):
            case 0:
                return All(self._parts(depth))
            case 1:
                return Any(self._parts(depth))
            case 2:
                return Not(self._condition(depth - 1))
            case _:
                parts = self._parts(depth)
                return Count(self._random.randint(1, len(parts)), parts)

    def _parts(self, depth: int) -> tuple[Condition, ...]:
        return tuple(self._condition(depth - 1) for _ in range(self._random.randint(1, 3)))

    def _test(self, question: Question) -> Test:
        if question.kind.is_numeric:
            assert question.maximum is not None
            numbers = sorted(self._random.choices(range(question.maximum + 1), k=2))
            return self._compare(question, (numbers[0], numbers[1]))
        ids = [option.id for option in question.options]
        if question.ordered and self._chance(0.5):
            places = sorted(self._random.choices(range(len(ids)), k=2))
            return self._compare(question, (ids[places[0]], ids[places[1]]))
        operators = [Operator.IS, Operator.NONE_OF]
        if question.kind.is_set:
            operators.append(Operator.ALL_OF)
        operator = self._random.choice(operators)
        offered = [*ids, NONE] if question.offers_none and operator is not Operator.ALL_OF else ids
        return Test(question.id, operator, tuple(self._some(offered)))

    def _compare(self, question: Question, pair: tuple[int, int] | tuple[str, str]) -> Test:
        operator = self._random.choice([Operator.AT_LEAST, Operator.AT_MOST, Operator.BETWEEN])
        return Test(question.id, operator, pair if operator is Operator.BETWEEN else pair[:1])

    def _some(self, offered: Sequence[str]) -> list[str]:
        return self._random.sample(list(offered), self._random.randint(1, min(2, len(offered))))

    def _chance(self, share: float) -> bool:
        return self._random.random() < share


_TIER = {
    Safety.EMERGENCY: Recommend.EMERGENCY,
    Safety.URGENT: Recommend.URGENT_MEDICAL,
    Safety.CLEARANCE: Recommend.MEDICAL_CLEARANCE_FIRST,
    Safety.NO_MASSAGE: Recommend.SELF_CARE,
    Safety.NO_DEEP: Recommend.CERTIFIED_THERAPIST,
}
