"""A decision explained: each rule that had a say, part by part, for whoever writes rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assessment.engine.answers import Answers, to_json
from assessment.engine.conditions import (
    All,
    Any,
    Condition,
    Count,
    FindingRef,
    Not,
    Test,
    Unsure,
)
from assessment.engine.decision import Decision, Engine
from assessment.engine.places import required
from assessment.engine.protocol import Protocol, Recommend, Rule
from assessment.engine.tree import Part, Trees, Value
from assessment.engine.words import headline, in_words, value_in_words


@dataclass(frozen=True, slots=True)
class Said:
    """A rule that is yes, or unknown with something to say then, and what it recommends."""

    rule: Rule
    recommend: Recommend
    unsure: bool


def explained(engine: Engine, answers: Answers) -> Iterator[str]:
    """Yield the lines that explain the decision on these answers."""
    yield from _Explanation(engine, answers).lines()


class _Explanation:
    def __init__(self, engine: Engine, answers: Answers) -> None:
        self._engine = engine
        self._protocol: Protocol = engine.protocol
        self._answers = answers
        self._asked = frozenset(engine.asked(answers))
        self._trees = Trees(engine)
        self._decision: Decision = engine.decide(answers)

    def lines(self) -> Iterator[str]:
        decision = self._decision
        yield self._headline()
        yield f"  {self._why()}"
        counted = [Said(one.rule, one.recommend, one.unsure) for one in decision.fired]
        silent = [said for said in self._said() if said not in counted]
        held = [said for said in silent if self._requires(said.recommend) is not Value.YES]
        winning = [said for said in counted if said.recommend is decision.recommend]
        yield from self._rules("These rules decide:", winning)
        others = [said for said in counted if said not in winning]
        yield from self._rules(f"These count too, and come after {decision.recommend.id}:", others)
        yield from self._rules("These are held back by what is required:", held, requires=True)
        waiting = [said for said in silent if said not in held]
        yield from self._rules("These wait until everything asked is answered:", waiting)
        yield from self._precautions()
        yield from self._given()

    def _headline(self) -> str:
        recommend = self._decision.recommend
        words = headline(self._engine, recommend, self._answers, carer=False)
        return (
            f"{recommend.id} (urgency {recommend.urgency}, pressure {recommend.pressure}): {words}"
        )

    def _why(self) -> str:
        decision = self._decision
        if decision.fail_safe and decision.missing:
            return "Not every question that is asked has an answer, and no emergency rule is yes."
        if decision.fail_safe:
            return "No rule counts, so the fail-safe answers."
        if decision.interrupted:
            return "An emergency rule is yes, which ends the questions at once."
        number = len(decision.winning)
        rules = "One rule that counts recommends" if number == 1 else f"{number} rules recommend"
        return f"{rules} it, and nothing that counts comes before it."

    def _said(self) -> Iterator[Said]:
        """Yield every rule that is yes, or unknown with something to say then."""
        yes, unknown = self._engine.fire(self._answers)
        for place in yes:
            rule = self._protocol.rules[place]
            yield Said(rule, rule.recommend, unsure=False)
        for place in unknown:
            rule = self._protocol.rules[place]
            if rule.if_unsure is not None:
                yield Said(rule, rule.if_unsure, unsure=True)

    def _requires(self, recommend: Recommend) -> Value:
        condition = required(self._protocol, recommend)
        return Value.YES if condition is None else self._trees.value(condition, self._answers)

    def _rules(
        self, heading: str, rules: Iterable[Said], *, requires: bool = False
    ) -> Iterator[str]:
        rules = list(rules)
        if rules:
            yield ""
            yield heading
        for said in rules:
            unsure = ", because it is unknown" if said.unsure else ""
            yield f"  rule {said.rule.id}: {said.recommend.id}{unsure}"
            yield f"    {said.rule.because.text} [{', '.join(said.rule.evidence)}]"
            yield from self._tree(said.rule.when)
            condition = required(self._protocol, said.recommend)
            if requires and condition is not None:
                yield f"    {said.recommend.id} requires:"
                yield from self._tree(condition)

    def _precautions(self) -> Iterator[str]:
        if self._decision.precautions:
            yield ""
            yield "Precautions for the therapist:"
        for noted in self._decision.precautions:
            unsure = " (unknown)" if noted.unsure else ""
            yield f"  {noted.precaution.id}{unsure}: {noted.precaution.therapist.text}"
            yield from self._tree(noted.precaution.when)

    def _tree(self, condition: Condition) -> Iterator[str]:
        yield from self._part(self._trees.part(condition, self._answers), 2)

    def _part(self, part: Part, depth: int) -> Iterator[str]:
        yield f"    {part.value:<7} {'  ' * (depth - 2)}{self._in_words(part.condition)}"
        for inside in part.parts:
            yield from self._part(inside, depth + 1)

    def _in_words(self, condition: Condition) -> str:
        match condition:
            case Test():
                return f"{in_words(condition, self._protocol)} [{self._answer(condition.question)}]"
            case Unsure():
                return in_words(condition, self._protocol)
            case FindingRef(finding):
                return f"{in_words(condition, self._protocol)} (finding {finding})"
            case All():
                return "all of these:"
            case Any():
                return "any of these:"
            case Not():
                return "not this:"
            case Count(at_least, _):
                return f"at least {at_least} of these:"

    def _answer(self, name: str) -> str:
        if name not in self._asked:
            return "not asked"
        if name not in self._answers:
            return "not answered"
        question = self._protocol.question[name]
        values = to_json(self._answers[name], question)
        listed = values if isinstance(values, list) else [values]
        return "; ".join(value_in_words(question, value) for value in listed)

    def _given(self) -> Iterator[str]:
        yield ""
        yield "The answers:"
        for question in self._protocol.questions:
            if question.id in self._asked:
                yield f"  {question.short.text}: {self._answer(question.id)}"
        if self._decision.ignored:
            yield f"  left out, because they are not asked: {', '.join(self._decision.ignored)}"
