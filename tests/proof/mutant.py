"""What a small fault in a protocol is: its kind, its name, and the protocol that has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from assessment.engine.lines import NO_LABEL, YES_LABEL, lines_of
from assessment.engine.protocol import Protocol, Sign
from assessment.engine.questions import NO, YES, Question
from assessment.engine.text import Text


class Fault(StrEnum):
    """What was done to the protocol."""

    DROPPED = "rule dropped"
    NEGATED = "condition negated"
    OPTION_REMOVED = "option removed from a condition"
    OPTION_ADDED = "option added to a condition"
    THRESHOLD = "threshold moved"
    LOWERED = "recommendation lowered"
    RAISED = "recommendation raised"
    NO_IF_UNSURE = "if_unsure removed"
    IF_UNSURE = "if_unsure added or moved far"
    NO_REQUIRES = "requires removed"
    ADVICE_PLACES = "places of advice changed"
    ENABLE_WHEN = "enable_when negated"
    GATED = "enable_when added"
    GONE = "option deleted with all of it"
    MOVED = "option moved to another list"
    NO_NOT_SURE = "not sure taken off"
    FRAME = "frame of a question changed"
    PRIVATE = "private changed"
    OPTIONAL = "optional changed"
    LASTS = "lasts put on or taken off"
    PRECAUTION_DROPPED = "precaution dropped"
    PRECAUTION_WHEN = "condition of a precaution"
    LIMIT = "limit of a precaution dropped"
    PLACES = "places of a precaution"
    ORDER = "options in another order"
    TAG = "safety tag lost or lowered"
    PROMISE = "promise dropped or weakened"
    CASE = "case dropped"
    EVIDENCE = "evidence lost or changed"
    LABELS = "labels swapped"
    CARER = "carer's form lost or swapped"
    SOFTENED = "text softened"
    LINE = "line of a text dropped"
    TEXT = "text cut short"
    GUIDE = "guide changed"
    HEAD = "head of the protocol changed"

    @property
    def decides(self) -> bool:
        """Whether it can change a decision, a precaution or who is asked.

        A swapped label can, too, for whoever reads it: no solver reads labels.
        """
        return self not in _SILENT


_SILENT = frozenset(
    {
        Fault.TAG,
        Fault.PROMISE,
        Fault.CASE,
        Fault.EVIDENCE,
        Fault.LABELS,
        Fault.CARER,
        Fault.SOFTENED,
        Fault.LINE,
        Fault.TEXT,
        Fault.GUIDE,
        Fault.HEAD,
    }
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A protocol with one fault; `id` says in words where and which.

    `about` are the ids of what was changed: who names the fault names these. `moved` are options
    that another question offers now.
    """

    id: str
    fault: Fault
    protocol: Protocol
    about: tuple[str, ...]
    moved: Mapping[Sign, Sign] = field(default_factory=dict)


def with_questions(protocol: Protocol, questions: tuple[Question, ...]) -> Protocol:
    """Return the protocol with these questions, and the lines that belong to them."""
    return replace(protocol, questions=tuple(_lined(protocol, questions)))


def with_question(protocol: Protocol, new: Question) -> Protocol:
    """Return the protocol with this question in place of the one of its id."""
    every = (new if one.id == new.id else one for one in protocol.questions)
    return with_questions(protocol, tuple(every))


def listed(protocol: Protocol) -> tuple[Question, ...]:
    """Return the questions that an author wrote: all but the lines."""
    return tuple(one for one in protocol.questions if one.line is None)


def _lined(protocol: Protocol, questions: tuple[Question, ...]) -> Iterator[Question]:
    for question in questions:
        if question.line is None:
            yield question
            yield from lines_of(question, *_labels(protocol, question.id))


def _labels(protocol: Protocol, question_id: str) -> tuple[Text, Text]:
    """Return the labels of "yes" and "no" on the lines of a question."""
    for one in protocol.questions:
        if one.line is not None and one.line.question == question_id:
            return one.option(YES).label, one.option(NO).label
    return YES_LABEL, NO_LABEL
