"""Why something about accounts was refused; the words that people read live in the pages."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """What a person can do something about."""

    WRONG = "wrong"
    """Email address and password do not go together; which of them is never told."""
    WAIT = "wait"
    CONFIRM = "confirm"
    CODE = "code"
    EMAIL_TAKEN = "email taken"
    NO_ACCOUNT = "no account"
    NO_CLINIC = "no clinic"
    WHICH_CLINIC = "which clinic"
    NOT_OWNER = "not owner"
    LAST_OWNER = "last owner"
    YOURSELF = "yourself"
    """Only somebody else can do this to an account."""
    DISABLED = "disabled"
    NOBODY = "nobody"
    """This is no colleague who can take over what is another's."""
    TOO_MANY = "too many"
    """So many colleagues were invited today that this may be a guess at who has an account."""
    TOO_MANY_KEYS = "too many keys"
    TOO_MANY_QUESTIONS = "too many questions"
    QUESTIONS_UNREADABLE = "questions unreadable"
    WRONG_CODE = "wrong code"
    """Of a second factor; one that was used before is told alike."""
    OVER = "over"
    """The first step of signing in counts no more."""
    PASSKEY = "passkey"
    LAST_FACTOR = "last factor"
    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    BREACHED = "breached"


class Refused(Exception):
    """What was asked is refused, and nothing was changed; `kind` says why.

    `wait` is in how many seconds it may be tried again, where the kind is WAIT.
    """

    def __init__(self, kind: Refusal, wait: int = 0) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.wait = wait
