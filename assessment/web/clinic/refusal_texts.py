"""What people read when something about an account is refused: what to do, in plain words."""

from __future__ import annotations

from assessment.practice.staff.passwords import LONGEST, SHORTEST
from assessment.practice.staff.refusals import Refusal, Refused

PASSWORD_HINT = f"{SHORTEST} characters or more. Four or five unrelated words work well."
_WHAT_TO_DO = {
    Refusal.WRONG: "The email address or the password is not right. Try again, or ask an owner "
    "of your clinic for a new code",
    Refusal.WAIT: "There have been too many tries. Wait {wait}, then try again. If you can't wait, "
    "whoever looks after this site can let you in",
    Refusal.CONFIRM: "Enter your password",
    Refusal.CODE: "This code does not work. Check that you typed it right, or ask for a new one. "
    "Each code works once, for 24 hours",
    Refusal.EMAIL_TAKEN: "This email address can't be used here. Enter another one",
    Refusal.LAST_OWNER: "You are the only owner who can sign in. Make a colleague an owner first",
    Refusal.YOURSELF: "Only another owner can do this to your account",
    Refusal.DISABLED: "This account is disabled. Enable it first",
    Refusal.NOBODY: "Choose a colleague who can sign in",
    Refusal.TOO_MANY: "Your clinic has invited as many colleagues today as it can in one day. Try "
    "again tomorrow",
    Refusal.TOO_MANY_KEYS: "Your clinic can't have any more keys. First revoke one that you no "
    "longer use",
    Refusal.TOO_MANY_QUESTIONS: "Your clinic can't have any more questions. First remove one",
    Refusal.QUESTIONS_UNREADABLE: "Your questions can't be read now, so nobody is asked them and "
    "they can't be changed. Ask whoever runs this server to restore them",
    Refusal.WRONG_CODE: "This code is not right, or it has been used already. Wait for the next "
    "one, then try again. Check that the clock on your phone is right",
    Refusal.OVER: "Sign in again",
    Refusal.PASSKEY: "This passkey did not work. Try again, or use another way",
    Refusal.LAST_FACTOR: "Your clinic requires a second step. Set up another one before you remove "
    "this one",
    Refusal.SHORT: f"Enter a password of {SHORTEST} characters or more",
    Refusal.LONG: f"Enter a password of {LONGEST} characters or fewer",
    Refusal.COMMON: "This password is too easy to guess. Use four or five words that do not "
    "belong together, or let a password manager make one. Leave out your name, your clinic and "
    "your trade",
    Refusal.BREACHED: "This password was in a data breach, so strangers may know it. Use another "
    "one, and change it wherever else you use it",
}
_MINUTE = 60
NOT_YOUR_PASSWORD = "This is not your password. Try again"  # noqa: S105  words


def what_to_do(refused: Refused) -> str:
    """Return what people read when they are refused."""
    return _WHAT_TO_DO[refused.kind].format(wait=_in_words(refused.wait))


def _in_words(seconds: int) -> str:
    if seconds < 2 * _MINUTE:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    return f"{-(-seconds // _MINUTE)} minutes"
