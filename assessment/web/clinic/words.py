"""What people read when something about an account is refused: what to do, in plain words."""

from __future__ import annotations

from assessment.practice.passwords import LONGEST, SHORTEST
from assessment.practice.refusals import Refusal
from assessment.practice.throttling import WINDOW

PASSWORD_HINT = (
    f"{SHORTEST} characters or more. Four or five words that do not belong together work well. "
    "You can paste it from a password manager."
)
WHAT_TO_DO = {
    Refusal.WRONG: "The e-mail address or the password is not right. Try again, or ask whoever "
    "looks after this site for a new code",
    Refusal.WAIT: f"There were too many tries. Wait {WINDOW // 60} minutes, then try again",
    Refusal.CONFIRM: "Enter your password",
    Refusal.CODE: "This code does not work. Look for a slip in it, or ask for a new one: each "
    "works once, and for a day",
    Refusal.EMAIL_TAKEN: "Somebody uses this e-mail address here. Enter another one",
    Refusal.SHORT: f"Enter a password of {SHORTEST} characters or more",
    Refusal.LONG: f"Enter a password of {LONGEST} characters or fewer",
    Refusal.COMMON: "This password is easy to guess. Choose one that is more than common words, "
    "names, repeats or keys side by side",
}
NOT_YOUR_PASSWORD = "This is not your password. Try again"  # noqa: S105  words
