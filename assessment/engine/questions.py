"""Questions, their options and the safety promise that each option carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from assessment.engine.conditions import Condition, Unsure
from assessment.engine.text import NO_TEXT, Text

NOT_SURE = "not_sure"
AGE = "age"
"""The question about the age, in years, of the person in pain, where a protocol asks it."""
NONE = "none"
YES, NO = "yes", "no"
RESERVED_OPTIONS = frozenset({NOT_SURE, NONE})
MOST_OPTIONS = 7


class Kind(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"
    CHOICES = "choices"
    AREAS = "areas"
    SCALE = "scale"
    NUMBER = "number"

    @property
    def is_set(self) -> bool:
        """Several options may be ticked."""
        return self in (Kind.CHOICES, Kind.AREAS)

    @property
    def is_numeric(self) -> bool:
        """The answer is a whole number."""
        return self in (Kind.SCALE, Kind.NUMBER)


class Safety(StrEnum):
    """What an answer promises on its own, whatever every other answer is."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    CLEARANCE = "clearance"
    NO_MASSAGE = "no_massage"
    NO_DEEP = "no_deep"

    @property
    def urgency_at_least(self) -> int:
        """The floor on urgency, 0 to 3."""
        return _URGENCY_FLOOR.get(self, 0)


_URGENCY_FLOOR = {Safety.EMERGENCY: 3, Safety.URGENT: 2, Safety.CLEARANCE: 1}


class Worse(StrEnum):
    """The direction in which an ordered answer gets worse."""

    UP = "up"
    DOWN = "down"


class Side(StrEnum):
    """The view of the body map on which an area is drawn."""

    FRONT = "front"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that a `choice`, `choices` or `areas` question offers.

    `says` is the short phrase that completes "you said you have ..."; options without one are
    not listed there. `informs` marks an answer that no rule reads because it is for the
    therapist. `ask` is how its line question asks for it, where its label with a question mark
    will not do.
    """

    id: str
    label: Text
    hint: Text | None = None
    says: Text | None = None
    safety: Safety | None = None
    evidence: tuple[str, ...] = ()
    informs: bool = False
    side: Side | None = None
    ask: Text | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One thing asked.

    `minimum` and `maximum` bound `scale` (0 to 10) and `number`. `none_label` is the label of
    the exclusive "None of these" of a `choices` or `areas` question that has one, and
    `not_sure_label` the label of "Not sure" where it is offered. `private` answers are shown
    to nobody but the person: never in a printout or to a therapist. An `optional` question is
    never asked on the way; unanswered it is as if it were not asked.
    `clarify` lets "Not sure" bring its options one by one (`lines.py`). What is told of one that
    `lasts` does not change by itself: whoever comes back may confirm it.
    """

    id: str
    kind: Kind
    ask: Text
    short: Text
    why: Text | None = None
    hint: Text | None = None
    options: tuple[Option, ...] = ()
    ordered: bool = False
    none_label: Text | None = None
    not_sure_label: Text | None = None
    minimum: int | None = None
    maximum: int | None = None
    low_label: Text | None = None
    high_label: Text | None = None
    unit: Text | None = None
    worse: Worse | None = None
    enable_when: Condition | None = None
    evidence: tuple[str, ...] = ()
    private: bool = False
    optional: bool = False
    clarify: bool = False
    lasts: bool = False
    section: str | None = None
    values: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """Every id that a condition may name: the options and, where offered, `none`."""

    def __post_init__(self) -> None:
        ids = tuple(option.id for option in self.options)
        # Made once, since each answer of each request is parsed against it.
        object.__setattr__(self, "values", (*ids, NONE) if self.offers_none else ids)

    @property
    def offers_not_sure(self) -> bool:
        """Whether "Not sure" is an answer to it."""
        return self.not_sure_label is not None

    @property
    def offers_none(self) -> bool:
        """Whether "None of these" is an answer to it."""
        return self.none_label is not None

    @property
    def line(self) -> Unsure | None:
        """The list and the option that it asks for, where it is a line question."""
        return self.enable_when if isinstance(self.enable_when, Unsure) else None

    @property
    def informs(self) -> bool:
        """Whether the therapist wants the answer, though no rule need read it."""
        return self.kind is Kind.AREAS or any(option.informs for option in self.options)

    def read_words(self) -> tuple[str, ...]:
        """Return every text that a person reads to answer it, "why do we ask" left out."""
        texts = [self.ask, self.hint, self.none_label, self.not_sure_label]
        texts += [text for option in self.options for text in (option.label, option.hint)]
        return tuple(text.text for text in texts if text is not None)

    def means_the_same(self, other: Question) -> bool:
        """Whether an answer to it says the same as the same answer to the other one.

        That is so where a person reads and may tick the same. When it is asked, why, and what
        reasons call the answer makes no difference.
        """
        return _as_answered(self) == _as_answered(other)

    def option(self, option_id: str) -> Option:
        """Return the option with this id; KeyError when there is none."""
        for option in self.options:
            if option.id == option_id:
                return option
        raise KeyError(option_id)

    def index(self, option_id: str) -> int:
        """Return the place of an option in its order, from 0; KeyError when there is none."""
        for place, option in enumerate(self.options):
            if option.id == option_id:
                return place
        raise KeyError(option_id)


def _as_answered(question: Question) -> Question:
    """Return a question with nothing but what an answer to it rests on."""
    options = (
        replace(option, says=None, evidence=(), informs=False) for option in question.options
    )
    return replace(
        question,
        options=tuple(options),
        short=NO_TEXT,
        why=None,
        enable_when=None,
        evidence=(),
        clarify=False,
        lasts=False,
        section=None,
    )


def line_id(question_id: str, option_id: str) -> str:
    """Return the id of the line question that asks for an option; no author can write it."""
    return f"{question_id}__{option_id}"


Questions = Mapping[str, Question]
