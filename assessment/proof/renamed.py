"""An old protocol with the ids of a new one, so that the two can be laid side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from assessment.engine.answers import Answers
from assessment.engine.conditions import (
    All,
    Any,
    Condition,
    Count,
    FindingRef,
    Not,
    Operand,
    Test,
    Unsure,
)
from assessment.engine.protocol import Advice, Precaution, Promise, Protocol, Sign
from assessment.engine.questions import Kind, Question, line_id
from assessment.protocols.renames import Renames


class Renamer:
    """Renames questions and options of one protocol, wherever it names them."""

    def __init__(self, protocol: Protocol, renames: Renames) -> None:
        self.before = protocol
        """The protocol with its own ids."""
        self._renames = renames
        self._name = {one.id: self._new_name(one) for one in protocol.questions}
        self._place = {
            option.id: renames.option(question.id, option.id)
            for question in protocol.questions
            if question.kind is Kind.AREAS
            for option in question.options
        }

    def protocol(self) -> Protocol:
        """Return the protocol with new ids; its hashes and versions stay."""
        old, when = self.before, self.condition
        return replace(
            old,
            questions=tuple(map(self._question, old.questions)),
            findings=tuple(replace(one, when=when(one.when)) for one in old.findings),
            rules=tuple(replace(one, when=when(one.when)) for one in old.rules),
            precautions=tuple(map(self._precaution, old.precautions)),
            support=tuple(replace(one, when=when(one.when)) for one in old.support),
            advice={each: self._advice(advice) for each, advice in old.advice.items()},
            promises=tuple(map(self._promise, old.promises)),
            cases=tuple(replace(one, answers=self._case(one.answers)) for one in old.cases),
            carer_when=None if old.carer_when is None else when(old.carer_when),
            start_asks=None if old.start_asks is None else self._name[old.start_asks],
            translations={
                language: {self._text(name): text for name, text in texts.items()}
                for language, texts in old.translations.items()
            },
            summary={
                part: tuple(self._name[name] for name in names)
                for part, names in old.summary.items()
            },
        )

    def original(self, answers: Answers) -> Answers:
        """Return answers with new ids in those that the old protocol has itself."""
        found = {}
        for question in self.before.questions:
            answer = answers.get(self._name[question.id])
            if answer is not None:
                old = {self._option(question.id, one.id): one.id for one in question.options}
                found[question.id] = (
                    frozenset(old.get(value, value) for value in answer)
                    if isinstance(answer, frozenset)
                    else old.get(answer, answer)
                    if isinstance(answer, str)
                    else answer
                )
        return found

    def condition(self, condition: Condition) -> Condition:
        """Return a condition with new ids."""
        match condition:
            case Test(question, _, operand):
                values = tuple(self._value(question, value) for value in operand)
                name, same_kind = self._name[question], cast("Operand", values)
                return replace(condition, question=name, operand=same_kind)
            case Unsure(question, option):
                return Unsure(self._name[question], self._option(question, option))
            case FindingRef():
                return condition
            case Not(part):
                return Not(self.condition(part))
            case All(parts) | Any(parts) | Count(_, parts):
                return replace(condition, parts=tuple(map(self.condition, parts)))

    def _new_name(self, question: Question) -> str:
        line = question.line
        if line is None:
            return self._renames.question(question.id)
        return line_id(
            self._renames.question(line.question), self._option(line.question, line.option)
        )

    def _text(self, name: str) -> str:
        """Return the id of a text, which names its question and option."""
        kind, *rest = name.split(".")
        if kind != "question" or rest[0] not in self._name:
            return name
        question, *inner = rest
        if len(inner) > 1 and inner[0] == "option":
            inner[1] = self._option(question, inner[1])
        return ".".join((kind, self._name[question], *inner))

    def _option(self, question: str, name: str) -> str:
        return self._renames.option(question, name)

    def _value(self, question: str, value: str | int) -> str | int:
        return value if isinstance(value, int) else self._option(question, value)

    def _question(self, question: Question) -> Question:
        asks = question.enable_when
        return replace(
            question,
            id=self._name[question.id],
            options=tuple(
                replace(one, id=self._option(question.id, one.id)) for one in question.options
            ),
            enable_when=None if asks is None else self.condition(asks),
        )

    def _precaution(self, one: Precaution) -> Precaution:
        return replace(one, when=self.condition(one.when), places=self._places(one.places))

    def _advice(self, one: Advice) -> Advice:
        requires = None if one.requires is None else self.condition(one.requires)
        return replace(one, requires=requires, places=self._places(one.places))

    def _places(self, places: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self._place.get(place, place) for place in places)

    def _promise(self, one: Promise) -> Promise:
        asked = tuple(
            Sign(self._name[sign.question], self._option(sign.question, sign.option))
            for sign in one.asked
        )
        places = self._places(one.places)
        return replace(one, when=self.condition(one.when), asked=asked, places=places)

    def _case(self, answers: Mapping[str, object]) -> dict[str, object]:
        renamed: dict[str, object] = {}
        for name, raw in answers.items():
            values = raw if isinstance(raw, list) else [raw]
            new = [self._option(name, one) if isinstance(one, str) else one for one in values]
            renamed[self._name[name]] = new if isinstance(raw, list) else new[0]
        return renamed
