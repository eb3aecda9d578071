"""The words that somebody agrees to before their answers are sent.

The whole text is stored with each response, so that it can be read as it was. Whoever changes a
word here gives it a new version.
"""

from __future__ import annotations

from dataclasses import dataclass

from assessment.exports.dates import period_in_words
from assessment.exports.phones import phone_in_words
from assessment.records.ids import hash_of
from assessment.records.model import Clinic, Consent

VERSION = "6"

_SHARED = (  # said to everybody: a key that is made later reads what was sent before
    "If {clinic} has connected its booking or record system, that system may receive this too. "
    "Another company may run it. {clinic} does not share this with anyone else.",
)
_BEFORE = (
    "They use it only to prepare my visit, and to see whether massage is right for me.",
    "{clinic} uses it only to prepare the visit, and to see whether massage is right for them.",
)
"""What it is for, as somebody agrees for themselves, and for somebody they care for."""
_AFTER = (
    "They use it only to see how I am since my visit, and what that means for the next one.",
    "{clinic} uses it only to see how they are since the visit, and what that means for the next "
    "one.",
)
"""The same, after a visit."""
_AGAIN = (
    "They may ask me once after my visit how I am then, by email or in a message, and compare my "
    "answers."
)
_CALL = (
    "If I give my telephone number, they use it only to reach me about this and my visit.",
    "If I give my telephone number, {clinic} uses it only to reach me about this and the visit.",
)
_OWN = (
    "{clinic} may store and read what I send: my answers, the suggestion they led to, my name, and "
    "anything else I enter on this page. This tells them about my health.",
    "{purpose}",
    *_SHARED,
    "{clinic} never sees my private answers. It does see how soon I need help, and what a massage "
    "must avoid. If a private answer is the reason, it sees “The reason is private.”",
    "{kept} I can take back my agreement at any time, with my link if I have one, or by asking "
    "{clinic}{call}. They then erase what I sent. I do not have to give a reason.",
    "I do not have to send anything. Without it I keep my result, and can still ask for a visit.",
)
_FOR_SOMEBODY = (
    "I am sending this for someone I care for. They agree to it, or it is for me to decide for "
    "them.",
    "{clinic} may store and read what I send: the answers about them, the suggestion they led to, "
    "their name, and anything else I enter on this page. This tells {clinic} about their health.",
    "{purpose}",
    *_SHARED,
    "{clinic} never sees their private answers. It does see how soon they need help, and what a "
    "massage must avoid. If a private answer is the reason, it sees “The reason is private.”",
    "{kept} We can take back this agreement at any time, with the link if there was one, or by "
    "asking {clinic}{call}. The clinic then erases what I sent. We do not have to give a reason.",
    "I do not have to send anything. Without it we keep the result, and can still ask for a visit.",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is asked to agree to, one paragraph a line.

    `private` is what the clinic will read where a private answer matters, as they are told it.
    """

    version: str
    lines: tuple[str, ...]
    private: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """What a ticked box sends: it stands for exactly these words, and what they are told."""
        told = "\n".join((*self.lines, *self.private))
        return f"{self.version}-{hash_of(told)[:16]}"

    @property
    def _text(self) -> str:
        return "\n".join(self.lines)

    def given(self, now: int, signed_by: str = "", *, guardian: bool = False) -> Consent:
        """Return the agreement as it is stored; `now` is Unix time.

        `signed_by` is the name that was typed under it, of a `guardian` where it is for a minor.
        """
        hashed = hash_of(self._text)
        return Consent(self.version, self._text, now, signed_by, guardian, hashed)


def is_for_somebody(agreed: Consent) -> bool:
    """Whether somebody agreed to this for a person whom they care for."""
    return agreed.text.startswith(_FOR_SOMEBODY[0])


def may_ask_again(agreed: Consent) -> bool:
    """Whether somebody agreed to be asked once more after their visit."""
    return _AGAIN in agreed.text.splitlines()


def asked_by(
    clinic: Clinic,
    *,
    carer: bool,
    private: tuple[str, ...] = (),
    after: bool = False,
    again: bool = False,
    phone: bool = False,
) -> Asked:
    """Return what this clinic asks of somebody; `carer` when they answered for another person.

    `private` is what the clinic will read where a private answer matters. `after`: it comes after
    a visit; `again`: they may be asked once more then, which no carer is. `phone`: they may give
    the number on which they are reached.
    """
    number = clinic.phone and phone_in_words(clinic.phone, clinic.country)
    call = f", for example on {number}" if number else ""
    lines = _FOR_SOMEBODY if carer else _OWN
    kept = _kept(clinic, carer=carer)
    purpose = (_AFTER if after else _BEFORE)[carer].format(clinic=clinic.name)
    words = [
        line.format(clinic=clinic.name, call=call, kept=kept, purpose=purpose) for line in lines
    ]
    if again and not carer:
        words.insert(words.index(purpose) + 1, _AGAIN)
    if phone:
        words.insert(words.index(purpose) + 1, _CALL[carer].format(clinic=clinic.name))
    return Asked(VERSION, tuple(words), private)


def _kept(clinic: Clinic, *, carer: bool) -> str:
    """Return how long it is kept: for the period of the clinic, where it has chosen one."""
    asks = "one of us asks" if carer else "I ask"
    if not clinic.keep_answered:
        return (
            f"It is kept until {asks} {clinic.name} to erase it, or until they no longer need it."
        )
    period = period_in_words(clinic.keep_answered)
    return f"{clinic.name} currently erases it after {period}, or sooner if {asks}."
