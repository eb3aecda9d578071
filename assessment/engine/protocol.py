"""One whole protocol, parsed: the folder of questions and rules as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import cached_property

from assessment.engine.conditions import Condition, every_test
from assessment.engine.questions import Question
from assessment.engine.text import Text


class Recommend(Enum):
    """The seven recommendations, in order of precedence, with urgency and pressure.

    Urgency is 0 (no hurry) to 3 (emergency), pressure 0 (no massage) to 2 (deep tissue);
    `place` is the place in precedence, from 0.
    """

    EMERGENCY = ("emergency", 3, 0)
    URGENT_MEDICAL = ("urgent_medical", 2, 0)
    MEDICAL_CLEARANCE_FIRST = ("medical_clearance_first", 1, 0)
    DEEP_TISSUE = ("deep_tissue", 0, 2)
    REGULAR_PLAN = ("regular_plan", 0, 1)
    CERTIFIED_THERAPIST = ("certified_therapist", 0, 1)
    SELF_CARE = ("self_care", 0, 0)

    def __init__(self, id: str, urgency: int, pressure: int) -> None:
        self.id = id
        self.urgency = urgency
        self.pressure = pressure
        self.place = len(self.__class__.__members__)

    @property
    def is_medical(self) -> bool:
        """Whether it sends the person to medical care."""
        return self.urgency > 0

    @property
    def if_not_sure(self) -> Recommend | None:
        """The least that a medical one leaves to whoever is not sure: a tier below, never none."""
        if not self.is_medical:
            return None
        emergency = self is Recommend.EMERGENCY
        return Recommend.URGENT_MEDICAL if emergency else Recommend.MEDICAL_CLEARANCE_FIRST

    @property
    def is_massage(self) -> bool:
        """Whether it suggests massage."""
        return self.pressure > 0


class Limit(StrEnum):
    """What a precaution limits."""

    NO_MASSAGE = "no_massage"
    NO_DEEP = "no_deep_pressure"
    AREA = "avoid_area"
    HEAT = "no_heat"
    ASK_FIRST = "ask_first"
    TRAINING = "special_training"
    NOTE = "note"


class Part(StrEnum):
    """What a therapist reads first of a response, by what it is about."""

    ABOUT = "about"
    PAIN = "pain"
    HELPS = "helps"
    TRIED = "tried"


@dataclass(frozen=True, slots=True)
class Finding:
    """A named condition, reused by rules and explanations."""

    id: str
    says: Text
    when: Condition


@dataclass(frozen=True, slots=True)
class Rule:
    """When a condition holds, recommend; `if_unsure` is what "not sure" leads to."""

    id: str
    when: Condition
    recommend: Recommend
    because: Text
    evidence: tuple[str, ...]
    if_unsure: Recommend | None = None


@dataclass(frozen=True, slots=True)
class Precaution:
    """What the therapist must know, with what it limits.

    `therapist` is for the therapist; `person`, where there is one, tells the person what to say
    or to wait for. With `places` (areas of the body) it limits these alone.
    """

    id: str
    when: Condition
    limits: tuple[Limit, ...]
    therapist: Text
    evidence: tuple[str, ...]
    person: Text | None = None
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """A recommendation as the person reads it; `short` is its name on a clinic's screens.

    With `places` (areas of the body) it may be suggested there alone; see `places.py`.
    """

    recommend: Recommend
    headline: Text
    do_now: tuple[Text, ...]
    expect: tuple[Text, ...] = ()
    sooner: tuple[Text, ...] = ()
    tell: tuple[Text, ...] = ()
    guide: tuple[str, ...] = ()
    requires: Condition | None = None
    requires_says: Text | None = None
    short: Text | None = None
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sign:
    """One option of one question, as a promise names it.

    The option may be `not_sure`, for "Not sure"; without one it is the question itself.
    """

    question: str
    option: str = ""

    def __str__(self) -> str:
        return f"{self.question}.{self.option}" if self.option else self.question


@dataclass(frozen=True, slots=True)
class Promise:
    """What must hold for all answers: where `when` holds, the decision keeps these bounds.

    With `limits`, a precaution that applies or may apply gives each of them: to each of the
    `places`, or to the whole body where none is named. Where it has `asked`, it promises instead
    that each of these signs is asked about.
    """

    id: str
    promise: Text
    when: Condition
    urgency_at_least: int = 0
    pressure_at_most: int = 2
    evidence: tuple[str, ...] = ()
    asked: tuple[Sign, ...] = ()
    limits: tuple[Limit, ...] = ()
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Support:
    """Lines that help with something private, shown when `when` holds, to the person alone.

    `alone` support gets a page of its own in place of the result.
    """

    id: str
    when: Condition
    headline: Text
    lines: tuple[Text, ...]
    evidence: tuple[str, ...]
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """Answers with the expected decision, kept beside the rules.

    `precautions` are the ids of those that must apply or may apply.
    """

    id: str
    title: str
    answers: Mapping[str, object]
    expected: Recommend
    acceptable: tuple[Recommend, ...] = ()
    never: tuple[Recommend, ...] = ()
    rule: str | None = None
    precautions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One row of the evidence that rules cite."""

    id: str
    claim: str
    source: str


