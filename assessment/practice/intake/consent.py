"""The words that somebody agrees to before their answers are sent.

The whole text is stored with each response, so that it can be read as it was. Whoever changes a
word here gives it a new version.
"""

from __future__ import annotations

from dataclasses import dataclass

from assessment.exports.phones import phone_in_words
from assessment.records.ids import hash_of
from assessment.records.model import Clinic, Consent

VERSION = "2"

_OWN = (
    "{clinic} may store and read what I send: my answers, the suggestion that they led to, my "
    "name, and whatever else I write on this page. This tells them about my health.",
    "They use it for one purpose: to prepare my visit, and to see whether a massage is right for "
    "me. They do not pass it on to anybody else.",
    "My private answers are no part of it. {clinic} still sees how soon I need help, and what a "
    "massage has to avoid. Where a private answer is why, they read “The reason is private.”",
    "It is kept until I ask {clinic} to erase it, or until they no longer need it. I can take my "
    "agreement back at any time{call}: they then erase what I sent. I need not give a reason.",
    "I do not have to send anything. Without it I keep my result, and I can still ask for a visit.",
)
_FOR_SOMEBODY = (
    "I send this for somebody I care for. They agree to it, or it is for me to decide for them.",
    "{clinic} may store and read what I send: the answers about them, the suggestion that they led "
    "to, their name, and whatever else I write on this page. This tells them about that person's "
    "health.",
    "They use it for one purpose: to prepare the visit, and to see whether a massage is right. "
    "They do not pass it on to anybody else.",
    "Their private answers are no part of it. {clinic} still sees how soon they need help, and "
    "what a massage has to avoid. Where a private answer is why, it says “The reason is private.”",
    "It is kept until one of us asks {clinic} to erase it, or until they no longer need it. We can "
    "take this agreement back at any time{call}: they then erase what I sent. We need not give a "
    "reason.",
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

    def given(self, now: int) -> Consent:
        """Return the agreement as it is stored; `now` is Unix time."""
        return Consent(self.version, self._text, now)


def asked_by(clinic: Clinic, *, carer: bool, private: tuple[str, ...] = ()) -> Asked:
    """Return what this clinic asks of somebody; `carer` when they answered for another person.

    `private` is what the clinic will read where a private answer matters.
    """
    phone = clinic.phone and phone_in_words(clinic.phone, clinic.country)
    call = f", for example on {phone}" if phone else ""
    lines = _FOR_SOMEBODY if carer else _OWN
    words = tuple(line.format(clinic=clinic.name, call=call) for line in lines)
    return Asked(VERSION, words, private)
