"""What only owners do: whoever changes it is one at that moment."""

from __future__ import annotations

from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.records import therapists
from assessment.records.transactions import Transaction


def refuse_others(tx: Transaction, who: SignedIn) -> None:
    """Raise Refused unless they are an owner at this moment: another one may have changed it."""
    now = therapists.get(tx, who.clinic.id, who.therapist.id)
    if now is None or not now.is_owner or now.disabled_at is not None:
        raise Refused(Refusal.NOT_OWNER)
