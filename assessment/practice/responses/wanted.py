"""Which responses a therapist looks for in the inbox."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assessment.engine.protocol import Recommend
from assessment.practice.staff.accounts import SignedIn
from assessment.records import versions
from assessment.records.inbox import Filter
from assessment.records.model import State
from assessment.records.searching import Word
from assessment.records.transactions import Transaction
from assessment.screening import AFTER_VISIT

NO_SIGN_AFTER = "no_sign_after"
"""What is looked for to find what came after a visit, and no sign was ticked in."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which responses a therapist wants to see. `name` are words of the client's name.

    `recommendation` is an id, or NO_SIGN_AFTER for what came after a visit and calls for nobody.
    """

    state: State | None = State.NEW
    recommendation: str | None = None
    name: str = ""


def filter_of(tx: Transaction, who: SignedIn, wanted: Wanted, words: tuple[Word, ...]) -> Filter:
    """Return what is wanted as the records know it.

    Self-care before a visit and no sign after one are the same recommendation, of two protocols.
    """
    found = Filter(wanted.state, wanted.recommendation, words, who.only)
    self_care = Recommend.SELF_CARE.id
    if wanted.recommendation not in (self_care, NO_SIGN_AFTER):
        return found
    after = versions.of_protocol(tx, AFTER_VISIT)
    if wanted.recommendation == self_care:
        return replace(found, but=after)
    return replace(found, recommendation=self_care, versions=after)
