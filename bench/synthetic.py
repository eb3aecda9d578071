"""A protocol much larger than any that people wrote, drawn from a seed, of which everything holds.

It keeps the habits of the shipped one: each tagged option has a rule of its own, signs together are
more urgent than alone, and patterns of ordinary answers decide what is left.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from assessment.engine.conditions import All, Any, Condition, Count, Not, Operator, Test
from assessment.engine.protocol import Advice, Promise, Protocol, Recommend, Rule
from assessment.engine.questions import Kind, Option, Question, Safety, Worse
from assessment.engine.text import Text

SEED = 7
QUESTIONS, RULES, PATTERNS, PROMISES = 100, 500, 140, 40
KINDS = [*[Kind.CHOICES] * 8, *[Kind.CHOICE] * 6, Kind.SCALE, Kind.SCALE, Kind.SCALE]
TAGS = [Safety.EMERGENCY, *[Safety.URGENT] * 2, *[Safety.CLEARANCE] * 4]
WORDS = Text("words")
TIER = {
    Safety.EMERGENCY: (Recommend.EMERGENCY, Recommend.URGENT_MEDICAL),
    Safety.URGENT: (Recommend.URGENT_MEDICAL, Recommend.MEDICAL_CLEARANCE_FIRST),
    Safety.CLEARANCE: (Recommend.MEDICAL_CLEARANCE_FIRST, Recommend.MEDICAL_CLEARANCE_FIRST),
}
MASSAGE = [Recommend.REGULAR_PLAN, Recommend.CERTIFIED_THERAPIST, Recommend.SELF_CARE]


def synthetic_protocol(questions: int = QUESTIONS, rules: int = RULES) -> Protocol:
    """100 questions and 500 rules, or so many; the same each time."""
    return _Maker(random.Random(SEED)).protocol(questions, rules)


class _Maker:
    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._signs: list[Test] = []
        self._ordinary: list[Test] = []
        self._openers: list[Test] = []
        """Signs after which more is asked, so that what gets worse never closes a question."""

    def protocol(self, number: int, most: int) -> Protocol:
        questions = tuple(self._question(f"q{place}") for place in range(number))
        alone = [rule for question in questions for rule in self._alone(question)]
        patterns = list(self._patterns())
        rest = Not(Any(tuple(rule.when for rule in patterns)))
        rules = [*alone, *patterns]
        rules.append(Rule("rest", rest, Recommend.SELF_CARE, WORDS, (), Recommend.SELF_CARE))
        rules += self._together(most - len(rules))
        given = [one for one in Recommend if one.is_medical or one in MASSAGE]
        return Protocol(
            id="synthetic",
            title=WORDS,
            version="1",
            date="2026-01-01",
            author="bench/synthetic.py",
            intended_purpose=WORDS,
            language="en",
            carer_when=None,
            questions=questions,
            findings=(),
            rules=tuple(rules),
            precautions=(),
            support=(),
            advice={recommend: Advice(recommend, WORDS, ()) for recommend in given},
            promises=tuple(
                replace(promise, id=f"promise_{place}")
                for place, promise in enumerate(self._promises())
            ),
            cases=(),
            texts={},
            sources={},
            guide=(),
            rules_hash="",
            wording_hash="",
        )

    def _question(self, name: str) -> Question:
        kind = self._draw.choice(KINDS)
        branch = self._openers and self._draw.random() < 0.3
        enable_when = self._draw.choice(self._openers) if branch else None
        if kind is Kind.SCALE:
            self._signs.append(Test(name, Operator.AT_LEAST, (self._draw.choice([6, 7, 8]),)))
            return Question(
                name,
                kind,
                WORDS,
                Text(name),
                minimum=0,
                maximum=10,
                worse=Worse.UP,
                enable_when=enable_when,
            )
        options = [Option(f"o{place}", WORDS) for place in range(3)]
        for place in range(3, 6 if kind.is_set else 4):
            options.append(Option(f"o{place}", WORDS, safety=self._draw.choice(TAGS)))
        for option in options:
            listed = self._ordinary if option.safety is None else self._signs
            listed.append(Test(name, Operator.IS, (option.id,)))
            if option.safety in (Safety.URGENT, Safety.CLEARANCE):
                self._openers.append(listed[-1])
        return Question(
            name,
            kind,
            WORDS,
            Text(name),
            options=tuple(options),
            none_label=WORDS if kind.is_set else None,
            not_sure_label=WORDS if self._draw.random() < 0.4 else None,
            enable_when=enable_when,
        )

    def _alone(self, question: Question) -> Iterator[Rule]:
        for option in question.options:
            if option.safety is not None:
                recommend, unsure = TIER[option.safety]
                when = Test(question.id, Operator.IS, (option.id,))
                yield Rule(f"{question.id}_{option.id}", when, recommend, WORDS, (), unsure)
        if question.kind is Kind.SCALE:
            strong = Test(question.id, Operator.AT_LEAST, (9,))
            yield Rule(question.id, strong, Recommend.MEDICAL_CLEARANCE_FIRST, WORDS, ())

    def _patterns(self) -> Iterator[Rule]:
        """Patterns of ordinary answers; each answer is in one at least."""
        shuffled = self._draw.sample(self._ordinary, len(self._ordinary))
        for number in range(PATTERNS):
            tests: list[Condition] = [*shuffled[number::PATTERNS]]
            others = [one for one in self._ordinary if one not in tests]
            tests += self._draw.sample(others, 2)
            when = Count(min(2, len(tests)), tuple(tests))
            yield Rule(f"pattern_{number}", when, self._draw.choice(MASSAGE), WORDS, ())

    def _together(self, number: int) -> Iterator[Rule]:
        """Signs that are more urgent together."""
        for place in range(number):
            recommend = self._draw.choice([Recommend.EMERGENCY, Recommend.URGENT_MEDICAL])
            yield Rule(
                f"together_{place}",
                self._some(self._draw.choice([2, 2, 3, 4])),
                recommend,
                WORDS,
                (),
                Recommend.MEDICAL_CLEARANCE_FIRST,
            )

    def _some(self, number: int) -> Condition:
        tests = tuple(self._draw.sample(self._signs, number))
        questions = {test.question for test in tests}
        if number == 4:
            return Count(2, tests)
        # Two options of one choice are never true together.
        return All(tests) if len(questions) == number else Any(tests)

    def _promises(self) -> Iterator[Promise]:
        tagged = [one for one in self._signs if one.operator is Operator.IS]
        for _ in range(PROMISES):
            yield Promise("", WORDS, Any(tuple(self._draw.sample(tagged, 3))), 1, 0)
