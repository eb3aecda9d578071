"""A decision as it was stored with a response: it is shown, never made again.

What was stored long ago may lack what is stored today; a part that is missing reads as empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assessment.engine.protocol import Limit
from assessment.exports.machine import PRIVATE_REASON


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
    """A precaution that applies, or may apply (`unsure`)."""

    id: str
    limits: tuple[Limit, ...]
    says: str
    evidence: tuple[str, ...]
    unsure: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """What the rules said on that day, and which rules these were.

    `urgency` is 0 to 3, `pressure` 0 to 2. `version`, `author` and `review` are the protocol's
    in words.
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
    protocol: str
    version: str
    author: str
    review: str
    rules_hash: str
    wording_hash: str

    @property
    def winning(self) -> tuple[Fired, ...]:
        """The rules that gave the recommendation."""
        return tuple(fired for fired in self.fired if fired.recommend == self.recommendation)

    @property
    def limits(self) -> frozenset[Limit]:
        """Everything that a precaution surely limits."""
        return frozenset(
            limit for noted in self.noted if not noted.unsure for limit in noted.limits
        )


def read_decision(stored: Mapping[str, object]) -> Decided:
    """Return a stored decision. What rests on a private answer is left out, should it be there."""
    protocol = stored.get("protocol")
    made_by = protocol if isinstance(protocol, Mapping) else {}
    return Decided(
        recommendation=_text(stored, "recommendation"),
        urgency=_number(stored, "urgency"),
        pressure=_number(stored, "pressure"),
        headline=_text(stored, "headline"),
        do_now=_texts(stored, "do_now"),
        complete=_flag(stored, "complete"),
        interrupted=_flag(stored, "interrupted"),
        fail_safe=_flag(stored, "fail_safe"),
        fired=tuple(_fired(one) for one in _records(stored, "rules") if not _is_private(one)),
        noted=tuple(_noted(one) for one in _records(stored, "precautions")),
        missing=_texts(stored, "missing"),
        protocol=_text(made_by, "id"),
        version=_text(made_by, "version"),
        author=_text(made_by, "author"),
        review=_text(made_by, "review"),
        rules_hash=_text(made_by, "rules"),
        wording_hash=_text(made_by, "wording"),
    )


def _fired(rule: Mapping[str, object]) -> Fired:
    return Fired(
        rule=_text(rule, "id"),
        recommend=_text(rule, "recommend"),
        because=_text(rule, "because"),
        evidence=_texts(rule, "evidence"),
        unsure=_flag(rule, "unsure"),
    )


def _noted(one: Mapping[str, object]) -> Noted:
    known = [limit.value for limit in Limit]
    return Noted(
        id=_text(one, "id"),
        limits=tuple(Limit(name) for name in _texts(one, "limits") if name in known),
        says=_text(one, "says"),
        evidence=_texts(one, "evidence"),
        unsure=_flag(one, "unsure"),
    )


def _is_private(rule: Mapping[str, object]) -> bool:
    return rule.get("because") == PRIVATE_REASON


def _text(stored: Mapping[str, object], key: str) -> str:
    value = stored.get(key)
    return value if isinstance(value, str) else ""


def _number(stored: Mapping[str, object], key: str) -> int:
    value = stored.get(key)
    return value if isinstance(value, int) else 0


def _flag(stored: Mapping[str, object], key: str) -> bool:
    return stored.get(key) is True


def _list(stored: Mapping[str, object], key: str) -> list[object]:
    value = stored.get(key)
    return list(value) if isinstance(value, list | tuple) else []


def _texts(stored: Mapping[str, object], key: str) -> tuple[str, ...]:
    return tuple(value for value in _list(stored, key) if isinstance(value, str))


def _records(stored: Mapping[str, object], key: str) -> Iterator[Mapping[str, object]]:
    return (value for value in _list(stored, key) if isinstance(value, Mapping))
