"""`population_answers.yaml`: how facts about persons are answered in one version of a protocol.

A line `question.option: condition` says who ticks an option. Of a `choice`, the first line that
fits counts, and the last is `otherwise`; an option without a line is ticked by a slip only.
`numbers` names the facts that answer questions with numbers, `not_sure` the kind of doubt of each
question that offers "Not sure", by the kinds of `population.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assessment.engine.protocol import Protocol
from assessment.engine.questions import Question
from assessment.measure.conditions import FactConditions
from assessment.measure.facts import Holds, Person, Population
from assessment.measure.read_population import read_file
from assessment.protocols.diagnostics import BrokenProtocol, Code, Place, Report
from assessment.protocols.fields import Fields
from assessment.protocols.files import ID, record
from assessment.protocols.nodes import Scalar, Value
from assessment.protocols.scalars import Pattern
from assessment.protocols.shape import Elsewhere, MapOf

FILE = "population_answers.yaml"
OTHERWISE = "otherwise"
ANSWERING = record(
    {
        "numbers": MapOf(ID, ID),
        "not_sure": MapOf(ID, ID),
        "answers": MapOf(
            Pattern(r"[a-z0-9_]+\.[a-z0-9_]+", "question.option"), Elsewhere("condition")
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Answering:
    """How facts are answered: by question, the options with those who tick them, in order.

    `numbers` holds the fact that answers a question with a number, `doubt` how many percent
    are not sure at a question.
    """

    ticks: Mapping[str, tuple[tuple[str, Holds], ...]]
    numbers: Mapping[str, str]
    doubt: Mapping[str, float]


def read_answering(file: Path, protocol: Protocol, population: Population) -> Answering:
    """Return how the persons of a population answer this protocol.

    Raises BrokenProtocol with every fault, ValueError when it cannot be read at all.
    """
    report = Report()
    fields = Fields(read_file(file, ANSWERING, report), Place(file.name))
    if not report.diagnostics:
        answering = _Reader(protocol, population, report).read(fields)
        if not report.diagnostics:
            return answering
    raise BrokenProtocol(report.diagnostics)


class _Reader:
    def __init__(self, protocol: Protocol, population: Population, report: Report) -> None:
        self._questions = protocol.question
        self._walked = [
            one
            for one in protocol.questions
            if one.line is None and one.id not in protocol.result_asks
        ]
        self._facts = {fact.id: fact for fact in population.facts}
        self._kinds = population.behaviour.not_sure
        self._conditions = FactConditions(self._facts, report)
        self._report = report

    def read(self, fields: Fields) -> Answering:
        ticks: dict[str, list[tuple[str, Holds]]] = {}
        for key, value in Fields(fields.get("answers"), fields.place):
            name, _, option = key.text.partition(".")
            question = self._question(key, name)
            if question is not None and option not in question.values:
                self._report.unknown(
                    key.place, Code.UNKNOWN_OPTION, option, f"an option of {name}", question.values
                )
            ticks.setdefault(name, []).append((option, self._who(value)))
        numbers = self._named(fields, "numbers", self._facts)
        kinds = self._named(fields, "not_sure", self._kinds)
        self._is_whole(fields, {*ticks, *numbers}, kinds)
        return Answering(
            {name: tuple(lines) for name, lines in ticks.items()},
            numbers,
            {name: self._kinds[kind] for name, kind in kinds.items() if kind in self._kinds},
        )

    def _who(self, value: Value) -> Holds:
        if isinstance(value, Scalar) and value.text == OTHERWISE:
            return _everybody
        return self._conditions.read(value)

    def _named(self, fields: Fields, key: str, known: Mapping[str, object]) -> dict[str, str]:
        named = {}
        for name, value in Fields(fields.get(key), fields.place):
            self._question(name, name.text)
            word = value.text if isinstance(value, Scalar) else ""
            if word not in known:
                self._report.unknown(value.place, Code.BAD_VALUE, word, "one of these", known)
            named[name.text] = word
        return named

    def _question(self, key: Scalar, name: str) -> Question | None:
        question = self._questions.get(name)
        if question is None:
            self._report.unknown(
                key.place, Code.UNKNOWN_QUESTION, name, "a question", self._questions
            )
        return question

    def _is_whole(self, fields: Fields, answered: set[str], doubted: Mapping[str, str]) -> None:
        """Report questions that nobody could answer, and doubts that nobody put a figure to."""
        for question in self._walked:
            if not (question.offers_none or question.id in answered):
                where, found = fields.place_of("answers"), f"no answer to `{question.id}`"
                self._report.add(where, Code.MISSING_KEY, found, "who answers it how")
            if question.offers_not_sure and question.id not in doubted:
                where, found = fields.place_of("not_sure"), f"no `{question.id}`"
                self._report.add(where, Code.MISSING_KEY, found, "how many are not sure")


def _everybody(_: Person) -> bool:
    return True
