"""How many mails went out for a clinic on a day; neither to whom nor what they said."""

from __future__ import annotations

from sqlalchemy import delete, update

from assessment.records.ids import ClinicId
from assessment.records.tables import sent_mails
from assessment.records.transactions import Transaction, add_new


def count(tx: Transaction, clinic: ClinicId, about: str, day: str, most: int) -> bool:
    """Count one more mail, unless there were `most` of its kind that day; return whether it fits.

    `about` names the kind, `day` is a date. What was counted on another day, earlier or, while a
    clock was wrong, later, is forgotten. Of several who count at once none is lost.
    """
    tx.connection.execute(
        delete(sent_mails).where(sent_mails.c.clinic == clinic, sent_mails.c.day != day)
    )
    row = {"clinic": clinic, "about": about, "day": day, "sent": 0}
    add_new(tx, sent_mails, ("clinic", "about", "day"), **row)
    counted = tx.connection.execute(
        update(sent_mails)
        .where(sent_mails.c.clinic == clinic, sent_mails.c.about == about, sent_mails.c.sent < most)
        .values(sent=sent_mails.c.sent + 1)
    )
    return counted.rowcount == 1
