"""A decision as it was stored with a response: it is shown, never made again.

What was stored long ago may lack what is stored today. A part that is missing reads as empty, but
never as mild: of everything that tells how urgent a response is, the most urgent counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from assessment.engine.protocol import Limit, Recommend
from assessment.exports.machine import PRIVATE_REASON
from assessment.practice.intake.for_clinic import PRIVATE_LIMITS, PRIVATE_PLACES, REASON_IS_PRIVATE

_KNOWN = {recommend.id: recommend for recommend in Recommend}
_CARE_FIRST = Recommend.MEDICAL_CLEARANCE_FIRST
_LISTS = ("rules", "precautions")

PRIVATE_UNCHECKED = "private_unchecked"
"""Says, with a decision that was made again, that a private question could not be checked."""


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that counted. `because` is what the client read."""

    rule: str
    recommend: str
    because: str
    evidence: tuple[str, ...]
    unsure: bool


@dataclass(frozen=True, slots=True)
class Noted:
    """A precaution that applies, or may apply (`unsure`). `says` is its text for the therapist.

    `of_place`: it goes with every pain in a place, whoever has it.
    """

    id: str
    limits: tuple[Limit, ...]
    says: str
    evidence: tuple[str, ...]
    unsure: bool
    of_place: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """What the rules said on that day, and which rules these were.

    `urgency` is 0 to 3, `pressure` 0 to 2. `version`, `author` and `review` are the protocol's
    in words. `skipped` are questions that could no longer matter. `doubtful`: a part of it is
    missing, is unknown, or contradicts another one. `private_reason`: what led to it is private,
    and so is why `private_limits` are limited; `private_places` are where, if not everywhere.
    `private_unchecked`: it was made without a private answer that counts for it.
    """

    recommendation: str
    urgency: int
    pressure: int
    headline: str
    do_now: tuple[str, ...]
    complete: bool
    interrupted: bool
    fail_safe: bool
    fired: tuple[Fired, ...]
    noted: tuple[Noted, ...]
    missing: tuple[str, ...]
    skipped: tuple[str, ...]
    protocol: str
    version: str
    author: str
    review: str
    rules_hash: str
    wording_hash: str
    doubtful: bool
    private_reason: bool = False
    private_limits: tuple[Limit, ...] = ()
    private_unchecked: bool = False
    private_places: Mapping[Limit, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_known(self) -> bool:
        """Whether the recommendation is one that we know."""
        return self.recommendation in _KNOWN

    @property
    def winning(self) -> tuple[Fired, ...]:
        """The rules that gave the recommendation."""
        return tuple(fired for fired in self.fired if fired.recommend == self.recommendation)

    @property
    def others(self) -> tuple[Fired, ...]:
        """The rules that counted and asked for something else."""
        return tuple(fired for fired in self.fired if fired.recommend != self.recommendation)

    @property
    def personal_limits(self) -> frozenset[Limit]:
        """The same without what goes with every pain in the places that hurt."""
        noted = frozenset(
            limit for noted in self.noted if not noted.of_place for limit in noted.limits
        )
        return noted.union(self.private_limits)

    @property
    def limits(self) -> frozenset[Limit]:
        """Everything that a precaution limits, or may limit: not sure is not no."""
        noted = frozenset(limit for noted in self.noted for limit in noted.limits)
        return noted.union(self.private_limits)


def read_decision(stored: Mapping[str, object], at_least: int = 0) -> Decided:
    """Return a stored decision, with an urgency of `at_least` so much.

    What rests on a private answer is left out, should it be there. A recommendation that is not
    known counts as care first.
    """
    protocol = stored.get("protocol")
    made_by = protocol if isinstance(protocol, Mapping) else {}
    recommend = _KNOWN.get(_text(stored, "recommendation"), _CARE_FIRST)
    most = Recommend.EMERGENCY.urgency
    return Decided(
        recommendation=_text(stored, "recommendation"),
        urgency=min(max(_number(stored, "urgency"), recommend.urgency, at_least), most),
        pressure=max(min(_number(stored, "pressure"), recommend.pressure), 0),
        headline=_text(stored, "headline"),
        do_now=_texts(stored, "do_now"),
        complete=_flag(stored, "complete"),
        interrupted=_flag(stored, "interrupted"),
        fail_safe=_flag(stored, "fail_safe"),
        fired=tuple(_fired(one) for one in _records(stored, "rules") if not _is_private(one)),
        noted=tuple(_noted(one) for one in _records(stored, "precautions")),
        missing=_texts(stored, "missing"),
        skipped=_texts(stored, "skipped"),
        protocol=_text(made_by, "id"),
        version=_text(made_by, "version"),
        author=_text(made_by, "author"),
        review=_text(made_by, "review"),
        rules_hash=_text(made_by, "rules"),
        wording_hash=_text(made_by, "wording"),
        doubtful=_is_doubtful(stored),
        private_reason=_flag(stored, REASON_IS_PRIVATE),
        private_limits=_limits(stored, PRIVATE_LIMITS),
        private_unchecked=_flag(stored, PRIVATE_UNCHECKED),
        private_places=_places(stored),
    )


def _is_doubtful(stored: Mapping[str, object]) -> bool:
    recommend = _KNOWN.get(_text(stored, "recommendation"))
    if recommend is None or any(not isinstance(stored.get(key), list | tuple) for key in _LISTS):
        return True
    told = (_whole(stored, "urgency"), _whole(stored, "pressure"))
    known = [limit.value for limit in Limit]
    limits = [
        *_texts(stored, PRIVATE_LIMITS),
        *(name for one in _records(stored, "precautions") for name in _texts(one, "limits")),
    ]
    return told != (recommend.urgency, recommend.pressure) or not set(limits) <= set(known)


def _fired(rule: Mapping[str, object]) -> Fired:
    return Fired(
        rule=_text(rule, "id"),
        recommend=_text(rule, "recommend"),
        because=_text(rule, "because"),
        evidence=_texts(rule, "evidence"),
        unsure=_flag(rule, "unsure"),
    )


def _noted(one: Mapping[str, object]) -> Noted:
    return Noted(
        id=_text(one, "id"),
        limits=_limits(one, "limits"),
        says=_text(one, "therapist") or _text(one, "says"),  # as it was called in 1.0.0
        evidence=_texts(one, "evidence"),
        unsure=_flag(one, "unsure"),
    )


def _limits(stored: Mapping[str, object], key: str) -> tuple[Limit, ...]:
    known = [limit.value for limit in Limit]
    return tuple(Limit(name) for name in _texts(stored, key) if name in known)


def _places(stored: Mapping[str, object]) -> dict[Limit, tuple[str, ...]]:
    places = stored.get(PRIVATE_PLACES)
    if not isinstance(places, Mapping):
        return {}
    return {one: _texts(places, one.value) for one in Limit if one.value in places}


def _is_private(rule: Mapping[str, object]) -> bool:
    return rule.get("because") == PRIVATE_REASON


def _text(stored: Mapping[str, object], key: str) -> str:
    value = stored.get(key)
    return value if isinstance(value, str) else ""


def _number(stored: Mapping[str, object], key: str) -> int:
    return _whole(stored, key) or 0


def _whole(stored: Mapping[str, object], key: str) -> int | None:
    value = stored.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _flag(stored: Mapping[str, object], key: str) -> bool:
    return stored.get(key) is True


def _list(stored: Mapping[str, object], key: str) -> list[object]:
    value = stored.get(key)
    return list(value) if isinstance(value, list | tuple) else []


def _texts(stored: Mapping[str, object], key: str) -> tuple[str, ...]:
    return tuple(value for value in _list(stored, key) if isinstance(value, str))


def _records(stored: Mapping[str, object], key: str) -> Iterator[Mapping[str, object]]:
    return (value for value in _list(stored, key) if isinstance(value, Mapping))