@dataclass(frozen=True, slots=True)
class Review:
    """Who reviewed exactly this protocol, and when."""

    reviewer: str
    role: str
    date: str


@dataclass(frozen=True, slots=True)
class SafetyTexts:
    """What is demanded of the safety texts, by ids, and who read their wording last, and when."""

    demands: tuple[str, ...]
    read_by: str
    date: str


@dataclass(frozen=True, slots=True)
class Waiver:
    """Who answers for a protocol without promised emergency care, or demands on its texts.

    Since which day, and why.
    """

    by: str
    date: str
    why: str


@dataclass(frozen=True, slots=True)
class GuidePage:
    """One page of the guide, in Markdown."""

    id: str
    title: str
    markdown: str


@dataclass(frozen=True)
class Protocol:
    """One folder of `rules/`, parsed.

    `rules_hash` changes with anything that can change a decision, `wording_hash` with anything
    that a person reads; both are SHA-256 in hex. `translations` are the texts in every other
    enabled language, by their ids. `summary` says which questions a therapist reads
    first, part by part; it may be empty. `start_asks` is the optional question that the start page
    answers. `audience` says whom it is for, `therapist` what the therapist whom it suggests is
    called in running text. `minutes` is how long it takes, as the start page says. `withdraws` are
    earlier versions with a fault: nobody goes on under one of them. `safety_texts` is None where
    nothing is demanded of them. With a `waiver` it is served to a public address although it
    promises no emergency care, or nothing is demanded of its safety texts.
    """

    id: str
    title: Text
    version: str
    date: str
    author: str
    intended_purpose: Text
    language: str
    carer_when: Condition | None
    questions: tuple[Question, ...]
    findings: tuple[Finding, ...]
    rules: tuple[Rule, ...]
    precautions: tuple[Precaution, ...]
    support: tuple[Support, ...]
    advice: Mapping[Recommend, Advice]
    promises: tuple[Promise, ...]
    cases: tuple[Case, ...]
    texts: Mapping[str, Text]
    sources: Mapping[str, Source]
    guide: tuple[GuidePage, ...]
    rules_hash: str
    wording_hash: str
    translations: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)
    review: Review | None = field(default=None)
    summary: Mapping[Part, tuple[str, ...]] = field(default_factory=dict)
    audience: Text | None = None
    therapist: Text | None = None
    start_asks: str | None = None
    minutes: int | None = None
    withdraws: tuple[str, ...] = ()
    safety_texts: SafetyTexts | None = None
    waiver: Waiver | None = None

    @cached_property
    def question(self) -> Mapping[str, Question]:
        """The questions by id."""
        return {question.id: question for question in self.questions}

    @cached_property
    def start_question(self) -> Question | None:
        """The question that the start page asks, if it asks one."""
        return None if self.start_asks is None else self.question[self.start_asks]

    @cached_property
    def result_asks(self) -> tuple[str, ...]:
        """The optional questions that the result asks: all but that of the start page."""
        optional = (question.id for question in self.questions if question.optional)
        return tuple(name for name in optional if name != self.start_asks)

    @cached_property
    def private(self) -> frozenset[str]:
        """The questions whose answers nobody but the person may see.

        They are marked so, or asked because of a private answer.
        """
        findings = {finding.id: finding.when for finding in self.findings}
        found: set[str] = set()
        for one in self.questions:  # in order: a condition names earlier questions only
            opened_by = () if one.enable_when is None else every_test(one.enable_when, findings)
            named = {test.question for test in opened_by} | (
                {one.line.question} if one.line else set()
            )
            if one.private or not named.isdisjoint(found):
                found.add(one.id)
        return frozenset(found)

    @cached_property
    def finding(self) -> Mapping[str, Finding]:
        """The findings by id."""
        return {finding.id: finding for finding in self.findings}
