"""Mails that tell somebody what happened to their own account: put down with what happened."""

from __future__ import annotations

from enum import StrEnum

from assessment.exports.dates import calendar_of
from assessment.records import account_mails, clinics, mails
from assessment.records.account_mails import AccountMail
from assessment.records.ids import new_id
from assessment.records.model import Therapist
from assessment.records.transactions import Transaction

MOST_DEVICES = 20
"""Mails a day about new devices: somebody whose browser keeps no cookies signs in often."""


class Happened(StrEnum):
    """What is told."""

    NEW_DEVICE = "new device"
    PASSWORD = "password"  # noqa: S105  the name of an event
    APP_ON = "app on"
    APP_OFF = "app off"
    PASSKEY_ADDED = "passkey added"
    PASSKEY_REMOVED = "passkey removed"
    NEW_CODES = "new codes"
    CODE_USED = "code used"
    RESET = "reset"
    KEY_MADE = "key made"
    KEPT_SHORTER = "kept shorter"


class AccountMails:
    """Puts them down; nothing where no mail server is set up (`can_mail`)."""

    def __init__(self, *, can_mail: bool = False) -> None:
        self._can_mail = can_mail

    def tell(
        self, tx: Transaction, to: Therapist, what: Happened, now: int, browser: str = ""
    ) -> None:
        """Tell somebody what happened, and in which browser (in words), where that is known."""
        if not self._can_mail:
            return
        if what is Happened.NEW_DEVICE:
            clinic = clinics.get(tx, to.clinic)
            day = calendar_of(clinic.time_zone if clinic else None).date(now).isoformat()
            if not mails.count(tx, to.clinic, f"devices {to.id}", day, MOST_DEVICES):
                return
        mail = AccountMail(new_id(), to.clinic, to.id, what.value, browser, now, now)
        account_mails.add(tx, mail)
