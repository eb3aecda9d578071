"""What a proof says: what holds, what does not, and with which answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assessment.engine.answers import Answers
from assessment.engine.decision import Decision
from assessment.engine.places import limits_at
from assessment.engine.protocol import Limit, Recommend


class Kind(StrEnum):
    """The kinds of check. `docs/proof.md` has a chapter for each."""

    TOTAL = "total"
    FLOORS = "floors"
    MONOTONE = "monotone"
    PROMISES = "promises"
    ASKED = "asked"
    CONFIRMED = "coming back"
    INTERRUPTS = "interrupts"
    DEAD = "nothing dead"
    SHORT = "stopping early"
    CASES = "cases"


class Code(StrEnum):
    """Every way in which a protocol can fail. `docs/proof.md` has a section for each."""

    NO_RULE_DECIDES = "no-rule-decides"
    BELOW_FLOOR = "below-floor"
    TOO_MUCH_PRESSURE = "too-much-pressure"
    NOT_SURE_BELOW_FLOOR = "not-sure-below-floor"
    NOT_SURE_TOO_MUCH_PRESSURE = "not-sure-too-much-pressure"
    WORSE_IS_LESS_URGENT = "worse-is-less-urgent"
    WORSE_HAS_MORE_PRESSURE = "worse-has-more-pressure"
    PROMISE_BROKEN = "promise-broken"
    PROMISE_NOT_SURE = "promise-not-sure"
    PROMISE_EMPTY = "promise-empty"
    SIGN_NOT_ASKED = "sign-not-asked"
    RESTS_ON_CONFIRMED = "rests-on-confirmed"
    INTERRUPT_TAKEN_BACK = "interrupt-taken-back"
    SIGN_DOES_NOT_INTERRUPT = "sign-does-not-interrupt"
    RULE_NEVER_FIRES = "rule-never-fires"
    RULE_NEVER_COUNTS = "rule-never-counts"
    PRECAUTION_NEVER_APPLIES = "precaution-never-applies"
    SUPPORT_NEVER_SHOWN = "support-never-shown"
    FINDING_NEVER_HOLDS = "finding-never-holds"
    FINDING_UNUSED = "finding-unused"
    QUESTION_NEVER_ASKED = "question-never-asked"
    QUESTION_NEVER_MATTERS = "question-never-matters"
    OPTION_NEVER_MATTERS = "option-never-matters"
    RECOMMENDATION_NEVER_GIVEN = "recommendation-never-given"
    SHORT_WALK_DIFFERS = "short-walk-differs"
    CASE_FAILS = "case-fails"
    NOT_PROVEN = "not-proven"
    SOLVER_DISAGREES = "solver-disagrees"


_URGENCY = (
    "",
    "at least be told to see a doctor or physiotherapist before any massage",
    "at least be told to speak to a doctor today",
    "be told to get emergency help now",
)
_PRESSURE = ("be kept from massage", "be kept from deep tissue work", "")


@dataclass(frozen=True, slots=True)
class Told:
    """A limit that a precaution tells the therapist, of one place or of the whole body."""

    limit: Limit
    place: str | None = None

    def kept_on(self, decision: Decision) -> bool:
        """Whether a precaution that a therapist may read gives the limit, for sure or perhaps."""
        return any(
            limits_at(noted.precaution, self.limit, self.place) and not noted.private
            for noted in decision.precautions
        )

    def __str__(self) -> str:
        where = "" if self.place is None else f" at {self.place}"
        return f"the precaution {self.limit}{where}"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a decision must keep; `told` is what the therapist must read beside it."""

    urgency_at_least: int = 0
    pressure_at_most: int = 2
    told: Told | None = None

    def kept_on(self, decision: Decision) -> bool:
        """Whether the decision keeps them."""
        told = self.told is None or self.told.kept_on(decision)
        return told and self.kept_by(decision.recommend)

    @property
    def asked_for(self) -> str:
        """What they ask for, as a phrase: a person must ..."""
        told = "" if self.told is None else f"reach the therapist with {self.told}"
        parts = [_URGENCY[self.urgency_at_least], _PRESSURE[self.pressure_at_most], told]
        return " and ".join(filter(None, parts)) or "get any advice"

    def kept_by(self, recommend: Recommend) -> bool:
        """Whether the recommendation keeps them."""
        return (
            recommend.urgency >= self.urgency_at_least
            and recommend.pressure <= self.pressure_at_most
        )


@dataclass(frozen=True, slots=True)
class Witness:
    """Answers that a person could give, and what the engine decides on them."""

    answers: Answers
    decision: Decision


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that does not hold, or could not be shown to hold.

    `subject` is the id of what it is about, `flag.red` for an option. `witness` are answers that
    show it; `worse` are the worse answers beside them, where two answer sets are compared, and
    `short` the same answers with some left out. `bounds` are what the decision on the witness (on
    the worse one, where there is one) should have kept.
    """

    code: Code
    subject: str
    says: str
    witness: Witness | None = None
    worse: Witness | None = None
    short: Witness | None = None
    bounds: Bounds | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """One kind of check: what was checked, how much of it, how long it took, what failed."""

    kind: Kind
    count: int
    seconds: float
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was checked of one protocol.

    `prepared` is how long it took to put the protocol before the solver, in seconds.
    `questions_asked` are the fewest and the most questions of a full walk, when no emergency ends
    it early and settled ones are asked as well; the lines of lists are not counted. None when that
    was not found within the budget, or always is one.
    """

    checked: tuple[Checked, ...]
    prepared: float
    questions_asked: tuple[int, int] | None

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Everything that failed, kind by kind."""
        return tuple(failure for one in self.checked for failure in one.failures)

    @property
    def proven(self) -> bool:
        """Whether everything holds."""
        return not self.failures

    @property
    def seconds(self) -> float:
        """How long everything took."""
        return self.prepared + sum(one.seconds for one in self.checked)
