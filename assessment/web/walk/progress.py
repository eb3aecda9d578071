"""How far along the way a question is: told by its place in the protocol, never by answers.

So it is the same for everybody, and moves only forward but for Back: questions that are not asked
are passed like those that are answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assessment.engine.protocol import Protocol
from assessment.engine.questions import Question


@dataclass(frozen=True, slots=True)
class Progress:
    """Part `part` of `parts`, from 1; `percent` of the whole way is behind."""

    part: int
    parts: int
    percent: int


def progress_of(protocol: Protocol) -> Mapping[str, Progress]:
    """Return how far each question of the walk is, by its id; optional ones are not on the way."""
    return dict(_measured(_parts(protocol)))


def _parts(protocol: Protocol) -> list[list[Question]]:
    """Return the questions of the walk, section by section.

    A question that goes back to an earlier section counts to the one that it stands in.
    """
    parts: list[list[Question]] = []
    seen: set[str | None] = set()
    for question in protocol.questions:
        if question.optional:
            continue
        if question.section not in seen:
            seen.add(question.section)
            parts.append([])
        parts[-1].append(question)
    return parts


def _measured(parts: list[list[Question]]) -> Iterator[tuple[str, Progress]]:
    for part, questions in enumerate(parts):
        lists = list(dict.fromkeys(_list(question) for question in questions))
        for question in questions:
            behind = (lists.index(_list(question)) + 1) / (len(lists) + 1)
            percent = round(100 * (part + behind) / len(parts))
            yield question.id, Progress(part + 1, len(parts), percent)


def _list(question: Question) -> str:
    """Return the question whose place this one shares: the list that it is a line of, or itself."""
    return question.id if question.line is None else question.line.question
